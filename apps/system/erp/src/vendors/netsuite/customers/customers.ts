import { normalisedTaxRegistration, Problem, type BillingCustomer, type Effect, type ExternalRef, type WantedBillingCustomer } from '#canonical';
import type { FeedPage, Outcome, Plan, SweepPage } from '#capture';
import { lengthFaults, refusedTogether, type TextFields } from '#connector';
import type { BillingCustomerInErp } from '../../../customers/billing-customer-in-erp.js';
import { customerChange, theOneToAdopt, type CustomerChange } from '../../../customers/customer.rules.js';
import type { Customers } from '../../port/customers.port.js';
import type { NetsuiteApi } from '../netsuite.api.js';
import { NetsuiteChanges, singly, type Followed } from '../netsuite-changes.js';
import { customerIdOf, isOurCustomer, type NetsuiteReferences } from '../netsuite.references.js';
import { customerBody, customerOf, relationshipBody, replacedSublists, type CustomerIds, type FurtherEntity } from './customers.mapper.js';
import { readCustomer, type CustomerFields, type NetsuiteCustomer } from './customers.wire.js';

/** A customer there, in canonical words and as it came. */
interface CurrentCustomer {
  wire: NetsuiteCustomer;
  customer: Partial<BillingCustomer>;
  /** The legal entities that bill it beside its own. */
  further: string[];
}

/**
 * One effect and how to apply it: takes the customer's internal id, if it has one yet, and returns
 * it.
 */
interface Write {
  effect: CustomerChange;
  make(customer: string | undefined): Promise<string>;
}

export interface CustomerSettings extends CustomerFields {
  account: string;
  appUrl: string;
  taxRegistrationTable: string;
  fieldLengths: string[];
  texts: TextFields;
}

/**
 * Billing customers in NetSuite: found by our id or by tax registration, created or changed in one
 * write.
 */
export class NetsuiteCustomers implements Customers {
  readonly #changes: NetsuiteChanges<BillingCustomerInErp>;

  constructor(
    private readonly api: NetsuiteApi,
    private readonly references: NetsuiteReferences,
    private readonly settings: CustomerSettings,
  ) {
    this.#changes = new NetsuiteChanges(api, followed(this));
  }

  async plan({ replaces, ...wanted }: WantedBillingCustomer): Promise<Plan<BillingCustomerInErp>> {
    const merged = replaces === undefined ? null : () => this.#held(`eid:${replaces}`);
    const held = (await this.#held(`eid:${wanted.id}`)) ?? (await merged?.()) ?? (await this.#match(wanted));
    const desired = this.#asKept(await this.#withKnownParent(wanted, held));
    const change = customerChange(desired, held?.customer ?? null);
    const after = (change?.after ?? held?.customer) as unknown as BillingCustomer;
    const [, relationship] = await refusedTogether([change ? this.#ids(after, held) : Promise.resolve(undefined), this.#relationship(wanted, held)]);
    const writes: Write[] = [...(change ? [{ effect: change, make: () => this.#write(after, held) }] : []), ...(relationship ? [relationship] : [])];
    const effects = writes.map(({ effect }): Effect => ({ system: 'erp', account: this.settings.account, ...effect }));
    const further = [...(held?.further ?? []), ...(relationship ? [wanted.legalEntity] : [])].sort();
    return { effects, apply: () => this.#apply(after, further, held?.wire.id, writes, effects) };
  }

  async get(id: string, [lastSeen]: ExternalRef[] = []): Promise<BillingCustomerInErp | null> {
    const held = await this.#held(`eid:${id}`);
    if (held) return this.#inErp(held);
    const there = lastSeen === undefined ? null : await this.byInternalId(lastSeen.nativeId);
    return there?.id === id ? there : null;
  }

  async byInternalId(id: string): Promise<BillingCustomerInErp | null> {
    const held = await this.#held(id);
    return held && this.#inErp(held);
  }

  idOf(customer: Pick<NetsuiteCustomer, 'id' | 'externalId'>): string {
    return customerIdOf(customer, this.settings.account);
  }

  async byTaxRegistration(taxRegistration: string): Promise<BillingCustomerInErp[]> {
    return (await this.#matches(taxRegistration)).map(held => this.#inErp(held));
  }

  changed(since: string | null): AsyncIterable<FeedPage<BillingCustomerInErp>> {
    return this.#changes.since(since);
  }

  all(): AsyncIterable<SweepPage<BillingCustomerInErp>> {
    return this.#changes.all();
  }

  async #apply(
    after: BillingCustomer,
    further: string[],
    known: string | undefined,
    writes: Write[],
    effects: Effect[],
  ): Promise<Outcome<BillingCustomerInErp>> {
    let id = known;
    for (const { make } of writes) id = await make(id);
    this.references.noteCustomer(id!, after.id);
    const refs = [this.#ref(id!)];
    return { effects, refs, state: { ...after, ...billedByFurther(further), refs } };
  }

  /**
   * NetSuite accepts a legal entity's project only for a customer of that entity. A customer of
   * another one needs a relationship with it first, which is made once and never changed.
   */
  async #relationship({ id, legalEntity, status }: BillingCustomer, held: CurrentCustomer | null): Promise<Write | null> {
    const own = held?.customer.legalEntity;
    if (own === undefined || [own, ...held!.further].includes(legalEntity) || status !== 'active') return null;
    const subsidiary = await this.references.idOf('legal-entity', legalEntity, 'legalEntity');
    const externalId = `${id}-${subsidiary}`;
    const after: FurtherEntity = { customerId: id, legalEntity };
    return {
      effect: { operation: 'create', noun: 'customer-legal-entity', externalId, before: null, after: { ...after }, money: null },
      make: async customer => {
        await this.api.upsert('customerSubsidiaryRelationship', externalId, relationshipBody(customer!, subsidiary));
        return customer!;
      },
    };
  }

  /**
   * Creates or changes the customer under our id. A customer without our id gets it, addressed by
   * its internal id.
   */
  async #write(after: BillingCustomer, held: CurrentCustomer | null): Promise<string> {
    const body = this.#body(after, held, await this.#ids(after, held));
    const replace = replacedSublists(body);
    if (held && held.wire.externalId !== after.id) return this.api.update('customer', held.wire.id, body, replace);
    return this.api.upsert('customer', after.id, body, replace);
  }

  #body(after: BillingCustomer, held: CurrentCustomer | null, ids: CustomerIds): Record<string, unknown> {
    return customerBody(after, held?.customer ?? null, held?.wire ?? null, ids, this.settings);
  }

  /**
   * The ids that a write of the customer names; throws everything that NetSuite would refuse, at
   * once.
   */
  async #ids(customer: BillingCustomer, held: CurrentCustomer | null): Promise<CustomerIds> {
    const { legalEntity, currency, paymentTerms, billToId } = customer;
    const [subsidiary, currencyId, terms, billTo] = await refusedTogether(
      [
        this.references.idOf('legal-entity', legalEntity, 'legalEntity'),
        this.references.idOf('currency', currency, 'currency'),
        paymentTerms === undefined ? Promise.resolve(undefined) : this.references.idOf('payment-terms', paymentTerms, 'paymentTerms'),
        billToId === undefined || billToId === held?.customer.billToId ? Promise.resolve(undefined) : this.#billTo(billToId),
      ],
      lengthFaults('NetSuite', this.settings.texts, this.settings.fieldLengths, { customer: this.#body(customer, held, {}) }),
    );
    return { subsidiary, currency: currencyId, ...(terms === undefined ? {} : { terms }), ...(billTo === undefined ? {} : { billTo }) };
  }

  /** Whom invoices go to has to be there first: unlike a parent it is billed. */
  async #billTo(id: string): Promise<string> {
    const held = await this.#held(`eid:${id}`);
    if (held) return held.wire.id;
    const message = `NetSuite has no customer ${id} that invoices could go to`;
    throw new Problem('unprocessable', `${message}.`, { code: 'unknown-reference', fields: [{ field: 'billToId', rule: 'known', message }] });
  }

  async #match(wanted: BillingCustomer): Promise<CurrentCustomer | null> {
    if (!wanted.taxRegistration) return null;
    const found = (await this.#matches(wanted.taxRegistration)).map(held => {
      const { id, entityId, companyName, externalId } = held.wire;
      return { held, customer: held.customer, externalId, called: `${entityId ?? id} ${companyName}` };
    });
    return theOneToAdopt(wanted, found, 'NetSuite')?.held ?? null;
  }

  async #matches(taxRegistration: string): Promise<CurrentCustomer[]> {
    const wanted = normalisedTaxRegistration(taxRegistration);
    // NetSuite's expressions ignore other letters, so the results are compared again here.
    const number = wanted.replace(/[^A-Z0-9]/g, '');
    if (number === '') return [];
    const table = this.settings.taxRegistrationTable;
    const q = `SELECT DISTINCT entity AS id FROM ${table} WHERE UPPER(REGEXP_REPLACE(taxregistrationnumber, '[^A-Za-z0-9]', '')) = '${number}' ORDER BY entity`;
    const rows = await this.api.rows('query-tax-registrations', q);
    const held = await Promise.all(rows.flatMap(({ id }) => (id ? [this.#held(id)] : [])));
    return held
      .filter(one => one !== null)
      .filter(({ wire }) => wire.taxRegistration.some(({ taxRegistrationNumber: theirs = '' }) => normalisedTaxRegistration(theirs) === wanted));
  }

  /**
   * A parent that NetSuite doesn't have is not named: nothing is billed there. A named customer
   * without our id stays until another is requested.
   */
  async #withKnownParent(desired: BillingCustomer, held: CurrentCustomer | null): Promise<BillingCustomer> {
    const { parentId: parentThere, billToId: billToThere } = held?.customer ?? {};
    const { parentId, billToId = await this.#unlessOurs(billToThere), ...rest } = desired;
    const ours = parentId === undefined || parentId === parentThere || (await this.api.get('customer', `eid:${parentId}`)) !== null;
    const parent = (ours ? parentId : undefined) ?? (await this.#unlessOurs(parentThere));
    return { ...rest, ...(parent === undefined ? {} : { parentId: parent }), ...(billToId === undefined ? {} : { billToId }) };
  }

  async #unlessOurs(id: string | undefined): Promise<string | undefined> {
    return id === undefined || (await this.api.get('customer', `eid:${id}`)) !== null ? undefined : id;
  }

  /** Without attributes that the account has no field for: these would differ for ever. */
  #asKept({ billToId, reverseCharge, purchaseOrderRequired, ...customer }: BillingCustomer): BillingCustomer {
    const { billToField, reverseChargeField, purchaseOrderRequiredField } = this.settings;
    return {
      ...customer,
      ...(billToField && billToId !== undefined ? { billToId } : {}),
      ...(reverseChargeField && reverseCharge !== undefined ? { reverseCharge } : {}),
      ...(purchaseOrderRequiredField && purchaseOrderRequired !== undefined ? { purchaseOrderRequired } : {}),
    };
  }

  async #held(key: string): Promise<CurrentCustomer | null> {
    const json = await this.api.get('customer', key);
    if (json === null) return null;
    const wire = readCustomer(json, this.settings);
    const { subsidiary, currency, terms, parent, billTo } = wire;
    const [codes, entities] = await Promise.all([
      this.references.codes({ 'legal-entity': subsidiary, currency, 'payment-terms': terms }, parent, billTo),
      this.references.entitiesOf(wire.id),
    ]);
    const customer = customerOf(wire, codes);
    return { wire, customer, further: entities.filter(entity => entity !== customer.legalEntity) };
  }

  #inErp({ wire, customer, further }: CurrentCustomer): BillingCustomerInErp {
    return {
      ...(customer as BillingCustomer),
      ...billedByFurther(further),
      id: this.idOf(wire),
      refs: [this.#ref(wire.id)],
    };
  }

  #ref(nativeId: string): ExternalRef {
    const { account, appUrl } = this.settings;
    return { system: 'netsuite', account, type: 'customer', nativeId, url: `${appUrl}/app/common/entity/custjob.nl?id=${nativeId}` };
  }
}

const billedByFurther = (further: string[]): Pick<BillingCustomerInErp, 'furtherLegalEntities'> =>
  further.length === 0 ? {} : { furtherLegalEntities: further };

/**
 * Customers with our ids, and those that have a project with one: they existed before this system.
 * Once a customer gets our id, it is no longer known by its place.
 */
const followed = (customers: NetsuiteCustomers): Followed<BillingCustomerInErp> => ({
  name: 'customers',
  from: 'customer r',
  where: "(r.externalid LIKE 'cus_%' OR r.id IN (SELECT j.parent FROM job j WHERE j.externalid IS NOT NULL))",
  changed: 'r.lastmodifieddate',
  ...singly({
    idOf: ({ id, externalid }) => (id === undefined ? undefined : customers.idOf({ id, externalId: externalid })),
    get: (id, row) => (row.externalid === id ? customers.get(id) : customers.byInternalId(row.id!)),
  }),
  formerly: ({ id, externalid }) => (id !== undefined && isOurCustomer(externalid) ? [customers.idOf({ id })] : []),
});
