import type { VendorClock } from '#connector';
import type { NewEvent } from '#events';
import type { Transaction } from '#persistence';

/**
 * What happened to one record: `before` is null when it is new, `after` is null when it is deleted.
 */
export interface Change<T> {
  before: T | null;
  after: T | null;
  /** Names of the attributes that differ; empty when the record is new or deleted. */
  changed: string[];
  /** Its legal entities differ from those last known, even if no attribute changed. */
  entitiesChanged: boolean;
  /** True during the feed's very first read: the record existed before we looked. */
  initial: boolean;
  /**
   * Grows with every change of any record. With the id it identifies this change, so
   * `${id}:${version}` makes an event's id.
   */
  version: string;
  /** Its legal entities; for a deleted record, those last known. */
  legalEntities: string[];
}

/**
 * A record that our mapping can't read. It is named by its id in the vendor's words, or by its
 * place in the list when it shows no id.
 */
export interface Unreadable {
  /**
   * Its canonical id. Undefined when the record does not show it: it could then be any record, so a
   * sweep that contains it deletes nothing.
   */
  id?: string;
  nativeId: string;
  error: unknown;
}

/** What one page of a reading shows. */
export interface FeedPage<T> {
  items: T[];
  /** Records that could not be made canonical. They are set aside, and the page goes on. */
  unreadable?: Unreadable[];
  /** Ids that the vendor reports as deleted; handled after the items. */
  gone?: string[];
  /**
   * Where to go on from once the page is stored. Null: not yet, so a reading that ends early starts
   * over from the last cursor.
   */
  cursor: string | null;
}

/** What one page of a sweep shows. */
export type SweepPage<T> = Omit<FeedPage<T>, 'cursor' | 'gone'>;

/**
 * The part of the back end that a sweep shows: records whose `attribute`, a date or instant, is
 * `from` or later.
 */
export interface SweepWindow {
  attribute: string;
  from: string;
}

/**
 * How one noun of a vendor is followed. A system app writes it; the vendor's part of it answers
 * canonical items.
 */
export interface Feed<T extends { id: string } = { id: string }> {
  /** Unique within the app; shown with its watermark, e.g. `deals`. */
  name: string;
  /** Canonical noun, e.g. `deal`; the shadow's name. */
  noun: string;
  everyMs: number;
  /**
   * How far before the cursor each read begins, because the vendor shows some changes late. Capture
   * subtracts it from cursors that are instants (RFC 3339) before it calls `read`; other cursors
   * are passed unchanged.
   */
  overlapMs: number;
  sweepEveryMs: number;
  /**
   * The vendor's clock compared with ours. While it is behind, capture starts each read that much
   * earlier, because the vendor may stamp new changes with times before the last read.
   */
  clock?: () => VendorClock;
  /**
   * When a process dies, how long until another may take over its reading, in ms; 15 s by default.
   */
  leaseMs?: number;
  /**
   * The vendor's changes since the cursor, as whole current states; null: from the beginning. Each
   * page's cursor is stored together with the page.
   */
  read(cursor: string | null): AsyncIterable<FeedPage<T>>;
  /**
   * Everything that exists, within the window if given. Records that it does not show count as
   * deleted, so it must throw rather than end early.
   */
  sweep(window?: SweepWindow): AsyncIterable<SweepPage<T>>;
  /**
   * If given, a sweep shows only this part, and records last seen outside it never count as
   * deleted. Called when each sweep begins.
   */
  sweepWindow?(): SweepWindow;
  /**
   * Reads one by one the records that a sweep did not show, given as last seen, and answers those
   * that still exist. Only the others count as deleted. For lists whose rows may move between pages
   * during a read.
   */
  reread?(unseen: T[]): Promise<SweepPage<T>>;
  /**
   * `read` shows everything each time. A record that could not be read before and no longer appears
   * is therefore settled.
   */
  readsAll?: true;
  events(change: Change<T>): NewEvent[];
  /**
   * Attributes that this back end owns. If anybody but us changes another attribute, that is drift.
   * Absent: it owns all.
   */
  ownedAttributes?: string[];
  /** Canonical legal entities of an item, by which lists are secured; none if absent. */
  legalEntities?(item: T): string[];
  /**
   * Mappings or other records determine an item's legal entities. When they differ from those last
   * known, the item is published again although nothing of it changed: when it is read, and when
   * `Capture.entitiesChanged` is called.
   */
  entitiesChangeElsewhere?: true;
  /**
   * The same when another record determines them: set-wise, in the order of the items, in the
   * transaction that moves the shadow.
   */
  legalEntitiesOfAll?(em: Transaction, items: T[]): Promise<string[][]>;
  /**
   * Stores the app's own copy, for queries that the shadow can't answer, in the transaction that
   * moves the shadow.
   */
  keep?(em: Transaction, changed: T[], gone: string[]): Promise<void>;
}

/** What one poll or sweep did. */
export interface CaptureCounts {
  items: number;
  created: number;
  changed: number;
  deleted: number;
  drifted: number;
  events: number;
}
