import { hashOf, Problem, type Effect, type Project, type ProjectInPsa } from '#canonical';
import type { FeedPage, Plan, SweepPage } from '#capture';
import { chunksOf, ensureMade, type FoundOfSet } from '#connector';
import { applied, projectChanges } from '../../../projects/project-plan.rules.js';
import {
  projectOf,
  recordsOf,
  type MilestoneRecord,
  type ProjectHead,
  type ProjectRecords,
  type TaskRecord,
} from '../../../projects/project-records.js';
import type { Projects } from '../../port/projects.port.js';
import { inRounds, type Planned, type Tried } from '../../port/rounds.js';
import type { KantataIds } from '../kantata-names.js';
import type { Model } from '../kantata.references.js';
import { changedMeanwhile, type BodyOf, type KantataWriter } from '../kantata-writer.js';
import type { ProjectChanges } from './project-changes.js';
import { baseUnitOf, holdable, milestoneBody, taskBody, workspaceBody, workspaceRef } from './projects.mapper.js';
import type { ProjectReader, ProjectThere } from './project-reader.js';

type Story = FoundOfSet & { model: Model };

/**
 * Time and expenses on it need approval. Set when it is created, since it can't be changed later.
 */
const APPROVED = { require_time_approvals: true, require_expense_approvals: true };

/** Kantata takes up to so many stories in one create. */
const STORIES_AT_ONCE = 300;

/**
 * Projects with the records below them: the workspace first, its stories only ever on the one
 * workspace that is kept.
 */
export class KantataProjects implements Projects {
  constructor(
    private readonly writer: KantataWriter,
    private readonly reader: ProjectReader,
    private readonly changes: ProjectChanges,
  ) {}

  async get(id: string): Promise<ProjectInPsa | null> {
    const there = await this.reader.project(id);
    return there && this.reader.inPsa(there, await this.reader.calls.hasTime(there.workspaceId));
  }

  changed(since: string | null): AsyncIterable<FeedPage<ProjectInPsa>> {
    return this.changes.since(since);
  }

  all(): AsyncIterable<SweepPage<ProjectInPsa>> {
    return this.reader.all();
  }

  async plan(desired: Project): Promise<Plan<ProjectInPsa>> {
    const wanted = recordsOf(holdable(desired, this.writer.names));
    const { title } = wanted.head;
    const there = await this.reader.project(desired.id);
    const effectsOf = (current: ProjectThere | null) => projectChanges(wanted, current && current.ours).map(change => this.writer.effect(change));
    const effects = effectsOf(there);
    const archives = effects.some(({ operation, noun }) => operation === 'archive' && noun === 'project');
    if (archives && (await this.reader.calls.hasTime(there!.workspaceId)))
      throw new Problem('conflict', `Time was booked on ${title}: it can't be undone`, { code: 'time-booked' });
    await this.#refuseUnfit(effects, wanted);
    const attempt = (planned: Planned<ProjectThere>) => this.#apply(wanted, planned);
    return { effects, apply: () => inRounds({ there, effects }, effectsOf, attempt, () => changedMeanwhile(title)) };
  }

  /** The written texts, tasks and milestones at the positions where they were given. */
  async #refuseUnfit(effects: Effect[], wanted: ProjectRecords): Promise<void> {
    const written = (noun: string, id: string): BodyOf => {
      const effect = effects.find(one => one.noun === noun && one.externalId === id && one.operation !== 'archive');
      if (!effect) return () => ({});
      return ids => (noun === 'project' ? workspaceBody(wanted.head, this.writer.names, ids) : this.#storyBody(effect, wanted, ids));
    };
    await this.writer.refuseUnfit({
      workspace: written('project', wanted.head.id),
      task: wanted.tasks.map(({ id }) => written('task', id)),
      milestone: wanted.milestones.map(({ id }) => written('milestone', id)),
    });
  }

  async #apply(wanted: ProjectRecords, { there, effects }: Planned<ProjectThere>): Promise<Tried<ProjectThere, ProjectInPsa>> {
    if (effects.length === 0) return this.#outcome(there && there.workspaceId, there && there.all, there?.timeBooked ?? false, []);
    const workspace = await this.#workspaceFor(effects, there);
    const head = effects.find(({ noun }) => noun === 'project');
    const done: Effect[] = [];
    if (there?.workspaceId === workspace.id && head) await this.#updateWorkspace(workspace.id, head);
    if (head && (workspace.made || there?.workspaceId === workspace.id)) done.push(head);
    // Created by another process, or by a lost attempt of ours: its content must be read first.
    const asPlanned = workspace.made || there?.workspaceId === workspace.id;
    const complete = asPlanned && (await this.#applyStories(workspace.id, wanted, effects, done));
    if (complete) return this.#outcome(workspace.id, applied(there && there.all, effects), there?.timeBooked ?? false, done);
    return { done, now: () => this.reader.project(wanted.head.id, workspace.id) };
  }

  /** The one workspace of the project, made if there is none. */
  async #workspaceFor(effects: Effect[], there: ProjectThere | null): Promise<{ id: string; made: boolean }> {
    const makesBelow = effects.some(({ operation, noun }) => operation === 'create' && noun !== 'project');
    if (there && !there.ambiguous && !makesBelow) return { id: there.workspaceId, made: false };
    const id = projectIdOfEffects(effects);
    const head = effects.find(({ noun }) => noun === 'project')?.after as unknown as ProjectHead | undefined;
    const found = await ensureMade(this.writer.once, 'workspace', id, hashOf(head ?? null), async () => {
      if (!head) throw new Problem('conflict', `Project ${id} is gone from Kantata`, { code: 'changed-meanwhile', retryable: true });
      const body = await this.writer.body(ids => workspaceBody(head, this.writer.names, ids));
      return this.reader.calls.createWorkspace({ ...body, ...APPROVED });
    });
    this.writer.inUse.set(id, found.id);
    return found;
  }

  async #updateWorkspace(id: string, { operation, externalId, after }: Effect): Promise<void> {
    const head = after as unknown as ProjectHead;
    const archiving = operation === 'archive';
    const body = archiving ? {} : await this.writer.body(ids => workspaceBody(head, this.writer.names, ids));
    const archived = archiving ? { archived: true } : operation === 'reactivate' ? { archived: false } : {};
    await this.writer.write(`project:${externalId}`, { ...body, ...archived }, sent => this.reader.calls.updateWorkspace(id, sent));
  }

  /**
   * Adds the applied ones to `done`; false when some of the new ones existed already, so that their
   * content must be read.
   */
  async #applyStories(workspaceId: string, wanted: ProjectRecords, effects: Effect[], done: Effect[]): Promise<boolean> {
    const below = effects.filter(({ noun }) => noun !== 'project');
    const creates = below.filter(({ operation }) => operation === 'create').map(effect => ({ key: effect.externalId, effect }));
    const made: Effect[] = [];
    for (const some of chunksOf(creates, STORIES_AT_ONCE)) {
      await this.writer.once.ensureAll<{ key: string; effect: Effect }, Story>('story', workspaceId, some, async missing => {
        const bodies = await this.writer.body(ids =>
          missing.map(({ effect }) => ({ workspace_id: Number(workspaceId), ...this.#storyBody(effect, wanted, ids) })),
        );
        const ids = await this.reader.calls.createStories(bodies);
        made.push(...missing.map(({ effect }) => effect));
        return ids.map((id, index) => ({ id, key: missing[index].key, model: missing[index].effect.noun as Model }));
      });
    }
    done.push(...made);
    if (made.length < creates.length) return false;
    const stories = below.length > creates.length ? await this.reader.storyIds(workspaceId) : new Map<string, string>();
    for (const effect of below.filter(({ operation }) => operation !== 'create')) {
      const id = stories.get(effect.externalId);
      if (id === undefined) return false;
      const archived = effect.operation === 'archive' ? { archived: true } : effect.operation === 'reactivate' ? { archived: false } : {};
      const body = effect.operation === 'archive' ? {} : await this.writer.body(ids => this.#storyBody(effect, wanted, ids));
      await this.writer.write(`${effect.noun}:${effect.externalId}`, { ...body, ...archived }, sent => this.reader.calls.updateStory(id, sent));
      done.push(effect);
    }
    return true;
  }

  #storyBody({ noun, after }: Effect, { head }: ProjectRecords, ids: KantataIds): Record<string, unknown> {
    if (noun === 'task') return taskBody(after as unknown as TaskRecord, this.writer.names, ids);
    const { currency } = head;
    return milestoneBody(
      after as unknown as MilestoneRecord,
      { projectId: head.id, currency, currency_base_unit: baseUnitOf(currency) },
      this.writer.names,
      ids,
    );
  }

  #outcome(workspaceId: string | null, records: ProjectRecords | null, timeBooked: boolean, done: Effect[]): Tried<ProjectThere, ProjectInPsa> {
    if (workspaceId === null || records === null) return { done, refs: [], state: null };
    const refs = [workspaceRef(workspaceId, this.writer.names)];
    this.reader.know(records.head.id, workspaceId);
    return { done, refs, state: { ...projectOf(records), timeBooked, refs } };
  }
}

function projectIdOfEffects(effects: Effect[]): string {
  const [{ noun, externalId, after }] = effects;
  return noun === 'project' ? externalId : String(after!.projectId);
}
