import { setTimeout as sleep } from 'node:timers/promises';
import { hashOf, Problem } from '#canonical';
import { type Clock, type Database, type Lease, renewing } from '#persistence';
import { log } from '#service';
import { type Attempt, Attempts, type AttemptLog } from './attempts.js';
import { DuplicateKeeper } from './duplicate-keeper.js';
import type { VendorRecord, FoundOfSet } from './vendor-record.js';
import { KeyLeases, type Leases, refuseLost } from './key-leases.js';
import { LostAnswers, WRITE } from './lost-answers.js';
import { ensureUnique, type LookedUp, type OnceKind, type OnceParts, type Unique } from './once-kinds.js';
import { surelyNotMade } from './surely-not-made.js';
import { guarded, type WriteOutcome } from './write-guard.js';

export interface OnceWriterOptions {
  /** The vendor product. */
  system: string;
  account: string;
  /** How long a request may still commit after we lost its answer, in ms. */
  settlingMs: number;
  /**
   * How long a key stays leased after its process died; also the longest that one request may take.
   * Default 15 s.
   */
  leaseMs?: number;
  /**
   * How long a call waits for a leased key or an attempt in doubt before the caller must come back.
   * Default 2 s.
   */
  patienceMs?: number;
  clock?: Clock;
}

const LEASE_MS = 15_000;
const PATIENCE_MS = 2_000;

/**
 * Makes each record once, whatever is lost, late, killed or frozen on the way. When no call is
 * running, no key has two live records. No id is returned that a later look may retire.
 */
export class OnceWriter {
  readonly #kinds: Map<string, OnceKind>;
  readonly #leases: Leases;
  readonly #attempts: AttemptLog;
  readonly #keeper: DuplicateKeeper;
  readonly #looksAgain: boolean;
  readonly #lost: LostAnswers;

  constructor(
    dataSource: Database,
    private readonly options: OnceWriterOptions,
    kinds: OnceKind[] = [],
    parts: Partial<OnceParts> = {},
  ) {
    const { system, account, settlingMs } = options;
    this.#kinds = new Map(kinds.map(kind => [kind.kind, kind]));
    this.#leases = parts.leases ?? new KeyLeases(dataSource, system, account, options.leaseMs ?? LEASE_MS, this.#patienceMs, options.clock);
    this.#attempts = parts.attempts ?? new Attempts(dataSource, system, account, settlingMs);
    this.#keeper = new DuplicateKeeper(dataSource, system, account);
    this.#looksAgain = parts.looksAgain ?? true;
    this.#lost = new LostAnswers(this.#attempts, { system, settlingMs }, attempt => this.#lookAgainAt(attempt));
  }

  /**
   * Returns the one record of `key`, made by `create` if there is none. `create` makes one write,
   * through a Connector, that contains the key. Throws `vendor-unavailable` with code `key-leased`
   * (another process works on it) or `unsettled` (a lost attempt may still commit), or what
   * `create` threw. All but refusals can be retried safely.
   */
  async ensure<F extends VendorRecord>(kind: string, key: string, hash: string, create: () => Promise<F>): Promise<F> {
    const made = this.#kindOf(kind);
    if (made.means === 'unique-key') return ensureUnique(made as Unique<F>, create);
    const { find } = made;
    if (!find) throw new Problem('internal', `kind ${kind} has no find`);
    const wanted = [{ key }];
    const found = await this.#ensureSet(
      kind,
      key,
      wanted,
      hash,
      async () => (await find(key)).map(one => ({ ...one, key })),
      async () => [{ ...(await create()), key }],
    );
    return found[0] as unknown as F;
  }

  /**
   * The same for a set below one parent, with one look before and one after. Returns the one record
   * of each wanted key, in that order. `createMissing` makes all missing records in one write.
   */
  async ensureAll<W extends { key: string }, F extends FoundOfSet>(
    kind: string,
    parentKey: string,
    wanted: W[],
    createMissing: (missing: W[]) => Promise<F[]>,
  ): Promise<F[]> {
    const { findAll } = this.#lookedUp(kind);
    if (!findAll) throw new Problem('internal', `kind ${kind} has no findAll`);
    return (await this.#ensureSet(kind, parentKey, wanted, hashOf(wanted.map(({ key }) => key)), () => findAll(parentKey), createMissing)) as F[];
  }

  /**
   * For a write by key that the vendor can safely receive twice (an upsert, an update, a request
   * with its own key). An earlier lost write of other content on the key may still commit over this
   * one: until it can't, this throws `vendor-unavailable`, code `unsettled`. The same content
   * (`hash`) may be sent again at once. `send` may make several requests, one after the other.
   */
  async write<R>(key: string, hash: string, send: () => Promise<R>): Promise<R> {
    return this.#withLease(`write:${key}`, async lease => {
      await this.#waitOut(key, () => this.#attempts.unsettledMs(WRITE, key, hash));
      const attempt = await this.#attempts.begin(lease, WRITE, key, hash);
      const answer = await this.#send(lease, attempt, send);
      // This process was frozen on the way: another may have written since, and this write may have
      // replaced that. The retrying caller compares first.
      await this.#attempts.end(attempt, lease.remainingMs() > 0 ? 'answered' : 'unknown');
      refuseLost(lease);
      return answer;
    });
  }

  /**
   * While `work` runs, no other process or call works on the key, for as long as that takes. Once
   * this process may have lost the key (it was frozen), it sends no more writes: `lease-lost`.
   * Other writes of this class may be made inside.
   */
  async exclusively<R>(key: string, work: () => Promise<R>): Promise<R> {
    return this.#withLease(`alone:${key}`, async lease => {
      const stop = renewing(lease.leaseMs, () => this.#leases.renew(lease), this.options.clock);
      const guard = { beforeSend: () => refuseLost(lease), ended: () => {}, readMade: () => {}, remainingMs: () => lease.remainingMs() };
      try {
        return await guarded(guard, work);
      } finally {
        stop();
      }
    });
  }

  /** Which of our keys these records of the vendor bear, as far as they were put to use here. */
  keysOf(kind: string, ids: string[]): Promise<Map<string, string>> {
    return this.#keeper.keysOf(kind, ids);
  }

  /** The vendor's ids of the records in use, by our key. */
  inUse(kind: string, keys: string[]): Promise<Map<string, string>> {
    return this.#keeper.inUse(kind, keys);
  }

  /**
   * Checks attempts whose answer never came, once they can't commit any more, and retires
   * duplicates. Sleeps until the next is due; it learns of other processes' attempts after about
   * the in-doubt time. Returns how to stop.
   */
  watch(everyMs?: number): { stop(): Promise<void> } {
    return this.#lost.watch(everyMs);
  }

  /** One round: checks every attempt that is due. */
  lookAgain(): Promise<void> {
    return this.#lost.lookAgain();
  }

  async #ensureSet<W extends { key: string }>(
    kind: string,
    parentKey: string,
    wanted: W[],
    hash: string,
    find: () => Promise<FoundOfSet[]>,
    createMissing: (missing: W[]) => Promise<FoundOfSet[]>,
  ): Promise<FoundOfSet[]> {
    return this.#withLease(`${kind}:${parentKey}`, async lease => {
      // Read before the look: absence proves something only when it was seen after the in-doubt
      // time.
      const unsettledMs = await this.#attempts.unsettledMs(kind, parentKey);
      let kept = await this.#record(lease, kind, await find());
      let missing = wanted.filter(({ key }) => !kept.has(key));
      const doubtMs = async () => Math.max(await this.#attempts.unsettledMs(kind, parentKey), await this.#freshMs(kind, missing));
      if (missing.length > 0 && (unsettledMs > 0 || (await this.#freshMs(kind, missing)) > 0)) {
        await this.#waitOut(parentKey, doubtMs);
        kept = await this.#record(lease, kind, await find());
        missing = wanted.filter(({ key }) => !kept.has(key));
      }
      if (missing.length > 0)
        kept = new Map([...kept, ...(await this.#create(lease, { kind, parentKey, hash, find, create: () => createMissing(missing) }))]);
      return wanted.map(({ key }) => kept.get(key) ?? this.#vanished(kind, key));
    });
  }

  /**
   * Creates a record, and returns only after another look. A record that a lost attempt made
   * meanwhile is retired, or used while ours is retired.
   */
  async #create(
    lease: Lease,
    o: { kind: string; parentKey: string; hash: string; find: () => Promise<FoundOfSet[]>; create: () => Promise<FoundOfSet[]> },
  ): Promise<Map<string, FoundOfSet>> {
    const attempt = await this.#attempts.begin(lease, o.kind, o.parentKey, o.hash);
    const created = await this.#send(lease, attempt, o.create);
    try {
      const seen = this.#looksAgain ? await o.find() : [];
      const kept = await this.#record(lease, o.kind, [...created, ...seen]);
      await this.#attempts.end(attempt, 'answered');
      return kept;
    } catch (error) {
      await this.#endAfter(attempt, 'unknown');
      throw error;
    }
  }

  async #freshMs(kind: string, missing: { key: string }[]): Promise<number> {
    return this.#keeper.freshMs(
      kind,
      missing.map(({ key }) => key),
      this.options.settlingMs,
    );
  }

  /** Decides per key which record is in use, and retires the others. */
  async #record(lease: Lease, kind: string, found: FoundOfSet[]): Promise<Map<string, FoundOfSet>> {
    const distinct = [...new Map(found.map(one => [one.id, one])).values()];
    const { kept, retire } = await this.#keeper.decide(lease, this.#leases, kind, distinct);
    for (const one of retire) await this.#retire(kind, one);
    return kept;
  }

  async #retire(kind: string, found: FoundOfSet): Promise<void> {
    log.warn({ part: 'once-writer', system: this.options.system, kind, key: found.key, nativeId: found.id }, 'duplicate found, retiring it');
    await this.#lookedUp(kind).retire(found);
    await this.#keeper.retired(kind, found);
  }

  /** Sends, and records a failure: closed when nothing came or can still come of it. */
  async #send<R>(lease: Lease, attempt: Attempt, send: () => Promise<R>): Promise<R> {
    const outcomes: WriteOutcome[] = [];
    let reads = 0;
    const guard = {
      beforeSend: () => refuseLost(lease),
      ended: (outcome: WriteOutcome) => void outcomes.push(outcome),
      readMade: () => void reads++,
      remainingMs: () => lease.remainingMs(),
    };
    const stop = renewing(lease.leaseMs, () => this.#attempts.goesOn(lease, attempt), this.options.clock);
    try {
      refuseLost(lease);
      return await guarded(guard, send);
    } catch (error) {
      // An answered record exists and has to be looked for; a write by key is compared when it is
      // retried.
      const open: WriteOutcome[] = attempt.kind === WRITE ? ['unknown'] : ['unknown', 'answered'];
      const settled = outcomes.length > 0 ? !outcomes.some(outcome => open.includes(outcome)) : reads > 0 || surelyNotMade(error);
      await this.#endAfter(attempt, settled ? 'refused' : 'unknown');
      throw error;
    } finally {
      stop();
    }
  }

  /**
   * The caller gets the first error. An attempt that is left open is in doubt for its time and is
   * checked then.
   */
  async #endAfter(attempt: Attempt, state: 'refused' | 'unknown'): Promise<void> {
    await this.#attempts.end(attempt, state).catch((error: unknown) => this.#couldNot('end an attempt', error));
  }

  #couldNot(what: string, error: unknown): void {
    log.warn({ part: 'once-writer', system: this.options.system, err: error }, `could not ${what}; it expires by itself`);
  }

  /**
   * Waits until nothing that was sent before can still arrive; throws `unsettled` when that takes
   * too long.
   */
  async #waitOut(key: string, doubtMs: () => Promise<number>): Promise<void> {
    const giveUpAt = performance.now() + this.#patienceMs;
    for (let waitMs = await doubtMs(); waitMs > 0; waitMs = await doubtMs()) {
      if (performance.now() + waitMs > giveUpAt)
        throw new Problem('vendor-unavailable', `an earlier write of ${key} at ${this.options.system} was not answered and may still be made`, {
          code: 'unsettled',
          retryAfterMs: Math.ceil(waitMs),
        });
      await sleep(waitMs);
    }
  }

  async #lookAgainAt(attempt: Attempt): Promise<void> {
    const { find, findAll } = this.#lookedUp(attempt.kind);
    // The key is that of the record or, for a set, of the parent.
    const look = async () => [
      ...((await find?.(attempt.key)) ?? []).map(one => ({ ...one, key: attempt.key })),
      ...((await findAll?.(attempt.key)) ?? []),
    ];
    await this.#withLease(`${attempt.kind}:${attempt.key}`, async lease => {
      await this.#record(lease, attempt.kind, await look());
      await this.#attempts.looked(attempt);
    });
  }

  async #withLease<R>(name: string, work: (lease: Lease) => Promise<R>): Promise<R> {
    const lease = await this.#leases.take(name);
    try {
      return await work(lease);
    } finally {
      await this.#leases.give(lease).catch((error: unknown) => this.#couldNot('give a lease back', error));
    }
  }

  #kindOf(kind: string): OnceKind {
    const known = this.#kinds.get(kind);
    if (!known) throw new Problem('internal', `${this.options.system} has no kind ${kind}`);
    return known;
  }

  #lookedUp(kind: string): LookedUp {
    const known = this.#kindOf(kind);
    if (known.means !== 'look-up') throw new Problem('internal', `${this.options.system} makes ${kind} by ${known.means}`);
    return known;
  }

  #vanished(kind: string, key: string): never {
    throw new Problem('vendor-unavailable', `${this.options.system} made ${kind} ${key} and does not show it`, { code: 'outcome-unknown' });
  }

  get #patienceMs(): number {
    return this.options.patienceMs ?? PATIENCE_MS;
  }
}
