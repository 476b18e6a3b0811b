import type { Store } from '../kit/index.js';
import type { Firm, FirmCustomer, FirmDeal } from '../firm/firm.js';
import type { Org } from './org.js';
import type { OrgVocabulary } from './org-schema.js';
import type { SfRecord } from './schema.js';

export const STAGES = [
  { name: 'Prospecting', probability: 10, category: 'Pipeline', closed: false, won: false },
  { name: 'Qualification', probability: 25, category: 'Pipeline', closed: false, won: false },
  { name: 'Proposal', probability: 60, category: 'BestCase', closed: false, won: false },
  { name: 'Negotiation', probability: 80, category: 'BestCase', closed: false, won: false },
  // Not "Closed Won": code that assumes the standard name finds no deal here.
  { name: 'Signed', probability: 100, category: 'Closed', closed: true, won: true },
  { name: 'Lost', probability: 0, category: 'Omitted', closed: true, won: false },
];
const OPEN_STAGE = 'Negotiation';

/** The values that the firm's own data adds to the org's picklists. */
export function vocabularyOf(firm: Firm): Omit<OrgVocabulary, 'stages'> {
  const distinct = (values: string[]) => [...new Set(values)];
  return {
    legalEntities: distinct([...firm.entities.map(entity => entity.name), ...firm.deals.map(deal => deal.entityName)]),
    practices: firm.costCentres.map(centre => centre.practice),
    skills: distinct(firm.roles.flatMap(role => role.skills)),
    currencies: distinct(firm.entities.map(entity => entity.currency)),
  };
}

/**
 * The sample firm in the CRM's words: its customers, price list, rate cards and open deals.
 * Projects sold before the CRM was introduced (the running ones) aren't here. Nothing of it is in
 * the ledger, because it existed before.
 */
export function seed(org: Org, store: Store, firm: Firm, orgId: string): void {
  new Seed(org, store, firm).run(orgId);
}

interface SeedLine {
  role: string;
  skills: string[];
  hours: number;
  rate: string;
  startDate: string;
  endDate: string;
}

class Seed {
  readonly #users = new Map<string, string>();
  readonly #accounts = new Map<string, string>();
  readonly #products = new Map<string, string>();
  readonly #entries = new Map<string, string>();

  constructor(
    private readonly org: Org,
    private readonly store: Store,
    private readonly firm: Firm,
  ) {}

  run(orgId: string): void {
    this.store
      .table('Organization')
      .put({ id: orgId, Id: orgId, Name: 'Larkfield', OrganizationType: 'Enterprise Edition', IsSandbox: true, InstanceName: 'LF1' } as SfRecord);
    this.#user('integration@larkfield.example', 'Integration', 'User');
    this.org.runAs = this.#users.get('integration@larkfield.example')!;
    this.store.table<{ id: string; userId: string }>('Setup').put({ id: 'run-as', userId: this.org.runAs });
    this.#currencies();
    this.#stages();
    for (const email of new Set(this.firm.deals.map(deal => deal.ownerEmail))) this.#owner(email);
    this.#products_();
    this.#rateCards();
    this.#customers();
    for (const deal of this.firm.deals) this.#deal(deal);
  }

  #create(type: string, fields: Record<string, unknown>): string {
    return this.org.create(this.org.object(type), fields, { quiet: true }).id;
  }

  #user(email: string, first: string, last: string): void {
    const alias = email.split('@')[0].slice(0, 8);
    const fields = {
      Username: email,
      Email: email,
      FirstName: first,
      LastName: last,
      Alias: alias,
      IsActive: true,
      TimeZoneSidKey: 'UTC',
      LocaleSidKey: 'en_US',
    };
    this.#users.set(email, this.#create('User', fields));
  }

  #owner(email: string): void {
    const known = this.firm.consultants.find(consultant => consultant.email === email);
    const [first, last] = email
      .split('@')[0]
      .split('.')
      .map(part => part.charAt(0).toUpperCase() + part.slice(1));
    this.#user(email, known?.firstName ?? first, known?.lastName ?? last ?? 'Sales');
  }

  #currencies(): void {
    vocabularyOf(this.firm).currencies.forEach((code, i) => this.#create('CurrencyType', { IsoCode: code, IsActive: true, IsCorporate: i === 0 }));
  }

  #stages(): void {
    STAGES.forEach((stage, i) =>
      this.#create('OpportunityStage', {
        MasterLabel: stage.name,
        ApiName: stage.name,
        IsActive: true,
        SortOrder: i + 1,
        IsClosed: stage.closed,
        IsWon: stage.won,
        ForecastCategory: stage.category,
        ForecastCategoryName: stage.category,
        DefaultProbability: stage.probability,
      }),
    );
  }

  /**
   * One product per role, one price book entry per product and currency; list prices are the first
   * rate card's of that currency.
   */
  #products_(): void {
    const pricebook = this.#create('Pricebook2', { Name: 'Standard Price Book', IsActive: true, IsStandard: true });
    for (const role of this.firm.roles) {
      const product = this.#create('Product2', {
        Name: role.name,
        ProductCode: role.productCode,
        Family: 'Services',
        IsActive: true,
        QuantityUnitOfMeasure: 'Hour',
      });
      this.#products.set(role.code, product);
      for (const currency of vocabularyOf(this.firm).currencies) {
        const card = this.firm.rateCards.find(c => c.currency === currency);
        const rate = card?.versions.at(-1)?.rates.find(r => r.role === role.code)?.ratePerHour ?? '150';
        const entry = { Pricebook2Id: pricebook, Product2Id: product, UnitPrice: Number(rate), IsActive: true, CurrencyIsoCode: currency };
        this.#entries.set(`${role.code} ${currency}`, this.#create('PricebookEntry', entry));
      }
    }
  }

  #rateCards(): void {
    for (const card of this.firm.rateCards) {
      const entity = this.firm.entities.find(e => e.code === card.entity)?.name;
      for (const version of card.versions) {
        const fields = {
          Name: `${card.code} from ${version.effectiveFrom}`,
          Code__c: card.code,
          Effective_From__c: version.effectiveFrom,
          Legal_Entity__c: entity,
          CurrencyIsoCode: card.currency,
        };
        const id = this.#create('Rate_Card__c', fields);
        for (const rate of version.rates) {
          const product = this.#products.get(rate.role);
          this.#create('Rate_Card_Rate__c', { Name: rate.role, Rate_Card__c: id, Product__c: product, Rate_Per_Hour__c: Number(rate.ratePerHour) });
        }
      }
    }
  }

  #customers(): void {
    const pending = [...this.firm.customers];
    // Parents first, whatever order the firm lists them in.
    while (pending.length > 0) {
      const next = pending.findIndex(customer => customer.parentNumber === null || this.#accounts.has(customer.parentNumber));
      this.#customer(pending.splice(Math.max(next, 0), 1)[0]);
    }
  }

  #customer(customer: FirmCustomer): void {
    const currency = this.firm.entities.find(entity => entity.code === customer.entity)?.currency;
    const id = this.#create('Account', {
      Name: customer.name,
      AccountNumber: customer.number,
      Type: 'Customer',
      ParentId: customer.parentNumber === null ? null : this.#accounts.get(customer.parentNumber),
      BillingStreet: customer.street,
      BillingCity: customer.city,
      BillingState: customer.state,
      BillingPostalCode: customer.postalCode,
      BillingCountry: customer.country,
      CurrencyIsoCode: currency,
      Tax_Registration__c: customer.taxRegistration,
      Legal_Name__c: customer.legalName,
      Billing_Email__c: customer.email,
      Payment_Terms__c: customer.terms,
    });
    this.#accounts.set(customer.number, id);
  }

  #deal(deal: FirmDeal): void {
    const id = this.#opportunity(deal, {
      Legal_Entity__c: deal.entityName,
      Practice__c: deal.practice,
      CloseDate: deal.closeDate,
      Not_To_Exceed__c: deal.notToExceed === null ? null : Number(deal.notToExceed),
      PO_Number__c: deal.purchaseOrder,
      OwnerId: this.#users.get(deal.ownerEmail),
    });
    deal.lines.forEach((line, i) => this.#line(id, deal.currency, { ...line, rate: line.ratePerHour }, i));
    this.#milestones(id, deal.milestones);
  }

  #opportunity(of: FirmDeal, more: Record<string, unknown>): string {
    return this.#create('Opportunity', {
      Name: of.name,
      AccountId: this.#accounts.get(of.customerNumber),
      StageName: OPEN_STAGE,
      CurrencyIsoCode: of.currency,
      Billing_Method__c: of.billingMethod,
      Start_Date__c: of.startDate,
      End_Date__c: of.endDate,
      Rate_Card__c: of.rateCard,
      ...more,
    });
  }

  #line(opportunity: string, currency: string, line: SeedLine, i: number): void {
    this.#create('OpportunityLineItem', {
      OpportunityId: opportunity,
      PricebookEntryId: this.#entries.get(`${line.role} ${currency}`),
      Quantity: line.hours,
      UnitPrice: Number(line.rate),
      ServiceDate: line.startDate,
      End_Date__c: line.endDate,
      Skills__c: line.skills.join(';'),
      SortOrder: i + 1,
    });
  }

  #milestones(opportunity: string, milestones: FirmDeal['milestones']): void {
    milestones.forEach((milestone, i) => {
      this.#create('SOW_Milestone__c', {
        Opportunity__c: opportunity,
        Name: milestone.name,
        Sequence__c: i + 1,
        Due_Date__c: milestone.dueDate,
        Amount__c: Number(milestone.amount),
      });
    });
  }
}
