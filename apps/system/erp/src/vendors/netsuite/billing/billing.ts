import { Problem, type BillableKind, type BillableTransaction, type BillingBatch, type ExternalRef } from '#canonical';
import { throughPassing, type Followed, type Submitted } from '#connector';
import { sameLine } from '../../../billing/billing-batch.rules.js';
import type { BillableTransactionInErp, LineRefusal } from '../../../billing/billable-transaction-in-erp.js';
import type { Billing, BillingMeans } from '../../port/billing.port.js';
import type { NetsuiteApi } from '../netsuite.api.js';
import type { NetsuiteReferences } from '../netsuite.references.js';
import {
  heldLine,
  lineBody,
  RECORD_OF,
  refusalOf,
  transactionOf,
  type BillableRecordType,
  type LineIds,
  type LineSettings,
} from './billing.mapper.js';

/**
 * Queries of existing lines, by kind; `@ids` stands for the external ids. Time and charges have
 * their project's currency, not their own.
 */
const READ_BACK: Record<BillableKind, string> = {
  time: `SELECT t.id, t.externalid, t.hours, t.rate, t.posted, j.currency, j.subsidiary
    FROM timebill t LEFT JOIN job j ON j.id = t.customer WHERE t.externalid IN (@ids) ORDER BY t.id`,
  expense: `SELECT t.id, t.externalid, t.foreigntotal AS amount, t.currency, l.subsidiary
    FROM transaction t LEFT JOIN transactionline l ON l.transaction = t.id AND l.mainline = 'T' WHERE t.type = 'ExpRept' AND t.externalid IN (@ids) ORDER BY t.id`,
  charge: `SELECT c.id, c.externalid, c.amount, c.currency, c.subsidiary, CASE WHEN c.invoice IS NULL THEN 'F' ELSE 'T' END AS billed
    FROM charge c WHERE c.externalid IN (@ids) ORDER BY c.id`,
};

const PAGES: Record<BillableRecordType, string> = {
  timeBill: 'accounting/transactions/timebill.nl',
  expenseReport: 'accounting/transactions/exprept.nl',
  charge: 'accounting/transactions/charge.nl',
};

export interface NetsuiteBillingSettings extends LineSettings {
  account: string;
  appUrl: string;
  settlingMs: number;
  leaseMs: number;
  reversals: boolean;
}

/** Lines as timeBill, expenseReport and charge, in asynchronous collections. */
export class NetsuiteBilling implements Billing {
  readonly means: BillingMeans;

  constructor(
    private readonly api: NetsuiteApi,
    private readonly references: NetsuiteReferences,
    private readonly settings: NetsuiteBillingSettings,
  ) {
    const { settlingMs, leaseMs, reversals } = settings;
    this.means = {
      repeats: 'request-key',
      takes: 'lines',
      outcome: 'job',
      batchSize: 100,
      settlingMs,
      leaseMs,
      corrections: reversals ? ['deletion', 'negative-line', 'credit'] : ['deletion', 'credit'],
    };
  }

  asHeld(line: BillableTransaction): BillableTransaction {
    return heldLine(line, this.settings);
  }

  async submit({ operation, kind, transactions, externalIds }: BillingBatch, id: string): Promise<Submitted<LineRefusal>> {
    const type = RECORD_OF[kind];
    if (operation === 'remove') return { job: await this.api.removeBatch(type, externalIds, id) };
    const ids = await this.#ids();
    return {
      job: await this.api.upsertBatch(
        type,
        transactions.map(line => lineBody(line, ids, this.settings)),
        id,
      ),
    };
  }

  async follow(job: string): Promise<Followed<LineRefusal>> {
    return { state: (await this.api.jobCompleted(job)) ? 'ended' : 'under-way' };
  }

  async readBack(kind: BillableKind, externalIds: string[]): Promise<BillableTransactionInErp[]> {
    const type = RECORD_OF[kind];
    const q = READ_BACK[kind].replace('@ids', externalIds.map(id => `'${quotable(id)}'`).join(', '));
    const [rows, codes] = await Promise.all([
      this.api.rows(`query-${kind}-lines`, q),
      this.references.codes({ currency: undefined, 'legal-entity': undefined }),
    ]);
    return rows.map(row => transactionOf(kind, row, codes, this.#ref(type, row.id ?? '')));
  }

  async postOne(line: BillableTransaction): Promise<LineRefusal | null> {
    const ids = await this.#ids();
    const { externalId: _, ...body } = lineBody(line, ids, this.settings);
    const proven = async () => (await this.readBack(line.kind, [line.externalId])).some(held => sameLine(this.asHeld(line), held));
    return refusedUnless(proven, () => this.api.upsert(RECORD_OF[line.kind], line.externalId, body));
  }

  async removeOne(kind: BillableKind, externalId: string): Promise<LineRefusal | null> {
    const proven = async () => (await this.readBack(kind, [externalId])).length === 0;
    return refusedUnless(proven, () => this.api.delete(RECORD_OF[kind], externalId));
  }

  async #ids(): Promise<LineIds> {
    const [taxCodes, currencies] = await Promise.all([this.references.ids('tax-code'), this.references.ids('currency')]);
    return { taxCode: code => taxCodes.get(code), currency: code => currencies.get(code) };
  }

  #ref(type: BillableRecordType, nativeId: string): ExternalRef {
    const { account, appUrl } = this.settings;
    return { system: 'netsuite', account, type, nativeId, url: `${appUrl}/app/${PAGES[type]}?id=${nativeId}` };
  }
}

/** External ids are letters, digits, `_` and `-` by contract; nothing else gets into a query. */
function quotable(externalId: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(externalId)) return externalId;
  throw new Problem('internal', `${externalId} is not an external id of ours`, { code: 'not-made' });
}

/**
 * Why a single line is refused; null when it was accepted. Passing refusals are retried. What
 * NetSuite says it did already counts only when reading it back proves it.
 */
async function refusedUnless(proven: () => Promise<boolean>, write: () => Promise<unknown>): Promise<LineRefusal | null> {
  try {
    await throughPassing(write);
    return null;
  } catch (error) {
    if (!(error instanceof Problem) || !error.vendor || (error.retryable && error.code !== 'passing')) throw error;
    return error.code === 'already-exists' && (await proven()) ? null : refusalOf(error.vendor);
  }
}
