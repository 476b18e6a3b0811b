import { minorUnits, type ProjectInPsa, type RecordFault, type StaffingRequest } from '#canonical';
import { Readable, type FeedPage, type SweepPage, type Unreadable } from '#capture';
import { type FoundOfSet, Recent } from '#connector';
import { projectOf, type MilestoneRecord, type ProjectRecords, type StaffingRecords, type TaskRecord } from '../../projects/project-records.js';
import type { StaffingRequestInPsa } from '../port/staffing.port.js';
import { unreadableOf } from './kantata.calls.js';
import type { Hint, KantataClient } from './kantata.client.js';
import type { KantataDirectory } from './kantata.directory.js';
import {
  headOf,
  isRetired,
  isTask,
  milestoneOf,
  ourId,
  projectIdOfWorkspace,
  requestRef,
  seatOfResource,
  seatRef,
  staffingIdOf,
  staffingRequestOf,
  taskOf,
  workspaceRef,
  type KantataNames,
  type Model,
  type StoryContext,
} from './kantata.mapper.js';
import type { KantataRequest, KantataSeat, KantataStory, KantataWorkspace, Rows } from './kantata.wire.js';

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

export interface StaffingThere {
  seatId: string;
  /** When the seat was made; its requests are younger. */
  seatSince: string;
  requestId?: string;
  records: StaffingRecords;
}

/** What touches a project as we see it. */
const EVENTS = [
  'workspace:created',
  'workspace:updated',
  'workspace:deleted',
  'story:created',
  'story:updated',
  'story:deleted',
  // Whether time was booked at all; a line that changes changes nothing here.
  'time_entry:created',
  'time_entry:deleted',
];
/** Kantata keeps events for nine days; from a cursor older than this we read everything instead. */
const EVENTS_KEPT_MS = 8 * 24 * 3_600_000;
/** With nothing new the cursor follows the clock at this distance, which covers clocks that differ. */
const CLOCK_MARGIN_MS = 600_000;
const AT_ONCE = 8;
const CHUNK = 100;

/** Reads Kantata into canonical records. Writes nothing, but for having duplicates put right when a sweep finds them. */
export class KantataReader {
  /** Changes handled already, with their time: the overlap of two reads costs nothing. */
  readonly #handled = new Map<string, number>();
  /** Project id -> the workspace known to be its one: another that bears the id is a duplicate. */
  readonly #workspaceIds = new Recent<string>();
  readonly #projectIds = new Recent<string | null>();
  /** Workspaces that time is known to be booked on: more of it changes nothing. */
  readonly #booked = new Recent<true>();

  constructor(
    private readonly client: KantataClient,
    private readonly directory: KantataDirectory,
    private readonly names: KantataNames,
    private readonly changeFeed: 'events' | 'lists',
    private readonly settle: (projectId: string) => Promise<string>,
  ) {}

  // ---- one record ----

  /** Of several workspaces the one given, else the oldest: the one the writer keeps unless it knows better. */
  async project(id: string, workspaceId?: string): Promise<ProjectThere | null> {
    const found = await this.client.workspacesOf(id);
    const workspace = found.find(one => one.id === workspaceId) ?? oldest(found);
    if (!workspace) return null;
    return { ...(await this.#there(workspace)), ambiguous: found.length > 1 };
  }

  inPsa({ all, workspaceId }: ProjectThere, timeBooked: boolean): ProjectInPsa {
    return { ...projectOf(all), timeBooked, refs: [workspaceRef(workspaceId, this.names)] };
  }

  async #there(workspace: KantataWorkspace): Promise<ProjectThere> {
    const stories = (await this.client.storiesOf(workspace.id)).filter(story => !isRetired(story.external_references));
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
  async ourStories(workspaceId: string): Promise<(FoundOfSet & { model: Model })[]> {
    const stories = await this.client.storiesOf(workspaceId);
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

  /** How many of Kantata's subunits a unit of the currency has. */
  baseUnitOf(currency: string): number {
    return 10 ** minorUnits(currency);
  }

  async staffing(id: string): Promise<StaffingThere | null> {
    const seat = oldest(await this.client.seatsOf(id));
    if (!seat) return null;
    const projectId = (await this.#projectIdOf([String(seat.workspace_id)])).get(String(seat.workspace_id)) ?? '';
    const request = current(await this.client.requestsOf(seat));
    const records = {
      seat: seatOfResource(seat, projectId, this.names),
      request: request ? staffingRequestOf({ ...request, resource: seat }, projectId, this.names) : null,
    };
    return { seatId: seat.id, seatSince: seat.created_at, requestId: request?.id, records };
  }

  /** That the workspace is the project's one; another that turns up with its id is a duplicate. */
  know(projectId: string, workspaceId: string): void {
    this.#workspaceIds.set(projectId, workspaceId);
  }

  // ---- what changed ----

  async *projectsChanged(since: string | null): AsyncGenerator<FeedPage<ProjectInPsa>> {
    const margin = () => new Date(this.client.now() - CLOCK_MARGIN_MS).toISOString();
    const byEvents = this.changeFeed === 'events';
    if (since === null || (byEvents && Date.now() - Date.parse(since) > EVENTS_KEPT_MS)) {
      const cursor = (byEvents ? (await this.client.newestEvent())?.created_at : undefined) ?? margin();
      for await (const page of this.allProjects()) yield { ...page, cursor: null };
      return yield { items: [], cursor };
    }
    let newest = since;
    for await (const hints of byEvents ? this.client.eventsSince(since, EVENTS) : this.client.updatedSince(since)) {
      const fresh = hints.filter(({ key, workspaceId, booking }) => !this.#handled.has(key) && !(booking && this.#booked.get(workspaceId ?? '')));
      const touched = [...new Set(fresh.map(({ workspaceId }) => workspaceId).filter(id => id !== null))];
      for (const { at = newest } of byEvents ? hints : []) newest = later(newest, at);
      const page = new Readable<ProjectInPsa>();
      for (let from = 0; from < touched.length; from += CHUNK)
        await this.#projects(await this.client.workspaces(touched.slice(from, from + CHUNK)), page);
      yield { ...page, cursor: later(newest, margin()) };
      // The page is kept: its changes need no second look.
      this.#remember(fresh);
    }
  }

  async *allProjects(): AsyncGenerator<SweepPage<ProjectInPsa>> {
    const seen = new Set<string>();
    for await (const shown of this.client.allWorkspaces()) {
      const { items, unreadable } = await this.#projects(shown, new Readable());
      const fresh = items.filter(({ id }) => !seen.has(id));
      for (const { id } of fresh) seen.add(id);
      yield { items: fresh, unreadable };
    }
  }

  /** Retired duplicates are no projects. Two that bear one id are put right first, however late the second came in. */
  async #projects({ rows, unfit }: Rows<KantataWorkspace>, page: Readable<ProjectInPsa>): Promise<Readable<ProjectInPsa>> {
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
      if ((await this.client.workspacesOf(id)).length > 1 && (await this.settle(id)) !== workspace.id) return null;
      this.#workspaceIds.set(id, workspace.id);
    }
    const there = await this.#there(workspace);
    return this.inPsa(there, there.timeBooked);
  }

  async *staffingChanged(since: string | null): AsyncGenerator<FeedPage<StaffingRequestInPsa>> {
    const requests = new Map<string, KantataRequest[]>();
    /** Seat -> why one of its requests can't be read. */
    const faults = new Map<string, RecordFault>();
    const lost: Unreadable[] = [];
    let newest = since ?? '';
    for await (const { rows, unfit } of this.client.requestsChanged(since)) {
      for (const one of unfit) {
        const { resource } = one.row;
        if (!resource) lost.push(unreadableOf(one, () => undefined));
        else {
          faults.set(resource.id, one.error.within(`resource_requests ${one.id}`));
          requests.set(resource.id, requests.get(resource.id) ?? []);
        }
      }
      for (const request of rows) {
        if (!request.resource) continue; // its seat was deleted
        newest = later(newest, request.updated_at);
        requests.set(request.resource.id, [...(requests.get(request.resource.id) ?? []), request]);
      }
    }
    const cursor = later(newest, new Date(this.client.now() - CLOCK_MARGIN_MS).toISOString());
    const seatIds = [...requests.keys()];
    for (let from = 0; from < seatIds.length; from += CHUNK) {
      const seats = await this.client.seats(seatIds.slice(from, from + CHUNK));
      yield { ...(await this.#requestsOn(seats, requests, faults)), cursor: null };
    }
    yield { items: [], unreadable: lost, cursor };
  }

  async #requestsOn(
    { rows, unfit }: Rows<KantataSeat>,
    requests: Map<string, KantataRequest[]>,
    faults: Map<string, RecordFault>,
  ): Promise<SweepPage<StaffingRequestInPsa>> {
    const seats = rows.filter(({ external_references: refs }) => !isRetired(refs));
    const projectIds = await this.#projectIdOf(seats.map(seat => String(seat.workspace_id)));
    const page = new Readable<StaffingRequestInPsa>();
    for (const seat of seats) {
      const projectId = projectIds.get(String(seat.workspace_id));
      const request = current(requests.get(seat.id) ?? []);
      const fault = faults.get(seat.id);
      if (!projectId || (!request && !fault)) continue;
      await page.take({ id: staffingIdOf(seat, this.names), nativeId: seat.id }, () => {
        if (fault || !request) throw fault;
        const state: StaffingRequest = staffingRequestOf({ ...request, resource: seat }, projectId, this.names);
        return [{ ...state, refs: [seatRef(seat.id, this.names), requestRef(request.id, this.names)] }];
      });
    }
    for (const one of unfit)
      if (!isRetired(one.row.external_references ?? []))
        page.unreadable.push(
          unreadableOf(one, (id, { external_references: refs }) => refs && staffingIdOf({ id, external_references: refs }, this.names)),
        );
    return page;
  }

  /** Workspace id -> project id; retired ones have none. A workspace's project doesn't change but by being retired. */
  async #projectIdOf(workspaceIds: string[]): Promise<Map<string, string | null>> {
    const wanted = [...new Set(workspaceIds)];
    const known = new Map(
      wanted.map(id => [id, this.#projectIds.get(id)] as const).filter((entry): entry is [string, string | null] => entry[1] !== undefined),
    );
    const unknown = wanted.filter(id => !known.has(id));
    for (let from = 0; from < unknown.length; from += CHUNK) {
      const { rows, unfit } = await this.client.workspaces(unknown.slice(from, from + CHUNK));
      // Whose it is shows its reference, whatever else is wrong with it.
      for (const { id, external_references: refs } of [...rows, ...unfit.map(({ id, row }) => ({ ...row, id }))]) {
        if (id === undefined || refs === undefined) continue;
        const projectId = isRetired(refs) ? null : projectIdOfWorkspace({ id, external_references: refs }, this.names);
        known.set(id, projectId);
        this.#projectIds.set(id, projectId);
      }
    }
    return known;
  }

  #remember(hints: Hint[]): void {
    const timed = hints.flatMap(({ key, at }) => (at === undefined ? [] : [{ key, at: Date.parse(at) }]));
    for (const { key, at } of timed) this.#handled.set(key, at);
    const newest = Math.min(
      this.client.now(),
      timed.reduce((latest, { at }) => Math.max(latest, at), 0),
    );
    for (const [key, at] of this.#handled) if (at < newest - 2 * CLOCK_MARGIN_MS) this.#handled.delete(key);
  }
}

function modelOf(story: KantataStory): { key: string; model: Model } | undefined {
  for (const model of ['task', 'milestone'] as const) {
    const key = ourId(story.external_references, model);
    if (key !== undefined) return { key, model };
  }
  return undefined;
}

const byId = (a: { id: string }, b: { id: string }): number => Number(a.id) - Number(b.id);
const oldest = <T extends { id: string }>(records: T[]): T | undefined => records.toSorted(byId)[0];
const later = (a: string, b: string): string => (a === '' || Date.parse(b) > Date.parse(a) ? b : a);

/** Of a seat's requests the last that is open, else the last. */
function current(requests: KantataRequest[]): KantataRequest | undefined {
  const inOrder = requests.toSorted(byId);
  return inOrder.findLast(({ status }) => status === 'new' || status === 'approved') ?? inOrder.at(-1);
}

async function inParallel<T, R>(items: T[], atOnce: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += atOnce) results.push(...(await Promise.all(items.slice(from, from + atOnce).map(work))));
  return results;
}
