import { describe, expect, it } from 'vitest';
import { problemOf } from '#testing';
import type { Bench } from './bench.fixture.js';

/** How every HCM's adapter must handle a back end that refuses or fails. */
export function failuresConformance(bench: Bench): void {
  describe('when the back end refuses or fails', () => {
    requestsAreRefused(bench);
    answersAreLate(bench);
    answersAreNone(bench);
  });
}

function requestsAreRefused(bench: Bench): void {
  it('says that the log-in was refused, and does not ask again', async () => {
    const before = Object.values((await bench.world.control.calls())[bench.world.reads.workers.vendor]).reduce((a, b) => a + b, 0);
    const problem = await problemOf(bench.everybody(bench.connect({ wrongCredentials: true })));
    expect([problem.kind, problem.code, problem.retryable]).toEqual(['refused-by-vendor', 'login-refused', false]);
    expect(JSON.stringify({ ...problem, message: problem.message })).not.toContain(bench.world.wrongPassword);
    expect(Object.values((await bench.world.control.calls())[bench.world.reads.workers.vendor]).reduce((a, b) => a + b, 0)).toBe(before + 1);
  });

  it('says not found when the address is wrong', async () => {
    const baseUrl = await bench.pretending((_request, response) =>
      response.writeHead(404, { 'content-type': 'text/html' }).end('<html>no such page</html>'),
    );
    const problem = await problemOf(bench.everybody(bench.connect({ baseUrl })));
    expect([problem.kind, problem.retryable]).toEqual(['not-found', false]);
  });
}

function answersAreLate(bench: Bench): void {
  it.each(bench.can('cost-rates') ? (['workers', 'costRates'] as const) : (['workers'] as const))(
    'gets through when %s are throttled, unavailable, down or cut off once each',
    async what => {
      const match = bench.world.reads[what]!;
      await bench.world.control.planFault({ match, action: { do: 'throttle' }, nth: 1 });
      await bench.world.control.planFault({ match, action: { do: 'error', status: 500 }, nth: 2 });
      await bench.world.control.planFault({ match, action: { do: 'maintenance' }, nth: 3 });
      await bench.world.control.planFault({ match, action: { do: 'timeout', ms: 1 }, nth: 4 });
      expect((await bench.everybody()).length).toBeGreaterThanOrEqual(bench.world.employees().length);
    },
  );

  it('waits as long as it is told when it is throttled with a Retry-After', async () => {
    await bench.world.control.planFault({
      match: bench.world.reads.costRates ?? bench.world.reads.workers,
      action: { do: 'throttle', retryAfterSeconds: 1 },
      nth: 1,
    });
    const startedAt = performance.now();
    await bench.everybody();
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1_000);
  });

  it.each([
    ['throttled', { do: 'throttle' } as const],
    ['failing', { do: 'error', status: 500 } as const],
    ['down for maintenance', { do: 'maintenance' } as const],
    ['silent', { do: 'timeout', ms: 5_000 } as const],
  ])('gives up in time, to be asked later, when it stays %s', async (_, action) => {
    await bench.world.control.planFault({ match: bench.world.reads.workers, action, rate: 1 });
    const problem = await problemOf(bench.everybody(bench.connect({ timeoutMs: 1_000 })));
    expect([problem.retryable, ['vendor-unavailable', 'rate-limited'].includes(problem.kind)]).toEqual([true, true]);
  });
}

function answersAreNone(bench: Bench): void {
  it.each(bench.world.nonsense)('takes %s with status 200 for no answer', async (_, body, contentType) => {
    const baseUrl = await bench.pretending((_request, response) => response.writeHead(200, { 'content-type': contentType }).end(body));
    const problem = await problemOf(bench.everybody(bench.connect({ baseUrl })));
    expect([problem.kind, problem.code]).toEqual(['vendor-unavailable', 'malformed-answer']);
  });

  it('says unavailable when nobody is there', async () => {
    const baseUrl = await bench.pretending(() => undefined);
    await bench.closeServers();
    const problem = await problemOf(bench.everybody(bench.connect({ baseUrl, timeoutMs: 1_000 })));
    expect([problem.kind, problem.retryable]).toEqual(['vendor-unavailable', true]);
  });
}
