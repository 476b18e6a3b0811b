import type { MessageCode } from '#apis';
import type { PartnerLineState } from '#apis/partner';
import type { Approval, BillingLine, ExpenseEntry, LineState, Money, TimeEntry } from '#canonical';

/** What the PSA says of a line, as far as its agency may know it. */
export interface EntrySide {
  /** Log position of its event. */
  seq: number;
  kind: 'time' | 'expense';
  projectId: string;
  email: string;
  person?: string;
  workDate: string;
  minutes?: number;
  spent?: Money;
  category?: string;
  note?: string;
  approval: Approval;
  gone: boolean;
  legalEntities: string[];
}

/** What time-to-billing says of a line, as far as its agency may know it. */
export interface BillingSide {
  revision: number;
  state: LineState;
  kind: 'time' | 'expense';
  projectId: string;
  workerId: string | null;
  person: string;
  workDate: string;
  minutes: number | null;
  /** Codes of sentences for outsiders. */
  blocks: BlockCode[];
  legalEntities: string[];
}

/** From a day on a worker is lent by this agency; null: by nobody, or nobody says so. */
export interface Employment {
  workerId: string;
  from: string;
  email: string | null;
  agency: string | null;
}

export type BlockCode = Extract<MessageCode, `partner.blocked.${string}`>;

/** What an outsider is told of our reasons. Whatever is not here is for us to settle, and stays with us. */
const OUTSIDE: Partial<Record<MessageCode, BlockCode>> = {
  'assignment.missing': 'partner.blocked.assignment',
  'assignment.other-role': 'partner.blocked.assignment',
  'assignment.project-unstaffed': 'partner.blocked.assignment',
  'contract.not-active': 'partner.blocked.contract',
  'project.ended-in-psa': 'partner.blocked.contract',
  'project.expense-not-allowed': 'partner.blocked.contract',
  'project.time-not-allowed': 'partner.blocked.contract',
  'time.none': 'partner.blocked.day',
  'time.over-day': 'partner.blocked.day',
  'expense.none': 'partner.blocked.expense',
  'expense.over-policy': 'partner.blocked.expense',
  'expense.tax-not-within': 'partner.blocked.expense',
  'expense.receipt-missing': 'partner.blocked.receipt',
  'worker.ambiguous': 'partner.blocked.person',
  'worker.email-missing': 'partner.blocked.person',
  'worker.not-started': 'partner.blocked.person',
  'worker.role-differs': 'partner.blocked.person',
  'worker.terminated': 'partner.blocked.person',
  'worker.unknown': 'partner.blocked.person',
};
const WITH_US: BlockCode = 'partner.blocked.with-us';

/** Whether the agency can do something about it. */
export const isTheirs = (code: BlockCode): boolean => code !== WITH_US;

/**
 * Why a line is blocked, in an outsider's words, each once. What is with us is said only when
 * nothing else is.
 */
export function blocksOf(codes: string[]): BlockCode[] {
  const told = [...new Set(codes.map(code => OUTSIDE[code as MessageCode] ?? WITH_US))].sort();
  const theirs = told.filter(isTheirs);
  return theirs.length > 0 ? theirs : [WITH_US];
}

export function entryOf(entry: TimeEntry | ExpenseEntry, event: { pos: string; legalEntities: string[] }, gone: boolean): EntrySide {
  const { projectId, person, note, approval } = entry;
  const time = 'workDate' in entry;
  return {
    seq: Number(event.pos),
    kind: time ? 'time' : 'expense',
    projectId,
    email: person.email.toLowerCase(),
    person: person.name,
    ...(time
      ? { workDate: entry.workDate, minutes: entry.workedMinutes }
      : { workDate: entry.expenseDate, spent: entry.amount, category: entry.category }),
    note,
    approval,
    gone,
    legalEntities: [...new Set(event.legalEntities)].sort(),
  };
}

export const billingOf = (line: BillingLine): BillingSide => ({
  revision: line.revision,
  state: line.state,
  kind: line.kind,
  projectId: line.projectId,
  workerId: line.workerId,
  person: line.workerName,
  workDate: line.workDate,
  minutes: line.minutes,
  blocks: line.block ? blocksOf(line.block.reasons.map(({ code }) => code)) : [],
  legalEntities: [...new Set(line.legalEntities)].sort(),
});

const APPROVAL: Record<Approval, PartnerLineState> = {
  none: 'in-psa',
  pending: 'submitted',
  approved: 'approved',
  rejected: 'rejected',
  cancelled: 'withdrawn',
};

/**
 * How far a line is, as its agency may know it. Whether it is invoiced, paid, over the firm's cap or
 * not to be billed is between the firm and its customer: none of that is told apart here.
 */
const BILLING: Record<LineState, PartnerLineState> = {
  received: 'approved',
  blocked: 'blocked',
  ready: 'accepted-for-billing',
  posted: 'accepted-for-billing',
  billed: 'accepted-for-billing',
  paid: 'accepted-for-billing',
  correcting: 'approved',
  'needs-credit': 'approved',
  overage: 'accepted-for-billing',
  skipped: 'approved',
  withdrawn: 'withdrawn',
};

/** An entry that is not approved has not come to billing, or is just leaving it. */
export function stateOf(entry: EntrySide | undefined, billing: BillingSide | undefined): PartnerLineState {
  if (entry?.gone) return 'withdrawn';
  if (entry && entry.approval !== 'approved') return APPROVAL[entry.approval];
  return billing && billing.state !== 'withdrawn' ? BILLING[billing.state] : entry ? APPROVAL[entry.approval] : 'withdrawn';
}

/**
 * The agency that lent the person on the day of the line. Null when nobody did, and when two people
 * have the e-mail of a line that names no worker: then nobody knows whose it is.
 */
export function agencyOf(
  { workerId, email, workDate }: { workerId: string | null; email: string | null; workDate: string },
  employments: Employment[],
): string | null {
  const theirs = employments.filter(one => (workerId === null ? email !== null && one.email === email : one.workerId === workerId));
  const agencies = [...Map.groupBy(theirs, one => one.workerId).values()].map(ofWorker => {
    const begun = ofWorker.filter(({ from }) => from <= workDate).sort((a, b) => (a.from < b.from ? -1 : 1));
    return begun.at(-1)?.agency ?? null;
  });
  return agencies.length === 1 ? agencies[0] : null;
}
