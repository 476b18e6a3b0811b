import { Problem, type Shape } from '#canonical';
import { every, type Body, type KantataApi } from '../kantata.api.js';
import type { KantataNamed } from '../kantata-envelope.js';
import { byReference, SUBMISSION_SERVICE, type SubmissionModel } from '../kantata.references.js';
import type { KantataSubmissionWithLines } from '../lines/lines.wire.js';

/** What amounts on a project are stated in. */
export interface KantataCurrency {
  id: string;
  currency: string;
  currency_base_unit: number;
}

type Lines = 'time_entries' | 'expenses';
type Sheets = 'timesheet_submissions' | 'expense_report_submissions';

const SUBMISSION: Shape<KantataSubmissionWithLines> = { status: 'text' };
const CURRENCY: Shape<KantataCurrency> = { currency: 'currency', currency_base_unit: 'positive' };

/** Calls for one kind of line, written for other people. */
export class SubmissionCalls {
  constructor(
    private readonly api: KantataApi,
    private readonly lines: Lines,
    private readonly sheets: Sheets,
  ) {}

  create(line: Body): Promise<string> {
    return this.api.made(`create-${dashed(this.lines)}`, this.lines, { [ROOTS[this.lines]]: line });
  }

  update(id: string, line: Body): Promise<void> {
    return this.api.put(`update-${dashed(this.lines)}`, `${this.lines}/${id}`, { [ROOTS[this.lines]]: line });
  }

  /** A line that is gone already is done. */
  async remove(id: string): Promise<void> {
    try {
      await this.api.send({ operation: `delete-${dashed(this.lines)}`, kind: 'write', method: 'DELETE', path: `/api/v1/${this.lines}/${id}` });
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== 'not-found') throw error;
    }
  }

  submit(submission: Body): Promise<string> {
    return this.api.made(`create-${dashed(this.sheets)}`, this.sheets, { [ROOTS[this.sheets]]: submission });
  }

  cancel(id: string): Promise<void> {
    const resolution = { description: 'A duplicate that Throughline took out of use' };
    return this.api.put(`cancel-${dashed(this.sheets)}`, `${this.sheets}/${id}/cancel`, { resolution });
  }

  /** Submissions that bear the id: two may, Kantata doesn't mind. */
  submissionsOf(model: SubmissionModel, id: string): Promise<KantataSubmissionWithLines[]> {
    const every = this.sheets === 'timesheet_submissions' ? {} : { all_on_account: true };
    const query = { ...byReference(model, [id], SUBMISSION_SERVICE), ...every, include: this.lines };
    return this.api.all<KantataSubmissionWithLines>(`find-${dashed(this.sheets)}`, this.sheets, query, SUBMISSION);
  }

  /** Whether the person has a seat on the project's team. */
  async hasSeat(workspaceId: string, userId: string): Promise<boolean> {
    const query = { workspace_id: workspaceId, user_id: userId, per_page: 1 };
    return (await this.api.page('find-seat', 'workspace_resources', query, {})).count > 0;
  }

  async currencyOf(workspaceId: string): Promise<KantataCurrency> {
    const query = { only: workspaceId, include_archived: true };
    const [workspace] = every('workspaces', await this.api.page<KantataCurrency>('read-currency', 'workspaces', query, CURRENCY));
    if (!workspace) throw new Problem('not-found', `Kantata has no project ${workspaceId} any more.`);
    return workspace;
  }

  /** The id of an expense category by its name; undefined when the account has none. */
  async categoryId(name: string): Promise<string | undefined> {
    const all = await this.api.all<KantataNamed>('read-expense-categories', 'expense_categories', {}, { name: 'text' });
    return all.find(category => category.name === name)?.id;
  }
}

const ROOTS = {
  time_entries: 'time_entry',
  expenses: 'expense',
  timesheet_submissions: 'timesheet_submission',
  expense_report_submissions: 'expense_report_submission',
} as const;

const dashed = (plural: string): string => plural.replaceAll('_', '-');
