import type { ProjectInPsa } from '#canonical';
import { Readable, type SweepPage } from '#capture';
import { inParallel, Recent, type VendorRecord, type FoundOfSet, type OnceKind } from '#connector';
import { projectOf, type MilestoneRecord, type ProjectRecords, type TaskRecord } from '../../../projects/project-records.js';
import { oldest, unreadableOf, type KantataApi } from '../kantata.api.js';
import type { KantataDirectory } from '../kantata-directory.js';
import type { Rows } from '../kantata-envelope.js';
import type { KantataNames } from '../kantata-names.js';
import { isRetired, ourId, type Model } from '../kantata.references.js';
import { headOf, isTask, milestoneOf, projectIdOfWorkspace, taskOf, workspaceRef, type StoryContext } from './projects.mapper.js';
import { ProjectCalls, type KantataStory, type KantataWorkspace } from './projects.wire.js';

/** A project as it is in Kantata. */
export interface ProjectThere {
  workspaceId: string;
  /** More than one bears its reference; which is the one is for the writer to say. */
  ambiguous: boolean;
  all: ProjectRecords;
  /** Without the tasks and milestones that people made there: those aren't ours to change. */
  ours: ProjectRecords;
  timeBooked: boolean;
}

type OurStory = FoundOfSet & { model: Model };

const AT_ONCE = 8;
const CHUNK = 100;

/**
 * Reads Kantata's projects into canonical records. Writes nothing, except that a sweep has
 * duplicates corrected.
 */
export class ProjectReader {
  readonly calls: ProjectCalls;
  /** Project id -> the workspace known to be its one: another that bears the id is a duplicate. */
  readonly #workspaceIds = new Recent<string>();
  readonly #projectIds = new Recent<string | null>();
  /** Workspaces with known booked time: more time changes nothing. */
  readonly #booked = new Recent<true>();

  constructor(
    api: KantataApi,
    private readonly directory: KantataDirectory,
    private readonly names: KantataNames,
    private readonly settle: (projectId: string) => Promise<string>,
  ) {
    this.calls = new ProjectCalls(api);
  }

  /**
   * Of several workspaces it uses the given one, else the oldest, which is the one that the writer
   * keeps unless it knows better.
   */
  async project(id: string, workspaceId?: string): Promise<ProjectThere | null> {
    const found = await this.calls.workspacesOf(id);
    const workspace = found.find(one => one.id === workspaceId) ?? oldest(found);
    if (!workspace) return null;
    return { ...(await this.#there(workspace)), ambiguous: found.length > 1 };
  }

  inPsa({ all, workspaceId }: ProjectThere, timeBooked: boolean): ProjectInPsa {
    return { ...projectOf(all), timeBooked, refs: [workspaceRef(workspaceId, this.names)] };
  }

  async #there(workspace: KantataWorkspace): Promise<ProjectThere> {
    const stories = (await this.calls.storiesOf(workspace.id)).filter(story => !isRetired(story.external_references));
    const timeBooked = (workspace.minutes_logged ?? 0) > 0;
    if (timeBooked) this.#booked.set(workspace.id, true);
    else this.#booked.delete(workspace.id);
    const head = await this.directory.using(ids => headOf(workspace, this.names, ids));
    const context = { projectId: head.id, currency: workspace.currency, currency_base_unit: workspace.currency_base_unit };
    const records = (some: KantataStory[]): ProjectRecords => ({ head, ...this.#below(some, context) });
    return {
      workspaceId: workspace.id,
      ambiguous: false,
      all: records(stories),
      ours: records(stories.filter(story => modelOf(story) !== undefined)),
      timeBooked,
    };
  }

  #below(stories: KantataStory[], context: StoryContext): { tasks: TaskRecord[]; milestones: MilestoneRecord[] } {
    const distinct = [...new Map(stories.toReversed().map(story => [modelOf(story)?.key ?? story.id, story])).values()].toReversed();
    return {
      tasks: distinct.filter(isTask).map(story => taskOf(story, context, this.names)),
      milestones: distinct.filter(story => !isTask(story)).map(story => milestoneOf(story, context, this.names)),
    };
  }

  /** Everything below the workspace that bears an id of ours. */
  async ourStories(workspaceId: string): Promise<OurStory[]> {
    const stories = await this.calls.storiesOf(workspaceId);
    return stories.flatMap(story => {
      const model = modelOf(story);
      return model ? [{ id: story.id, archived: story.archived, ...model }] : [];
    });
  }

  /** Our id -> story id; of two the older. */
  async storyIds(workspaceId: string): Promise<Map<string, string>> {
    const stories = await this.ourStories(workspaceId);
    return new Map(stories.sort((a, b) => Number(b.id) - Number(a.id)).map(({ key, id }) => [key, id]));
  }

  /** That the workspace is the project's one; another that turns up with its id is a duplicate. */
  know(projectId: string, workspaceId: string): void {
    this.#workspaceIds.set(projectId, workspaceId);
  }

  knowsTimeOn(workspaceId: string | null): boolean {
    return this.#booked.get(workspaceId ?? '') ?? false;
  }

  async *all(): AsyncGenerator<SweepPage<ProjectInPsa>> {
    const seen = new Set<string>();
    for await (const shown of this.calls.allWorkspaces()) {
      const { items, unreadable } = await this.take(shown, new Readable());
      const fresh = items.filter(({ id }) => !seen.has(id));
      for (const { id } of fresh) seen.add(id);
      yield { items: fresh, unreadable };
    }
  }

  /**
   * Retired duplicates are no projects. Two workspaces with one id are corrected first, however
   * late the second appeared.
   */
  async take({ rows, unfit }: Rows<KantataWorkspace>, page: Readable<ProjectInPsa>): Promise<Readable<ProjectInPsa>> {
    const live = rows.filter(({ external_references: refs }) => !isRetired(refs));
    await inParallel(live, AT_ONCE, workspace =>
      page.take({ id: projectIdOfWorkspace(workspace, this.names), nativeId: workspace.id }, async () => {
        const project = await this.#settled(workspace);
        return project === null ? [] : [project];
      }),
    );
    for (const one of unfit)
      if (!isRetired(one.row.external_references ?? []))
        page.unreadable.push(
          unreadableOf(one, (id, { external_references: refs }) => refs && projectIdOfWorkspace({ id, external_references: refs }, this.names)),
        );
    return page;
  }

  async #settled(workspace: KantataWorkspace): Promise<ProjectInPsa | null> {
    const id = ourId(workspace.external_references, 'project');
    if (id !== undefined && this.#workspaceIds.get(id) !== workspace.id) {
      if ((await this.calls.workspacesOf(id)).length > 1 && (await this.settle(id)) !== workspace.id) return null;
      this.#workspaceIds.set(id, workspace.id);
    }
    const there = await this.#there(workspace);
    return this.inPsa(there, there.timeBooked);
  }

  /**
   * Workspace id -> project id; retired ones have none. A workspace's project changes only by
   * retiring.
   */
  projectIdsOf(workspaceIds: string[]): Promise<Map<string, string | null>> {
    return this.#projectIds.all<never>(workspaceIds, CHUNK, async ids => {
      const { rows, unfit } = await this.calls.workspaces(ids);
      // A row's reference says whose it is, whatever else is wrong with the row.
      const known = [...rows, ...unfit.map(({ id, row }) => ({ ...row, id }))].flatMap(({ id, external_references: refs }) =>
        id === undefined || refs === undefined
          ? []
          : [[id, isRetired(refs) ? null : projectIdOfWorkspace({ id, external_references: refs }, this.names)] as const],
      );
      return new Map<string, string | null>(known);
    });
  }

  /** How a workspace, and the records below it, are made once. */
  kinds(): OnceKind[] {
    const { calls } = this;
    return [
      {
        kind: 'workspace',
        means: 'look-up',
        find: async (key: string): Promise<VendorRecord[]> => (await calls.workspacesOf(key)).map(({ id, archived }) => ({ id, archived })),
        retire: (found: VendorRecord) => calls.retireWorkspace(found.id, (found as FoundOfSet).key),
      },
      {
        kind: 'story',
        means: 'look-up',
        findAll: (workspaceId: string): Promise<OurStory[]> => this.ourStories(workspaceId),
        retire: (found: VendorRecord) => calls.retireStory(found.id, (found as OurStory).model, (found as OurStory).key),
      },
    ];
  }
}

function modelOf(story: KantataStory): { key: string; model: Model } | undefined {
  for (const model of ['task', 'milestone'] as const) {
    const key = ourId(story.external_references, model);
    if (key !== undefined) return { key, model };
  }
  return undefined;
}
