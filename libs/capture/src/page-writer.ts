import { type ExternalRef, Problem, RecordFault } from '#canonical';
import type { EventPublisher, FailedItem, Item as AsideItem, NewEvent, SetAsides } from '#events';
import { apart, type Database, inTransaction, isOwnFault, RELEASE, type Transaction } from '#persistence';
import { context, type Metrics } from '#service';
import type { CaptureOptions } from './capture-options.js';
import { differingAttributes, echoes } from './difference.js';
import type { CaptureCounts, Change, Feed, SweepWindow, Unreadable } from './feed.js';
import type { FeedState, Reading } from './feed-state.js';
import { type NewShadow, type ShadowRow, Shadows, type DeletedShadow } from './shadows.js';

type Item = { id: string };

/** An item that differs from its shadow. */
interface ItemChange {
  item: Item;
  row: ShadowRow<Item> | undefined;
  changed: string[];
  /** Its legal entities differ from those last known. */
  entitiesChanged: boolean;
}

export interface PageFacts {
  cursor: string | null;
  /**
   * performance.now() when the page was requested. The page can't show anything that we wrote
   * later.
   */
  askedMs: number;
  sweep?: boolean;
  /** Ids that are reported as deleted. */
  gone?: string[];
  unreadable?: Unreadable[];
  /** The items were set aside before, and are tried once more. */
  retried?: boolean;
}

interface PageWork {
  latest: Item[];
  tried: Item[];
  page: PageFacts;
  carefully: boolean;
}

const DELETE_PAGE = 500;
const ENTITIES_PAGE = 500;
const MANY = 20;

/**
 * Compares a page of a feed with the shadow and writes the result: shadow, events and cursor, in
 * one transaction.
 */
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

  async store(state: FeedState, reading: Reading, items: Item[], page: PageFacts): Promise<CaptureCounts> {
    // When an item comes twice in a page, the later one is newer.
    const latest = [...new Map(items.map(item => [item.id, item])).values()];
    const tried = reading.aside && !page.retried ? await this.#dueForRetry(state, latest) : latest;
    const run = (carefully: boolean) => inTransaction(this.dataSource, em => this.#page(em, state, reading, { latest, tried, page, carefully }));
    const captured = await run(false).catch((error: unknown) => {
      if (!isOwnFault(error)) throw error;
      return run(true);
    });
    const sum = { ...captured, items: items.length };
    this.#count(sum);
    return sum;
  }

  /**
   * Retries the set-aside records that are due: as they were seen then, or as the vendor shows them
   * now if it can be asked.
   */
  async retrySetAside(state: FeedState, reading: Reading): Promise<void> {
    if (!reading.aside) return;
    const { due, stopped } = await inTransaction(this.dataSource, async em => ({
      stopped: await this.setAsides.stopped(em, state.place),
      due: await this.setAsides.due(em, state.place),
    }));
    if (stopped || due.length === 0) return;
    const kept = due.filter(({ content }) => content !== null).map(({ content }) => JSON.parse(content!) as Item);
    const askedMs = performance.now();
    const { items: there, unreadable = [] } = kept.length > 0 && this.feed.reread ? await this.feed.reread(kept) : { items: kept };
    const found = idsOf(there, unreadable);
    const gone = due.filter(({ key, content }) => content !== null && !found.has(key));
    const unseen = due.filter(({ content }) => content === null);
    await inTransaction(this.dataSource, async em => {
      await this.setAsides.close(em, state.place, gone);
      await this.setAsides.markTried(em, state.place, unseen);
    });
    if (unseen.length > 0) await state.sweepSoon();
    if (found.size > 0) await this.store(state, reading, there, { cursor: null, askedMs, retried: true, unreadable });
  }

  /** One page's transaction. `carefully`: some item of it can't be taken and is set aside. */
  async #page(em: Transaction, state: FeedState, reading: Reading, { latest, tried, page, carefully }: PageWork): Promise<CaptureCounts> {
    const askedAt = new Date(reading.startedAt.getTime() + page.askedMs - reading.startedMs);
    const ids = latest.map(({ id }) => id);
    const unreadable = (page.unreadable ?? []).map(one => ({ item: this.#unreadable(one), error: one.error }));
    const failed: FailedItem[] = [...unreadable];
    for (const { item } of unreadable) reading.unreadable.add(item.key);
    if (page.unreadable?.some(({ id }) => id === undefined)) reading.unnamed = true;
    const sum: CaptureCounts = { ...NOTHING };
    const work = async (on: Transaction, items: Item[]) => add(sum, await this.#items(on, items, reading, askedAt));
    await state.advance(em, reading, page.cursor);
    if (!carefully) await work(em, tried);
    else await apart(em, tried, { work, failed: (item, error) => failed.push({ item: this.#aside(item), error, content: item }) });
    if (page.sweep) await this.#shadows.noteSeen(em, [...ids, ...unreadable.map(({ item }) => item.key)], reading.sweep);
    const gone = await this.#delete(em, page.gone ?? [], askedAt);
    if (reading.aside) await this.#closeTaken(em, state.place, [...tried.map(({ id }) => id), ...(page.gone ?? [])], failed);
    await this.setAsides.put(em, state.place, { failed, read: latest.length + unreadable.length });
    if (failed.length > 0) reading.aside = true;
    return { ...sum, deleted: gone.deleted, events: sum.events + gone.events };
  }

  async #items(em: Transaction, items: Item[], reading: Reading, askedAt: Date): Promise<CaptureCounts> {
    const rows = await this.#shadows.read<Item>(
      em,
      items.map(({ id }) => id),
    );
    const current = items.filter(item => !writtenSince(rows.get(item.id), askedAt));
    const changes = current.map(item => this.#compare(item, rows.get(item.id))).filter(isChange);
    return this.#write(em, changes, { initial: !reading.loaded, byUs: false });
  }

  /**
   * Leaves out items that failed and are unchanged. They are tried again when they change, under
   * another release, or when a person asks for it.
   */
  async #dueForRetry(state: FeedState, items: Item[]): Promise<Item[]> {
    const rows = await this.setAsides.rows(
      this.dataSource.manager,
      state.place,
      items.map(({ id }) => id),
    );
    const failed = new Map(rows.filter(({ again, release }) => !again && release === RELEASE).map(({ key, content }) => [key, content]));
    return failed.size === 0 ? items : items.filter(item => failed.get(item.id) !== JSON.stringify(item));
  }

  async #closeTaken(em: Transaction, place: string, ids: string[], failed: FailedItem[]): Promise<void> {
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

  /**
   * Throws when the sweep shows so little that a lost permission is more likely than so many
   * deletions.
   */
  async checkBelievable(reading: Reading, window?: SweepWindow): Promise<void> {
    const { known, unseen } = await this.#shadows.countUnseen(this.dataSource, reading.sweep, reading.startedAt, window);
    if (unseen < MANY || unseen * 2 <= known) return;
    throw new Problem('conflict', `The sweep of ${this.feed.name} shows only ${known - unseen} of ${known} known; nothing was taken for deleted.`, {
      code: 'sweep-not-believed',
    });
  }

  /**
   * Call after everything was read. A record that could not be read before and no longer appears
   * was either read under its id or deleted.
   */
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
   * Call after a sweep's last page. Records that the sweep did not see, and that rereading does not
   * find, are deleted. When a record with unknown id was read, nothing is deleted: that record
   * could be any of them.
   */
  async deleteUnseen(state: FeedState, reading: Reading, window?: SweepWindow): Promise<CaptureCounts> {
    const sum: CaptureCounts = { ...NOTHING };
    while (!reading.unnamed) {
      const unseen = await this.#shadows.unseen<Item>(this.dataSource, reading.sweep, reading.startedAt, window, DELETE_PAGE);
      const askedMs = performance.now();
      const { items, unreadable = [] } = (unseen.length > 0 && (await this.feed.reread?.(unseen))) || { items: [] };
      const found = idsOf(items, unreadable);
      const gone = unseen.map(({ id }) => id).filter(id => !found.has(id));
      const page = await this.store(state, reading, items, { cursor: null, askedMs, sweep: true, gone, unreadable });
      add(sum, page);
      if (unseen.length < DELETE_PAGE) break;
    }
    await this.#shadows.forgetSeen(this.dataSource, reading.sweep);
    return sum;
  }

  async #delete(em: Transaction, ids: string[], askedAt: Date): Promise<{ deleted: number; events: number }> {
    const gone = await this.#shadows.delete<Item>(em, ids, askedAt);
    if (gone.length === 0) return { deleted: 0, events: 0 };
    const versions = await this.#shadows.versions(em, gone.length);
    const deletion = (taken: DeletedShadow<Item>, i: number) =>
      this.feed.events({
        before: taken.state,
        after: null,
        changed: [],
        entitiesChanged: false,
        initial: false,
        version: versions[i],
        legalEntities: taken.legal_entities,
      });
    const events = gone.flatMap(deletion);
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
    const change = this.#compare(item, row);
    const captured = await this.#write(em, [change], { initial: false, byUs: true });
    await em.query('delete from capture.writing where system = $1 and noun = $2 and id = $3', [this.options.system, this.feed.noun, item.id]);
    this.#count(captured);
  }

  /**
   * The source of legal entities has changed: goes through all known records and publishes those
   * whose entities differ now.
   */
  async publishEntityChanges(em: Transaction): Promise<void> {
    await this.#holdPages(em);
    let after = '';
    for (;;) {
      const page = await this.#shadows.page<Item>(em, after, ENTITIES_PAGE);
      const ids = page.filter(row => this.#entitiesChanged(row.state, row)).map(({ id }) => id);
      const rows = await this.#shadows.lock<Item>(em, ids);
      const news = [...rows.values()].map(row => this.#compare(row.state, row)).filter(isChange);
      this.#count(await this.#write(em, news, { initial: false, byUs: false }));
      if (page.length < ENTITIES_PAGE) return;
      after = page.at(-1)!.id;
    }
  }

  /** Locks out the feed's own writing, so that only one of the two is first to see a new record. */
  async #holdPages(em: Transaction): Promise<void> {
    await em.query('select 1 from capture.feed where system = $1 and name = $2 for share', [this.options.system, this.feed.name]);
  }

  #compare(item: Item, row: ShadowRow<Item> | undefined): ItemChange {
    return {
      item,
      row,
      changed: row ? differingAttributes(row.state, item) : [],
      entitiesChanged: row !== undefined && this.#entitiesChanged(item, row),
    };
  }

  #entitiesChanged(item: Item, row: ShadowRow<Item>): boolean {
    return this.feed.entitiesChangeElsewhere === true && !sameWords(row.legal_entities, this.#entitiesOf(item));
  }

  async #write(em: Transaction, changes: ItemChange[], how: { initial: boolean; byUs: boolean }): Promise<CaptureCounts> {
    const versions = await this.#shadows.versions(em, changes.length);
    const drifts = how.byUs ? new Map<string, string[]>() : await this.#drifts(em, changes);
    const entities = await this.#legalEntities(em, changes);
    const events: NewEvent[] = [];
    const shadows: NewShadow[] = [];
    for (const [i, { item, row, changed, entitiesChanged }] of changes.entries()) {
      shadows.push({
        id: item.id,
        state: item,
        lastWritten: how.byUs ? item : (row?.last_written ?? null),
        version: versions[i],
        entities: entities[i],
      });
      if (!isChange({ row, changed, entitiesChanged })) continue; // written again without a change
      const change = {
        before: row?.state ?? null,
        after: item,
        changed,
        entitiesChanged,
        initial: how.initial,
        version: versions[i],
        legalEntities: entities[i],
      };
      const published = this.feed.events(change);
      events.push(...published);
      const attributes = drifts.get(item.id);
      if (attributes) events.push(this.#driftEvent(change, attributes, published[0]?.legalEntities ?? entities[i]));
    }
    await this.#shadows.put(em, shadows, how.byUs);
    if (changes.length > 0)
      await this.feed.keep?.(
        em,
        changes.map(({ item }) => item),
        [],
      );
    const appended = await this.events.publish(em, events);
    const created = changes.filter(({ row }) => !row).length;
    return {
      items: 0,
      created,
      changed: changes.filter(({ changed }) => changed.length > 0).length,
      deleted: 0,
      drifted: drifts.size,
      events: appended.length,
    };
  }

  /** Per id, the attributes that were changed by somebody who does not own them. */
  async #drifts(em: Transaction, changes: ItemChange[]): Promise<Map<string, string[]>> {
    const owned = this.feed.ownedAttributes;
    if (!owned) return new Map();
    const suspects = changes
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

  async #legalEntities(em: Transaction, changes: ItemChange[]): Promise<string[][]> {
    const items = changes.map(({ item }) => item);
    if (this.feed.legalEntitiesOfAll && items.length > 0) return this.feed.legalEntitiesOfAll(em, items);
    return items.map(item => this.feed.legalEntities?.(item) ?? []);
  }

  #count({ created, changed, deleted, drifted }: CaptureCounts): void {
    const counter = this.metrics.counter('throughline_feed_changes_total', 'What feeds found, by kind.', ['feed', 'kind']);
    for (const [kind, n] of Object.entries({ created, changed, deleted, drifted })) if (n > 0) counter.inc({ feed: this.feed.name, kind }, n);
  }
}

const isChange = ({ row, changed, entitiesChanged }: Omit<ItemChange, 'item'>): boolean => !row || changed.length > 0 || entitiesChanged;

/** Ids of everything that a page shows, unreadable records included. */
const idsOf = (items: Item[], unreadable: Unreadable[]): Set<string | undefined> => new Set([...items, ...unreadable].map(({ id }) => id));

const sameWords = (one: string[], other: string[]): boolean => JSON.stringify([...one].sort()) === JSON.stringify([...other].sort());

const NOTHING: CaptureCounts = { items: 0, created: 0, changed: 0, deleted: 0, drifted: 0, events: 0 };

export function add(sum: CaptureCounts, page: CaptureCounts): void {
  for (const [name, n] of Object.entries(page) as [keyof CaptureCounts, number][]) sum[name] += n;
}

const writtenSince = (row: ShadowRow | undefined, askedAt: Date): boolean => row?.written_at != null && row.written_at.getTime() >= askedAt.getTime();
