import { canonicalJson, hashOf, Problem, type Effect, type ExternalRef, type FieldFault, type Money } from '#canonical';
import type { Plan } from '#capture';
import { notInAccount, type OnceKind, type OnceWriter, type VendorRecord } from '#connector';
import type { LineToWrite, LineWriter, LineSubmission, Submitted } from '../../port/submissions.port.js';
import { inRounds, type Planned, type Tried } from '../../port/rounds.js';
import type { Body } from '../kantata.api.js';
import type { KantataDirectory } from '../kantata-directory.js';
import { refTo, type SubmissionModel } from '../kantata.references.js';
import type { KantataNames } from '../kantata-names.js';
import { changedMeanwhile, type KantataWriter } from '../kantata-writer.js';
import { approvalOfSubmission } from '../lines/lines.mapper.js';
import type { KantataLines, LineThere } from '../lines/lines.js';
import type { KantataLine, KantataSubmissionWithLines } from '../lines/lines.wire.js';
import { taskIdOf } from '../projects/projects.mapper.js';
import type { KantataStory } from '../projects/projects.wire.js';
import { ofOurs, submissionBody, type LinePlace } from './submissions.mapper.js';
import type { SubmissionCalls } from './submissions.wire.js';

/** What one kind of line says, and how its body is made. */
export interface WrittenKind<W extends LineToWrite, T> {
  noun: 'time-entry' | 'expense';
  submission: SubmissionModel;
  submissionType: string;
  idOf(nativeId: string): string;
  submissionIdOf(nativeId: string): string;
  said(desired: W): object;
  saidBy(line: T): object;
  money(desired: W): Money | null;
  /** The body, or why the account can't take it. */
  body(desired: W, place: LinePlace): Promise<Body | FieldFault[]>;
}

/** What the line writers of both kinds share. */
export interface WriterParts {
  names: KantataNames;
  writer: () => KantataWriter;
  directory: KantataDirectory;
  storiesOf(workspaceId: string): Promise<KantataStory[]>;
}

type Line = { id: string; projectId: string; person: { email: string }; refs: ExternalRef[] };
type There<N, T> = LineThere<N, T>;
type Made<N, T> = VendorRecord & { there?: There<N, T> };
type Sent = VendorRecord & { sent?: KantataSubmissionWithLines };

/**
 * Writes lines of other people, each under our id as its external reference. Kantata ignores whose
 * line it is without financial rights, and then books it on our user: so each write is read back,
 * and a line that is another's is deleted.
 */
export class KantataLineWriter<N extends KantataLine, T extends Line, W extends LineToWrite> implements LineWriter<W, T> {
  constructor(
    private readonly parts: WriterParts,
    private readonly calls: SubmissionCalls,
    private readonly lines: KantataLines<N, T>,
    private readonly kind: WrittenKind<W, T>,
  ) {}

  async plan(desired: W, project: ExternalRef): Promise<Plan<T>> {
    const [there, body] = await Promise.all([this.#there(desired.id), this.#bodyOf(desired, project.nativeId)]);
    const effectsOf = (current: There<N, T> | null) => this.#changes(desired, current);
    const effects = effectsOf(there);
    if (there && effects.length > 0) refuseClosed(there);
    const attempt = (planned: Planned<There<N, T>>) => (planned.there ? this.#update(desired, body, planned) : this.#make(desired, body, planned));
    return { effects, apply: () => inRounds({ there, effects }, effectsOf, attempt, () => changedMeanwhile(`${this.kind.noun} ${desired.id}`)) };
  }

  async planWithdrawal(id: string, seen?: ExternalRef): Promise<Plan<T>> {
    const there = await this.#settled(id);
    if (!there && seen && this.kind.idOf(seen.nativeId) === id)
      throw new Problem('conflict', `People made ${id} in Kantata: it is withdrawn there`, { code: 'not-ours' });
    if (there) refuseClosed(there);
    const effects = there ? [this.#effect('delete', id, this.#record(there.line), null, null)] : [];
    return {
      effects,
      apply: async () => {
        if (there) await this.#remove(id);
        return { effects, refs: [], state: null };
      },
    };
  }

  async submit({ id, title, lineIds }: LineSubmission): Promise<Submitted> {
    const lines = await this.#all(lineIds);
    const ids = lines.map(({ row }) => row.id).sort();
    const [{ row }] = lines;
    const place = { ids, workspaceId: String(row.workspace_id), userId: row.user?.id ?? '' };
    const body = submissionBody({ id, title }, this.kind.submission, place);
    await this.parts.writer().refuseUnfit({ [this.kind.submission]: () => body });
    const { id: native, sent = await this.#sent(id) } = await this.#once.ensure<Sent>(this.kind.submission, id, hashOf(ids), async () => {
      const busy = lines.filter(({ row: { active_submission: active } }) => active !== null);
      if (busy.length > 0)
        throw new Problem('conflict', `${named(busy)} ${busy.length === 1 ? 'is' : 'are'} in another submission already`, {
          code: 'already-submitted',
        });
      return { id: await this.calls.submit(body) };
    });
    const approval = approvalOfSubmission(sent);
    const holds = [...(sent.time_entry_ids ?? sent.expense_ids ?? [])].sort();
    // One that was rejected or cancelled may no longer list its lines.
    if ((approval === 'pending' || approval === 'approved') && holds.join() !== ids.join())
      throw new Problem('conflict', `Submission ${id} was sent with other lines`, { code: 'submission-differs' });
    const { account } = this.parts.names;
    return { submissionId: this.kind.submissionIdOf(native), approval, refs: [refTo(account, this.kind.submissionType, native)] };
  }

  /** How a line and a submission are made once. */
  kinds(): OnceKind[] {
    return [
      {
        kind: this.kind.noun,
        means: 'look-up',
        find: async (key: string): Promise<Made<N, T>[]> => (await this.lines.bearing([key])).map(there => ({ id: there.row.id, there })),
        retire: found => this.calls.remove(found.id),
      },
      {
        kind: this.kind.submission,
        means: 'look-up',
        find: async (key: string): Promise<Sent[]> =>
          (await this.calls.submissionsOf(this.kind.submission, key)).map(sent => ({ id: sent.id, archived: sent.status === 'cancelled', sent })),
        retire: async found => {
          if (!found.archived) await this.calls.cancel(found.id);
        },
      },
    ];
  }

  keysOf(nativeIds: string[]): Promise<Map<string, string>> {
    return this.#once.keysOf(this.kind.noun, nativeIds);
  }

  async duplicates(lines: { id: string; key: string }[]): Promise<Set<string>> {
    const inUse = await this.#once.inUse(
      this.kind.noun,
      lines.map(({ key }) => key),
    );
    const found = new Set<string>();
    for (const { id, key } of lines) {
      const kept = inUse.get(key);
      if (kept === undefined || kept === id) continue;
      // The former one may be gone: which of them is the one now is decided as for a write.
      const one = await this.#inUse(key).catch(heldNow);
      if (one?.row.id !== id) found.add(id);
    }
    return found;
  }

  /** The account's ids of all that the line names; throws all that the account lacks at once. */
  async #bodyOf(desired: W, workspaceId: string): Promise<Body> {
    const [user, storyId] = await Promise.all([this.#userOf(desired, workspaceId), this.#storyOf(desired, workspaceId)]);
    const place = { workspaceId, userId: 'id' in user ? user.id : '0', storyId: typeof storyId === 'object' && storyId !== null ? null : storyId };
    const made = await this.kind.body(desired, place);
    const faults = [
      ...('id' in user ? [] : [user]),
      ...(typeof storyId === 'object' && storyId !== null ? [storyId] : []),
      ...(Array.isArray(made) ? made : []),
    ];
    if (faults.length > 0) throw notInAccount(faults);
    const body = made as Body;
    await this.parts.writer().refuseUnfit({ [this.kind.noun]: () => ofOurs(body, this.kind.noun, desired.id) });
    return body;
  }

  async #userOf({ personEmail }: W, workspaceId: string): Promise<{ id: string } | FieldFault> {
    const user = await this.parts.directory.userByEmail(personEmail);
    if (!user || user.disabled === true) return lacking('personEmail', 'known', 'no active user with this address');
    return (await this.calls.hasSeat(workspaceId, user.id)) ? user : lacking('personEmail', 'on-project', 'this person not on the project');
  }

  async #storyOf({ taskId }: W, workspaceId: string): Promise<string | null | FieldFault> {
    if (taskId === undefined) return null;
    const story = (await this.parts.storiesOf(workspaceId)).find(one => !one.archived && taskIdOf(one, this.parts.names) === taskId);
    return story?.id ?? lacking('taskId', 'known', 'no such task on the project');
  }

  #changes(desired: W, there: There<N, T> | null): Effect[] {
    const after = { id: desired.id, ...this.kind.said(desired) };
    if (!there) return [this.#effect('create', desired.id, null, after, this.kind.money(desired))];
    const before = this.#record(there.line);
    return canonicalJson(before) === canonicalJson(after) ? [] : [this.#effect('update', desired.id, before, after, this.kind.money(desired))];
  }

  #record(line: T): Record<string, unknown> {
    return { id: line.id, ...this.kind.saidBy(line) };
  }

  #effect(operation: Effect['operation'], id: string, before: Effect['before'], after: Effect['after'], money: Money | null): Effect {
    return this.parts.writer().effect({ operation, noun: this.kind.noun, externalId: id, before, after, money });
  }

  async #make(desired: W, body: Body, { effects }: Planned<There<N, T>>): Promise<Tried<There<N, T>, T>> {
    let created: string | undefined;
    const found = await this.#once.ensure<Made<N, T>>(this.kind.noun, desired.id, hashOf(body), async () => {
      created = await this.calls.create(ofOurs(body, this.kind.noun, desired.id));
      return { id: created };
    });
    if (found.id !== created) return { done: [], now: () => this.#there(desired.id) };
    return this.#outcome(desired, found.there ?? (await this.#there(desired.id)), effects);
  }

  /**
   * Under the key even when nothing is to be changed: an earlier write of other content, or a
   * withdrawal, may still be made.
   */
  async #update(desired: W, body: Body, { there, effects }: Planned<There<N, T>>): Promise<Tried<There<N, T>, T>> {
    const { id } = desired;
    const found = await this.#write(id, body, async () => {
      const now = await this.#there(id);
      const asPlanned =
        now !== null && now.row.id === there!.row.id && canonicalJson(this.#record(now.line)) === canonicalJson(this.#record(there!.line));
      if (!asPlanned || effects.length === 0) return { now, asPlanned };
      refuseClosed(now);
      await this.calls.update(now.row.id, body);
      return { now: null, asPlanned };
    });
    if (!found.asPlanned) return { done: [], now: () => Promise.resolve(found.now) };
    return this.#outcome(desired, found.now ?? (await this.#there(id)), effects);
  }

  async #outcome(desired: W, there: There<N, T> | null, done: Effect[]): Promise<Tried<There<N, T>, T>> {
    if (!there) throw changedMeanwhile(`${this.kind.noun} ${desired.id}`);
    if (there.line.person.email !== desired.personEmail.toLowerCase()) {
      await this.#remove(desired.id);
      throw new Problem('refused-by-vendor', 'Kantata books lines of others on our user: it lacks financial rights. The line was deleted again.', {
        code: 'rights-missing',
      });
    }
    return { done, refs: there.line.refs.slice(0, 1), state: there.line };
  }

  async #remove(id: string): Promise<void> {
    await this.#write(id, 'withdrawn', async () => {
      const now = await this.#there(id);
      if (!now) return;
      refuseClosed(now);
      await this.calls.remove(now.row.id);
    });
  }

  get #once(): OnceWriter {
    return this.parts.writer().once;
  }

  #write<R>(id: string, content: unknown, work: () => Promise<R>): Promise<R> {
    return this.#once.write(`${this.kind.noun}:${id}`, hashOf(content), work);
  }

  async #there(id: string): Promise<There<N, T> | null> {
    const found = await this.lines.bearing([id]);
    return found.length > 1 ? this.#inUse(id) : (found[0] ?? null);
  }

  /** Null only once no lost attempt can still make it. */
  async #settled(id: string): Promise<There<N, T> | null> {
    return (await this.#there(id)) ?? (await this.#inUse(id));
  }

  /** The one of its duplicates that is kept; null when there is none. */
  async #inUse(id: string): Promise<There<N, T> | null> {
    const absent = new Problem('not-found', `Kantata has no ${this.kind.noun} ${id}`);
    try {
      const found = await this.#once.ensure<Made<N, T>>(this.kind.noun, id, 'in-use', () => Promise.reject(absent));
      return found.there ?? null;
    } catch (error) {
      if (error === absent) return null;
      throw error;
    }
  }

  /** All of one person on one project. */
  async #all(ids: string[]): Promise<There<N, T>[]> {
    const found = Map.groupBy(await this.lines.bearing(ids), ({ line }) => line.id);
    const missing = ids.filter(id => !found.has(id));
    if (missing.length > 0) throw new Problem('unprocessable', `Kantata has no lines ${missing.join(', ')}`, { code: 'lines-unknown' });
    const lines: There<N, T>[] = [];
    for (const [id, some] of found) lines.push(some.length > 1 ? ((await this.#inUse(id)) ?? some[0]) : some[0]);
    if (new Set(lines.map(({ row }) => `${row.workspace_id}:${row.user?.id ?? ''}`)).size > 1)
      throw new Problem('unprocessable', 'A submission has lines of one person on one project', { code: 'several-sheets' });
    return lines;
  }

  async #sent(id: string): Promise<KantataSubmissionWithLines> {
    const [sent] = await this.calls.submissionsOf(this.kind.submission, id);
    if (!sent) throw changedMeanwhile(`Submission ${id}`);
    return sent;
  }
}

const lacking = (field: string, rule: string, has: string): FieldFault => ({ field, rule, message: `Kantata has ${has}` });

const named = (lines: LineThere<KantataLine, { id: string }>[]): string => lines.map(({ line }) => line.id).join(', ');

/** What is approved or invoiced is the firm's: people take that back in Kantata. */
function refuseClosed({ row, line }: LineThere<KantataLine & { approved?: boolean }, { id: string }>): void {
  if (row.is_invoiced === true) throw new Problem('conflict', `${line.id} was invoiced in Kantata`, { code: 'line-invoiced' });
  if (row.approved === true || row.active_submission?.status === 'approved')
    throw new Problem('conflict', `${line.id} was approved in Kantata`, { code: 'line-approved' });
}

/** Somebody else decides about it at this moment: the next reading has it. */
function heldNow(error: unknown): null {
  if (error instanceof Problem && error.retryable) return null;
  throw error;
}
