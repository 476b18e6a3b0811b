import type { Deal } from '#canonical';
import { EventLog, EventPublisher, EventShapes, type NewEvent } from '#events';
import { Metrics } from '#service';
import type { Change, Feed } from './feed.js';

export interface Note {
  id: string;
  title: string;
  owner?: string;
  legalEntity?: string;
}

/**
 * A back end for specs. It keeps records with the time of their last change and answers them in
 * pages, ordered by that time.
 */
export class BackEnd {
  readonly #records = new Map<string, { note: Note; at: number }>();
  #clock = Date.parse('2024-11-20T09:00:00Z');
  /** Reads so far. */
  calls = 0;
  /** Called before each page is given. */
  beforePage: (page: number) => Promise<void> | void = () => {};

  put(...notes: Note[]): void {
    for (const note of notes) this.#records.set(note.id, { note, at: (this.#clock += 1_000) });
  }

  /** A change that the back end shows in no feed. */
  putSilently(note: Note): void {
    this.#records.set(note.id, { note, at: 0 });
  }

  delete(id: string): void {
    this.#records.delete(id);
  }

  async *pages(since: string | null, size: number): AsyncIterable<{ items: Note[]; cursor: string }> {
    const from = since === null ? -1 : Date.parse(since);
    const due = [...this.#records.values()].filter(({ at }) => at >= from).sort((a, b) => a.at - b.at);
    let page = 0;
    for (let i = 0; i < Math.max(1, due.length); i += size) {
      this.calls++;
      await this.beforePage(++page);
      const part = due.slice(i, i + size);
      const cursor = part.at(-1)?.at ?? from;
      yield { items: part.map(({ note }) => note), cursor: new Date(Math.max(cursor, 0)).toISOString() };
    }
  }
}

export function notesFeed(backEnd: BackEnd, o: Partial<Feed<Note>> & { pageSize?: number } = {}): Feed<Note> {
  const { pageSize = 2, ...rest } = o;
  return {
    name: 'notes',
    noun: 'note',
    everyMs: 20,
    overlapMs: 0,
    sweepEveryMs: 3_600_000,
    read: cursor => backEnd.pages(cursor, pageSize),
    sweep: () => backEnd.pages(null, pageSize),
    events: change => [noteEvent(change)],
    legalEntities: note => (note.legalEntity ? [note.legalEntity] : []),
    ...rest,
  };
}

/** No app of the product: its notes are of no declared type. */
export const publisher = new EventPublisher(new EventLog(), { prefix: '/spec' }, new EventShapes(new Metrics()));

/**
 * No event type fits a note exactly, so this uses the nearest one. The specs look at its data only.
 */
export function noteEvent({ before, after, changed, initial, version }: Change<Note>): NewEvent {
  const note = (after ?? before)!;
  const data = { state: note as unknown as Deal, changed, ...(after ? {} : { deleted: true }), ...(initial ? { initial } : {}) };
  return {
    id: `${note.id}:${version}`,
    type: 'deal.changed.v1',
    key: note.id,
    data,
    legalEntities: [],
  };
}
