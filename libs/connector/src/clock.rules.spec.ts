import { beforeAll, describe, expect, it } from 'vitest';
import { configureLog, Metrics } from '#service';
import { clockDifferenceMs, nextCursor, notAheadOf, withinClock } from './clock.rules.js';
import { SeenChanges } from './seen-changes.js';
import { VendorClock } from './vendor-clock.js';

beforeAll(() => configureLog({ logLevel: 'silent' }));

const OURS = Date.parse('2024-11-20T09:00:00Z');
const at = (ms: number) => new Date(OURS + ms).toISOString();
const headerAt = (ms: number) => new Date(OURS + ms).toUTCString();

describe('the difference of two clocks', () => {
  it.each([
    ['is none within what whole seconds and the way leave open', 0, 0, 400, 0],
    ['is none when the answer took long', 3_000, 0, 5_000, 0],
    ['is what the vendor is surely ahead', 180_000, 0, 400, 179_600],
    ['is what the vendor is surely behind', -180_000, 0, 400, -179_000],
  ])('%s', (_, said, sent, received, difference) => {
    expect(clockDifferenceMs(headerAt(said), OURS + sent, OURS + received)).toBe(difference);
  });

  it.each([undefined, '', 'yesterday'])('is not known of the date %s', date => {
    expect(clockDifferenceMs(date, OURS, OURS)).toBeUndefined();
  });
});

describe('a foreign moment', () => {
  it.each([
    [at(-1), -1],
    [at(180_000), 0],
    [OURS + 5, 0],
    ['no moment', undefined],
    [undefined, undefined],
    [Infinity, undefined],
  ])('%s counts for no more than our own clock', (foreign, counts) => {
    expect(notAheadOf(OURS, foreign)).toBe(counts === undefined ? undefined : OURS + counts);
  });
});

/** A small generator with a seed, so that a failure can be run again. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('a cursor', () => {
  it('takes the token of a vendor folder as it is, and keeps its place where nothing is proposed', () => {
    expect(nextCursor(null, 'incomplete', OURS)).toBe('incomplete');
    expect(nextCursor('incomplete', at(-5), OURS)).toBe(at(-5));
    expect(nextCursor(at(-9), null, OURS)).toBe(at(-9));
    expect(nextCursor(null, null, OURS)).toBeNull();
    expect(nextCursor(at(-9), '2024-99-99T00:00:00Z', OURS)).toBe(at(-9));
  });

  it('that an earlier release let go beyond our clock comes back to it', () => {
    expect(withinClock(at(180_000), OURS)).toBe(at(0));
    expect(withinClock('page-7', OURS)).toBe('page-7');
  });

  it('whatever a vendor says, misses no change that was made after the reading began, and never goes back', () => {
    const wrong: string[] = [];
    for (let seed = 1; seed <= 2_000; seed++) {
      const random = dice(seed);
      const wild = () => (random() < 0.5 ? 1 : -1) * Math.round(10 ** (random() * 12));
      let [cursor, ours]: [string | null, number] = [null, OURS];
      for (let reading = 0; reading < 12; reading++) {
        ours += Math.round(random() * 60_000);
        // Stamps and Dates of clocks that are ahead, behind and jump; now and then nothing.
        const said = new Date(Math.min(Math.max(ours + wild(), 0), 8e14)).toISOString();
        const next: string | null = nextCursor(cursor, random() < 0.1 ? null : said, ours);
        const [was, is] = [cursor, next].map(one => (one === null ? -Infinity : Date.parse(one)));
        if (is > ours) wrong.push(`seed ${seed}: ${next} is beyond our clock`);
        if (is < was) wrong.push(`seed ${seed}: back from ${cursor} to ${next}`);
        cursor = next;
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe("a vendor's clock", () => {
  const clock = () => new VendorClock('tiny', 'one', new Metrics());

  it('lets an answer count up to when it was asked for, however far ahead it says it is', () => {
    expect(clock().heard(headerAt(180_000), OURS, OURS + 300)).toBe(OURS);
    expect(clock().heard(headerAt(-2_000), OURS, OURS + 300)).toBe(OURS - 2_000);
    expect(clock().heard(undefined, OURS, OURS + 300)).toBeUndefined();
  });

  it('that was behind in one answer lets the next answers count no further, for they may come from another server', () => {
    const jumping = clock();
    jumping.heard(headerAt(-90_000), OURS, OURS + 300);
    expect(jumping.heard(headerAt(0), OURS, OURS + 300)).toBe(OURS - 89_000);
    expect([jumping.behindMs, jumping.differenceMs]).toEqual([-89_000, 0]);
  });
});

describe('changes that were seen', () => {
  it('need no second look once their second is over', () => {
    const seen = new SeenChanges(1_000);
    seen.note(
      [
        { key: 'a', at: OURS - 1_000 },
        { key: 'b', at: OURS - 999 },
      ],
      OURS,
    );
    expect([seen.has('a'), seen.has('b')]).toEqual([true, false]);
    seen.forgetBefore(OURS - 999);
    expect([seen.has('a'), seen.has('b')]).toEqual([false, false]);
  });

  it('with a time that is still to come are read twice, and not for ever', async () => {
    const seen = new SeenChanges(30);
    const future = { key: 'a', at: OURS + 3_600_000 };
    seen.note([future], OURS);
    expect(seen.has('a')).toBe(false);
    await new Promise(resolve => setTimeout(resolve, 40));
    seen.note([future], OURS);
    expect(seen.has('a')).toBe(true);
  });
});
