import type { Store } from './store.js';

/**
 * One write that a vendor committed. `before` and `after` are the whole record as the vendor keeps
 * it; null when absent.
 */
export interface LedgerRow {
  seq: number;
  at: string;
  operation: string;
  type: string;
  id: string;
  externalId: string | null;
  before: unknown;
  after: unknown;
}

/** Every write, in commit order. It is stored with the records, in the same transaction. */
export class Ledger {
  constructor(private readonly store: Store) {}

  record(row: Omit<LedgerRow, 'seq' | 'at'>): void {
    this.store.appendLedger({ at: new Date().toISOString(), ...row });
  }

  rows(after = 0, limit = 10_000): LedgerRow[] {
    return this.store.readLedger(after, limit).map(({ seq, json }) => ({ seq, ...(JSON.parse(json) as Omit<LedgerRow, 'seq'>) }));
  }
}
