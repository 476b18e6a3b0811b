import { message, type Fault, type Message } from '#apis';
import { isKept, money, type BillableTransaction, type ExpenseEntry, type Money, type TimeEntry } from '#canonical';
import type { WorkerOnDay } from '../calls.js';
import { categoryFaults, exchangeRateFault, expensePolicyFaults, taxFaults, termFaults } from '../checks/expense-policy.rules.js';
import { hoursFaults } from '../checks/hours.rules.js';
import { fault, type CheckedLine } from '../checks/line-check.js';
import { needs } from '../needs.js';
import { findPostingDate } from '../checks/period.rules.js';
import { billingTermsOf, projectFaults, type BillingTerms } from '../checks/project.rules.js';
import { assignmentFaults, coveringAssignments, workerFaults } from '../checks/worker.rules.js';
import { costOfTime, intercompanyExpense, intercompanyOf } from '../intercompany/intercompany.rules.js';
import { findExpenseTerm, hangsOnOthers, scopeOf, type ExpenseTerm } from '../pricing/expense-terms.rules.js';
import { isNegative, type OtherExpense } from '../pricing/expense-units.rules.js';
import { priceExpense, type ExpensePrice } from '../pricing/expenses.rules.js';
import { endOf } from '../pricing/explanation.rules.js';
import { priceTime, psaRateDifference, type DayShare, type KnownRate, type TimePrice } from '../pricing/time.rules.js';
import { endedRates, findRate, type FoundRate, type RateRow, type TermSubjects } from '../rates/rates.rules.js';
import { soldBeside } from '../rates/sold-rates.rules.js';
import { estimateOfExpense, estimateOfTime } from './estimate.rules.js';
import type { Assessment, LineFacts, PricedLine } from '../facts/line-facts.js';
import { memoOf } from '../lines/versions.rules.js';
import { explainPostingDate } from '../lines/posting-day.rules.js';

/** Everything that the checks have found about a line, complete or not. */
interface Grounds {
  line: CheckedLine;
  /** In which role it was worked: as the line says, else as the assignment, else as HCM. */
  role: string | undefined;
  terms: BillingTerms | undefined;
  worker: WorkerOnDay | undefined;
  subjects: TermSubjects;
  postingDate: string | undefined;
  faults: Fault[];
}

/** Checks a line of time and prices it: every fault at once, or the price with its explanation. */
export function assessTime(entry: TimeEntry, facts: LineFacts): Assessment {
  const grounds = groundsOf(checkedTime(entry), entry.role, facts);
  const faults = [...grounds.faults, ...hoursFaults(grounds.line, entry.workedMinutes, facts.otherMinutesThatDay, facts.policy.dayLimitMinutes)];
  const rate = grounds.terms && grounds.role ? rateOf(entry, grounds, grounds.terms, grounds.role, facts) : undefined;
  if (rate) faults.push(...rate.faults);
  const { terms, worker, postingDate, role } = grounds;
  if (terms && worker && rate?.faults.length === 0 && facts.policy.transferUnknown === 'ask')
    faults.push(...transferFaults(grounds, terms, worker, rate.found));
  if (faults.length === 0 && terms && worker && postingDate && role && rate) {
    const price = priceTime(entry, terms, rate.found, facts.policy, facts.sharesThatDay);
    const priced = pricedTime(entry, facts, { ...grounds, terms, worker, postingDate, role }, price, rate.difference);
    if (amountsIn(priced, price.worth).every(isKept)) return { priced };
    faults.push(tooLargeRate(grounds.line, terms, role));
  }
  return { faults, estimate: estimateOfTime(entry, { terms, worker, role, rate: rate?.found }, facts), workerId: worker?.workerId ?? null };
}

/** Lines of any kind, by their ids. */
export interface ToAssess {
  id: string;
  kind: 'time' | 'expense';
  entry: TimeEntry | ExpenseEntry;
}

/**
 * Lines that were assessed in this run and are not saved yet, as later lines of the run need to
 * know them.
 */
export class JustAssessed {
  /** Expenses by id, each with the amount it is billed at once that is known. */
  readonly expenses = new Map<string, OtherExpense & { entry: ExpenseEntry }>();
  /** Shares of the day by line id, grouped by person, project and day. */
  readonly shares = new Map<string, Map<string, DayShare>>();

  copy(): JustAssessed {
    const copy = new JustAssessed();
    for (const [id, expense] of this.expenses) copy.expenses.set(id, { ...expense });
    for (const [day, shares] of this.shares) copy.shares.set(day, new Map(shares));
    return copy;
  }
}

/**
 * Checks and prices lines together. The price of an expense that is billed by the item or the day,
 * and of time at a day rate, depends on the person's other lines on the project. Of the lines
 * assessed together, those assessed earlier count: expenses in the order of their ids, refunds
 * last. This function adds what it assesses to `before`.
 */
export function assessLines(lines: ToAssess[], factsOf: (id: string) => LineFacts, before = new JustAssessed()): Map<string, Assessment> {
  const assessments = new Map<string, Assessment>();
  for (const { id, kind, entry } of lines) if (kind === 'time') assessments.set(id, timeAfter(before, entry as TimeEntry, factsOf(id)));
  const expenses = lines.flatMap(({ id, kind, entry }) => (kind === 'expense' ? [{ id, entry: entry as ExpenseEntry }] : [])).sort(refundsLast);
  for (const { id, entry } of expenses) before.expenses.set(id, { entry, billed: null });
  const together = Map.groupBy(before.expenses.values(), ({ entry }) => personOnProject(entry));
  for (const { id, entry } of expenses) {
    const facts = factsOf(id);
    const otherExpenses = [...facts.otherExpenses.filter(other => !before.expenses.has(other.entry.id)), ...together.get(personOnProject(entry))!];
    const assessment = assessExpense(entry, { ...facts, otherExpenses });
    if ('priced' in assessment) before.expenses.get(id)!.billed = assessment.priced.transaction.amount;
    assessments.set(id, assessment);
  }
  return assessments;
}

function timeAfter({ shares }: JustAssessed, entry: TimeEntry, facts: LineFacts): Assessment {
  const day = `${personOnProject(entry)} ${entry.workDate}`;
  const others = new Map(shares.get(day));
  // Remove what a failed attempt at its batch left behind: an expense is not one of its own others.
  others.delete(entry.id);
  const assessment = assessTime(entry, { ...facts, sharesThatDay: [...facts.sharesThatDay, ...others.values()] });
  const share = 'priced' in assessment ? assessment.priced.share : undefined;
  shares.set(day, share ? others.set(entry.id, share) : others);
  return assessment;
}

const personOnProject = ({ projectId, person }: TimeEntry | ExpenseEntry): string => `${projectId} ${person.email}`;

const refundsLast = (a: { entry: ExpenseEntry }, b: { entry: ExpenseEntry }): number =>
  Number(isNegative(a.entry)) - Number(isNegative(b.entry)) || (a.entry.id < b.entry.id ? -1 : 1);

/** Checks an expense and prices it: every fault at once, or the price with its explanation. */
export function assessExpense(entry: ExpenseEntry, facts: LineFacts): Assessment {
  const grounds = groundsOf(checkedExpense(entry), undefined, facts);
  const { line, terms, worker, postingDate } = grounds;
  const term = termOf(entry, line.projectId, facts, terms);
  const category = facts.mapping('expense-category', entry.category);
  const faults = [
    ...grounds.faults,
    ...categoryFaults(line, entry.category, category),
    ...expensePolicyFaults(line, entry, term, facts.policy, facts.exchangeRates),
    ...termFaults(line, term, entry.category),
  ];
  const result = terms ? priceExpense(entry, terms, term, facts.exchangeRates, othersOf(entry, term, facts, terms)) : undefined;
  if (result && 'missing' in result) faults.push(exchangeRateFault(line, result.missing, facts.exchangeRates));
  const price = result && 'price' in result ? result.price : undefined;
  if (faults.length === 0 && terms && worker && postingDate && price && category !== undefined) {
    const priced = pricedExpense(entry, facts, { ...grounds, terms, worker, postingDate }, price, category);
    if (amountsIn(priced, price.worth).every(isKept)) return { priced };
    faults.push(tooLargeTerm(line, term, entry.category));
  }
  // The price is unknown while the tax of what was spent is in doubt.
  const told = taxFaults(line, entry).length === 0 ? price : undefined;
  return { faults: withoutRepeats(faults), estimate: estimateOfExpense(entry, terms, told), workerId: worker?.workerId ?? null };
}

/** The term that holds on the day, given the person's assignments on it. */
function termOf({ category, expenseDate }: OtherExpense['entry'], projectId: string, facts: LineFacts, terms: BillingTerms | undefined): ExpenseTerm {
  const covering = coveringAssignments(facts.assignments, expenseDate);
  return findExpenseTerm(facts.expenseTerms, category, expenseDate, subjectsOf(projectId, facts, covering, terms));
}

/**
 * The other expenses that count for a price by the item or the day: those under a term of the same
 * scope.
 */
function othersOf(entry: ExpenseEntry, term: ExpenseTerm, facts: LineFacts, terms: BillingTerms): OtherExpense[] {
  if (!hangsOnOthers(term)) return [];
  const scope = scopeOf(term);
  return facts.otherExpenses.filter(other => other.entry.id !== entry.id && scopeOf(termOf(other.entry, entry.projectId, facts, terms)) === scope);
}

const checkedTime = (entry: TimeEntry): CheckedLine => ({
  ...personOf(entry),
  id: entry.id,
  kind: 'time',
  projectId: entry.projectId,
  workDate: entry.workDate,
  ...(entry.role === undefined ? {} : { role: entry.role }),
});

const checkedExpense = (entry: ExpenseEntry): CheckedLine => ({
  ...personOf(entry),
  id: entry.id,
  kind: 'expense',
  projectId: entry.projectId,
  workDate: entry.expenseDate,
});

const personOf = ({ id, person }: TimeEntry | ExpenseEntry) => ({ email: person.email, person: person.name || person.email || id });

function groundsOf(line: CheckedLine, statedRole: string | undefined, facts: LineFacts): Grounds {
  const { policy, project, worker: found } = facts;
  const covering = coveringAssignments(facts.assignments, line.workDate);
  const terms = billingTermsOf(project);
  const worker = found.matches === 1 ? found.worker : undefined;
  const posting = terms ? findPostingDate(line, terms.legalEntity, facts, policy) : undefined;
  return {
    line,
    role: statedRole ?? covering.find(({ role }) => role !== undefined)?.role ?? worker?.role,
    terms,
    worker,
    subjects: subjectsOf(line.projectId, facts, covering, terms),
    postingDate: posting && 'postingDate' in posting ? posting.postingDate : undefined,
    faults: [
      ...projectFaults(line, project),
      ...workerFaults(line, found, covering, policy),
      ...assignmentFaults(line, facts, covering, policy, project?.title ?? line.projectId),
      ...(posting && 'fault' in posting ? [posting.fault] : []),
    ],
  };
}

function subjectsOf(projectId: string, { project }: LineFacts, covering: { id: string }[], terms: BillingTerms | undefined): TermSubjects {
  return {
    assignment: covering.map(({ id }) => id),
    contract: [projectId, ...(project?.rateCard ? [project.rateCard] : [])],
    project: [projectId],
    customer: project?.customerId ? [project.customerId] : [],
    'legal-entity': terms ? [terms.legalEntity] : [],
  };
}

interface RateOfLine {
  found: KnownRate | undefined;
  difference: Message | undefined;
  faults: Fault[];
}

/** Only billed time waits for a rate. For other time a rate, if there is one, gives its worth. */
function rateOf(entry: TimeEntry, { line, worker, subjects }: Grounds, terms: BillingTerms, role: string, facts: LineFacts): RateOfLine {
  const question = {
    workDate: entry.workDate,
    role,
    resourcingEntity: worker?.legalEntity ?? '',
    overtime: entry.overtime,
    currency: terms.currency,
    minutesPerDay: facts.policy.minutesPerDay,
    foreignRate: facts.policy.foreignRate,
    subjects,
    exchangeRates: facts.exchangeRates,
  };
  const found = findRate(facts.rates, question);
  const billed = entry.billable && terms.method === 'time-and-materials';
  const [ended] = billed && worker && facts.policy.endedRate === 'ask' ? (found?.ended ?? endedRates(facts.rates, question)) : [];
  if (ended) return { found: found && isKnown(found) ? found : undefined, difference: undefined, faults: [endedRate(line, terms, role, ended)] };
  if (!found || !isKnown(found)) {
    // A rate may depend on the worker's employer. While the employer is unknown, don't report a
    // missing rate.
    return { found: undefined, difference: undefined, faults: billed && worker ? [missingRate(line, terms, role, entry, found, facts)] : [] };
  }
  const beside = soldBeside(found.row, facts.rates, entry.workDate);
  if (beside) return { found: undefined, difference: undefined, faults: billed && worker ? [undecidedRate(line, role, found.row, beside)] : [] };
  const general = entry.overtime && found.row.overtime === null;
  if (general && billed && worker && facts.policy.overtimeRate === 'ask')
    return { found, difference: undefined, faults: [overtimeMissing(line, terms, role)] };
  const difference = billed && worker ? psaRateDifference(entry.psaRate, found, terms.currency) : undefined;
  if (!difference || facts.policy.rateDifference === 'explain') return { found, difference, faults: [] };
  const rest = { category: 'policy', desk: 'finance', need: needs.psaRate(entry.projectId, role), field: 'psaRate' } as const;
  return { found, difference, faults: [fault('rate.psa-differs', line, { ...rest, params: { ...difference.params, role } })] };
}

/** A lent worker's hour with neither a known worth nor a known cost. */
function transferFaults({ line, role }: Grounds, terms: BillingTerms, worker: WorkerOnDay, rate: KnownRate | undefined): Fault[] {
  if (worker.legalEntity === terms.legalEntity || rate || worker.costRate || !role) return [];
  const { legalEntity, currency } = terms;
  const rest = { category: 'missing-reference', desk: 'finance', need: needs.rate(legalEntity, role, currency), field: 'role' } as const;
  return [fault('transfer.unknown', line, { ...rest, params: { role, legalEntity, lender: worker.legalEntity, currency } })];
}

const isKnown = (found: FoundRate): found is KnownRate => found.rate !== null;

/** There is no row at all, or only one in a currency that has no exchange rate on the day. */
function missingRate(
  line: CheckedLine,
  terms: BillingTerms,
  role: string,
  { workDate, overtime }: TimeEntry,
  found: FoundRate | undefined,
  { exchangeRates }: LineFacts,
): Fault {
  const { legalEntity, currency } = terms;
  if (found) return exchangeRateFault(line, { from: found.row.currency, to: currency, date: workDate }, exchangeRates);
  if (overtime) return overtimeMissing(line, terms, role);
  const rest = { category: 'missing-reference', desk: 'finance', need: needs.rate(legalEntity, role, currency), field: 'role' } as const;
  return fault('rate.missing', line, { ...rest, params: { role, legalEntity, currency } });
}

function overtimeMissing(line: CheckedLine, { legalEntity, currency }: BillingTerms, role: string): Fault {
  const rest = { category: 'missing-reference', desk: 'finance', need: needs.rate(legalEntity, role, currency), field: 'role' } as const;
  return fault('rate.overtime-missing', line, { ...rest, params: { role, legalEntity, currency } });
}

/** Every rate has ended: finance adds a further row or extends one. */
function endedRate(line: CheckedLine, { legalEntity, currency }: BillingTerms, role: string, row: RateRow): Fault {
  const rest = { category: 'policy', desk: 'finance', need: needs.rate(legalEntity, role, currency), field: 'workDate' } as const;
  return fault('rate.ended', line, { ...rest, params: { role, ...endOf(row) } });
}

/** The deal sells the role twice on that day, so a person must say which rate applies. */
function undecidedRate(line: CheckedLine, role: string, one: RateRow, other: RateRow): Fault {
  const rest = { category: 'conflict', desk: 'finance', need: needs.rateOfAssignment(line.projectId, role), field: 'role' } as const;
  const { currency } = one;
  const params = { role, currency, rate: one.amount, unit: one.unit, otherRate: other.amount, otherCurrency: other.currency, otherUnit: other.unit };
  return fault('rate.undecided', line, { ...rest, params });
}

/** A decimal point was probably misplaced, in a rate or in an exchange rate. */
function tooLargeRate(line: CheckedLine, { legalEntity, currency }: BillingTerms, role: string): Fault {
  const rest = { category: 'validation', desk: 'finance', need: needs.rate(legalEntity, role, currency), field: 'role' } as const;
  return fault('rate.too-large', line, { ...rest, params: { role, legalEntity, currency } });
}

function tooLargeTerm(line: CheckedLine, { id }: ExpenseTerm, category: string): Fault {
  const rest = { category: 'validation', desk: 'finance', need: needs.expenseTerm(line.projectId, category), field: 'amount' } as const;
  return fault('expense.too-large', line, { ...rest, params: { category, term: id || 'house' } });
}

/** The amounts of a price that are kept and sent. */
function amountsIn({ transaction: { amount, ratePerHour }, intercompany }: PricedLine, worth: Money | null): Money[] {
  return [amount, ratePerHour, worth, intercompany?.owningCost, intercompany?.lendingCost].filter(one => one !== undefined && one !== null);
}

type Complete = Grounds & { terms: BillingTerms; worker: WorkerOnDay; postingDate: string };

function pricedTime(
  entry: TimeEntry,
  facts: LineFacts,
  grounds: Complete & { role: string },
  price: TimePrice,
  difference: Message | undefined,
): PricedLine {
  const { terms, worker, role } = grounds;
  const billed = entry.billable && terms.method === 'time-and-materials';
  const owningEntity = terms.legalEntity;
  const lendingEntity = worker.legalEntity;
  const cost = costOfTime(worker.costRate, entry.workedMinutes);
  const intercompany = intercompanyOf({ owningEntity, lendingEntity, sale: price.amount, worth: price.worth, cost }, facts.policy.transferPercent);
  const unknownTransfer = intercompany && !intercompany.owningCost ? [message('price.transfer-unknown', { owningEntity, lendingEntity })] : [];
  return pricedLine(entry, facts, grounds, {
    kind: 'time',
    billed,
    amount: price.amount,
    explanation: [...price.explanation, ...(difference ? [difference] : []), ...unknownTransfer],
    only: { minutes: entry.workedMinutes, role, ratePerHour: price.ratePerHour },
    share: price.share,
    intercompany,
  });
}

function pricedExpense(entry: ExpenseEntry, facts: LineFacts, grounds: Complete, price: ExpensePrice, category: string): PricedLine {
  const { terms, worker } = grounds;
  const records = facts.policy.expenseCost === 'record';
  // An expense billed as spent is one record, revenue and cost. Under a cap only a part may be
  // billed, while the cost is the whole, so it needs two.
  const asSpent = price.kind === 'expense' && terms.notToExceed === undefined;
  const kind = records && (asSpent || !price.billed) ? 'expense' : 'charge';
  const lending = { owningEntity: terms.legalEntity, lendingEntity: worker.legalEntity, sale: price.amount };
  const spent = money(entry.amount.amount, entry.amount.currency);
  return pricedLine(entry, facts, grounds, {
    kind,
    billed: price.billed,
    amount: price.amount,
    explanation: price.explanation,
    only: { category, spent, ...(kind === 'expense' ? { asSpent: true } : {}) },
    costApart: records && kind === 'charge',
    intercompany: intercompanyExpense({ ...lending, cost: price.cost }),
  });
}

interface Priced {
  kind: BillableTransaction['kind'];
  billed: boolean;
  amount: Money;
  explanation: Message[];
  /** What only this kind has. */
  only: Partial<BillableTransaction>;
  share?: DayShare | null;
  costApart?: boolean;
  intercompany: PricedLine['intercompany'];
}

function pricedLine(entry: TimeEntry | ExpenseEntry, facts: LineFacts, { line, terms, worker, postingDate }: Complete, price: Priced): PricedLine {
  const { taskId } = entry;
  const task = facts.project?.financial?.tasks?.find(({ id }) => id === taskId);
  return {
    transaction: {
      kind: price.kind,
      projectId: entry.projectId,
      ...(task ? { taskId: task.id } : {}),
      employeeNumber: worker.employeeNumber,
      legalEntity: terms.legalEntity,
      costCentre: terms.costCentre,
      taxCode: terms.taxCode,
      workDate: line.workDate,
      postingDate,
      billable: price.billed,
      ...price.only,
      amount: price.amount,
      memo: memoOf(entry) || task?.title || facts.project?.title || worker.name,
    },
    explanation: [...price.explanation, ...aroundThePrice(line, terms, postingDate, taskId !== undefined && !task, facts.periods === null)],
    intercompany: price.intercompany,
    ...(price.costApart ? { costApart: true } : {}),
    workerId: worker.workerId,
    workerName: worker.name,
    customerId: facts.project?.customerId ?? null,
    ...(price.share ? { share: price.share } : {}),
    capped: price.billed && terms.notToExceed !== undefined,
  };
}

function aroundThePrice(
  { workDate }: CheckedLine,
  { taxCode, legalEntity }: BillingTerms,
  postingDate: string,
  taskUnknown: boolean,
  withoutBooks: boolean,
): Message[] {
  return [
    { code: 'price.tax', params: { taxCode } },
    ...explainPostingDate({ workDate, postingDate, legalEntity }),
    ...(withoutBooks ? [message('price.periods-not-told', { workDate })] : []),
    ...(taskUnknown ? [message('price.task-not-in-erp', {})] : []),
  ];
}

/** The policy and the price may both report the same missing exchange rate: report it once. */
const withoutRepeats = (faults: Fault[]): Fault[] => [...new Map(faults.map(one => [`${one.reason.code} ${one.need}`, one])).values()];
