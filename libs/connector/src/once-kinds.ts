import { AlreadyThere } from './already-there.js';
import type { AttemptLog } from './attempts.js';
import type { VendorRecord, FoundOfSet } from './vendor-record.js';
import type { Leases } from './key-leases.js';

/**
 * How a vendor prevents duplicates of a kind of record. `upsert`: writes by our own key;
 * `request-key`: it recognises a repeated request; `unique-key`: it refuses a second record of a
 * key and names the existing one; `look-up`: none of these, so we look.
 */
export const WRITE_GUARANTEES = ['upsert', 'request-key', 'unique-key', 'look-up'] as const;
export type WriteGuarantee = (typeof WRITE_GUARANTEES)[number];

/** A kind that is made after a look-up: the vendor accepts a second record of a key. */
export interface LookedUp<F extends VendorRecord = VendorRecord> {
  kind: string;
  means: 'look-up';
  /** Every record with the key, including archived ones. */
  find?(key: string): Promise<F[]>;
  /** Every record below the parent with a key of ours, including archived ones. For `ensureAll`. */
  findAll?(parentKey: string): Promise<(F & FoundOfSet)[]>;
  /**
   * Takes a duplicate out of use (archives it, removes its reference). Called again after a
   * failure.
   */
  retire(found: F): Promise<void>;
}

/**
 * A kind of which the vendor itself makes only one: a second record of a key is refused as
 * `AlreadyThere`.
 */
export interface Unique<F extends VendorRecord = VendorRecord> {
  kind: string;
  means: 'unique-key';
  /** Reads the record by the vendor's id. Throws when there is none. */
  read(id: string): Promise<F>;
}

/** A kind of record that is made by `ensure`. */
export type OnceKind<F extends VendorRecord = VendorRecord> = LookedUp<F> | Unique<F>;

/** The parts that make it safe, so that tests can leave one out and see it go wrong. */
export interface OnceParts {
  leases: Leases;
  attempts: AttemptLog;
  /** Whether to look again after a create; always, except in a negative control. */
  looksAgain: boolean;
}

/** No waiting: of two creates, even one that commits late, the vendor refuses the second. */
export async function ensureUnique<F extends VendorRecord>({ read }: Unique<F>, create: () => Promise<F>): Promise<F> {
  try {
    return await create();
  } catch (error) {
    if (error instanceof AlreadyThere) return read(error.record);
    throw error;
  }
}
