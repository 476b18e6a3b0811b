import { Decimal } from 'decimal.js';
import { mintId } from '#canonical';
import type { SandboxEndpoints } from '../../apps/sandbox/src/sandboxes.js';
import type { Firm } from '../../apps/sandbox/src/firm/firm.js';
import { SANDBOX_VENDORS } from '../../apps/sandbox/src/vendors.js';
import { chunksOf, KantataClient, type KantataRecord } from './kantata-client.js';

/** Time that somebody wants to book: by the firm's own words. */
export interface TimeWish {
  /** The firm's number of the project, `P-9003`. */
  project: string;
  /** Employee number. */
  person: string;
  date: string;
  /** Eight hours if not said. */
  minutes?: number;
  /** Canonical role code that the line is booked in; else Kantata takes the person's own. */
  role?: string;
  overtime?: boolean;
  billable?: boolean;
  notes?: string;
}

export interface SpendingWish {
  project: string;
  person: string;
  date: string;
  category: string;
  amount: string;
  /** The project's if not said. */
  currency?: string;
  receipt?: boolean;
  billable?: boolean;
  notes?: string;
}

/** A line in Kantata, and what Throughline will call it. */
export interface Booked<W> {
  entryId: string;
  lineId: string;
  wish: W;
}

/** What was submitted together: time or expenses of one person on one project. */
export interface Submission {
  id: string;
  of: 'time' | 'expenses';
  project: string;
  person: string;
  entryIds: string[];
}

/** What a correction says of a line instead. */
export interface TimeCorrection {
  minutes?: number;
  date?: string;
  project?: string;
  billable?: boolean;
  notes?: string;
}

/** Does something of several steps while nobody reads it: who saw half of it would tell that as a change of its own. */
export type Unread = <T>(work: () => Promise<T>) => Promise<T>;

const SUBMISSIONS = { time: 'timesheet_submissions', expenses: 'expense_report_submissions' } as const;
const SUBMISSION = { time: 'timesheet_submission', expenses: 'expense_report_submission' } as const;
const OVERTIME = 'Overtime';

/** What consultants and their managers do in Kantata, over its own REST interface. */
export class Delivery {
  readonly #workspaces = new Map<string, KantataRecord>();
  readonly #users = new Map<string, string>();
  readonly #roles = new Map<string, string>();
  readonly #categories = new Map<string, string>();

  private constructor(
    private readonly kantata: KantataClient,
    private readonly firm: Firm,
    private readonly unread: Unread,
  ) {}

  static async logIn(endpoint: SandboxEndpoints['kantata'], firm: Firm, unread: Unread = work => work()): Promise<Delivery> {
    const delivery = new Delivery(new KantataClient(endpoint), firm, unread);
    await delivery.#learn();
    return delivery;
  }

  async #learn(): Promise<void> {
    const { kantata, firm } = this;
    const references = await kantata.all('external_references', { subject_type: 'Workspace', service_name: 'throughline', service_model: 'project' });
    const numbers = new Map(firm.projects.map(({ id, number }) => [id, number]));
    const numberOf = new Map(references.map(one => [String(one.subject_id), numbers.get(String(one.service_model_ref))]));
    for (const workspace of await kantata.all('workspaces')) {
      const number = numberOf.get(workspace.id);
      if (number) this.#workspaces.set(number, workspace);
    }
    const people = new Map(firm.consultants.map(({ email, employeeNumber }) => [email, employeeNumber]));
    for (const user of await kantata.all('users', { on_my_account: 'true' })) {
      const number = people.get(String(user.email_address));
      if (number) this.#users.set(number, user.id);
    }
    const names = new Map(firm.roles.map(({ name, code }) => [name, code]));
    for (const role of await kantata.all('roles')) this.#roles.set(names.get(String(role.name)) ?? String(role.name), role.id);
    for (const category of await kantata.all('expense_categories')) this.#categories.set(String(category.name), category.id);
  }

  /** From now on a project that was made meanwhile is known by this number. */
  async learnOf(number: string, workspaceId: string): Promise<void> {
    const workspaces = await this.kantata.all('workspaces');
    this.#workspaces.set(number, workspaces.find(({ id }) => id === workspaceId) ?? fail(`no workspace ${workspaceId}`));
  }

  /** By the hundred; answers the lines in the order of the wishes. */
  async book(wishes: TimeWish[]): Promise<Booked<TimeWish>[]> {
    const rows = await this.kantata.createAll(
      'time_entries',
      wishes.map(wish => ({
        workspace_id: this.#workspaceId(wish.project),
        user_id: this.#userId(wish.person),
        date_performed: wish.date,
        time_in_minutes: wish.minutes ?? 480,
        billable: wish.billable ?? true,
        ...(wish.role === undefined ? {} : { role_id: this.#roles.get(wish.role) ?? fail(`no role ${wish.role}`) }),
        ...(wish.overtime ? { location: OVERTIME } : {}),
        ...(wish.notes === undefined ? {} : { notes: wish.notes }),
      })),
    );
    return rows.map(({ id }, index) => ({ entryId: id, lineId: timeLineId(id), wish: wishes[index] }));
  }

  /** Expenses in the currency they were spent in; Kantata converts to the project's by its own rate. */
  async spend(wishes: SpendingWish[]): Promise<Booked<SpendingWish>[]> {
    const receipt = await this.kantata.create('attachments', 'attachment', { filename: 'receipt.pdf', type: 'receipt' });
    const rows = await this.kantata.createAll(
      'expenses',
      wishes.map(wish => ({
        ...this.#spending(wish),
        notes: wish.notes ?? wish.category,
        ...(wish.receipt === false ? {} : { receipt_id: Number(receipt.id) }),
      })),
    );
    return rows.map(({ id }, index) => ({ entryId: id, lineId: expenseLineId(id), wish: wishes[index] }));
  }

  #spending(wish: SpendingWish): object {
    const currency = String(this.#workspace(wish.project).currency);
    const foreign = wish.currency !== undefined && wish.currency !== currency;
    return {
      workspace_id: this.#workspaceId(wish.project),
      user_id: this.#userId(wish.person),
      date: wish.date,
      category: wish.category,
      expense_category_id: this.#categories.get(wish.category) ?? fail(`no category ${wish.category}`),
      amount_in_cents: cents(wish.amount),
      ...(foreign ? { foreign_exchange_amount: { source_value: cents(wish.amount), source_currency: wish.currency } } : {}),
      billable: wish.billable ?? true,
      reimbursable: true,
    };
  }

  /** As Kantata wants it: time of a person on a project by the week, expenses of a person on a project at once. */
  async submit(lines: Booked<TimeWish>[] | Booked<SpendingWish>[]): Promise<Submission[]> {
    const groups = new Map<string, Booked<TimeWish | SpendingWish>[]>();
    for (const line of lines as Booked<TimeWish | SpendingWish>[]) {
      const { project, person, date } = line.wish;
      const key = 'category' in line.wish ? `expenses ${project} ${person}` : `time ${project} ${person} ${mondayOf(date)}`;
      groups.set(key, [...(groups.get(key) ?? []), line]);
    }
    const submitted: Submission[] = [];
    for (const [key, group] of groups) {
      const { project, person } = group[0].wish;
      const of = key.startsWith('time') ? 'time' : 'expenses';
      const entryIds = group.map(({ entryId }) => entryId);
      submitted.push({ id: await this.#submit(of, key, project, person, entryIds), of, project, person, entryIds });
    }
    return submitted;
  }

  /** By the hundred where Kantata has it, which is for time. */
  async approve(submissions: Submission[]): Promise<void> {
    const [time, expenses] = [submissions.filter(({ of }) => of === 'time'), submissions.filter(({ of }) => of === 'expenses')];
    for (const part of chunksOf(time, 100)) {
      await this.kantata.send('POST', '/timesheet_approvals', {
        resolution: { submission_ids: part.map(({ id }) => Number(id)), description: 'ok' },
      });
    }
    for (const { id } of expenses) await this.kantata.resolve(SUBMISSIONS.expenses, id, 'approve', 'ok');
  }

  async reject({ id, of }: Submission): Promise<void> {
    await this.kantata.resolve(SUBMISSIONS[of], id, 'reject', 'not so');
  }

  /** Booked, submitted and approved. */
  async approved(wishes: TimeWish[]): Promise<{ lines: Booked<TimeWish>[]; sheets: Submission[] }> {
    const lines = await this.book(wishes);
    const sheets = await this.submit(lines);
    await this.approve(sheets);
    return { lines, sheets };
  }

  async approvedSpending(wishes: SpendingWish[]): Promise<{ lines: Booked<SpendingWish>[]; reports: Submission[] }> {
    const lines = await this.spend(wishes);
    const reports = await this.submit(lines);
    await this.approve(reports);
    return { lines, reports };
  }

  /** Whether the PSA holds the time for invoiced: then it lets nobody change it. */
  async invoiced(entryId: string): Promise<boolean> {
    const [entry] = await this.kantata.all('time_entries', { only: entryId });
    return entry.is_invoiced === true;
  }

  /**
   * Takes the approval back, changes lines and approves what there is then: the only way to change approved time in Kantata. Lines that moved to
   * another project go on a submission of their own.
   */
  correct(sheet: Submission, corrections: Record<string, TimeCorrection>): Promise<Submission[]> {
    return this.unread(() => this.#correct(sheet, corrections));
  }

  async #correct(sheet: Submission, corrections: Record<string, TimeCorrection>): Promise<Submission[]> {
    await this.kantata.resolve(SUBMISSIONS.time, sheet.id, 'cancel', 'to be corrected');
    for (const [entryId, { minutes, date, project, billable, notes }] of Object.entries(corrections)) {
      await this.kantata.change('time_entries', 'time_entry', entryId, {
        ...(minutes === undefined ? {} : { time_in_minutes: minutes }),
        ...(date === undefined ? {} : { date_performed: date }),
        ...(project === undefined ? {} : { workspace_id: this.#workspaceId(project) }),
        ...(billable === undefined ? {} : { billable }),
        ...(notes === undefined ? {} : { notes }),
      });
    }
    return this.#again(sheet, entryId => corrections[entryId]?.project ?? sheet.project);
  }

  /** Takes the approval back, deletes these lines and approves the rest. */
  withdraw(sheet: Submission, entryIds: string[]): Promise<Submission[]> {
    return this.unread(async () => {
      await this.kantata.resolve(SUBMISSIONS.time, sheet.id, 'cancel', 'booked by mistake');
      await this.kantata.remove('time_entries', entryIds);
      const rest = sheet.entryIds.filter(id => !entryIds.includes(id));
      return this.#again({ ...sheet, entryIds: rest }, () => sheet.project);
    });
  }

  async #again(sheet: Submission, projectOf: (entryId: string) => string): Promise<Submission[]> {
    const again: Submission[] = [];
    for (const project of new Set(sheet.entryIds.map(projectOf))) {
      const entryIds = sheet.entryIds.filter(id => projectOf(id) === project);
      const id = await this.#submit(sheet.of, `corrected ${sheet.id}`, project, sheet.person, entryIds);
      again.push({ ...sheet, id, project, entryIds });
    }
    await this.approve(again);
    return again;
  }

  /** Puts somebody on a project from one day to another. */
  async assign({ project, person, from, to }: { project: string; person: string; from: string; to: string }): Promise<void> {
    const [workspace_id, user_id] = [this.#workspaceId(project), this.#userId(person)];
    const seat = await this.kantata.create('workspace_resources', 'workspace_resource', { workspace_id, user_id });
    await this.kantata.create('workspace_allocations', 'workspace_allocation', {
      resource_id: Number(seat.id),
      start_date: from,
      end_date: to,
      minutes: 480,
      hard: true,
    });
  }

  /** What Throughline told Kantata of these submissions, by its reference's external status and message. */
  async statusOf(submissions: Submission[]): Promise<string[]> {
    const ids = submissions.map(({ id }) => id);
    const references = await this.kantata.all('external_references', {
      subject_type: 'Submission',
      service_name: 'throughline',
      service_model: 'billing',
    });
    return ids.map(id => {
      const reference = references.find(one => String(one.subject_id) === id);
      return reference ? `${String(reference.external_status)} ${String(reference.external_message ?? '')}`.trim() : '';
    });
  }

  async #submit(of: 'time' | 'expenses', title: string, project: string, person: string, entryIds: string[]): Promise<string> {
    const { id } = await this.kantata.create(SUBMISSIONS[of], SUBMISSION[of], {
      title,
      workspace_id: this.#workspaceId(project),
      user_id: this.#userId(person),
      line_item_ids: entryIds.map(Number),
    });
    return id;
  }

  #workspace(project: string): KantataRecord {
    return this.#workspaces.get(project) ?? fail(`no workspace of ${project}`);
  }

  #workspaceId(project: string): number {
    return Number(this.#workspace(project).id);
  }

  #userId(person: string): number {
    return Number(this.#users.get(person) ?? fail(`no user ${person}`));
  }
}

export const timeLineId = (entryId: string): string => mintId('time-entry', 'kantata', SANDBOX_VENDORS.kantata.account, entryId);
export const expenseLineId = (entryId: string): string => mintId('expense', 'kantata', SANDBOX_VENDORS.kantata.account, entryId);

const cents = (amount: string): number => new Decimal(amount).times(100).toNumber();

/** The Monday of a day's week. */
export function mondayOf(date: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  return day.toISOString().slice(0, 10);
}

/** `count` days from `first` on, Saturdays and Sundays left out. */
export function workdays(first: string, count: number): string[] {
  const days: string[] = [];
  for (const day = new Date(`${first}T00:00:00Z`); days.length < count; day.setUTCDate(day.getUTCDate() + 1)) {
    if (day.getUTCDay() % 6 !== 0) days.push(day.toISOString().slice(0, 10));
  }
  return days;
}

function fail(why: string): never {
  throw new Error(why);
}
