import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { money } from '#canonical';
import {
  AGENCY,
  billingLine,
  emailOf,
  entryChanged,
  expenseChanged,
  expenseId,
  ids,
  lineId,
  linesChanged,
  projectId,
  testPartners,
  type TestPartners,
  workerChanged,
  workerId,
} from '../partner.fixture.js';

let partners: TestPartners;
beforeAll(async () => {
  partners = await testPartners();
});
afterAll(() => partners?.close());

const get = async (id: string) => (await partners.ask(`lines/${id}`, AGENCY)).body;
const stateOf = async (name: string): Promise<unknown> => (await get(lineId(name))).state;

describe("an agency's lines", () => {
  beforeAll(() => partners.publish(workerChanged('ada'), workerChanged('ben', { agency: 'OTHER' }), workerChanged('eve', { agency: undefined })));

  it('say what was booked and what became of it, and never a price', async () => {
    await partners.publish(
      entryChanged('told', { note: 'Design', psaRate: money('95', 'GBP') }),
      linesChanged(billingLine('told', { state: 'posted', revision: 2, workerId: workerId('ada'), money: money('760', 'GBP') })),
    );
    expect(await get(lineId('told'))).toEqual({
      id: lineId('told'),
      kind: 'time',
      state: 'accepted-for-billing',
      reasons: [],
      projectId: projectId('grid'),
      person: 'Ada Quinn',
      email: emailOf('ada'),
      workDate: '2026-11-16',
      minutes: 480,
      note: 'Design',
      changedAt: expect.any(String),
    });
    await partners.publish(expenseChanged('taxi'));
    expect(await get(expenseId('taxi'))).toMatchObject({ kind: 'expense', state: 'approved', spent: money('84.2', 'GBP'), category: 'Travel' });
  });

  it('tell in neutral words what blocks them, and whose turn it is', async () => {
    const block = (...codes: string[]) => ({
      exceptionId: 'exc_1',
      desk: 'finance',
      reasons: codes.map(code => ({ code, params: { person: 'Somebody' } })),
    });
    await partners.publish(
      entryChanged('ours'),
      entryChanged('theirs'),
      linesChanged(
        billingLine('ours', { state: 'blocked', block: block('rate.missing') }),
        billingLine('theirs', { state: 'blocked', block: block('rate.missing', 'time.over-day') }),
      ),
    );
    expect((await get(lineId('ours'))).reasons).toEqual([
      { code: 'partner.blocked.with-us', text: 'We have to settle something first; there is nothing for you to do.', yours: false },
    ]);
    expect((await get(lineId('theirs'))).reasons).toMatchObject([{ code: 'partner.blocked.day', yours: true }]);
  });

  it('follow both sides in whatever order these come, and keep the newest of each', async () => {
    await partners.publish(linesChanged(billingLine('late', { revision: 5, state: 'posted', workerId: workerId('ada') })));
    expect(await stateOf('late')).toBe('accepted-for-billing');
    await partners.publish(entryChanged('late'), linesChanged(billingLine('late', { revision: 4, state: 'blocked', workerId: workerId('ada') })));
    expect(await stateOf('late')).toBe('accepted-for-billing');
    await partners.publish(entryChanged('late', { approval: 'rejected' }));
    expect(await stateOf('late')).toBe('rejected');
    await partners.publish(entryChanged('late', { approval: 'cancelled' }, true));
    expect(await stateOf('late')).toBe('withdrawn');
  });

  it("are of its people alone, known by the e-mail or the worker's id, and also when the worker comes later", async () => {
    const of = (name: string) => ({ person: { email: emailOf(name), name } });
    await partners.publish(
      entryChanged('bens', of('ben')),
      entryChanged('eves', of('eve')),
      entryChanged('nobodys', of('nobody')),
      entryChanged('zoes', of('zoe')),
    );
    const statuses = async () =>
      Promise.all(['bens', 'eves', 'nobodys', 'zoes'].map(async name => (await partners.ask(`lines/${lineId(name)}`, AGENCY)).status));
    expect(await statuses()).toEqual([404, 404, 404, 404]);
    await partners.publish(workerChanged('zoe'));
    expect(await statuses()).toEqual([404, 404, 404, 200]);
  });

  it('stay with the agency that lent the person that day', async () => {
    const moves = { person: { email: emailOf('moves'), name: 'moves' } };
    await partners.publish(
      workerChanged('moves', { hiredOn: '2026-01-01' }),
      entryChanged('before', { ...moves, workDate: '2026-11-16' }),
      entryChanged('after', { ...moves, workDate: '2026-12-01' }),
    );
    const seen = async () => Promise.all(['before', 'after'].map(async name => (await partners.ask(`lines/${lineId(name)}`, AGENCY)).status));
    expect(await seen()).toEqual([200, 200]);
    await partners.publish(workerChanged('moves', { agency: 'OTHER' }, '2026-11-30T12:00:00.000Z'));
    expect(await seen()).toEqual([200, 404]);
    await partners.publish(workerChanged('moves', {}, '2026-12-24T12:00:00.000Z'));
    expect(await seen()).toEqual([200, 404]);
  });

  it('are filtered, and paged in the order in which they changed', async () => {
    const [{ before }] = await partners.dataSource.query<{ before: Date }[]>('select clock_timestamp() before');
    for (const n of [3, 1, 4, 2]) await partners.publish(entryChanged(`paged-${n}`, { workDate: `2026-10-0${n}` }));
    await partners.publish(
      entryChanged('paged-1', { workDate: '2026-10-01', approval: 'pending' }),
      entryChanged('paged-3', { workDate: '2026-10-03' }),
    );
    const query = `lines?changedSince=${before.toISOString()}&limit=2`;
    const first = await partners.ask(query, AGENCY);
    expect(ids(first)).toEqual([3, 4].map(n => lineId(`paged-${n}`)));
    const second = await partners.ask(`${query}&cursor=${first.body.nextCursor}`, AGENCY);
    expect([ids(second), second.body.nextCursor]).toEqual([[2, 1].map(n => lineId(`paged-${n}`)), null]);
    expect(ids(await partners.ask('lines?from=2026-10-02&to=2026-10-03', AGENCY)).sort()).toEqual([2, 3].map(n => lineId(`paged-${n}`)).sort());
    expect(ids(await partners.ask('lines?state=submitted', AGENCY))).toEqual([lineId('paged-1')]);
    expect(await partners.ask('lines?cursor=x', AGENCY)).toMatchObject({ status: 400, body: { fields: [{ field: 'cursor' }] } });
  });
});
