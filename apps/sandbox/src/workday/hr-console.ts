import type { Ledger, Store, VendorAnswer, VendorRequest } from '../kit/index.js';
import { readDate } from './pacific-time.js';
import { TRANSACTION_TYPES, type Transaction, type TransactionType, type WorkerChange, type Workers } from './workers.js';

/**
 * Actions of the HR department in the product's own screens, for demos and tests. Sandbox only; a
 * real tenant has nothing like it.
 *
 *   POST /sandbox/workers/{employeeId}
 *     { "type": "Change Job", "effective": "2027-01-01", "change": { "role": "ARCHITECT", "entity": "LF-UK", "costCentre": "CC-210",
 *       "location": "Leeds", "managerId": "1002", "agency": "QUAYSIDE" } }
 *     { "type": "Hire Employee", "effective", "change": { "firstName", "lastName", "email", "role", "entity", "costCentre", "location", "managerId", "skills", "costRate" } }
 *     { "type": "Terminate Employee", "effective": last day }
 *     { "type": "Request Leave of Absence", "effective", "change": { "leave": { "type": "Sabbatical", "to": "2027-03-31" or null } } }
 *     { "type": "Request Return from Leave of Absence", "effective": first day back }
 *     { "type": "Request Compensation Change", "effective", "change": { "costRate": "82.50" } }
 *     { "type": "Personal Information Change" | "Manage Skills", "effective", "change" }
 *     { "corrects": transaction id, "effective"?, "change"? }      replaces what that transaction said
 *     { "rescinds": transaction id }                               as if it had never been entered
 *     "logged": false with any of them leaves it out of the transaction log, as real logs miss some changes
 *     answers 201 with the transaction
 *   GET /sandbox/workers/{employeeId}   the worker as of today, and every transaction: { worker, transactions }
 */
export class HrConsole {
  constructor(
    private readonly store: Store,
    private readonly ledger: Ledger,
    private readonly workers: Workers,
    private readonly now: () => Date,
  ) {}

  handle(request: VendorRequest): VendorAnswer {
    const employeeId = decodeURIComponent(request.path.split('/')[3] ?? '');
    if (!/^[A-Za-z0-9-]{1,40}$/.test(employeeId)) return { status: 400, body: { error: 'name the employee id in the path' } };
    if (request.method === 'GET') return this.#read(employeeId);
    if (request.method !== 'POST') return { status: 405, body: { error: 'GET or POST' } };
    try {
      return { status: 201, body: this.#enter(employeeId, JSON.parse(request.body) as Record<string, unknown>) };
    } catch (error) {
      return { status: 400, body: { error: (error as Error).message } };
    }
  }

  #read(employeeId: string): VendorAnswer {
    const moment = this.now().toISOString();
    if (!this.workers.has(employeeId)) return { status: 404, body: { error: `no worker ${employeeId}` } };
    return {
      status: 200,
      body: { worker: this.workers.at(employeeId, moment.slice(0, 10), moment) ?? null, transactions: this.workers.history(employeeId, moment) },
    };
  }

  #enter(employeeId: string, entry: Record<string, unknown>): Transaction {
    const transaction = this.#checked(employeeId, entry);
    return this.store.transaction(() => {
      const { effective } = transaction;
      const before = this.workers.at(employeeId, effective, transaction.entered) ?? null;
      const entered = this.workers.enter(transaction);
      const after = this.workers.at(employeeId, effective, transaction.entered) ?? null;
      const operation = transaction.rescinds ? 'rescind' : transaction.corrects ? 'correct' : transaction.type;
      this.ledger.record({ operation, type: 'Worker', id: entered.id, externalId: employeeId, before, after });
      return entered;
    });
  }

  #checked(employeeId: string, entry: Record<string, unknown>): Omit<Transaction, 'id'> {
    const target = this.#target(employeeId, entry);
    const type = target?.type ?? entry.type;
    if (!TRANSACTION_TYPES.includes(type as TransactionType)) throw new Error(`type: one of ${TRANSACTION_TYPES.join(', ')}`);
    const hires = type === 'Hire Employee' && !target;
    if (hires === this.workers.has(employeeId)) throw new Error(hires ? `${employeeId} is hired already` : `no worker ${employeeId}`);
    const effective = readDate(String(entry.effective ?? target?.effective ?? ''));
    if (!effective) throw new Error('effective: a date YYYY-MM-DD');
    const change = (entry.change ?? target?.change ?? {}) as WorkerChange;
    if (type === 'Request Leave of Absence' && !change.leave?.type) throw new Error('change.leave: { type, to }');
    return {
      employeeId,
      type: type as TransactionType,
      effective,
      entered: typeof entry.entered === 'string' ? entry.entered : this.now().toISOString(),
      change,
      logged: entry.logged !== false,
      ...(entry.corrects ? { corrects: target!.id } : {}),
      ...(entry.rescinds ? { rescinds: target!.id } : {}),
    };
  }

  #target(employeeId: string, entry: Record<string, unknown>): Transaction | undefined {
    const id = entry.corrects ?? entry.rescinds;
    if (id === undefined) return undefined;
    const target = this.workers.get(String(id));
    if (target?.employeeId !== employeeId) throw new Error(`${employeeId} has no transaction ${String(id)}`);
    return target;
  }
}
