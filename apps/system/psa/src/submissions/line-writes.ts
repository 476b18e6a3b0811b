import { Inject, Injectable } from '@nestjs/common';
import type { AppliedResponse } from '#apis/psa';
import type { Principal } from '#auth';
import { hashOf, Problem, type ExpenseEntry, type FieldFault, type ProjectInPsa, type TimeEntry } from '#canonical';
import { Capture, PlannedWrites, type Plan } from '#capture';
import { throughPassing } from '#connector';
import { Database, inTransaction, withFullView } from '#persistence';
import { Audit } from '#service';
import { PSA } from '../psa.token.js';
import type { LineSubmission, LineToWrite, LineWriter, Submitted } from '../vendors/port/submissions.port.js';
import type { PsaVendor } from '../vendors/port/psa.port.js';

type Noun = 'time-entry' | 'expense';
type Line = TimeEntry | ExpenseEntry;

/**
 * Lines of other people in the PSA. Whose a line is, is whose its project is: both the project that
 * is asked for and the one that the line is on. What is not the caller's is answered as what isn't
 * there.
 */
@Injectable()
export class LineWrites {
  constructor(
    @Inject(PSA) private readonly vendor: PsaVendor,
    private readonly capture: Capture,
    private readonly writes: PlannedWrites,
    private readonly dataSource: Database,
    private readonly audit: Audit,
  ) {}

  async put<W extends LineToWrite, T extends Line>(
    noun: Noun,
    writer: LineWriter<W, T>,
    { desired, faults, caller }: { desired: W; faults: FieldFault[]; caller: Principal },
  ): Promise<AppliedResponse> {
    if (faults.length > 0) throw new Problem('invalid', faults.map(({ message }) => message).join('; '), { code: 'validation', fields: faults });
    const { refs } = await this.#projects.one(desired.projectId, caller);
    await this.#seen<T>(noun, desired.id, caller);
    const plan = async () => this.#mine(noun, desired.id, await writer.plan(desired, refs[0]), caller);
    return this.writes.apply<T>({ noun, desired, faults, concerns: [], caller, vendor: this.vendor, plan });
  }

  /** Throws `not-found` for a line that isn't there, also when it was withdrawn before. */
  async withdraw<W extends LineToWrite, T extends Line>(noun: Noun, writer: LineWriter<W, T>, id: string, caller: Principal): Promise<void> {
    const seen = await this.#seen<T>(noun, id, caller);
    const plan = async () => this.#mine(noun, id, await writer.planWithdrawal(id, seen?.refs[0]), caller);
    const { effects } = await this.writes.apply<T>({ noun, desired: { id }, faults: [], concerns: [], caller, vendor: this.vendor, plan });
    if (effects.length === 0 && !seen) throw missing(noun, id);
  }

  async submit<W extends LineToWrite, T extends Line>(
    noun: Noun,
    writer: LineWriter<W, T>,
    submission: LineSubmission,
    caller: Principal,
  ): Promise<Submitted> {
    const lineIds = [...new Set(submission.lineIds)].sort();
    const mine = new Set((await this.capture.shadow<T>(noun).many(lineIds, caller)).map(({ id }) => id));
    const unknown = lineIds.filter(id => !mine.has(id));
    if (lineIds.length === 0 || unknown.length > 0)
      throw new Problem('unprocessable', lineIds.length === 0 ? 'Nothing is submitted.' : `The PSA shows no lines ${unknown.join(', ')}.`, {
        code: 'lines-unknown',
      });
    const wanted = { ...submission, lineIds };
    const sent = await this.vendor.exclusively(`${noun}-submission:${submission.id}`, hashOf(wanted), () =>
      throughPassing(() => writer.submit(wanted)),
    );
    await inTransaction(this.dataSource, em =>
      this.audit.record(em, { what: `${noun}s-submitted`, subject: submission.id, before: null, after: { lineIds, ...sent } }),
    );
    return sent;
  }

  /** The line as last seen; throws `not-found` when it is another's. */
  async #seen<T extends Line>(noun: Noun, id: string, caller: Principal): Promise<T | undefined> {
    const shadow = this.capture.shadow<T>(noun);
    return (await withFullView('whether the line is the caller’s', () => shadow.get(id))) && shadow.one(id, caller);
  }

  /** The plan, when it is about a line on a project of the caller's. */
  async #mine<T extends { id: string }>(noun: Noun, id: string, plan: Plan<T>, caller: Principal): Promise<Plan<T>> {
    for (const { before } of plan.effects) {
      const [project] = before ? await this.#projects.many([String(before.projectId)], caller) : [undefined];
      if (before && !project) throw missing(noun, id);
    }
    return plan;
  }

  get #projects() {
    return this.capture.shadow<ProjectInPsa>('project');
  }
}

const missing = (noun: Noun, id: string): Problem => new Problem('not-found', `There is no ${noun} ${id}.`);
