import { createFirm } from '../../../apps/sandbox/src/firm/create-firm.js';
import type { Random } from './random.js';

/** What is wrong with a line that people have to mend: planted, so that its line is expected to wait for them. */
export const BUSINESS_FAULTS = [
  'missing-rate',
  'unknown-worker',
  'closed-project',
  'closed-period',
  'other-role',
  'over-daily-hours',
  'unmapped-category',
  'no-exchange-rate',
] as const;
export type BusinessFault = (typeof BUSINESS_FAULTS)[number];

/** A line as somebody books it in the PSA. Key and tail are its note, by which it is found again. */
export interface LinePlan {
  key: string;
  /** What people's keyboards and clipboards add: texts that a column, a cut or a comparison has stumbled over. */
  tail: string;
  date: string;
  /** Worked minutes of time; of an expense the smallest units spent, below zero where they are refunded. */
  quantity: number;
  /** What an expense was spent in; null is the project's own. */
  currency: string | null;
  /** Role of time, as the firm codes it; category of an expense, in the PSA's words. */
  what: string;
  planted: BusinessFault | null;
}

/** Lines of one person on one project that are submitted together. */
export interface SheetPlan {
  key: string;
  kind: 'time' | 'expense';
  project: string;
  /** Employee number; null is the one user whom HCM doesn't know. */
  worker: string | null;
  /** As they are booked at first; a sheet to which a line moves has none. */
  lines: LinePlan[];
}

/** `afterErpWrites`: not before the ERP has that many transactions more than at the last such wait, or some time has passed. */
export type LoadStep = { afterErpWrites?: number } & (
  | { do: 'book' | 'submit' | 'approve' | 'reject' | 'cancel'; sheet: string }
  | { do: 'change'; line: string; quantity: number; currency: string | null }
  | { do: 'move-day'; line: string; date: string }
  /** It goes to a sheet of its own, which is of another project. */
  | { do: 'move-project'; line: string; to: string }
  | { do: 'delete'; line: string }
  /** Finance raises what may be billed of a project, or has it billed without end. */
  /** Finance bills what there is of a project, or voids what it billed. */
  | { do: 'invoice' | 'void'; project: string }
  /** Finance makes one customer of two: the other's projects are the survivor's, and it takes no more business. */
  | { do: 'merge'; customer: string; into: string }
  /** Sales deletes a deal that was won, or makes one account of two. */
  | { do: 'delete-deal' | 'merge-accounts' }
  | { do: 'raise-cap'; project: string; to: number | null }
);

export interface LoadPlan {
  sheets: SheetPlan[];
  steps: LoadStep[];
  /** Changes to lines that had been submitted. */
  corrections: number;
  /** Whether the ERP takes what is below zero: refunds, and lines that take billed ones back. */
  negativeLines: boolean;
}

/** The first is cut where an emoji stands, whatever the mark before it is: one of its three places is the ERP's limit. */
const TAILS = [
  ` ${'a'.repeat(950)}${'\u{1F600}'.repeat(60)}`,
  ' \0 nothing',
  ' half \ud83d a pair',
  ' Ate\u0301lier re\u0301union',
  ' bell \u0007, tab \t, line\r\nend',
  ` ${'long '.repeat(1_000)}`,
];

const firm = createFirm();
export const AS_OF = '2026-11-20';

/** Projects that take time: those billed by it, and, less often, those that aren't and whose lines are worth nothing. */
const BILLED = ['P-0001', 'P-9003', 'P-9004', 'P-9001'];
const NOT_BILLED = ['P-0003', 'P-0005', 'P-0007'];
/** Anybody may book on it, so that anybody's line can move there. */
const OPEN_TO_ALL = 'P-9001';
const CLOSED = 'P-9002';
/** The one whose rate the house lacks (stage.ts). */
export const WITHOUT_RATE = { project: 'P-9004', role: 'CONSULTANT', card: 'RC-DE' };
/** Capped so low that two sheets go over it (stage.ts). */
export const CAPPED = { project: 'P-0002', notToExceed: 1_500 };
/** Deals that were won before (stage.ts): one that sales deletes, one whose account it merges into another. */
export const SOLD = { deleted: firm.deals[0].name, merged: firm.deals[3].name };
/** Customers of one legal entity, both with projects. */
const TWO_OF_ONE = { customer: 'C-0004', into: 'C-0005' };
const CATEGORIES = ['Taxi and rail', 'Meals'];
const UNMAPPED_CATEGORY = 'Entertainment';
/** What the ERP's books have exchange rates of. */
const CURRENCIES = ['GBP', 'EUR', 'USD'];
/** The PSA converts it, the ERP's books don't know it. */
export const WITHOUT_EXCHANGE_RATE = 'CHF';
/** What is booked of a line. */
type Booked = Omit<LinePlan, 'key' | 'tail' | 'planted'>;

/** Everything people do in one run. What of money comes round by `turn`, so that a few dozen runs have all of it. */
export function loadPlan(random: Random, turn: number): LoadPlan {
  return new Planner(random).plan(turn);
}

class Planner {
  readonly #sheets: SheetPlan[] = [];
  readonly #steps: LoadStep[] = [];
  readonly #days = new Map<string, Set<string>>();
  /** What is on each sheet at this point of the story. */
  readonly #on = new Map<string, LinePlan[]>();
  /** Sheets that were rejected and left so. */
  readonly #left = new Set<string>();
  #corrections = 0;
  #lines = 0;

  constructor(private readonly random: Random) {}

  plan(turn: number): LoadPlan {
    const { random } = this;
    for (let n = random.whole(3, 5); n > 0; n--) this.#timesheet(random.chance(0.85) ? random.pick(BILLED) : random.pick(NOT_BILLED));
    for (let n = random.whole(0, 3); n > 0; n--) this.#expenseReport(random.pick(BILLED));
    const overCap = turn % 3 === 0 || random.chance(0.1);
    const merged = turn % 3 === 2 || random.chance(0.1);
    const invoiced = turn % 3 === 1 || random.chance(0.2);
    if (overCap) this.#fillCap();
    const refunds = turn % 6 === 0 ? this.#refund() : undefined;
    const clean = this.#sheets.length;
    if (random.chance(0.5)) for (const fault of random.some(BUSINESS_FAULTS, random.whole(1, 2))) this.#plant(fault);
    const order = random.some(this.#sheets, this.#sheets.length);
    // Some come together, some while the others are on their way.
    for (const [index, sheet] of order.entries()) this.#approve(sheet, index > 1 && random.chance(0.4) ? random.whole(1, 4) : undefined);
    if (invoiced) this.#invoice(random.some(this.#sheets.slice(0, clean), 2));
    for (let n = random.whole(1, 4); n > 0; n--) this.#correct(random.pick(this.#sheets.slice(0, clean)));
    if (refunds) this.#correct(refunds);
    if (overCap) this.#raiseCap();
    if (merged) this.#steps.splice(random.whole(3, this.#steps.length), 0, { do: 'merge', ...TWO_OF_ONE, afterErpWrites: random.pick([0, 2]) });
    if (turn % 6 === 3) this.#sales('delete-deal');
    if (turn % 6 === 5) this.#sales('merge-accounts');
    // Where finance has billed, so that what is corrected waits for a credit.
    return { sheets: this.#sheets, steps: this.#steps, corrections: this.#corrections, negativeLines: turn % 6 !== 1 };
  }

  #timesheet(project: string): void {
    const worker = this.#workerOn(project);
    this.#sheet('time', project, worker, this.random.whole(2, 6), () => ({
      date: this.#freeDay(worker, project),
      quantity: this.random.whole(2, 32) * 15,
      currency: null,
      what: roleOf(worker),
    }));
  }

  /** Bills what the ERP has by then of some sheets' projects, which are corrected after it. */
  #invoice(sheets: SheetPlan[]): void {
    const { random } = this;
    const projects = [...new Set(sheets.map(({ project }) => project))];
    for (const project of projects) this.#steps.push({ do: 'invoice', project, afterErpWrites: random.pick([0, 4]) });
    for (const sheet of sheets) this.#correct(sheet);
    if (random.chance(0.3)) this.#steps.push({ do: 'void', project: projects[0], afterErpWrites: random.pick([0, 2]) });
  }

  /** More than the cap takes; some of it is refunds, which make room. */
  #fillCap(): void {
    for (let n = this.random.whole(2, 3); n > 0; n--) this.#timesheet(CAPPED.project);
    if (this.random.chance(0.6)) this.#expenseReport(CAPPED.project);
  }

  /** Under the cap, so that it makes room: of what is corrected of it afterwards some is billed by right beyond the cap. */
  #refund(): SheetPlan {
    this.#expenseReport(CAPPED.project, -1);
    return this.#sheets.at(-1)!;
  }

  /** What is beside the lines comes among them. */
  #sales(step: 'delete-deal' | 'merge-accounts'): void {
    this.#steps.splice(this.random.whole(1, this.#steps.length), 0, { do: step });
  }

  /** While lines come, or after them: by an amount that ends within a line, or for good. */
  #raiseCap(): void {
    let to = CAPPED.notToExceed;
    for (let n = this.random.whole(1, 2); n > 0; n--) {
      to += this.random.whole(1, 90_000) / 100;
      const step: LoadStep = { do: 'raise-cap', project: CAPPED.project, to: this.random.chance(0.5) ? null : Number(to.toFixed(2)) };
      this.#steps.push({ ...step, afterErpWrites: this.random.pick([0, 3, 8]) });
      if (step.to === null) return;
    }
  }

  #expenseReport(project: string, sign?: -1): void {
    const worker = this.#workerOn(project);
    this.#sheet('expense', project, worker, this.random.whole(1, 3), () => ({
      date: this.#day(project),
      // Below what needs a receipt, also after a correction.
      quantity: this.random.whole(300, 2400) * (sign ?? (this.random.chance(0.25) ? -1 : 1)),
      currency: this.random.pick([null, ...CURRENCIES]),
      what: this.random.pick(CATEGORIES),
    }));
  }

  /** A sheet of one line that can't be billed as it is. */
  #plant(fault: BusinessFault): void {
    const { random } = this;
    const project = fault === 'closed-project' ? CLOSED : fault === 'missing-rate' ? WITHOUT_RATE.project : OPEN_TO_ALL;
    const worker = fault === 'unknown-worker' ? null : this.#workerOn(project, fault === 'missing-rate' ? WITHOUT_RATE.role : undefined);
    const line = (): Booked => {
      const role = worker === null ? 'CONSULTANT' : roleOf(worker);
      const date = worker === null ? this.#day(project) : this.#freeDay(worker, project);
      const usual: Booked = { date, quantity: random.whole(4, 28) * 15, currency: null, what: role };
      switch (fault) {
        case 'closed-period':
          return { ...usual, date: `2026-07-${random.whole(17, 31)}` };
        case 'other-role':
          return { ...usual, what: role === 'ARCHITECT' ? 'DEVELOPER' : 'ARCHITECT' };
        case 'over-daily-hours':
          return { ...usual, quantity: random.whole(17, 22) * 60 };
        case 'unmapped-category':
          return { ...usual, quantity: random.whole(300, 2000), what: UNMAPPED_CATEGORY };
        case 'no-exchange-rate':
          return { ...usual, quantity: random.whole(300, 2000), what: CATEGORIES[0], currency: WITHOUT_EXCHANGE_RATE };
        default:
          return usual;
      }
    };
    this.#sheet(fault === 'unmapped-category' || fault === 'no-exchange-rate' ? 'expense' : 'time', project, worker, 1, line, fault);
  }

  #sheet(
    kind: SheetPlan['kind'],
    project: string,
    worker: string | null,
    count: number,
    line: () => Booked,
    planted: BusinessFault | null = null,
  ): void {
    const lines = Array.from({ length: count }, (): LinePlan => ({
      key: `line-${++this.#lines}`,
      tail: this.random.chance(0.15) ? this.random.pick(TAILS) : '',
      ...line(),
      planted,
    }));
    this.#add({ key: `sheet-${this.#sheets.length + 1}`, kind, project, worker, lines }, lines);
  }

  #add(sheet: SheetPlan, on: LinePlan[]): void {
    this.#sheets.push(sheet);
    this.#on.set(sheet.key, [...on]);
  }

  #approve({ key }: SheetPlan, afterErpWrites?: number): void {
    const { random } = this;
    const lines = this.#on.get(key)!;
    this.#steps.push({ do: 'book', sheet: key, ...(afterErpWrites === undefined ? {} : { afterErpWrites }) }, { do: 'submit', sheet: key });
    if (lines.length > 1 && random.chance(0.15)) {
      // Deleted before anybody approved it.
      this.#steps.push({ do: 'cancel', sheet: key }, { do: 'delete', line: lines.pop()!.key }, { do: 'submit', sheet: key });
      this.#corrections++;
    }
    this.#steps.push({ do: 'approve', sheet: key });
  }

  /** What was approved is opened again, changed and mostly approved again: before it is posted, while it is on its way, or after. */
  #correct(sheet: SheetPlan): void {
    const { random } = this;
    const on = this.#on.get(sheet.key)!;
    if (on.length === 0) return;
    const line = random.pick(on);
    this.#corrections++;
    const take: LoadStep = { do: random.pick(['reject', 'cancel']), sheet: sheet.key, afterErpWrites: random.pick([0, 1, 5, 12]) };
    if (!this.#left.delete(sheet.key)) this.#steps.push(take);
    switch (
      random.pick(
        sheet.kind === 'time'
          ? (['hours', 'hours', 'day', 'project', 'delete', 'nothing', 'stay'] as const)
          : (['hours', 'refunded', 'currency', 'delete', 'nothing'] as const),
      )
    ) {
      case 'hours':
        this.#change(line, { quantity: line.quantity + (random.chance(0.5) ? 45 : -15) });
        break;
      case 'refunded':
        this.#change(line, { quantity: -line.quantity });
        break;
      case 'currency':
        this.#change(line, { currency: random.pick([null, ...CURRENCIES].filter(one => one !== line.currency)) });
        break;
      case 'day':
        this.#steps.push({ do: 'move-day', line: line.key, date: this.#freeDay(sheet.worker!, sheet.project) });
        break;
      case 'project': {
        if (sheet.project === OPEN_TO_ALL) break;
        const to: SheetPlan = { key: `sheet-${this.#sheets.length + 1}`, kind: 'time', project: OPEN_TO_ALL, worker: sheet.worker, lines: [] };
        this.#add(to, [line]);
        on.splice(on.indexOf(line), 1);
        this.#steps.push({ do: 'move-project', line: line.key, to: to.key });
        this.#steps.push({ do: 'submit', sheet: to.key }, { do: 'approve', sheet: to.key });
        break;
      }
      case 'delete':
        on.splice(on.indexOf(line), 1);
        this.#steps.push({ do: 'delete', line: line.key });
        break;
      case 'stay':
        this.#left.add(sheet.key);
        return;
      case 'nothing':
        break;
    }
    if (on.length > 0) this.#steps.push({ do: 'submit', sheet: sheet.key }, { do: 'approve', sheet: sheet.key });
  }

  #change(line: LinePlan, change: Partial<Pick<LinePlan, 'quantity' | 'currency'>>): void {
    const { quantity, currency } = { ...line, ...change };
    this.#steps.push({ do: 'change', line: line.key, quantity, currency });
  }

  #workerOn(project: string, role?: string): string {
    const { team, entity } = firm.projects.find(({ number }) => number === project)!;
    const everybody = team.length > 0 ? team : firm.projects.find(one => one.entity === entity && one.team.length > 0)!.team;
    const able = everybody.filter(number => (role ? roleOf(number) === role : !lacksRate(project, number)));
    return this.random.pick(able);
  }

  /** A day on which the worker has booked nothing yet. */
  #freeDay(worker: string, project: string): string {
    const taken = this.#days.get(worker) ?? new Set();
    this.#days.set(worker, taken);
    for (;;) {
      const day = this.#day(project);
      if (taken.has(day)) continue;
      taken.add(day);
      return day;
    }
  }

  /** A day of the project in the months whose books are open. */
  #day(project: string): string {
    const { startDate, endDate } = firm.projects.find(({ number }) => number === project)!;
    const first = startDate > '2026-09-14' ? startDate : '2026-09-14';
    const last = endDate < AS_OF ? endDate : AS_OF;
    const days = Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000);
    return new Date(Date.parse(first) + this.random.whole(0, days) * 86_400_000).toISOString().slice(0, 10);
  }
}

const roleOf = (employeeNumber: string): string => firm.consultants.find(one => one.employeeNumber === employeeNumber)!.role;

const lacksRate = (project: string, worker: string): boolean => project === WITHOUT_RATE.project && roleOf(worker) === WITHOUT_RATE.role;
