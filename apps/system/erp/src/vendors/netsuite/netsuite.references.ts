import { compact, mintId, nounOf, Problem, referenceId, type ReferredKind as Kind, type ReferredValue } from '#canonical';
import { rowName, type SweepPage, type Unreadable } from '#capture';
import type { ReferenceData } from '../port/reference-data.port.js';
import type { NetsuiteApi } from './netsuite.api.js';
import { unfit, type NetsuiteReference, type NetsuiteRow as Row } from './netsuite.wire.js';

type Reference = NetsuiteReference | undefined;

/** Canonical codes of NetSuite's references; undefined when unknown. */
export interface Codes {
  legalEntity(reference: Reference): string | undefined;
  costCentre(reference: Reference): string | undefined;
  taxCode(reference: Reference): string | undefined;
  terms(reference: Reference): string | undefined;
  currency(reference: Reference): string | undefined;
  customer(reference: Reference): string | undefined;
  schedule(reference: Reference): string | undefined;
  project(reference: Reference): string | undefined;
}

export const isOurCustomer = (externalId: string | undefined): externalId is string => externalId !== undefined && nounOf(externalId) === 'customer';

/** Ours when it bears one; else one minted from where it is, which holds until it is given ours. */
export const customerIdOf = ({ id, externalId }: { id: string; externalId?: string }, account: string): string =>
  isOurCustomer(externalId) ? externalId : mintId('customer', 'netsuite', account, id);

interface ReferenceCache {
  id: string;
  code: string;
  row: Row;
}

/** The known rows of a kind, and the rows that could not be read. */
interface Table {
  known: ReferenceCache[];
  unreadable: Unreadable[];
}

const QUERIES: Record<Kind, string> = {
  'legal-entity':
    'SELECT s.id, s.externalid, s.name, s.isinactive, s.country, c.symbol AS currency FROM subsidiary s LEFT JOIN currency c ON c.id = s.currency ORDER BY s.id',
  'cost-centre': 'SELECT id, externalid, name, isinactive FROM department ORDER BY id',
  'tax-code': 'SELECT id, itemid, displayname, rate, nexuscountry, isinactive FROM salestaxitem ORDER BY id',
  'payment-terms': 'SELECT id, name, daysuntilnetdue, isinactive FROM term ORDER BY id',
  'service-item': "SELECT id, externalid, itemid, displayname, isinactive FROM item WHERE itemtype = 'Service' ORDER BY id",
  'expense-category': 'SELECT id, externalid, name, isinactive FROM expensecategory ORDER BY id',
  currency: 'SELECT id, symbol, name, isinactive FROM currency ORDER BY id',
  // By the ids that lines use; an employee without an external id can't be named yet.
  employee: 'SELECT id, externalid, isinactive FROM employee WHERE externalid IS NOT NULL ORDER BY id',
};

/**
 * How a row's canonical code is made. Subsidiaries, departments, items and categories are known by
 * external id, or by name without one.
 */
const CODES: Record<Kind, (row: Row) => string> = {
  'legal-entity': row => row.externalid ?? row.name ?? '',
  'cost-centre': row => row.externalid ?? row.name ?? '',
  'tax-code': row => row.itemid ?? '',
  'payment-terms': row => row.name ?? '',
  'service-item': row => row.externalid ?? row.itemid ?? '',
  'expense-category': row => row.externalid ?? row.name ?? '',
  currency: row => row.symbol ?? '',
  employee: row => row.externalid ?? '',
};

/** The field that has to be there for a code. */
const CODE_FIELDS: Record<Kind, string> = {
  'legal-entity': 'name',
  'cost-centre': 'name',
  'tax-code': 'itemid',
  'payment-terms': 'name',
  'service-item': 'itemid',
  'expense-category': 'name',
  currency: 'symbol',
  employee: 'externalid',
};

const WORDS: Record<Kind, string> = {
  'legal-entity': 'subsidiary',
  'cost-centre': 'department',
  'tax-code': 'tax code',
  'payment-terms': 'payment terms',
  'service-item': 'service item',
  'expense-category': 'expense category',
  currency: 'currency',
  employee: 'employee',
};

/** Unknown values are looked up again at once, but not more often than this. */
const ASK_AGAIN_MS = 1_000;
const MOST_CUSTOMERS = 10_000;

/**
 * Translates between the account's internal ids and canonical codes; read by SuiteQL and cached for
 * a while.
 */
export class NetsuiteReferences implements ReferenceData {
  readonly #tables = new Map<Kind, { at: number; loading: Promise<Table> }>();
  readonly #customers = new Map<string, string>();

  constructor(
    private readonly api: NetsuiteApi,
    private readonly settings: { account: string; referenceTtlMs: number },
  ) {}

  /**
   * The internal id of a canonical code. Throws `unprocessable`, code `unknown-reference`, naming
   * `field`.
   */
  async idOf(kind: Kind, code: string, field: string): Promise<string> {
    const find = ({ known }: Table) => known.find(one => one.code === code)?.id;
    const id = find(await this.#table(kind)) ?? find(await this.#table(kind, ASK_AGAIN_MS));
    if (id !== undefined) return id;
    const message = `NetSuite has no ${WORDS[kind]} ${code}`;
    throw new Problem('unprocessable', `${message}.`, {
      code: 'unknown-reference',
      fields: [{ field, rule: 'known', message, reference: referenceId(kind, code) }],
    });
  }

  /** The internal ids of all codes of a kind. */
  async ids(kind: Kind): Promise<Map<string, string>> {
    return new Map((await this.#table(kind)).known.map(({ code, id }) => [code, id]));
  }

  /** How to read a record: everything these references name is known beforehand. */
  async codes(references: Partial<Record<Kind, NetsuiteReference | undefined>>, ...customers: (NetsuiteReference | undefined)[]): Promise<Codes> {
    const tables = new Map<Kind, ReferenceCache[]>();
    for (const [kind, reference] of Object.entries(references) as [Kind, NetsuiteReference | undefined][]) {
      let { known } = await this.#table(kind);
      if (reference && !known.some(({ id }) => id === reference.id)) ({ known } = await this.#table(kind, ASK_AGAIN_MS));
      tables.set(kind, known);
    }
    const customerCodes = new Map<string, string | undefined>();
    for (const customer of customers) if (customer) customerCodes.set(customer.id, await this.customer(customer.id));
    const of = (kind: Kind) => (reference: NetsuiteReference | undefined) =>
      reference && tables.get(kind)?.find(({ id }) => id === reference.id)?.code;
    return {
      legalEntity: of('legal-entity'),
      costCentre: of('cost-centre'),
      taxCode: of('tax-code'),
      terms: of('payment-terms'),
      currency: of('currency'),
      customer: reference => reference && customerCodes.get(reference.id),
      schedule: reference => reference?.externalId,
      project: reference => reference?.externalId,
    };
  }

  /** A customer's canonical id; ours is remembered, since it is given once. */
  async customer(id: string): Promise<string> {
    const known = this.#customers.get(id);
    if (known !== undefined) return known;
    const [row] = await this.api.rows('query-customer-id', `SELECT externalid FROM customer WHERE id = ${Number(id)}`);
    if (isOurCustomer(row?.externalid)) this.noteCustomer(id, row.externalid);
    return customerIdOf({ id, externalId: row?.externalid }, this.settings.account);
  }

  /**
   * The legal entities that a customer has a relationship with, including its own, in the order of
   * their codes.
   */
  async entitiesOf(customer: string): Promise<string[]> {
    const q = `SELECT s.id, s.externalid, s.name FROM customersubsidiaryrelationship r INNER JOIN subsidiary s ON s.id = r.subsidiary WHERE r.entity = ${Number(customer)} ORDER BY s.id`;
    const rows = await this.api.rows('query-customer-subsidiaries', q);
    return rows
      .map(CODES['legal-entity'])
      .filter(code => code !== '')
      .sort();
  }

  noteCustomer(id: string, externalId: string): void {
    if (this.#customers.size >= MOST_CUSTOMERS) this.#customers.clear();
    this.#customers.set(id, externalId);
  }

  /** All current values of a kind, bypassing the cache. */
  async values(kind: Kind): Promise<SweepPage<ReferredValue>> {
    const { known, unreadable } = await this.#table(kind, 0);
    const items = known.map(({ id, code, row }) => ({
      kind,
      code,
      name: row.name ?? row.displayname ?? code,
      active: row.isinactive !== 'T',
      attributes: { ...attributesOf(kind, row), nativeId: id },
    }));
    return { items, unreadable };
  }

  /** A table not older than `maxAgeMs`. */
  async #table(kind: Kind, maxAgeMs = this.settings.referenceTtlMs): Promise<Table> {
    const present = this.#tables.get(kind);
    if (present && Date.now() - present.at <= maxAgeMs) return present.loading;
    const loading = this.#load(kind);
    this.#tables.set(kind, { at: Date.now(), loading });
    try {
      return await loading;
    } catch (error) {
      // read again when it is needed next
      if (this.#tables.get(kind)?.loading === loading) this.#tables.delete(kind);
      throw error;
    }
  }

  async #load(kind: Kind): Promise<Table> {
    const table: Table = { known: [], unreadable: [] };
    for (const [index, row] of (await this.api.rows(`query-${kind}`, QUERIES[kind])).entries()) {
      const [id, code] = [row.id, CODES[kind](row)];
      if (id && code) table.known.push({ id, code, row });
      else table.unreadable.push({ nativeId: `${WORDS[kind]} ${id ?? rowName(index)}`, error: unfit(id ? CODE_FIELDS[kind] : 'id', 'present') });
    }
    return table;
  }
}

function attributesOf(kind: Kind, row: Row): Record<string, string> {
  const known: Record<Kind, Record<string, string | undefined>> = {
    'legal-entity': { currency: row.currency, country: row.country },
    'cost-centre': {},
    'tax-code': { ratePercent: row.rate, country: row.nexuscountry },
    'payment-terms': { days: row.daysuntilnetdue },
    'service-item': { itemId: row.itemid },
    'expense-category': {},
    currency: {},
    employee: {},
  };
  return compact(known[kind]) as Record<string, string>;
}
