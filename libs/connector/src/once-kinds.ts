import { AlreadyThere } from './already-there.js';
import type { AttemptLog } from './attempts.js';
import type { VendorRecord, FoundOfSet } from './vendor-record.js';
import type { Leases } from './key-leases.js';

/**
 * What a vendor offers against making a record of some kind twice. `upsert`: writes by our own key; `request-key`: it knows a repeated
 * request; `unique-key`: it refuses a second record of a key and says which it has; `look-up`: none of these, so we look.
 */
export const WRITE_GUARANTEES = ['upsert', 'request-key', 'unique-key', 'look-up'] as const;
export type WriteGuarantee = (typeof WRITE_GUARANTEES)[number];

/** What is made by look-up: the vendor minds no second record of a key. */
export interface LookedUp<F extends VendorRecord = VendorRecord> {
  kind: string;
  means: 'look-up';
  /** Everything at the vendor that bears the key, archived too. */
  find?(key: string): Promise<F[]>;
  /** Everything below the parent that bears a key of ours, archived too. For `ensureAll`. */
  findAll?(parentKey: string): Promise<(F & FoundOfSet)[]>;
  /** Takes a duplicate out of use (archives it, takes its reference away). Called again after a failure. */
  retire(found: F): Promise<void>;
}

/** What the vendor itself makes once: a second record of a key is refused as `AlreadyThere`. */
export interface Unique<F extends VendorRecord = VendorRecord> {
  kind: string;
  means: 'unique-key';
  /** The record of the vendor's id. Throws when there is none. */
  read(id: string): Promise<F>;
}

/** A kind of record that is made by `ensure`. */
export type OnceKind<F extends VendorRecord = VendorRecord> = LookedUp<F> | Unique<F>;

/** The parts that make it safe, so that tests can leave one out and see it go wrong. */
export interface OnceParts {
  leases: Leases;
  attempts: AttemptLog;
  /** Whether to look again after a create; always, but for a negative control. */
  looksAgain: boolean;
}

/** Nothing is waited out: of two creates, one that commits late included, the vendor refuses the second. */
export async function ensureUnique<F extends VendorRecord>({ read }: Unique<F>, create: () => Promise<F>): Promise<F> {
  try {
    return await create();
  } catch (error) {
    if (error instanceof AlreadyThere) return read(error.record);
    throw error;
  }
}
