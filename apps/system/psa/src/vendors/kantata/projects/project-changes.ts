import type { Shape, ProjectInPsa } from '#canonical';
import { Readable, type FeedPage } from '#capture';
import { chunksOf, SeenChanges } from '#connector';
import type { KantataApi, Query } from '../kantata.api.js';
import type { KantataEvent } from '../kantata-envelope.js';
import type { ProjectReader } from './project-reader.js';

/** That something of a project changed. */
export interface Hint {
  /** Names this change: the same again is a repetition. */
  key: string;
  /** Undefined where it isn't stated: the record is then read each time. */
  at?: string;
  workspaceId: string | null;
  /** Only that more time was booked on it. */
  booking?: boolean;
}

interface Updated {
  id: string;
  updated_at: string;
  workspace_id?: unknown;
}

/** The events that affect a project as we see it. */
const EVENTS = [
  'workspace:created',
  'workspace:updated',
  'workspace:deleted',
  'story:created',
  'story:updated',
  'story:deleted',
  // Whether time was booked at all; a later change of a line doesn't matter here.
  'time_entry:created',
  'time_entry:deleted',
];
/** Kantata keeps events for nine days; from a cursor older than this we read everything instead. */
const EVENTS_KEPT_MS = 8 * 24 * 3_600_000;
/** Without news the cursor follows the clock at this distance, which covers clocks that differ. */
const CLOCK_MARGIN_MS = 600_000;
const CHUNK = 100;

/** Which projects changed, by the feed of events or by the lists. */
export class ProjectChanges {
  /** Changes handled already: the overlap of two reads costs nothing. */
  readonly #handled = new SeenChanges(0);

  constructor(
    private readonly api: KantataApi,
    private readonly reader: ProjectReader,
    private readonly changeFeed: 'events' | 'lists',
  ) {}

  async *since(since: string | null): AsyncGenerator<FeedPage<ProjectInPsa>> {
    const margin = () => new Date(this.api.now() - CLOCK_MARGIN_MS).toISOString();
    const byEvents = this.changeFeed === 'events';
    if (since === null || (byEvents && Date.now() - Date.parse(since) > EVENTS_KEPT_MS)) {
      const cursor = (byEvents ? (await this.newestEvent())?.created_at : undefined) ?? margin();
      for await (const page of this.reader.all()) yield { ...page, cursor: null };
      return yield { items: [], cursor };
    }
    let newest = since;
    for await (const hints of byEvents ? this.#eventsSince(since) : this.#updatedSince(since)) {
      const fresh = hints.filter(({ key, workspaceId, booking }) => !this.#handled.has(key) && !(booking && this.reader.knowsTimeOn(workspaceId)));
      const touched = [...new Set(fresh.map(({ workspaceId }) => workspaceId).filter(id => id !== null))];
      for (const { at = newest } of byEvents ? hints : []) newest = later(newest, at);
      const page = new Readable<ProjectInPsa>();
      for (const ids of chunksOf(touched, CHUNK)) await this.reader.take(await this.reader.calls.workspaces(ids), page);
      yield { ...page, cursor: later(newest, margin()) };
      // The page is kept: its changes need no second look.
      this.#remember(fresh);
    }
  }

  /** From the feed of changes: a paid add-on, kept for nine days, unordered and with duplicates. */
  async *#eventsSince(since: string): AsyncGenerator<Hint[]> {
    const query = { created_after: since, order: 'created_at:asc', event_types: EVENTS.join(',') };
    const shape: Shape<KantataEvent> = { event_type: 'text', created_at: 'instant' };
    for await (const { rows, unfit } of this.api.pages<KantataEvent>('read-events', 'subscribed_events', query, shape)) {
      yield [
        ...rows.map(({ id, event_type, created_at, context_workspace_id }) => ({
          key: id,
          at: created_at,
          workspaceId: idIn(context_workspace_id),
          booking: event_type === 'time_entry:created',
        })),
        ...unfit.map(({ id, row }) => ({ key: id ?? '', workspaceId: idIn(row.context_workspace_id) })),
      ];
    }
  }

  /** The same from the lists: changes and booked time, but no deletions. */
  async *#updatedSince(since: string): AsyncGenerator<Hint[]> {
    const everywhere = { show_archived: true, show_deleted: true, show_from_archived_workspaces: true };
    const changed = { updated_after: since };
    const booked = { created_after: since, from_archived_workspaces: true, on_my_account: true, include: 'workspace' };
    const lists: [plural: string, query: Query, workspaceOf: (row: Partial<Updated>) => unknown][] = [
      ['workspaces', { ...changed, include_archived: true }, row => row.id],
      ['stories', { ...changed, ...everywhere }, row => row.workspace_id],
      ['time_entries', booked, row => row.workspace_id],
    ];
    for (const [plural, query, workspaceOf] of lists) {
      const asked = { ...query, order: 'updated_at:asc' };
      const booking = plural === 'time_entries';
      const operation = `read-changed-${plural.replace('_', '-')}`;
      for await (const { rows, unfit } of this.api.pages<Updated>(operation, plural, asked, { updated_at: 'instant' })) {
        yield [
          ...rows.map(row => ({ key: `${plural}:${row.id}:${row.updated_at}`, at: row.updated_at, workspaceId: idIn(workspaceOf(row)), booking })),
          ...unfit.map(({ id = '', row }) => ({ key: `${plural}:${id}`, workspaceId: idIn(workspaceOf({ id, ...row })) })),
        ];
      }
    }
  }

  async newestEvent(): Promise<KantataEvent | undefined> {
    return (await this.api.page<KantataEvent>('read-events', 'subscribed_events', { per_page: 1 }, { created_at: 'instant' })).rows[0];
  }

  #remember(hints: Hint[]): void {
    const timed = hints.flatMap(({ key, at }) => (at === undefined ? [] : [{ key, at: Date.parse(at) }]));
    const newest = Math.min(
      this.api.now(),
      timed.reduce((latest, { at }) => Math.max(latest, at), 0),
    );
    this.#handled.note(timed, newest);
    this.#handled.forgetBefore(newest - 2 * CLOCK_MARGIN_MS);
  }
}

const idIn = (id: unknown): string | null => (id === null || id === undefined ? null : String(id));
const later = (a: string, b: string): string => (a === '' || Date.parse(b) > Date.parse(a) ? b : a);
