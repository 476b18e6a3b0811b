import { hashOf, Problem, type Effect, type Project, type ProjectInPsa } from '#canonical';
import type { FeedPage, Outcome, Plan, SweepPage } from '#capture';
import type { FoundOfSet } from '#connector';
import { applied, projectChanges } from '../../projects/project-plan.rules.js';
import {
  projectOf,
  recordsOf,
  type MilestoneRecord,
  type ProjectHead,
  type ProjectRecords,
  type TaskRecord,
} from '../../projects/project-records.js';
import type { Projects } from '../port/projects.port.js';
import { holdable, milestoneBody, taskBody, workspaceBody, workspaceRef, type KantataIds, type Model } from './kantata.mapper.js';
import type { ProjectThere } from './kantata.reader.js';
import { changedMeanwhile, Making, ROUNDS, type BodyOf, type KantataWriter } from './kantata.writer.js';

type Story = FoundOfSet & { model: Model };

/** What is booked on it has to be approved. Said when it is made, since it can't be changed later. */
const APPROVED = { require_time_approvals: true, require_expense_approvals: true };

/** Kantata takes up to so many stories in one create. */
const STORIES_AT_ONCE = 300;

/** Projects with what hangs below them: the workspace first, its stories only ever on the one workspace that is kept. */
export class KantataProjects implements Projects {
  constructor(private readonly writer: KantataWriter) {}

  async get(id: string): Promise<ProjectInPsa | null> {
    const there = await this.writer.reader.project(id);
    return there && this.writer.reader.inPsa(there, await this.writer.client.hasTime(there.workspaceId));
  }

  changed(since: string | null): AsyncIterable<FeedPage<ProjectInPsa>> {
    return this.writer.reader.projectsChanged(since);
  }

  all(): AsyncIterable<SweepPage<ProjectInPsa>> {
    return this.writer.reader.allProjects();
  }

  async plan(desired: Project): Promise<Plan<ProjectInPsa>> {
    const wanted = recordsOf(holdable(desired, this.writer.names));
    return this.#plan(wanted, await this.writer.reader.project(desired.id));
  }

  async #plan(wanted: ProjectRecords, there: ProjectThere | null): Promise<Plan<ProjectInPsa>> {
    const effects = projectChanges(wanted, there && there.ours).map(change => this.writer.effect(change));
    const archives = effects.some(({ operation, noun }) => operation === 'archive' && noun === 'project');
    if (archives && (await this.writer.client.hasTime(there!.workspaceId)))
      throw new Problem('conflict', `Time was booked on ${wanted.head.title}: it can't be undone`, { code: 'time-booked' });
    await this.#refuseUnfit(effects, wanted);
    return { effects, apply: () => this.#apply(wanted, there, effects, ROUNDS) };
  }

  /** What is written, tasks and milestones in the places where they were given. */
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

  async #apply(wanted: ProjectRecords, there: ProjectThere | null, effects: Effect[], rounds: number): Promise<Outcome<ProjectInPsa>> {
    if (effects.length === 0) return this.#outcome(there && there.workspaceId, there && there.all, there?.timeBooked ?? false, []);
    const workspace = await this.#workspaceFor(effects, there);
    const head = effects.find(({ noun }) => noun === 'project');
    const done: Effect[] = [];
    if (there?.workspaceId === workspace.id && head) await this.#updateWorkspace(workspace.id, head);
    if (head && (workspace.made || there?.workspaceId === workspace.id)) done.push(head);
    // Made by somebody else, or by an attempt of ours that we took for lost: what is in it is to be seen first.
    const asPlanned = workspace.made || there?.workspaceId === workspace.id;
    const complete = asPlanned && (await this.#applyStories(workspace.id, wanted, effects, done));
    if (complete) return this.#outcome(workspace.id, applied(there && there.all, effects), there?.timeBooked ?? false, done);
    if (rounds === 0) throw changedMeanwhile(wanted.head.title);
    const now = await this.writer.reader.project(wanted.head.id, workspace.id);
    const next = projectChanges(wanted, now && now.ours).map(change => this.writer.effect(change));
    const rest = await this.#apply(wanted, now, next, rounds - 1);
    return { ...rest, effects: [...done, ...rest.effects] };
  }

  /** The one workspace of the project, made if there is none. */
  async #workspaceFor(effects: Effect[], there: ProjectThere | null): Promise<{ id: string; made: boolean }> {
    const makesBelow = effects.some(({ operation, noun }) => operation === 'create' && noun !== 'project');
    if (there && !there.ambiguous && !makesBelow) return { id: there.workspaceId, made: false };
    const id = projectIdOfEffects(effects);
    const head = effects.find(({ noun }) => noun === 'project')?.after as unknown as ProjectHead | undefined;
    const making = new Making();
    const found = await this.writer.once.ensure('workspace', id, hashOf(head ?? null), async () => {
      if (!head) throw new Problem('conflict', `Project ${id} is gone from Kantata`, { code: 'changed-meanwhile', retryable: true });
      const body = await this.writer.body(ids => workspaceBody(head, this.writer.names, ids));
      return making.by(this.writer.client.createWorkspace({ ...body, ...APPROVED }));
    });
    this.writer.inUse.set(id, found.id);
    return making.outcome(found);
  }

  async #updateWorkspace(id: string, { operation, externalId, after }: Effect): Promise<void> {
    const head = after as unknown as ProjectHead;
    const archiving = operation === 'archive';
    const body = archiving ? {} : await this.writer.body(ids => workspaceBody(head, this.writer.names, ids));
    const archived = archiving ? { archived: true } : operation === 'reactivate' ? { archived: false } : {};
    await this.writer.write(`project:${externalId}`, { ...body, ...archived }, sent => this.writer.client.updateWorkspace(id, sent));
  }

  /** Puts those it has had into `done`; false when some of the new ones were there already, with what content must be seen. */
  async #applyStories(workspaceId: string, wanted: ProjectRecords, effects: Effect[], done: Effect[]): Promise<boolean> {
    const below = effects.filter(({ noun }) => noun !== 'project');
    const creates = below.filter(({ operation }) => operation === 'create').map(effect => ({ key: effect.externalId, effect }));
    const made: Effect[] = [];
    for (let from = 0; from < creates.length; from += STORIES_AT_ONCE) {
      await this.writer.once.ensureAll<{ key: string; effect: Effect }, Story>(
        'story',
        workspaceId,
        creates.slice(from, from + STORIES_AT_ONCE),
        async missing => {
          const bodies = await this.writer.body(ids =>
            missing.map(({ effect }) => ({ workspace_id: Number(workspaceId), ...this.#storyBody(effect, wanted, ids) })),
          );
          const ids = await this.writer.client.createStories(bodies);
          made.push(...missing.map(({ effect }) => effect));
          return ids.map((id, index) => ({ id, key: missing[index].key, model: missing[index].effect.noun as Model }));
        },
      );
    }
    done.push(...made);
    if (made.length < creates.length) return false;
    const stories = below.length > creates.length ? await this.writer.reader.storyIds(workspaceId) : new Map<string, string>();
    for (const effect of below.filter(({ operation }) => operation !== 'create')) {
      const id = stories.get(effect.externalId);
      if (id === undefined) return false;
      const archived = effect.operation === 'archive' ? { archived: true } : effect.operation === 'reactivate' ? { archived: false } : {};
      const body = effect.operation === 'archive' ? {} : await this.writer.body(ids => this.#storyBody(effect, wanted, ids));
      await this.writer.write(`${effect.noun}:${effect.externalId}`, { ...body, ...archived }, sent => this.writer.client.updateStory(id, sent));
      done.push(effect);
    }
    return true;
  }

  #storyBody({ noun, after }: Effect, { head }: ProjectRecords, ids: KantataIds): Record<string, unknown> {
    if (noun === 'task') return taskBody(after as unknown as TaskRecord, this.writer.names, ids);
    const { currency } = head;
    return milestoneBody(
      after as unknown as MilestoneRecord,
      { projectId: head.id, currency, currency_base_unit: this.writer.reader.baseUnitOf(currency) },
      this.writer.names,
      ids,
    );
  }

  #outcome(workspaceId: string | null, records: ProjectRecords | null, timeBooked: boolean, effects: Effect[]): Outcome<ProjectInPsa> {
    if (workspaceId === null || records === null) return { effects, refs: [], state: null };
    const refs = [workspaceRef(workspaceId, this.writer.names)];
    this.writer.reader.know(records.head.id, workspaceId);
    return { effects, refs, state: { ...projectOf(records), timeBooked, refs } };
  }
}

function projectIdOfEffects(effects: Effect[]): string {
  const [{ noun, externalId, after }] = effects;
  return noun === 'project' ? externalId : String(after!.projectId);
}
