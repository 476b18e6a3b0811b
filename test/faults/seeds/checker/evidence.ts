import { createHash } from 'node:crypto';

/** A committed write as a sandbox's control port tells it. */
export interface LedgerEntry {
  seq: number;
  type: string;
  id: string;
  externalId: string | null;
  before: unknown;
  after: unknown;
}

/** What the ledgers name by the vendors' own ids, looked up at the vendors; and the firm's price lists. */
export interface Known {
  /** The PSA's account id, from which line ids are made. */
  psaAccount: string;
  /** The CRM's, from which ids of deals and customers are made. */
  crmAccount: string;
  /** Projects of deals that were won in the CRM -> Kantata workspace id. */
  sold: Map<string, string>;
  /** Whether the ERP takes what is below zero. */
  negativeLines: boolean;
  /** Kantata workspace id -> project. */
  projects: Map<string, ProjectKnown>;
  /** Kantata user id -> worker; absent for whom the firm doesn't employ. */
  workers: Map<string, WorkerKnown>;
  /** Kantata role id -> role code. */
  roles: Map<string, string>;
  /** The ERP's currency id -> code. */
  currencies: Map<string, string>;
  /** Cents per hour of a role on a project on a day; undefined where no price list has one. */
  rateOf(project: ProjectKnown, role: string, date: string): bigint | undefined;
  /** What the ERP's books of a day say that one of a currency is worth in another, as a decimal; undefined where they say nothing. */
  exchangeRateOf(from: string, to: string, date: string): string | undefined;
}

export interface ProjectKnown {
  id: string;
  number: string;
  currency: string;
  /** Whether time and expenses are billed; else lines are kept at no price. */
  billed: boolean;
  /** Its cap when the ledgers begin, in cents; null: none. */
  notToExceed: bigint | null;
}

interface WorkerKnown {
  employeeNumber: string;
  role: string;
}

export interface Evidence {
  crm: LedgerEntry[];
  psa: LedgerEntry[];
  erp: LedgerEntry[];
  /** Lines with an open exception, by canonical id, with what it says. */
  openExceptions: Map<string, string>;
  /** What of which lines waits for room under a cap, as the platform names it to people. */
  overages: Map<string, Overage>;
  /** Lines with a planted business fault, by their note. */
  planted: Set<string>;
  known: Known;
}

export interface Overage {
  cents: bigint;
  minutes: number | null;
}

export interface Finding {
  rule:
    | 'lost'
    | 'twice'
    | 'not-newest'
    | 'not-withdrawn'
    | 'versions-fall'
    | 'two-alive'
    | 'id-used-again'
    | 'rewritten'
    | 'written-again'
    | 'unknown-transaction'
    | 'content'
    | 'amount'
    | 'cost'
    | 'sum'
    | 'cap-passed'
    | 'overage'
    | 'room-left'
    | 'billed-removed'
    | 'billed-twice'
    | 'billed-amount'
    | 'deal-goes-on'
    | 'customer-not-followed'
    | 'straight-through';
  line: string;
  detail: string;
}

/** What has to have come to the ERP for a run to say anything of it. */
export const MONEY_KINDS = [
  'refund',
  'foreign-expense',
  'foreign-refund',
  'over-cap',
  'released-overage',
  'invoiced',
  'taken-back',
  'deleted',
  'after-merge',
  'corrected-refund',
  'credit-awaited',
  'deal-deleted',
  'account-merged',
] as const;
export type MoneyKind = (typeof MONEY_KINDS)[number];

export interface Verdict {
  findings: Finding[];
  /** Lines that were ever approved. */
  lines: number;
  approved: number;
  posted: number;
  exceptions: number;
  /** Approved lines without a planted fault, and how many of them are posted. */
  clean: number;
  cleanPosted: number;
  /** Versions that were ever posted. */
  versions: number;
  /** How often each kind of money is in the ERP as it has to be. */
  money: Partial<Record<MoneyKind, number>>;
}

/** A record of a ledger, read loosely. */
export type Fields = Record<string, unknown>;

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** A transaction of ours as the ERP's ledger shows it. */
export interface Held {
  id: string;
  externalId: string;
  line: string;
  version: number;
  type: string;
  /** What was spent, beside what is billed. */
  cost: boolean;
  record: Fields;
  cents: bigint;
}

/** prefix, `_`, and the first 100 bits of sha-256 of the parts joined with `:`, five bits a letter. */
export function publishedId(prefix: string, ...parts: string[]): string {
  const bits = [...createHash('sha256').update(parts.join(':')).digest()].map(byte => byte.toString(2).padStart(8, '0')).join('');
  return `${prefix}_${Array.from({ length: 20 }, (_, n) => ALPHABET[Number.parseInt(bits.slice(5 * n, 5 * n + 5), 2)]).join('')}`;
}
