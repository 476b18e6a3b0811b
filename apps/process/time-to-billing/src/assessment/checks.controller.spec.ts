import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, money } from '#canonical';
import { AS_OF, PROJECT, testBilling, type TestBilling } from '../time-to-billing.fixture.js';

let billing: TestBilling;
beforeAll(async () => void (billing = await testBilling()));
afterAll(() => billing.close());

const ADA = { email: 'ada@larkfield.example', name: 'Ada' };
const time = (name: string, over: object = {}) => ({
  id: mintId('time-entry', 'spec', name),
  projectId: PROJECT,
  workedMinutes: 120,
  role: 'ARCHITECT',
  billable: true,
  overtime: false,
  ...over,
});
const expense = (name: string, over: object = {}) => ({
  id: mintId('expense', 'spec', name),
  projectId: PROJECT,
  category: 'Hotel',
  amount: money('120', 'GBP'),
  billable: true,
  reimbursable: true,
  receiptAttached: true,
  ...over,
});
const day = (over: object) => ({ person: ADA, date: AS_OF, ...over });
const check = (days: unknown[], headers?: Record<string, string>) => billing.rest('POST', '/checks', { version: '2', body: { days }, headers });
const v1 = (body: object, headers?: Record<string, string>) => billing.rest('POST', '/checks', { version: '1', body, headers });
const fieldsOf = ({ fields }: { fields?: { field: string; rule: string }[] }) => (fields ?? []).map(({ field, rule }) => `${field} ${rule}`);

describe('days that people enter', () => {
  it('are answered entry by entry, in the order of the request', async () => {
    const { status, body } = await check([day({ time: [time('one'), time('two', { workedMinutes: 60 })] }), day({ expenses: [expense('hotel')] })]);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      days: [
        {
          time: [
            { id: time('one').id, ready: true, money: money('300', 'GBP') },
            { ready: true, money: money('150', 'GBP') },
          ],
          expenses: [],
        },
        { time: [], expenses: [{ id: expense('hotel').id, faults: [] }] },
      ],
    });
  });

  it('have one bad entry answered with its own problem, and the others as if they were alone', async () => {
    const bad = { ...time('bad'), workedMinutes: 'all day', colour: 'red' };
    const { status, body } = await check([day({ time: [time('good'), bad, { ...time('text'), note: 'on site\0' }, 7, {}] })]);
    expect([status, body.ready]).toEqual([200, 1]);
    const [good, ...others] = body.days[0].time;
    expect(good).toMatchObject({ ready: true, money: money('300', 'GBP') });
    expect(good.problem).toBeUndefined();
    expect(others.map(({ id, ready, problem }: any) => [id, ready, problem.type, problem.status])).toEqual(
      [bad.id, time('text').id, '', ''].map(id => [id, false, 'urn:throughline:problem:invalid', 400]),
    );
    expect(fieldsOf(others[0].problem).sort()).toEqual(
      expect.arrayContaining(['days[0].time[1].colour unknown-field', 'days[0].time[1].workedMinutes is-int']),
    );
    expect(fieldsOf(others[1].problem)).toEqual(['days[0].time[2].note text']);
    expect(fieldsOf(others[2].problem)).toEqual(['days[0].time[3] is-object']);
    expect(fieldsOf(others[3].problem)).toContain('days[0].time[4].id required');
  });

  it('are wrong with all their entries where the day is wrong', async () => {
    const { status, body } = await check([day({ date: 'today', time: [time('lost')] }), 5, day({ time: [time('found')] }), day({ time: 'none' })]);
    expect([status, body.ready]).toEqual([200, 1]);
    const [bad, none, good, noList] = body.days;
    expect([fieldsOf(bad.problem), fieldsOf(bad.time[0].problem), bad.time[0].id]).toEqual([
      ['days[0].date matches'],
      ['days[0].date matches'],
      time('lost').id,
    ]);
    expect([fieldsOf(none.problem), none.time, none.expenses]).toEqual([['days[1] is-object'], [], []]);
    expect([good.time[0].ready, good.problem]).toEqual([true, undefined]);
    expect(fieldsOf(noList.problem)).toContain('days[3].time is-array');
  });

  it('state the tax of an expense in the currency of what was spent', async () => {
    const taxed = (currency: string) => expense(currency, { tax: { amount: money('20', currency), recoverable: false } });
    const { body } = await check([day({ expenses: [taxed('GBP'), taxed('EUR')] })]);
    expect(body.days[0].expenses[0].problem).toBeUndefined();
    expect(fieldsOf(body.days[0].expenses[1].problem)).toEqual(['days[0].expenses[1].tax.amount.currency currency']);
  });

  it('are at most 500 entries', async () => {
    const many = Array.from({ length: 501 }, (_, at) => time(`many-${at}`));
    const some = await check([day({ time: many.slice(0, 300) }), day({ time: many.slice(300, 500) })]);
    expect([some.status, some.body.ready, some.body.days[1].time.length]).toEqual([200, 500, 200]);
    const { status, body } = await check([day({ time: many.slice(0, 300) }), day({ time: many.slice(300) })]);
    expect([status, fieldsOf(body)]).toEqual([400, ['days maxItems']]);
    expect((await check(Array.from({ length: 501 }, () => day({})))).status).toBe(400);
  });
});

describe('version 1 of a check', () => {
  const line = { ...time('flat'), person: ADA, workDate: AS_OF };
  const spent = { ...expense('flat'), person: ADA, expenseDate: AS_OF, tax: { amount: '20.00', recoverable: true } };

  it('answers in flat lists what version 2 says', async () => {
    const older = await v1({ time: [line, { ...line, projectId: mintId('project', 'spec', 'none') }], expenses: [spent] });
    const { person: _, workDate: __, ...entry } = line;
    const newer = await check([
      day({ time: [entry, { ...entry, projectId: mintId('project', 'spec', 'none') }] }),
      day({ expenses: [expense('flat', { tax: { amount: money('20', 'GBP'), recoverable: true } })] }),
    ]);
    expect([older.status, newer.status]).toEqual([200, 200]);
    expect(older.body).toEqual({ ready: newer.body.ready, lines: [...newer.body.days[0].time, ...newer.body.days[1].expenses] });
  });

  it('refuses what it always refused, in its own words', async () => {
    const wrong = await v1({ time: [line, { ...line, workDate: 'today', note: 5 }], expenses: [{ ...spent, tax: { amount: 20 } }], days: [] });
    expect([wrong.status, fieldsOf(wrong.body).sort()]).toEqual([
      400,
      expect.arrayContaining(['days unknown-field', 'expenses[0].tax.amount matches', 'time[1].note is-string', 'time[1].workDate matches']),
    ]);
    const text = await v1({ time: [line, { ...line, note: 'half \ud83d' }] });
    expect([text.status, fieldsOf(text.body)]).toEqual([400, ['time[1].note text']]);
    const many = await v1({ time: Array.from({ length: 501 }, () => line) });
    expect([many.status, many.body.fields]).toEqual([400, [{ field: 'time', rule: 'maxItems', message: 'time may have 500 entries together' }]]);
  });

  it('needs the scope that version 2 needs, and shows as little of what is not the caller’s', async () => {
    const stranger = await fetch(`${billing.app.url}/v1/checks`, { method: 'POST' });
    expect(stranger.status).toBe(401);
    const as = { client: 'operations', scopes: ['time-to-billing.read'] } as never;
    const answers = await Promise.all(['1', '2'].map(version => billing.rest('POST', '/checks', { version, as, body: { days: [] } })));
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
    const us = await billing.rest('POST', '/checks', { version: '1', as: { person: 'pmo-us' }, body: { time: [line] } });
    expect(us.status === 403 || us.body.lines[0].ready === false).toBe(true);
  });

  it('keeps its answers by key apart from those of version 2', async () => {
    const key = { 'idempotency-key': 'check-once' };
    const first = await v1({ time: [line] }, key);
    expect([(await v1({ time: [line] }, key)).body, (await v1({ time: [] }, key)).status]).toEqual([first.body, 422]);
    expect((await check([day({ time: [time('flat')] })], key)).body.days[0].time).toEqual(first.body.lines);
  });
});

describe('operations that both versions have', () => {
  it('answer the same under either', async () => {
    const [older, newer] = await Promise.all(['1', '2'].map(version => billing.rest('GET', '/rates', { version })));
    expect([older.status, older.body]).toEqual([200, newer.body]);
    expect((await billing.rest('GET', '/rates', { version: '3' })).status).toBe(404);
  });
});
