import { describe, expect, it } from 'vitest';
import { Stopwatch } from './stopwatch.js';

/** A stopwatch whose clock is moved by hand, in ms. */
function watched(): { watch: Stopwatch; pass: (ms: number) => void } {
  let now = 0;
  return { watch: new Stopwatch(() => now), pass: ms => void (now += ms) };
}

describe('a stopwatch', () => {
  it('gives all time of a request to one stage each, and none between requests', () => {
    const { watch, pass } = watched();
    for (let request = 0; request < 2; request++) {
      watch.begin('in');
      pass(1);
      watch.time('token', () => {
        pass(2);
        watch.time('key', () => pass(3));
        pass(4);
      });
      watch.on('out');
      pass(5);
      watch.end();
      pass(100);
    }
    expect(watch.read()).toEqual({ requests: 2, stages: { in: 1_000, token: 6_000, key: 3_000, out: 5_000 } });
    expect(watch.read()).toEqual({ requests: 0, stages: {} });
  });

  it('follows stages that end later, in whichever order', async () => {
    const { watch, pass } = watched();
    const ends: (() => void)[] = [];
    const until = () => new Promise<void>(resolve => void ends.push(resolve));
    watch.begin('in');
    const path = watch.time('path', until);
    pass(1);
    const query = watch.time('query', until);
    pass(2);
    ends[0]();
    await path;
    pass(4);
    ends[1]();
    await query;
    pass(8);
    watch.end();
    expect(watch.read().stages).toEqual({ path: 1_000, query: 6_000, in: 8_000 });
  });

  it('ends a stage that throws, and counts nothing outside of a request', () => {
    const { watch, pass } = watched();
    watch.time('idle', () => pass(1));
    watch.begin('in');
    const broken = () => watch.time('broken', () => { pass(2); throw new Error('broken'); }); // prettier-ignore
    expect(broken).toThrow('broken');
    pass(3);
    watch.end();
    expect(watch.read()).toEqual({ requests: 1, stages: { broken: 2_000, in: 3_000 } });
  });
});
