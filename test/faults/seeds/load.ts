import { setTimeout as sleep } from 'node:timers/promises';
import { createFirm } from '../../../apps/sandbox/src/firm/create-firm.js';
import type { Finance } from '../../house/finance.js';
import type { Sales } from '../../house/sales.js';
import { until } from './waiting.js';
import { type Kantata, KantataRefusal, rowIn } from './kantata.js';
import { AS_OF, SOLD, type LinePlan, type LoadPlan, type LoadStep, type SheetPlan } from './load-plan.js';

/** How long a step waits for the ERP's writes before it goes on without them. */
const LONGEST_WAIT_MS = 700;
/** How long finance waits for something to bill. */
const LONGEST_TO_BILL_MS = 3_000;
const PATIENCE_MS = 20_000;

const KINDS = {
  time: { lines: 'time_entries', line: 'time_entry', sheets: 'timesheet_submissions', sheet: 'timesheet_submission' },
  expense: { lines: 'expenses', line: 'expense', sheets: 'expense_report_submissions', sheet: 'expense_report_submission' },
} as const;

const STATUS_AFTER = { approve: 'approved', reject: 'rejected', cancel: 'cancelled' } as const;

interface SheetState {
  plan: SheetPlan;
  /** Note -> id at the PSA. */
  lines: Map<string, string>;
  submission: string | null;
}

const firm = createFirm();

/** Does in the PSA and the ERP what their people do, step by step. What they see fail they look at and do again: the PSA may be away for a moment. */
export class Load {
  readonly #sheets: Map<string, SheetState>;
  #workspaces = new Map<string, string>();
  #users = new Map<string, string>();
  #roles = new Map<string, string>();
  #categories = new Map<string, string>();
  /** Project -> the invoice that was made of it. */
  readonly #invoices = new Map<string, string>();

  constructor(
    private readonly plan: LoadPlan,
    private readonly kantata: Kantata,
    private readonly finance: Finance,
    private readonly sales: Sales,
    /** How many transactions the ERP has made so far. */
    private readonly erpWrites: () => Promise<number>,
    /** Marks what this run books, since notes are how lines are found again. */
    private readonly mark: string,
  ) {
    this.#sheets = new Map(plan.sheets.map(sheet => [sheet.key, { plan: sheet, lines: new Map(), submission: null }]));
  }

  async run(): Promise<void> {
    await this.#lookUp();
    for (const step of this.plan.steps) {
      if (step.afterErpWrites !== undefined) await this.#wait(step.afterErpWrites);
      await this.#do(step).catch(whenOpen);
    }
  }

  async #lookUp(): Promise<void> {
    const { projects, users, roles } = await this.#patiently(() => this.kantata.directory());
    const emails = new Map([...users].map(([id, email]) => [email, id]));
    this.#workspaces = new Map(
      [...projects].flatMap(([workspace, id]) =>
        firm.projects.filter(project => project.id === id).map(({ number }) => [number, workspace] as const),
      ),
    );
    this.#users = new Map(firm.consultants.flatMap(({ employeeNumber, email }) => (emails.has(email) ? [[employeeNumber, emails.get(email)!]] : [])));
    this.#roles = new Map([...roles].flatMap(([id, name]) => firm.roles.filter(role => role.name === name).map(role => [role.code, id] as const)));
    const categories = await this.#patiently(() => this.kantata.call('GET', 'expense_categories?per_page=200'));
    this.#categories = new Map(categories.results.map(({ key, id }) => [String(rowIn(categories, key, id).name), id]));
  }

  #do(step: LoadStep): Promise<void> {
    switch (step.do) {
      case 'book':
        return this.#book(this.#sheets.get(step.sheet)!);
      case 'submit':
        return this.#submit(this.#sheets.get(step.sheet)!);
      case 'approve':
      case 'reject':
      case 'cancel':
        return this.#resolve(this.#sheets.get(step.sheet)!, step.do);
      case 'change':
        return this.#change(step.line, kind => (kind === 'time' ? { time_in_minutes: step.quantity } : spent(step)));
      case 'move-day':
        return this.#change(step.line, kind => (kind === 'time' ? { date_performed: step.date } : { date: step.date }));
      case 'move-project':
        return this.#move(step.line, this.#sheets.get(step.to)!);
      case 'delete':
        return this.#delete(step.line);
      case 'invoice':
        return this.#patiently(() => this.#invoice(step.project));
      case 'void':
        return this.#patiently(() => this.#void(step.project));
      case 'merge':
        return this.#patiently(() => this.finance.mergeCustomer(step.customer, step.into, projectsOf(step.customer)));
      case 'delete-deal':
        return this.#patiently(() => this.sales.deleteDeal(SOLD.deleted));
      case 'merge-accounts':
        return this.#patiently(() => this.sales.mergeIntoAnother(SOLD.merged));
      case 'raise-cap':
        return this.#patiently(() => this.finance.setNotToExceed(projectIdOf(step.project), step.to));
    }
  }

  async #book(sheet: SheetState): Promise<void> {
    const { lines, line: singular } = KINDS[sheet.plan.kind];
    const workspace = this.#workspaceOf(sheet);
    await this.#patiently(async () => {
      for await (const { row } of this.kantata.rows(`${lines}?workspace_id=${workspace}`)) {
        const planned = sheet.plan.lines.find(one => this.#noteOf(one) === row.notes);
        if (planned) sheet.lines.set(planned.key, row.id);
      }
      for (const planned of sheet.plan.lines.filter(({ key }) => !sheet.lines.has(key))) {
        const made = await this.kantata.call('POST', lines, { [singular]: this.#fieldsOf(sheet, planned) });
        sheet.lines.set(planned.key, made.results[0].id);
      }
    });
  }

  #fieldsOf({ plan }: SheetState, line: LinePlan): object {
    const user = plan.worker === null ? undefined : Number(this.#users.get(plan.worker));
    const common = {
      workspace_id: Number(this.#workspaces.get(plan.project)),
      ...(user ? { user_id: user } : {}),
      notes: this.#noteOf(line),
      billable: true,
    };
    if (plan.kind === 'time')
      return { ...common, date_performed: line.date, time_in_minutes: line.quantity, role_id: Number(this.#roles.get(line.what)) };
    const category = { expense_category_id: Number(this.#categories.get(line.what)), category: line.what };
    return { ...common, ...category, date: line.date, ...spent(line) };
  }

  async #submit(sheet: SheetState): Promise<void> {
    const { lines, sheets, sheet: singular } = KINDS[sheet.plan.kind];
    const ids = [...sheet.lines.values()].map(Number);
    // What was to move here was billed meanwhile.
    if (ids.length === 0) return;
    await this.#patiently(async () => {
      const one = await this.kantata.call('GET', `${lines}/${ids[0]}?include=active_submission`);
      const active = rowIn(one, lines, String(ids[0])).active_submission_id as string | null | undefined;
      if (active) {
        sheet.submission = active;
        return;
      }
      const fields = { title: `${this.mark} ${sheet.plan.key}`, workspace_id: Number(this.#workspaceOf(sheet)), line_item_ids: ids };
      sheet.submission = (await this.kantata.call('POST', sheets, { [singular]: fields })).results[0].id;
    });
  }

  async #resolve({ plan, submission }: SheetState, verb: keyof typeof STATUS_AFTER): Promise<void> {
    if (submission === null) return;
    const { sheets } = KINDS[plan.kind];
    await this.#patiently(async () => {
      const { status } = rowIn(await this.kantata.call('GET', `${sheets}/${submission}?all_on_account=true`), sheets, submission);
      if (status !== STATUS_AFTER[verb]) await this.kantata.call('PUT', `${sheets}/${submission}/${verb}`, { resolution: { description: verb } });
    });
  }

  async #change(line: string, fields: (kind: SheetPlan['kind']) => object): Promise<void> {
    const { plan, lines } = this.#sheetWith(line);
    const { lines: plural, line: singular } = KINDS[plan.kind];
    await this.#patiently(() => this.kantata.call('PUT', `${plural}/${lines.get(line)}`, { [singular]: fields(plan.kind) }));
  }

  async #move(line: string, to: SheetState): Promise<void> {
    const from = this.#sheetWith(line);
    await this.#change(line, () => ({ workspace_id: Number(this.#workspaceOf(to)), story_id: null }));
    to.lines.set(line, from.lines.get(line)!);
    from.lines.delete(line);
  }

  async #delete(line: string): Promise<void> {
    const sheet = this.#sheetWith(line);
    await this.#patiently(async () => {
      await this.kantata.call('DELETE', `${KINDS[sheet.plan.kind].lines}/${sheet.lines.get(line)}`).catch((error: unknown) => {
        // It went at the first attempt, whose answer was lost.
        if (!(error instanceof KantataRefusal && error.status === 404)) throw error;
      });
    });
    sheet.lines.delete(line);
  }

  /** Finance bills what there is; where nothing comes, nothing was approved in time, or the invoice was made and its answer lost. */
  async #invoice(project: string): Promise<void> {
    const id = projectIdOf(project);
    const nothing = await until(async () => ((await this.finance.hasUnbilled(id)) ? undefined : 'nothing to bill'), LONGEST_TO_BILL_MS);
    if (!nothing) this.#invoices.set(project, await this.finance.invoice(id, AS_OF));
  }

  async #void(project: string): Promise<void> {
    const invoice = this.#invoices.get(project);
    if (invoice && !(await this.finance.isVoided(invoice))) await this.finance.voidInvoice(invoice);
  }

  #sheetWith(line: string): SheetState {
    return [...this.#sheets.values()].find(sheet => sheet.lines.has(line))!;
  }

  #workspaceOf({ plan }: SheetState): string {
    return this.#workspaces.get(plan.project)!;
  }

  #noteOf(line: LinePlan): string {
    return noteOf(this.mark, line);
  }

  async #wait(writes: number): Promise<void> {
    const giveUpAt = performance.now() + LONGEST_WAIT_MS;
    const before = await this.#patiently(this.erpWrites);
    while (writes > 0 && performance.now() < giveUpAt) {
      if ((await this.#patiently(this.erpWrites)) >= before + writes) return;
      await sleep(15);
    }
  }

  /** A refusal that says what is wrong is a mistake of this load; anything else is the world's doing and tried again. */
  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    const giveUpAt = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        const mistake = error instanceof KantataRefusal && [400, 401, 404, 422].includes(error.status);
        if (mistake || performance.now() > giveUpAt) throw error;
        await sleep(40);
      }
    }
  }
}

const projectIdOf = (number: string): string => firm.projects.find(project => project.number === number)!.id;

/** The PSA closes what it was told is billed: people leave that as it is. */
function whenOpen(error: unknown): void {
  if (!(error instanceof KantataRefusal && error.message.includes('invoiced'))) throw error;
}

const projectsOf = (customer: string): string[] => firm.projects.filter(project => project.customerNumber === customer).map(({ id }) => id);

/** An amount in a currency of its own, or one in the project's, which takes the former one's place. */
const spent = ({ quantity, currency }: Pick<LinePlan, 'quantity' | 'currency'>): object =>
  currency === null ? { amount_in_cents: quantity } : { foreign_exchange_amount: { source_value: quantity, source_currency: currency } };

/** How a line of a run is known in the PSA. */
export const noteOf = (mark: string, { key, tail }: Pick<LinePlan, 'key' | 'tail'>): string => `${mark} ${key}${tail}`;
