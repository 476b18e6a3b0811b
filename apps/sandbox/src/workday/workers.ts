import { createHash } from 'node:crypto';
import type { Store, Table } from '../kit/index.js';

/** The tenant's data about a worker on one day, as known at one moment. */
export interface WorkerState {
  employeeId: string;
  firstName: string;
  lastName: string;
  email: string;
  role: string;
  entity: string;
  costCentre: string;
  /** The code of the agency that lends them, an organisation of the type AGENCY. */
  agency?: string;
  location: string;
  managerId: string | null;
  skills: string[];
  hiredOn: string;
  hireRescinded: boolean;
  terminatedOn: string | null;
  leaves: WorkerLeave[];
}

/**
 * `id` is the transaction that began it. `ended` is the last day, known once a return is entered;
 * `estimatedEnd` was planned.
 */
export interface WorkerLeave {
  id: string;
  type: string;
  from: string;
  estimatedEnd: string | null;
  ended: string | null;
}

export type WorkerChange = Partial<Omit<WorkerState, 'employeeId' | 'hireRescinded' | 'terminatedOn' | 'leaves' | 'hiredOn'>> & {
  leave?: { type: string; to: string | null };
  costRate?: string;
};

export const TRANSACTION_TYPES = [
  'Hire Employee',
  'Change Job',
  'Terminate Employee',
  'Request Leave of Absence',
  'Request Return from Leave of Absence',
  'Request Compensation Change',
  'Personal Information Change',
  'Manage Skills',
] as const;
export type TransactionType = (typeof TRANSACTION_TYPES)[number];

/**
 * A transaction about a worker. It never changes: a correction and a rescind are transactions of
 * their own, so that the tenant can be seen as it was known at any moment.
 */
export interface Transaction {
  id: string;
  employeeId: string;
  type: TransactionType;
  entered: string;
  effective: string;
  change: WorkerChange;
  corrects?: string;
  rescinds?: string;
  /** False for the changes that real tenants' logs miss. */
  logged: boolean;
}

/** A reference as Workday has it: 32 hex digits, the same for the same thing for ever. */
export const wid = (...parts: string[]): string => createHash('md5').update(parts.join(':')).digest('hex');

/** The tenant's workers, stored as the transactions about them. */
export class Workers {
  readonly #transactions: Table<Transaction>;
  readonly #of: (employeeId: string) => Transaction[];
  #ids: string[] | null = null;
  #byWid = new Map<string, string>();

  constructor(private readonly store: Store) {
    this.#transactions = store.table<Transaction>('transaction');
    this.#of = this.#transactions.index(transaction => transaction.employeeId);
  }

  /** Employee ids in order. */
  ids(): string[] {
    if (this.#ids === null) {
      this.#ids = [...new Set(this.#transactions.all().map(transaction => transaction.employeeId))].sort();
      this.#byWid = new Map(this.#ids.map(id => [wid('worker', id), id]));
    }
    return this.#ids;
  }

  /** The employee id of a worker's WID. */
  idOfWid(workerWid: string): string | undefined {
    this.ids();
    return this.#byWid.get(workerWid);
  }

  has(employeeId: string): boolean {
    return this.#of(employeeId).length > 0;
  }

  get(id: string): Transaction | undefined {
    return this.#transactions.get(id);
  }

  /** Everything entered about a worker by `moment`, in order of entry. */
  history(employeeId: string, moment: string): Transaction[] {
    return this.#of(employeeId).filter(transaction => transaction.entered <= moment);
  }

  enter(transaction: Omit<Transaction, 'id'>): Transaction {
    const entered = { ...transaction, id: wid('transaction', transaction.employeeId, String(this.store.next('transaction'))) };
    this.#transactions.put(entered);
    this.#ids = null;
    return entered;
  }

  /** The worker on `date` as known at `moment`; undefined before the hire takes effect. */
  at(employeeId: string, date: string, moment: string): WorkerState | undefined {
    const history = this.history(employeeId, moment);
    const hire = history.find(transaction => transaction.type === 'Hire Employee');
    if (!hire) return undefined;
    const standing = inForce(history).filter(transaction => transaction.effective <= date);
    const hired = standing.find(transaction => transaction.type === 'Hire Employee');
    if (hired) return standing.reduce(applied, null as WorkerState | null) ?? undefined;
    const rescinded = history.some(transaction => transaction.rescinds === hire.id) && hire.effective <= date;
    return rescinded ? { ...applied(null, hire), hireRescinded: true } : undefined;
  }

  /** Cost per hour by the day it starts, as known at `moment`. */
  costRates(employeeId: string, moment: string): { from: string; amount: string }[] {
    const standing = inForce(this.history(employeeId, moment)).filter(transaction => transaction.change.costRate !== undefined);
    const byDay = new Map(standing.map(transaction => [transaction.effective, transaction.change.costRate!]));
    return [...byDay].map(([from, amount]) => ({ from, amount }));
  }

  /** Whether it was rescinded or corrected by `moment`, or itself rescinds or corrects another. */
  marks(transaction: Transaction, moment: string): { rescind: boolean; correction: boolean } {
    const after = this.history(transaction.employeeId, moment);
    return {
      rescind: transaction.rescinds !== undefined || after.some(other => other.rescinds === transaction.id),
      correction: transaction.corrects !== undefined || after.some(other => other.corrects === transaction.id),
    };
  }
}

/** The transactions in force after rescinds and the last correction of each, in order of effect. */
export function inForce(history: Transaction[]): Transaction[] {
  const rescinded = new Set(history.flatMap(transaction => transaction.rescinds ?? []));
  const corrections = new Map(history.filter(transaction => transaction.corrects).map(transaction => [transaction.corrects!, transaction]));
  return history
    .filter(transaction => !transaction.rescinds && !transaction.corrects && !rescinded.has(transaction.id))
    .map(transaction => {
      const correction = corrections.get(transaction.id);
      return correction ? { ...transaction, effective: correction.effective, change: correction.change } : transaction;
    })
    .sort((a, b) => (a.effective < b.effective ? -1 : a.effective > b.effective ? 1 : 0));
}

function applied(state: WorkerState | null, { id, employeeId, type, effective, change }: Transaction): WorkerState {
  const { leave, costRate: _, ...attributes } = change;
  if (type === 'Hire Employee') {
    const empty = {
      employeeId,
      firstName: '',
      lastName: '',
      email: '',
      role: '',
      entity: '',
      costCentre: '',
      location: '',
      managerId: null,
      skills: [],
    };
    return { ...empty, ...attributes, hiredOn: effective, hireRescinded: false, terminatedOn: null, leaves: state?.leaves ?? [] };
  }
  const before = state!;
  switch (type) {
    case 'Terminate Employee':
      return { ...before, terminatedOn: effective };
    case 'Request Leave of Absence':
      return { ...before, leaves: [...before.leaves, { id, type: leave!.type, from: effective, estimatedEnd: leave!.to, ended: null }] };
    case 'Request Return from Leave of Absence':
      return {
        ...before,
        leaves: before.leaves.map((one, index) => (index === before.leaves.length - 1 ? { ...one, ended: dayBefore(effective) } : one)),
      };
    default:
      return { ...before, ...attributes };
  }
}

export const dayBefore = (date: string): string => new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);

/**
 * Whether a worker is on leave on `date`: it has begun, and no return lies before it. A planned end
 * ends nothing.
 */
export const onLeave = (leave: WorkerLeave, date: string): boolean => leave.from <= date && (leave.ended === null || date <= leave.ended);

/** Employed on `date`; the day of termination is the last. */
export const activeOn = (worker: WorkerState, date: string): boolean =>
  !worker.hireRescinded && (worker.terminatedOn === null || date <= worker.terminatedOn);
