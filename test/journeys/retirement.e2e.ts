import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallerView } from '#apis/governance';
import { eventually, testPlatform, type TestPlatform } from '#testing';

/** Checks of time to billing, in version 1, which is deprecated; two consumers still use them. */
const CHECKS = '/process/time-to-billing/v1/checks';
const SENDERS = { operations: { time: [], expenses: [] }, 'person-finance': { time: [] } };
const RETIREMENT = '/governance/v1/retirements/time-to-billing@1:checksCheck';

describe('the end of an operation', () => {
  let platform: TestPlatform;

  beforeAll(async () => {
    platform = await testPlatform();
  });
  afterAll(() => platform?.close());

  const call = async (as: string, method: string, path: string, body?: object) => {
    const token = await platform.as(as).token();
    const answer = await fetch(platform.endpoints.gateway + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
  };
  const check = (as: keyof typeof SENDERS) => call(as, 'POST', CHECKS, SENDERS[as]);

  it('is announced with every answer', async () => {
    for (const as of Object.keys(SENDERS) as (keyof typeof SENDERS)[]) {
      const { status, headers } = await check(as);
      expect(status).toBe(200);
      expect(headers.get('deprecation')).toBe(`@${Date.parse('2026-12-01T00:00:00Z') / 1000}`);
      expect(headers.get('sunset')).toBe('Wed, 01 Dec 2027 00:00:00 GMT');
      expect(headers.get('link')).toContain('</process/time-to-billing/v2>; rel="successor-version"');
    }
    const { status, headers } = await call('operations', 'POST', '/process/time-to-billing/v2/checks', { days: [] });
    expect([status, headers.get('deprecation')]).toEqual([200, null]);
  });

  it('shows who uses it, and who sends a field of it', async () => {
    const callers = async (query: string) => {
      const { body } = await call('person-governance', 'GET', `/governance/v1/apis/time-to-billing@1/callers?operation=checksCheck${query}`);
      return (body.items as CallerView[]).map(({ consumer }) => consumer).sort();
    };
    // the catalogue may have been read just before
    await eventually(async () => (await callers('')).length === 2, { withinMs: 30_000 });
    expect(await callers('')).toEqual(['operations', 'person-finance']);
    expect(await callers('&field=body.expenses[]')).toEqual(['operations']);
  });

  it('is refused while they use it and before its sunset, comes when an approval says so and names each, and can be taken back', async () => {
    const end = { retiredAt: '2026-11-01T00:00:00Z', successor: '/process/time-to-billing/v2', reason: 'version 2 is there' };
    const refused = await call('person-governance', 'PUT', RETIREMENT, end);
    expect(refused).toMatchObject({ status: 409, body: { code: 'still-used' } });
    expect(refused.body.detail).toMatch(/operations.*person-finance/);
    const approval = (consumers: string[], more = {}) => ({
      ...more,
      by: 'Amara Lindqvist',
      why: 'both have moved',
      consumers: consumers.map(consumer => ({ consumer, toldOn: '2026-10-01', movesBy: '2026-11-01' })),
    });
    const half = await call('person-governance', 'PUT', RETIREMENT, { ...end, approval: approval(['operations']) });
    expect([half.status, half.body.detail]).toEqual([409, expect.stringContaining('person-finance')]);
    expect((await check('operations')).status).toBe(200);

    const early = await call('person-governance', 'PUT', RETIREMENT, { ...end, approval: approval(Object.keys(SENDERS)) });
    expect(early).toMatchObject({ status: 409, body: { code: 'before-sunset', fields: [{ field: 'retiredAt', rule: 'before-sunset' }] } });
    expect(early.body.detail).toContain('it is served until 2027-12-01, as was announced');

    const put = await call('person-governance', 'PUT', RETIREMENT, { ...end, approval: approval(Object.keys(SENDERS), { beforeSunset: true }) });
    expect(put.status).toBe(200);
    await eventually(async () => (await check('operations')).status === 410);
    expect((await check('person-finance')).body).toMatchObject({ code: 'retired', successor: '/process/time-to-billing/v2' });
    expect((await call('operations', 'POST', '/process/time-to-billing/v2/checks', { days: [] })).status).toBe(200);
    expect((await call('operations', 'GET', '/process/time-to-billing/v1/lines?limit=1')).status).toBe(200);

    expect((await call('person-governance', 'DELETE', `${RETIREMENT}?reason=too%20soon`)).status).toBe(204);
    await eventually(async () => (await check('operations')).status === 200);
  });

  it('can be practised by a brown-out', async () => {
    const from = new Date(Date.now() - 1_000).toISOString();
    const put = await call('person-governance', 'PUT', `${RETIREMENT}/brown-outs`, { brownOuts: [{ from, minutes: 5 }], reason: 'to be noticed' });
    expect(put.status).toBe(200);
    await eventually(async () => (await check('operations')).status === 410);
    const { headers, body } = await check('operations');
    expect(body).toMatchObject({ code: 'brown-out', retryable: true });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(200);
    expect((await call('person-governance', 'DELETE', `${RETIREMENT}?reason=over`)).status).toBe(204);
  });
});
