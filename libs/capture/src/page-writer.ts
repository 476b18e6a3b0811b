import type { DataSource, EntityManager } from 'typeorm';
import { type CanonicalEvent, Problem } from '#canonical';
import type { EventLog } from '#events';
import { inTransaction } from '#persistence';
import { context, type Metrics } from '#service';
import type { CaptureOptions } from './capture.options.js';
import { differingAttributes, echoes } from './difference.js';
import type { Captured, Change, Feed } from './feed.js';
import type { FeedState, Reading } from './feed-state.js';
import { type NewShadow, type ShadowRow, Shadows } from './shadows.js';

type Item = { id: string };

/** An item that differs from its shadow. */
interface Moved {
  item: Item;
  row: ShadowRow<Item> | undefined;
  changed: string[];
}

export interface PageFacts {
  cursor: string | null;
  /** performance.now() when the page was asked for: it can't show what we wrote after that. */
  askedMs: number;
  sweep?: boolean;
}

const DELETE_PAGE = 500;
const MANY = 20;

/** Compares a page of a feed with the shadow and writes what follows: shadow, events and cursor in one transaction. */
export class PageWriter {
  readonly #shadows: Shadows;

  constructor(
    private readonly options: CaptureOptions,
    private readonly dataSource: DataSource,
    private readonly events: EventLog,
    private readonly metrics: Metrics,
    private readonly feed: Feed,
  ) {
    this.#shadows = new Shadows(options.system, feed.noun);
  }

  async store(state: FeedState, reading: Reading, items: Item[], page: PageFacts): Promise<Captured> {
    // Of an item that comes twice in a page the later is newer.
    const latest = [...new Map(items.map(item => [item.id, item])).values()];
    const askedAt = new Date(reading.startedAt.getTime() + page.askedMs - reading.startedMs);
    const captured = await inTransaction(this.dataSource, async em => {
      await state.advance(em, reading, page.cursor);
      const rows = await this.#shadows.lock<Item>(
        em,
        latest.map(item => item.id),
      );
      const current = latest.filter(item => !writtenSince(rows.get(item.id), askedAt));
      const moved = current.map(item => this.#compare(item, rows.get(item.id))).filter(({ row, changed }) => !row || changed.length > 0);
      const written = await this.#write(em, moved, { initial: !reading.loaded, byUs: false });
      if (page.sweep)
        await this.#shadows.noteSeen(
          em,
          latest.map(item => item.id),
          reading.sweep,
        );
      return { ...written, items: items.length };
    });
    this.#count(captured);
    return captured;
  }

  /** Throws when the sweep shows so little that a lost permission is more likely than so many deletions. */
  async checkBelievable(reading: Reading): Promise<void> {
    const { known, unseen } = await this.#shadows.unseen(this.dataSource, reading.sweep, reading.startedAt);
    if (unseen < MANY || unseen * 2 <= known) return;
    throw new Problem('conflict', `The sweep of ${this.feed.name} shows only ${known - unseen} of ${known} known; nothing was taken for deleted.`, {
      code: 'sweep-not-believed',
    });
  }

  /** After a sweep's last page: what it didn't see is gone. */
  async takeUnseen(state: FeedState, reading: Reading): Promise<Captured> {
    const sum: Captured = { items: 0, created: 0, changed: 0, deleted: 0, drifted: 0, events: 0 };
    for (;;) {
      const page = await inTransaction(this.dataSource, async em => {
        await state.advance(em, reading, null);
        const gone = await this.#shadows.takeUnseen<Item>(em, reading.sweep, reading.startedAt, DELETE_PAGE);
        const versions = await this.#shadows.versions(em, gone.length);
        const events = gone.flatMap((before, i) =>
          this.feed.events({ before, after: null, changed: [], initial: false, ...this.#seen(versions[i]) }),
        );
        if (gone.length > 0)
          await this.feed.keep?.(
            em,
            [],
            gone.map(({ id }) => id),
          );
        return { deleted: gone.length, events: (await this.events.append(em, events)).length };
      });
      sum.deleted += page.deleted;
      sum.events += page.events;
      if (page.deleted < DELETE_PAGE) break;
    }
    await this.#shadows.forgetSeen(this.dataSource, reading.sweep);
    this.#count(sum);
    return sum;
  }

  async noteWriting(id: string): Promise<void> {
    await this.dataSource.query(
      `insert into capture.writing(system, noun, id, until) values ($1, $2, $3, clock_timestamp() + interval '1 minute')
       on conflict (system, noun, id) do update set until = excluded.until`,
      [this.options.system, this.feed.noun, id],
    );
  }

  async noteWritten(em: EntityManager, item: Item): Promise<void> {
    // Held against the feed's pages, so that one of us is the first to see a new record.
    await em.query('select 1 from capture.feed where system = $1 and name = $2 for share', [this.options.system, this.feed.name]);
    const row = (await this.#shadows.lock<Item>(em, [item.id])).get(item.id);
    const moved = this.#compare(item, row);
    const captured = await this.#write(em, [moved], { initial: false, byUs: true });
    await em.query('delete from capture.writing where system = $1 and noun = $2 and id = $3', [this.options.system, this.feed.noun, item.id]);
    this.#count(captured);
  }

  #compare(item: Item, row: ShadowRow<Item> | undefined): Moved {
    return { item, row, changed: row ? differingAttributes(row.state, item) : [] };
  }

  async #write(em: EntityManager, moved: Moved[], how: { initial: boolean; byUs: boolean }): Promise<Captured> {
    const versions = await this.#shadows.versions(em, moved.length);
    const drifts = how.byUs ? new Map<string, string[]>() : await this.#drifts(em, moved);
    const events: CanonicalEvent[] = [];
    const shadows: NewShadow[] = [];
    for (const [i, { item, row, changed }] of moved.entries()) {
      shadows.push({
        id: item.id,
        state: item,
        lastWritten: how.byUs ? item : (row?.last_written ?? null),
        version: versions[i],
        entities: this.feed.legalEntities?.(item) ?? [],
      });
      if (row && changed.length === 0) continue; // noted again, nothing new
      const change = { before: row?.state ?? null, after: item, changed, initial: how.initial, ...this.#seen(versions[i]) };
      const told = this.feed.events(change);
      events.push(...told);
      const attributes = drifts.get(item.id);
      if (attributes) events.push(this.#driftEvent(change, attributes, told[0]?.legalEntities ?? this.feed.legalEntities?.(item) ?? []));
    }
    await this.#shadows.put(em, shadows, how.byUs);
    if (moved.length > 0)
      await this.feed.keep?.(
        em,
        moved.map(({ item }) => item),
        [],
      );
    const appended = await this.events.append(em, events);
    const created = moved.filter(({ row }) => !row).length;
    return {
      items: 0,
      created,
      changed: moved.filter(({ changed }) => changed.length > 0).length,
      deleted: 0,
      drifted: drifts.size,
      events: appended.length,
    };
  }

  /** Per id, the attributes that somebody changed who doesn't own them. */
  async #drifts(em: EntityManager, moved: Moved[]): Promise<Map<string, string[]>> {
    const owned = this.feed.ownedAttributes;
    if (!owned) return new Map();
    const suspects = moved
      .map(({ item, row, changed }) => {
        const ours = row ? echoes(changed, item, row.last_written) : [];
        return [item.id, changed.filter(name => !owned.includes(name) && !ours.includes(name))] as const;
      })
      .filter(([, attributes]) => attributes.length > 0);
    if (suspects.length === 0) return new Map();
    const writing = await em.query<{ id: string }[]>(
      'select id from capture.writing where system = $1 and noun = $2 and id = any($3) and until > clock_timestamp()',
      [this.options.system, this.feed.noun, suspects.map(([id]) => id)],
    );
    const byUs = new Set(writing.map(({ id }) => id));
    return new Map(suspects.filter(([id]) => !byUs.has(id)));
  }

  #driftEvent(change: Change<Item>, attributes: string[], legalEntities: string[]): CanonicalEvent<'drift.detected.v1'> {
    const { noun } = this.feed;
    const { id } = change.after!;
    return {
      id: `drift:${noun}:${id}:${change.version}`,
      source: `/system/${this.options.system}`,
      type: 'drift.detected.v1',
      key: id,
      time: change.at,
      data: { noun, id, system: this.options.system, attributes },
      legalEntities,
      correlationId: change.correlationId,
    };
  }

  #seen(version: string): Pick<Change<Item>, 'version' | 'at' | 'correlationId'> {
    return { version, at: new Date().toISOString(), correlationId: context().correlationId };
  }

  #count({ created, changed, deleted, drifted }: Captured): void {
    const counter = this.metrics.counter('throughline_feed_changes_total', 'What feeds found, by kind.', ['feed', 'kind']);
    for (const [kind, n] of Object.entries({ created, changed, deleted, drifted })) if (n > 0) counter.inc({ feed: this.feed.name, kind }, n);
  }
}

const writtenSince = (row: ShadowRow | undefined, askedAt: Date): boolean => row?.written_at != null && row.written_at.getTime() >= askedAt.getTime();
