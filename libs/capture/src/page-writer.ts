import { type ExternalRef, Problem, RecordFault } from '#canonical';
import type { EventPublisher, Failed, Item as AsideItem, NewEvent, SetAsides } from '#events';
import { apart, type Database, inTransaction, isOwnFault, RELEASE, type Transaction } from '#persistence';
import { context, type Metrics } from '#service';
import type { CaptureOptions } from './capture-options.js';
import { differingAttributes, echoes } from './difference.js';
import type { Captured, Change, Feed, SweepWindow, Unreadable } from './feed.js';
import type { FeedState, Reading } from './feed-state.js';
import { type NewShadow, type ShadowRow, Shadows, type Taken } from './shadows.js';

type Item = { id: string };

/** An item that differs from its shadow. */
interface Moved {
  item: Item;
  row: ShadowRow<Item> | undefined;
  changed: string[];
  /** Its legal entities are others than it was known with. */
  elsewhere: boolean;
}

export interface PageFacts {
  cursor: string | null;
  /** performance.now() when the page was asked for: it can't show what we wrote after that. */
  askedMs: number;
  sweep?: boolean;
  /** Ids that are said to be deleted. */
  gone?: string[];
  unreadable?: Unreadable[];
  /** They were set aside, and are tried once more. */
  again?: boolean;
}

interface PageWork {
  latest: Item[];
  tried: Item[];
  page: PageFacts;
  carefully: boolean;
}

const DELETE_PAGE = 500;
const MOVED_PAGE = 500;
const MANY = 20;

/** Compares a page of a feed with the shadow and writes what follows: shadow, events and cursor in one transaction. */
export class PageWriter {
  readonly #shadows: Shadows;

  constructor(
    private readonly options: CaptureOptions,
    private readonly dataSource: Database,
    private readonly events: EventPublisher,
    private readonly metrics: Metrics,
    private readonly setAsides: SetAsides,
    private readonly feed: Feed,
  ) {
    this.#shadows = new Shadows(options.system, feed.noun);
  }

  async store(state: FeedState, reading: Reading, items: Item[], page: PageFacts): Promise<Captured> {
    // Of an item that comes twice in a page the later is newer.
    const latest = [...new Map(items.map(item => [item.id, item])).values()];
    const tried = reading.aside && !page.again ? await this.#worthTrying(state, latest) : latest;
    const run = (carefully: boolean) => inTransaction(this.dataSource, em => this.#page(em, state, reading, { latest, tried, page, carefully }));
    const captured = await run(false).catch((error: unknown) => {
      if (!isOwnFault(error)) throw error;
      return run(true);
    });
    const sum = { ...captured, items: items.length };
    this.#count(sum);
    return sum;
  }

  /** Takes again what was set aside and is due: as it was seen then, or as the vendor shows it now where it can be asked. */
  async again(state: FeedState, reading: Reading): Promise<void> {
    if (!reading.aside) return;
    const { due, stopped } = await inTransaction(this.dataSource, async em => ({
      stopped: await this.setAsides.stopped(em, state.place),
      due: await this.setAsides.due(em, state.place),
    }));
    if (stopped || due.length === 0) return;
    const kept = due.filter(({ content }) => content !== null).map(({ content }) => JSON.parse(content!) as Item);
    const askedMs = performance.now();
    const { items: there, unreadable = [] } = kept.length > 0 && this.feed.again ? await this.feed.again(kept) : { items: kept };
    const found = idsOf(there, unreadable);
    const gone = due.filter(({ key, content }) => content !== null && !found.has(key));
    const unseen = due.filter(({ content }) => content === null);
    await inTransaction(this.dataSource, async em => {
      await this.setAsides.close(em, state.place, gone);
      await this.setAsides.tried(em, state.place, unseen);
    });
    if (unseen.length > 0) await state.sweepSoon();
    if (found.size > 0) await this.store(state, reading, there, { cursor: null, askedMs, again: true, unreadable });
  }

  /** One page's transaction. `carefully`: something of it can't be taken, and is set aside. */
  async #page(em: Transaction, state: FeedState, reading: Reading, { latest, tried, page, carefully }: PageWork): Promise<Captured> {
    const askedAt = new Date(reading.startedAt.getTime() + page.askedMs - reading.startedMs);
    const ids = latest.map(({ id }) => id);
    const unreadable = (page.unreadable ?? []).map(one => ({ item: this.#unreadable(one), error: one.error }));
    const failed: Failed[] = [...unreadable];
    for (const { item } of unreadable) reading.unreadable.add(item.key);
    if (page.unreadable?.some(({ id }) => id === undefined)) reading.unnamed = true;
    const sum: Captured = { ...NOTHING };
    const work = async (on: Transaction, items: Item[]) => add(sum, await this.#items(on, items, reading, askedAt));
    await state.advance(em, reading, page.cursor);
    if (!carefully) await work(em, tried);
    else await apart(em, tried, { work, failed: (item, error) => failed.push({ item: this.#aside(item), error, said: item }) });
    if (page.sweep) await this.#shadows.noteSeen(em, [...ids, ...unreadable.map(({ item }) => item.key)], reading.sweep);
    const gone = await this.#take(em, page.gone ?? [], askedAt);
    if (reading.aside) await this.#closed(em, state.place, [...tried.map(({ id }) => id), ...(page.gone ?? [])], failed);
    await this.setAsides.put(em, state.place, { failed, read: latest.length + unreadable.length });
    if (failed.length > 0) reading.aside = true;
    return { ...sum, deleted: gone.deleted, events: sum.events + gone.events };
  }

  async #items(em: Transaction, items: Item[], reading: Reading, askedAt: Date): Promise<Captured> {
    const rows = await this.#shadows.read<Item>(
      em,
      items.map(({ id }) => id),
    );
    const current = items.filter(item => !writtenSince(rows.get(item.id), askedAt));
    const moved = current.map(item => this.#compare(item, rows.get(item.id))).filter(isNews);
    return this.#write(em, moved, { initial: !reading.loaded, byUs: false });
  }

  /** Not what failed as it is now: it is tried again when it changes, with another release, or when a person says so. */
  async #worthTrying(state: FeedState, items: Item[]): Promise<Item[]> {
    const rows = await this.setAsides.rows(
      this.dataSource.manager,
      state.place,
      items.map(({ id }) => id),
    );
    const failed = new Map(rows.filter(({ again, release }) => !again && release === RELEASE).map(({ key, content }) => [key, content]));
    return failed.size === 0 ? items : items.filter(item => failed.get(item.id) !== JSON.stringify(item));
  }

  async #closed(em: Transaction, place: string, ids: string[], failed: Failed[]): Promise<void> {
    const left = new Set(failed.map(({ item }) => item.key));
    const through = ids.filter(id => !left.has(id));
    if (through.length > 0) await this.setAsides.close(em, place, await this.setAsides.rows(em, place, through));
  }

  #aside(item: Item): AsideItem {
    const { refs } = item as { refs?: ExternalRef[] };
    const named = { system: refs?.[0]?.system ?? this.options.system, nativeId: refs?.[0]?.nativeId ?? item.id };
    return { ...this.#record(item.id), ...named, content: JSON.stringify(item), legalEntities: this.#entitiesOf(item) };
  }

  #unreadable({ id, nativeId, error }: Unreadable): AsideItem {
    const system = error instanceof RecordFault ? error.system : this.options.system;
    return { ...this.#record(id ?? `unnamed ${nativeId}`), system, nativeId };
  }

  #record(id: string): AsideItem {
    return { key: id, item: id, system: this.options.system, noun: this.feed.noun, nativeId: id, correlationId: context().correlationId };
  }

  #entitiesOf(item: Item): string[] {
    try {
      return this.feed.legalEntities?.(item) ?? [];
    } catch {
      return [];
    }
  }

  /** Throws when the sweep shows so little that a lost permission is more likely than so many deletions. */
  async checkBelievable(reading: Reading, window?: SweepWindow): Promise<void> {
    const { known, unseen } = await this.#shadows.countUnseen(this.dataSource, reading.sweep, reading.startedAt, window);
    if (unseen < MANY || unseen * 2 <= known) return;
    throw new Problem('conflict', `The sweep of ${this.feed.name} shows only ${known - unseen} of ${known} known; nothing was taken for deleted.`, {
      code: 'sweep-not-believed',
    });
  }

  /** After everything was read: what could not be read before and is not among it any more came through under its id, or is gone. */
  async settleUnreadable(state: FeedState, reading: Reading): Promise<void> {
    if (!reading.aside) return;
    await inTransaction(this.dataSource, async em => {
      const rows = await this.setAsides.rows(em, state.place);
      await this.setAsides.close(
        em,
        state.place,
        rows.filter(({ content, key }) => content === null && !reading.unreadable.has(key)),
      );
    });
  }

  /**
   * After a sweep's last page: what it didn't see, and is not there when it is read again, is gone. Of a record that doesn't tell which it is
   * nobody knows whether it is one of those.
   */
  async takeUnseen(state: FeedState, reading: Reading, window?: SweepWindow): Promise<Captured> {
    const sum: Captured = { ...NOTHING };
    while (!reading.unnamed) {
      const unseen = await this.#shadows.unseen<Item>(this.dataSource, reading.sweep, reading.startedAt, window, DELETE_PAGE);
      const askedMs = performance.now();
      const { items, unreadable = [] } = (unseen.length > 0 && (await this.feed.again?.(unseen))) || { items: [] };
      const found = idsOf(items, unreadable);
      const gone = unseen.map(({ id }) => id).filter(id => !found.has(id));
      const page = await this.store(state, reading, items, { cursor: null, askedMs, sweep: true, gone, unreadable });
      add(sum, page);
      if (unseen.length < DELETE_PAGE) break;
    }
    await this.#shadows.forgetSeen(this.dataSource, reading.sweep);
    return sum;
  }

  async #take(em: Transaction, ids: string[], askedAt: Date): Promise<{ deleted: number; events: number }> {
    const gone = await this.#shadows.take<Item>(em, ids, askedAt);
    if (gone.length === 0) return { deleted: 0, events: 0 };
    const versions = await this.#shadows.versions(em, gone.length);
    const told = (taken: Taken<Item>, i: number) =>
      this.feed.events({
        before: taken.state,
        after: null,
        changed: [],
        elsewhere: false,
        initial: false,
        version: versions[i],
        legalEntities: taken.legal_entities,
      });
    const events = gone.flatMap(told);
    await this.feed.keep?.(
      em,
      [],
      gone.map(({ state }) => state.id),
    );
    return { deleted: gone.length, events: (await this.events.publish(em, events)).length };
  }

  async noteWriting(id: string): Promise<void> {
    await this.dataSource.query(
      `insert into capture.writing(system, noun, id, until) values ($1, $2, $3, clock_timestamp() + interval '1 minute')
       on conflict (system, noun, id) do update set until = excluded.until`,
      [this.options.system, this.feed.noun, id],
    );
  }

  async noteWritten(em: Transaction, item: Item): Promise<void> {
    await this.#holdPages(em);
    const row = (await this.#shadows.lock<Item>(em, [item.id])).get(item.id);
    const moved = this.#compare(item, row);
    const captured = await this.#write(em, [moved], { initial: false, byUs: true });
    await em.query('delete from capture.writing where system = $1 and noun = $2 and id = $3', [this.options.system, this.feed.noun, item.id]);
    this.#count(captured);
  }

  /** Whoever says whose they are says something else now: of all that was seen, what moved is told again. */
  async tellMoved(em: Transaction): Promise<void> {
    await this.#holdPages(em);
    let after = '';
    for (;;) {
      const page = await this.#shadows.page<Item>(em, after, MOVED_PAGE);
      const moved = page.filter(row => this.#isElsewhere(row.state, row)).map(({ id }) => id);
      const rows = await this.#shadows.lock<Item>(em, moved);
      const news = [...rows.values()].map(row => this.#compare(row.state, row)).filter(isNews);
      this.#count(await this.#write(em, news, { initial: false, byUs: false }));
      if (page.length < MOVED_PAGE) return;
      after = page.at(-1)!.id;
    }
  }

  /** Against the feed's own writing, so that one of us is the first to see a new record. */
  async #holdPages(em: Transaction): Promise<void> {
    await em.query('select 1 from capture.feed where system = $1 and name = $2 for share', [this.options.system, this.feed.name]);
  }

  #compare(item: Item, row: ShadowRow<Item> | undefined): Moved {
    return { item, row, changed: row ? differingAttributes(row.state, item) : [], elsewhere: row !== undefined && this.#isElsewhere(item, row) };
  }

  #isElsewhere(item: Item, row: ShadowRow<Item>): boolean {
    return this.feed.entitiesMove === true && !sameWords(row.legal_entities, this.#entitiesOf(item));
  }

  async #write(em: Transaction, moved: Moved[], how: { initial: boolean; byUs: boolean }): Promise<Captured> {
    const versions = await this.#shadows.versions(em, moved.length);
    const drifts = how.byUs ? new Map<string, string[]>() : await this.#drifts(em, moved);
    const entities = await this.#legalEntities(em, moved);
    const events: NewEvent[] = [];
    const shadows: NewShadow[] = [];
    for (const [i, { item, row, changed, elsewhere }] of moved.entries()) {
      shadows.push({
        id: item.id,
        state: item,
        lastWritten: how.byUs ? item : (row?.last_written ?? null),
        version: versions[i],
        entities: entities[i],
      });
      if (!isNews({ row, changed, elsewhere })) continue; // noted again
      const change = {
        before: row?.state ?? null,
        after: item,
        changed,
        elsewhere,
        initial: how.initial,
        version: versions[i],
        legalEntities: entities[i],
      };
      const told = this.feed.events(change);
      events.push(...told);
      const attributes = drifts.get(item.id);
      if (attributes) events.push(this.#driftEvent(change, attributes, told[0]?.legalEntities ?? entities[i]));
    }
    await this.#shadows.put(em, shadows, how.byUs);
    if (moved.length > 0)
      await this.feed.keep?.(
        em,
        moved.map(({ item }) => item),
        [],
      );
    const appended = await this.events.publish(em, events);
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
  async #drifts(em: Transaction, moved: Moved[]): Promise<Map<string, string[]>> {
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

  #driftEvent(change: Change<Item>, attributes: string[], legalEntities: string[]): NewEvent<'drift.detected.v1'> {
    const { noun } = this.feed;
    const { id } = change.after!;
    return {
      id: `drift:${noun}:${id}:${change.version}`,
      type: 'drift.detected.v1',
      key: id,
      data: { noun, id, system: this.options.system, attributes },
      legalEntities,
    };
  }

  async #legalEntities(em: Transaction, moved: Moved[]): Promise<string[][]> {
    const items = moved.map(({ item }) => item);
    if (this.feed.legalEntitiesOfAll && items.length > 0) return this.feed.legalEntitiesOfAll(em, items);
    return items.map(item => this.feed.legalEntities?.(item) ?? []);
  }

  #count({ created, changed, deleted, drifted }: Captured): void {
    const counter = this.metrics.counter('throughline_feed_changes_total', 'What feeds found, by kind.', ['feed', 'kind']);
    for (const [kind, n] of Object.entries({ created, changed, deleted, drifted })) if (n > 0) counter.inc({ feed: this.feed.name, kind }, n);
  }
}

const isNews = ({ row, changed, elsewhere }: Omit<Moved, 'item'>): boolean => !row || changed.length > 0 || elsewhere;

/** Of all that a page shows, what can't be read too. */
const idsOf = (items: Item[], unreadable: Unreadable[]): Set<string | undefined> => new Set([...items, ...unreadable].map(({ id }) => id));

const sameWords = (one: string[], other: string[]): boolean => JSON.stringify([...one].sort()) === JSON.stringify([...other].sort());

const NOTHING: Captured = { items: 0, created: 0, changed: 0, deleted: 0, drifted: 0, events: 0 };

export function add(sum: Captured, page: Captured): void {
  for (const [name, n] of Object.entries(page) as [keyof Captured, number][]) sum[name] += n;
}

const writtenSince = (row: ShadowRow | undefined, askedAt: Date): boolean => row?.written_at != null && row.written_at.getTime() >= askedAt.getTime();
