import type { VendorClock } from '#connector';
import type { NewEvent } from '#events';
import type { Transaction } from '#persistence';

/** What became of one record: `before` null when it is new, `after` null when it is gone. */
export interface Change<T> {
  before: T | null;
  after: T | null;
  /** Names of the attributes that differ; empty when it is new or gone. */
  changed: string[];
  /** Its legal entities are others than it was known with, whether or not anything of it changed. */
  elsewhere: boolean;
  /** True during the feed's very first read: what was there before we looked. */
  initial: boolean;
  /** Grows with every change of anything; with the id it names this happening, so `${id}:${version}` makes an event's id. */
  version: string;
  /** Its legal entities; of one that is gone, as they were last known. */
  legalEntities: string[];
}

/** A record that our mapping can't read, by its id in the vendor's words, or by its place in the list where it shows none. */
export interface Unreadable {
  /** Its canonical id. Undefined when it doesn't tell: nobody knows which it is, so that a sweep that shows it takes nothing for deleted. */
  id?: string;
  nativeId: string;
  error: unknown;
}

/** What one page of a reading shows. */
export interface FeedPage<T> {
  items: T[];
  /** Records that could not be made canonical: they are set aside, and the page goes on. */
  unreadable?: Unreadable[];
  /** Ids that the vendor says are deleted; taken after the items. */
  gone?: string[];
  /** Where to go on from once the page is kept; null: not yet, so that a reading that ends early is made again. */
  cursor: string | null;
}

/** What one page of a sweep shows. */
export type SweepPage<T> = Omit<FeedPage<T>, 'cursor' | 'gone'>;

/** The part of the back end that a sweep shows: what has `attribute`, a date or instant of the item, at or after `from`. */
export interface SweepWindow {
  attribute: string;
  from: string;
}

/** How one noun of a vendor is followed. Written by a system app; the vendor's part of it gives canonical items. */
export interface Feed<T extends { id: string } = { id: string }> {
  /** Unique within the app; shown with its watermark, e.g. `deals`. */
  name: string;
  /** Canonical noun, e.g. `deal`; the shadow's name. */
  noun: string;
  everyMs: number;
  /**
   * How far back each read begins before the cursor, for what the vendor shows late. Capture takes it off cursors that are
   * instants (RFC 3339) before it calls `read`; other cursors are given as they are.
   */
  overlapMs: number;
  sweepEveryMs: number;
  /**
   * The vendor's clock beside ours. While it is behind, capture begins each read that much further back: what is stamped by it may
   * lie before what was read.
   */
  clock?: () => VendorClock;
  /** After how long the reading of a process that died with it is taken over, in ms; 15 s if not said. */
  leaseMs?: number;
  /** The vendor's changes since the cursor, as whole present states; null: from the beginning. Each page's cursor is kept with the page. */
  read(cursor: string | null): AsyncIterable<FeedPage<T>>;
  /** Everything there is, in the window if there is one. What it doesn't show is taken for deleted, so it throws rather than end early. */
  sweep(window?: SweepWindow): AsyncIterable<SweepPage<T>>;
  /** Given, a sweep shows no more than this, and what was last seen outside of it is never taken for deleted. Asked as each sweep begins. */
  sweepWindow?(): SweepWindow;
  /**
   * Reads again, one by one, what a sweep didn't show, as it was last seen; answers those that are there after all. Only the others are
   * taken for deleted. For lists whose rows may move between pages while they are read.
   */
  again?(unseen: T[]): Promise<SweepPage<T>>;
  /** `read` shows everything each time, so that what could not be read before and is not among it any more is settled. */
  readsAll?: true;
  events(change: Change<T>): NewEvent[];
  /** Attributes that this back end owns; a change to another by anybody but us is drift. Absent: it owns all. */
  ownedAttributes?: string[];
  /** Canonical legal entities of an item, by which lists are secured; none if not given. */
  legalEntities?(item: T): string[];
  /**
   * Mappings or other records say them: an item that was known with others is told again although nothing of it changed, when it is read
   * and when `Capture.entitiesMoved` says so.
   */
  entitiesMove?: true;
  /** The same where another record says them: set-wise, in the order of the items, in the transaction that moves the shadow. */
  legalEntitiesOfAll?(em: Transaction, items: T[]): Promise<string[][]>;
  /** Keeps the app's own copy, for questions that the shadow can't answer: in the transaction that moves the shadow. */
  keep?(em: Transaction, changed: T[], gone: string[]): Promise<void>;
}

/** What one poll or sweep did. */
export interface Captured {
  items: number;
  created: number;
  changed: number;
  deleted: number;
  drifted: number;
  events: number;
}
