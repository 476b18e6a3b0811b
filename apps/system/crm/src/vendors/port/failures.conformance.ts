import { describe, expect, it } from 'vitest';
import { runInContext } from '#service';
import { problemOf } from '#testing';
import { all, type Bench } from './bench.fixture.js';

/** How every CRM's adapter must handle a back end that refuses or fails. */
export function failuresConformance(bench: Bench): void {
  describe('failures', () => {
    sessionsEnd(bench);
    answersFail(bench);
    answersAreOdd(bench);
  });
}

const read = (bench: Bench) => all(bench.vendor.customers.all());
const within = (ms: number, bench: Bench) => runInContext({ deadlineAt: new Date(Date.now() + ms).toISOString() }, () => read(bench));

function sessionsEnd(bench: Bench): void {
  it('logs in again once when its session has ended', async () => {
    await read(bench);
    bench.world.door.answerNext(bench.world.words.sessionEnded);
    expect((await read(bench)).length).toBeGreaterThan(0);
  });

  it('says that it is refused when logging in again does not help', async () => {
    bench.world.door.answerAlways(bench.world.words.sessionEnded);
    expect(await problemOf(read(bench))).toMatchObject({ kind: 'refused-by-vendor', code: 'login-refused', retryable: false });
    expect(bench.world.door.seen).toHaveLength(2);
  });

  it('says in its check that it can not log in, instead of throwing', async () => {
    bench.world.door.answerAlways(bench.world.words.sessionEnded);
    expect(await bench.vendor.check()).toMatchObject([{ what: 'logs in', ok: false, say: expect.any(String) }]);
  });
}

function answersFail(bench: Bench): void {
  it('passes a 404 on as not found', async () => {
    bench.world.door.answerAlways(bench.world.words.notFound);
    expect(await problemOf(read(bench))).toMatchObject({ kind: 'not-found', retryable: false });
    expect(bench.world.door.seen).toHaveLength(1);
  });

  it('waits as long as a 429 asks, then reads', async () => {
    bench.world.door.answerNext({ status: 429, headers: { 'retry-after': '1' } });
    const startedAt = performance.now();
    expect((await read(bench)).length).toBeGreaterThan(0);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
  });

  it('backs off by itself when a 429 says nothing, and gives up within the deadline', async () => {
    bench.world.door.answerNext({ status: 429 });
    expect((await read(bench)).length).toBeGreaterThan(0);
    bench.world.door.answerAlways({ status: 429 });
    expect(await problemOf(within(2_000, bench))).toMatchObject({ kind: 'rate-limited', retryable: true });
  });

  it('reads again after 500 and 503, and says so when they stay', async () => {
    bench.world.door.answerNext(
      { status: 500, body: 'oops' },
      { status: 503, headers: { 'content-type': 'text/html' }, body: '<html>Down for maintenance</html>' },
    );
    expect((await read(bench)).length).toBeGreaterThan(0);
    bench.world.door.answerAlways({ status: 500, body: 'oops' });
    expect(await problemOf(within(400, bench))).toMatchObject({ kind: 'vendor-unavailable', retryable: true });
  });

  it('gives up at the deadline when there is no answer', async () => {
    bench.world.door.answerAlways('hang');
    const startedAt = performance.now();
    expect(await problemOf(within(300, bench))).toMatchObject({ kind: 'vendor-unavailable', retryable: true });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
}

function answersAreOdd(bench: Bench): void {
  it.each(bench.world.words.malformed)('takes a malformed answer for an outage, not for data: %s', async body => {
    bench.world.door.answerAlways({ status: 200, body });
    expect(await problemOf(read(bench))).toMatchObject({ kind: 'vendor-unavailable', code: 'malformed-answer' });
  });

  it('names a record without an id by its place, and takes the others', async () => {
    const { answer, id: field } = bench.world.words.unnamed;
    bench.world.door.answerAlways(answer);
    const [page] = await Array.fromAsync(bench.vendor.customers.all());
    expect(page.items.map(({ name }) => name)).toEqual(['Fine']);
    expect(page.unreadable).toMatchObject([
      { nativeId: 'row 1', error: { broken: [{ field, rule: 'present' }] } },
      { nativeId: 'row 2', error: { broken: [{ field, rule: 'present' }] } },
    ]);
  });

  it('keeps its secrets out of its problems', async () => {
    const secrets = bench.world.secrets();
    bench.world.door.answerAlways(bench.world.words.refusal(`you sent ${secrets.join(' and ')}`));
    const problem = await problemOf(read(bench));
    for (const secret of secrets) expect(`${problem.detail} ${JSON.stringify(problem.vendor)}`).not.toContain(secret);
  });
}
