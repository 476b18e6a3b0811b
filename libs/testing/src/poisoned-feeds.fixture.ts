import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { text } from '#apis';
import type { Coded } from '#canonical';
import type { TestDatabase } from './test-database.js';

// A record in a vendor's answer, which is spoilt field by field.
export type Row = any;

/** One way in which a record may be wrong. */
export interface Poison {
  /** The text that the exception must contain. */
  names: string;
  spoil(row: Row): void;
}

export interface PoisonedFeed {
  noun: string;
  /**
   * Calls `each` for every record of the feed in an answer, which it may change; returns the
   * changed answer.
   */
  alterEach(answer: string, each: (nativeId: string, row: Row) => void): string;
  idOf(nativeId: string): string;
  /** Writes a number into a record. */
  setNumber(row: Row, n: number): void;
  /** Reads that number from a state. */
  numberIn(state: Row): number;
  poisons: Poison[];
}

export interface FeedsUnderTest {
  vendor: string;
  origin: string;
  database: TestDatabase;
  /** Names of the feeds that the app registered. */
  registered(): Promise<string[]>;
  read(feed: string, how: 'polls' | 'sweeps'): Promise<unknown>;
}

/** An implementation of `shown` for answers in JSON. */
export const inJson =
  (find: (body: Row, each: (nativeId: string, row: Row) => void) => void): PoisonedFeed['alterEach'] =>
  (answer, each) => {
    if (!/^\s*[{[]/.test(answer)) return answer;
    const body: Row = JSON.parse(answer);
    find(body, each);
    return JSON.stringify(body);
  };

const MOST_AT_ONCE = 4;

/**
 * Over every feed of the app, with any mix of good and bad records, in any order, reading after
 * reading: every good record gets through in the order of its changes, and every bad one is named
 * with the fault but without its content.
 */
export function describePoisonedFeeds(under: () => FeedsUnderTest, feeds: Record<string, PoisonedFeed>, o: { runs?: number } = {}): void {
  let alter: ((answer: string) => string) | undefined;
  afterEach(() => {
    alter = undefined;
    vi.restoreAllMocks();
  });

  function interceptFetch(origin: string): void {
    const plain = globalThis.fetch;
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const answer = await plain(input, init);
      const asked = input instanceof Request ? input.url : String(input);
      if (!alter || !asked.startsWith(origin) || answer.status !== 200) return answer;
      return new Response(alter(await answer.text()), { status: answer.status, headers: answer.headers });
    });
  }

  const rows = <T>(sql: string, values: unknown[] = []): Promise<T[]> => under().database.dataSource.query<T[]>(sql, values);

  async function clear(feed: string): Promise<void> {
    await rows('truncate events.event, events.key_head, events.set_aside, events.stopped, capture.shadow, capture.swept');
    await rows('update capture.feed set cursor = null, failures = 0 where name = $1', [feed]);
  }

  /** Native ids of the feed's records, in its order. */
  async function nativesOf(name: string, feed: PoisonedFeed): Promise<string[]> {
    const natives = new Set<string>();
    alter = answer => feed.alterEach(answer, native => void natives.add(native));
    await clear(name);
    await under().read(name, 'sweeps');
    const kept = new Set((await rows<{ id: string }>('select id from capture.shadow where noun = $1', [feed.noun])).map(({ id }) => id));
    return [...natives].filter(native => kept.has(feed.idOf(native)));
  }

  async function named(feed: PoisonedFeed, spoilt: Map<string, Poison>): Promise<void> {
    const aside = await rows<{ native_id: string; system: string; noun: string; what: string }>(
      'select native_id, system, noun, what from events.set_aside order by native_id',
    );
    expect(aside).toEqual(
      [...spoilt]
        .map(([native_id, { names }]) => ({ native_id, system: under().vendor, noun: feed.noun, what: expect.stringContaining(names) }))
        .sort((a, b) => (a.native_id < b.native_id ? -1 : 1)),
    );
    const published = await rows<{ reason: Coded }>(
      `select data -> 'reason' reason from events.event where type = 'set-aside.changed.v1' order by pos`,
    );
    const sentences = published.map(({ reason }) => text(reason));
    for (const [native, { names }] of spoilt)
      expect(sentences.filter(sentence => sentence.includes(` ${native} of ${under().vendor}`) && sentence.includes(names))).not.toEqual([]);
  }

  it('covers every feed of the app', async () => expect(Object.keys(feeds).sort()).toEqual((await under().registered()).sort()));

  describe.each(Object.entries(feeds))('the feed %s', (name, feed) => {
    it('takes everything except bad records when it is polled, whatever is wrong with them', async () => {
      interceptFetch(under().origin);
      const natives = new Set(await nativesOf(name, feed));
      for (const poison of feed.poisons) {
        await clear(name);
        // A poll may leave out records that it showed before.
        const seen = new Set<string>();
        alter = answer =>
          feed.alterEach(answer, (native, row) => {
            if (natives.has(native)) seen.add(native);
            if (native === [...seen][1]) poison.spoil(row);
          });
        await under().read(name, poison === feed.poisons[0] ? 'polls' : 'sweeps');
        const [first, bad, ...others] = seen;
        expect(others.length).toBeGreaterThan(0);
        const shadows = (await rows<{ id: string }>('select id from capture.shadow where noun = $1', [feed.noun])).map(({ id }) => id);
        expect(shadows).toEqual(expect.arrayContaining([first, ...others].map(native => feed.idOf(native))));
        expect(shadows).not.toContain(feed.idOf(bad));
        await named(feed, new Map([[bad, poison]]));
      }
    });

    it('takes every good record in order and names every bad one, for any mix', async () => {
      interceptFetch(under().origin);
      const natives = await nativesOf(name, feed);
      expect(natives.length).toBeGreaterThan(3);
      const choice = fc.record({ record: fc.nat(natives.length - 1), poison: fc.nat(feed.poisons.length - 1) });
      const readings = fc.array(fc.array(choice, { maxLength: MOST_AT_ONCE }), { minLength: 1, maxLength: 3 });
      let n = 0;
      await fc.assert(
        fc.asyncProperty(readings, async all => {
          await clear(name);
          const last = new Map<string, number>();
          let spoilt = new Map<string, Poison>();
          for (const choices of all) {
            const said = ++n;
            spoilt = new Map(choices.map(({ record, poison }) => [natives[record], feed.poisons[poison]]));
            const bad = spoilt;
            alter = answer =>
              feed.alterEach(answer, (native, row) => {
                feed.setNumber(row, said);
                bad.get(native)?.spoil(row);
              });
            await under().read(name, 'sweeps');
            for (const native of natives) if (!spoilt.has(native)) last.set(native, said);
          }
          const shadows = await rows<{ id: string; state: Row }>('select id, state from capture.shadow where noun = $1', [feed.noun]);
          const kept = new Map(shadows.map(({ id, state }) => [id, feed.numberIn(state)]));
          for (const native of natives) expect([native, kept.get(feed.idOf(native))]).toEqual([native, last.get(native)]);
          const published = await rows<{ data: Row }>(`select data from events.event where type <> 'set-aside.changed.v1' order by pos`);
          for (const [, states] of Map.groupBy(
            published.map(({ data }) => data.state),
            ({ id }) => id,
          ))
            expect(states.map(feed.numberIn)).toEqual(states.map(feed.numberIn).toSorted((a, b) => a - b));
          await named(feed, spoilt);
        }),
        { numRuns: o.runs ?? 6 },
      );
    });
  });
}
