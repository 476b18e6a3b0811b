import { minus, sum } from './amounts.js';
import { monthStart, plusDays } from '../firm/days.js';
import type { Firm, FirmCustomer, FirmProject } from '../firm/firm.js';
import type { Books } from './books.js';
import type { MilestoneAmounts } from './milestone-billing.js';
import type { Records } from './records.js';
import type { NetsuiteRow, Values } from './row.js';
import { seedBooks } from './seed-books.js';

/** The account as the firm's finance team keeps it. Records were created before the firm's day. */
export function seed(records: Records, books: Books, firm: Firm, milestoneAmounts: MilestoneAmounts): void {
  new Seeder(records, books, firm, milestoneAmounts).all();
}

const BILLING_TYPE_OF: Record<FirmProject['billingMethod'], string> = { 'T&M': 'TM', 'Fixed price': 'FBM', Milestone: 'FBM', Retainer: 'FBI' };
const METHOD_OF: Record<FirmProject['billingMethod'], string> = {
  'T&M': 'time-and-materials',
  'Fixed price': 'fixed-price',
  Milestone: 'milestone',
  Retainer: 'retainer',
};
const CURRENCY_NAMES: Record<string, string> = { USD: 'US Dollar', GBP: 'British Pound', EUR: 'Euro', JPY: 'Japanese Yen', KWD: 'Kuwaiti Dinar' };

class Seeder {
  readonly #at: string;

  constructor(
    private readonly records: Records,
    private readonly books: Books,
    private readonly firm: Firm,
    private readonly milestoneAmounts: MilestoneAmounts,
  ) {
    this.#at = `${firm.asOf}T06:00:00Z`;
  }

  all(): void {
    const { firm } = this;
    for (const [id, name] of [
      ['13', 'Closed Won'],
      ['7', 'Qualified'],
      ['16', 'Lost Customer'],
    ])
      this.#put('customerStatus', { name, isInactive: false }, undefined, id);
    for (const [id, name] of [
      ['1', 'Closed'],
      ['2', 'In Progress'],
      ['3', 'Not Awarded'],
      ['4', 'Pending'],
      ['5', 'Awarded'],
    ])
      this.#put('jobStatus', { name, isInactive: false }, undefined, id);
    for (const symbol of new Set([...firm.entities, ...firm.projects].map(({ currency }) => currency)))
      this.#put(
        'currency',
        { name: CURRENCY_NAMES[symbol] ?? symbol, symbol, isBaseCurrency: symbol === firm.entities[0]?.currency, isInactive: false },
        symbol,
      );
    for (const { name, days } of firm.terms) this.#put('term', { name, daysUntilNetDue: days, isInactive: false });
    for (const entity of firm.entities) this.#subsidiary(entity);
    const subsidiaries = this.records.all('subsidiary').map(({ id }) => id);
    for (const { code, practice } of firm.costCentres) this.#put('department', { name: practice, subsidiary: subsidiaries, isInactive: false }, code);
    this.#put('classification', { name: 'Professional services', subsidiary: subsidiaries, isInactive: false }, 'PS');
    for (const name of new Set(firm.consultants.map(({ location }) => location)))
      this.#put('location', { name, subsidiary: subsidiaries, isInactive: false });
    for (const tax of firm.taxCodes) {
      this.#put('salesTaxItem', {
        itemId: tax.code,
        displayName: tax.name,
        rate: Number(tax.ratePercent),
        nexusCountry: tax.country,
        available: 'SALE',
        isInactive: false,
        subsidiary: [this.#id('subsidiary', tax.entity)],
      });
    }
    for (const role of firm.roles)
      this.#put(
        'serviceSaleItem',
        { itemId: role.productCode, displayName: role.name, subtype: 'Sale', subsidiary: subsidiaries, isInactive: false },
        role.code,
      );
    seedBooks(this.records, firm, (type, values, externalId) => this.#put(type, values, externalId));
    this.#employees();
    for (const customer of firm.customers.filter(({ inErp }) => inErp)) this.#customer(customer);
    for (const project of firm.projects) this.#project(project);
    if (firm.approvedLines > 0) this.#invoices();
  }

  #subsidiary({ code, name, country, currency, taxRegistration }: Firm['entities'][number]): void {
    const root = this.records.all('subsidiary')[0];
    this.#put(
      'subsidiary',
      {
        name,
        legalName: name,
        ...(root ? { parent: root.id } : {}),
        country,
        currency: this.#currency(currency),
        isElimination: false,
        isInactive: false,
        taxRegistration: [{ id: 1, nexusCountry: country, taxRegistrationNumber: taxRegistration }],
      },
      code,
    );
  }

  #employees(): void {
    for (const person of this.firm.consultants) {
      const cost = person.costRates.filter(({ from }) => from <= this.firm.asOf).at(-1);
      this.#put(
        'employee',
        {
          entityId: `${person.firstName} ${person.lastName} ${person.employeeNumber}`,
          firstName: person.firstName,
          lastName: person.lastName,
          email: person.email,
          subsidiary: this.#id('subsidiary', person.entity),
          department: this.#id('department', person.costCentre),
          location: this.records.all('location').find(({ values }) => values.name === person.location)!.id,
          currency: this.records.byExternalId('subsidiary', person.entity)!.values.currency,
          ...(cost ? { laborCost: Number(cost.amount) } : {}),
          isJobResource: true,
          isJobManager: person.role.includes('MANAGER'),
          isInactive: person.terminatedOn !== null && person.terminatedOn < this.firm.asOf,
          hireDate: person.hiredOn,
          ...(person.terminatedOn === null ? {} : { releasedate: person.terminatedOn }),
        },
        person.employeeNumber,
      );
    }
    for (const { employeeNumber, managerNumber } of this.firm.consultants) {
      const row = this.records.byExternalId('employee', employeeNumber)!;
      const supervisor = managerNumber === null ? undefined : this.records.byExternalId('employee', managerNumber)?.id;
      if (supervisor) this.records.seed('employee', { ...row, values: { ...row.values, supervisor } });
    }
  }

  /** Entered by hand long ago: it has no external id and is found only by tax registration. */
  #customer(customer: FirmCustomer): void {
    const entity = this.firm.entities.find(({ code }) => code === customer.entity)!;
    const { id } = this.#put('customer', {
      entityId: customer.number,
      companyName: customer.name,
      isPerson: false,
      isInactive: false,
      subsidiary: this.#id('subsidiary', customer.entity),
      email: customer.email,
      currency: this.#currency(entity.currency),
      terms: this.records.all('term').find(({ values }) => values.name === customer.terms)!.id,
      entityStatus: '13',
      balance: 0,
      addressBook: [
        {
          id: 1,
          label: 'Billing',
          defaultBilling: true,
          defaultShipping: true,
          addressBookAddress: {
            addressee: customer.legalName,
            addr1: customer.street,
            city: customer.city,
            ...(customer.state ? { state: customer.state } : {}),
            ...(customer.postalCode ? { zip: customer.postalCode } : {}),
            country: customer.country,
          },
        },
      ],
      taxRegistration:
        customer.taxRegistration === null ? [] : [{ id: 1, nexusCountry: customer.country, taxRegistrationNumber: customer.taxRegistration }],
    });
    const billedBy = new Set(this.firm.projects.filter(({ customerNumber }) => customerNumber === customer.number).map(project => project.entity));
    for (const further of [...billedBy].filter(code => code !== customer.entity))
      this.#booked('customerSubsidiaryRelationship', { entity: id, subsidiary: this.#id('subsidiary', further) });
  }

  #project(project: FirmProject): void {
    const customer = this.records.all('customer').find(({ values }) => values.entityId === project.customerNumber);
    const billingType = BILLING_TYPE_OF[project.billingMethod];
    const fixed = billingType !== 'TM';
    const taxCodeFor = (country: string) =>
      this.firm.taxCodes.find(({ entity, customerCountry }) => entity === project.entity && customerCountry === country);
    const taxCode = taxCodeFor(this.#countryOf(project)) ?? taxCodeFor('*');
    const job = this.#put(
      'job',
      {
        entityId: project.number,
        companyName: project.name,
        isInactive: false,
        ...(customer ? { parent: customer.id } : {}),
        subsidiary: this.#id('subsidiary', project.entity),
        currency: this.#currency(project.currency),
        startDate: project.startDate,
        projectedEndDate: project.endDate,
        ...(project.closedOn === null ? {} : { endDate: project.closedOn }),
        entityStatus: project.closedOn === null ? '2' : '1',
        jobBillingType: billingType,
        ...(fixed ? { jobPrice: Number(project.budget) } : {}),
        allowTime: project.closedOn === null,
        allowExpenses: project.closedOn === null,
        limitTimeToAssignees: false,
        custentity_cost_centre: this.#id('department', project.costCentre),
        ...(taxCode ? { custentity_tax_code: this.records.all('salesTaxItem').find(({ values }) => values.itemId === taxCode.code)!.id } : {}),
        custentity_billing_method: METHOD_OF[project.billingMethod],
        ...(project.notToExceed === null ? {} : { custentity_not_to_exceed: Number(project.notToExceed) }),
      },
      project.id,
    );
    const schedule = this.#schedule(project, billingType, job.id);
    this.records.seed('job', { ...job, values: { ...job.values, billingSchedule: schedule.id } });
    for (const { id, title, role, hours } of project.tasks) {
      this.#put(
        'projectTask',
        {
          title,
          project: job.id,
          status: 'PROGRESS',
          estimatedWork: hours,
          plannedWork: hours,
          nonBillableTask: false,
          custevent_role: role,
        },
        id,
      );
    }
  }

  /** Invoices by time from before Throughline, one and two months old; the older ones are paid. */
  #invoices(): void {
    const byTime = this.firm.projects.filter(({ billingMethod, closedOn, notToExceed }) => billingMethod === 'T&M' && !closedOn && !notToExceed);
    for (const { id, tasks, budget } of byTime) {
      const { id: job, values: project } = this.records.byExternalId('job', id)!;
      const item = this.#id('serviceSaleItem', tasks[0].role);
      const amount = Math.ceil(Number(budget) / 10);
      for (const months of [2, 1]) {
        const tranDate = plusDays(monthStart(this.firm.asOf, 1 - months), -1);
        const line = { item, quantity: 1, rate: amount, amount, description: `Services until ${tranDate}` };
        const invoice = this.#booked('invoice', { job, entity: project.parent, tranDate, item: [line] });
        if (months === 1) continue;
        const apply = [{ line: 1, doc: invoice.id, apply: true, amount: invoice.values.total }];
        this.#booked('customerPayment', { customer: project.parent, tranDate: plusDays(tranDate, 14), apply });
        const settled = { status: 'B', amountPaid: invoice.values.total, amountRemaining: 0 };
        this.records.seed('invoice', { ...invoice, values: { ...invoice.values, ...settled } });
      }
    }
  }

  #booked(type: string, values: Values): NetsuiteRow {
    const id = this.records.nextId(this.records.schema.type(type));
    return this.#put(type, this.books.saved(type, { id, values }, undefined, {}), undefined, id);
  }

  #schedule(project: FirmProject, scheduleType: string, job: string): NetsuiteRow {
    const milestoneAmounts = this.#milestoneAmounts(project);
    const milestones = project.milestones.map(({ name, dueDate }, index) => ({
      milestoneId: index + 1,
      milestoneAmount: milestoneAmounts[index],
      milestoneDate: dueDate,
      milestoneCompleted: dueDate < this.firm.asOf,
      comments: name,
    }));
    return this.#put('billingSchedule', {
      name: `${project.number} ${project.name}`,
      scheduleType,
      ...(scheduleType === 'FBM' ? { job, milestone: milestones, initialAmountPercent: 0 } : { frequency: 'MONTHLY', repeatEvery: 1 }),
      seriesStartDate: project.startDate,
      isPublic: false,
      isInactive: false,
    });
  }

  /** Percentages with two decimals, as people enter them; the last is the rest to 100. */
  #milestoneAmounts({ milestones, budget }: FirmProject): number[] {
    if (this.milestoneAmounts === 'amount') return milestones.map(({ amount }) => Number(amount));
    const percents = milestones.slice(0, -1).map(({ amount }) => Math.round((Number(amount) * 10_000) / Number(budget)) / 100);
    return milestones.length === 0 ? [] : [...percents, minus(100, sum(percents))];
  }

  #countryOf(project: FirmProject): string {
    return this.firm.customers.find(({ number }) => number === project.customerNumber)!.country;
  }

  #put(type: string, values: Values, externalId?: string, id?: string): NetsuiteRow {
    const recordType = this.records.schema.type(type);
    const stamps = { dateCreated: this.#at, createdDate: this.#at, lastModifiedDate: this.#at };
    const known = Object.fromEntries(Object.entries({ ...values, ...stamps }).filter(([name]) => name in recordType.fields));
    return this.records.seed(type, {
      id: id ?? this.records.nextId(recordType),
      ...(externalId === undefined ? {} : { externalId }),
      values: known,
    });
  }

  #id(type: string, externalId: string): string {
    return this.records.byExternalId(type, externalId)!.id;
  }

  #currency(symbol: string): string {
    return this.records.all('currency').find(({ values }) => values.symbol === symbol)!.id;
  }
}
