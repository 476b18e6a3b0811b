import type { Store, VendorAnswer, VendorRequest } from '../kit/index.js';
import { NetsuiteError } from './errors.js';
import type { Invoices } from './invoices.js';
import type { MilestoneBilling } from './milestone-billing.js';
import type { Records } from './records.js';
import type { NetsuiteRow } from './row.js';

/** The prefix of the paths for finance's actions in the product's own screens. */
export const CONSOLE_PATH = '/sandbox/finance/';

/**
 * Actions of the finance department in the product's own screens, for demos and tests. Sandbox
 * only; a real account has nothing like it.
 *
 *   POST /sandbox/finance/invoices/{id or eid:KEY}/void
 *   POST /sandbox/finance/projects/{id or eid:KEY}/next-bill  invoices the next due part of a project by milestones
 *   POST /sandbox/finance/time/{id or eid:KEY}/post       posts time to the ledger: it can't be edited or deleted
 *   POST /sandbox/finance/time/{id or eid:KEY}/void-post  takes the posting back
 *
 * 204; 400 with the product's refusal; 404 when there is no such record or action.
 */
export class FinanceConsole {
  constructor(
    private readonly store: Store,
    private readonly records: Records,
    private readonly invoices: Invoices,
    private readonly milestones: MilestoneBilling,
  ) {}

  handle(request: VendorRequest): VendorAnswer {
    const [what, key, action] = request.path.slice(CONSOLE_PATH.length).split('/').map(decodeURIComponent);
    const type = { invoices: 'invoice', projects: 'job', time: 'timeBill' }[what];
    const row = type === undefined || key === undefined ? undefined : this.records.find(type, key);
    const work = row && this.#work(`${request.method} ${what} ${action}`, row);
    if (!work) return { status: 404, body: { error: `no ${request.method} ${request.path}` } };
    try {
      this.store.transaction(work);
      return { status: 204 };
    } catch (error) {
      if (error instanceof NetsuiteError) return error.answer();
      throw error;
    }
  }

  #work(what: string, row: NetsuiteRow): (() => void) | undefined {
    switch (what) {
      case 'POST invoices void':
        return () => this.invoices.void(row);
      case 'POST projects next-bill':
        return () => this.milestones.billNext(row);
      case 'POST time post':
        return () => this.#post(row, true);
      case 'POST time void-post':
        return () => this.#post(row, false);
      default:
        return undefined;
    }
  }

  #post(row: NetsuiteRow, posted: boolean): void {
    this.records.put(this.records.schema.type('timeBill'), { ...row, values: { ...row.values, posted } }, 'update');
  }
}
