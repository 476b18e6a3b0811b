import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkerAsked, WorkersAsOfAnswer } from '#apis/hcm';
import { firm, hcmHouse, workerId, type HcmHouse } from '../hcm.fixture.js';

const HR = { person: 'hr' };
const SERVICE = { client: 'project-initiation-service' };

const ON = '2026-11-20';

const employed = firm.consultants.filter(({ hiredOn, terminatedOn }) => hiredOn < '2026-06-01' && terminatedOn === null);
const [first, renamed, left, right] = employed;
const rateOn = (day: string, { costRates } = first) => costRates.findLast(({ from }) => from <= day)?.amount;

describe('workers as of days', () => {
  let house: HcmHouse;
  beforeAll(async () => {
    house = await hcmHouse();
  });
  afterAll(() => house.close());

  const ask = async (items: WorkerAsked[], o: Parameters<HcmHouse['ask']>[1] = {}): Promise<WorkersAsOfAnswer> => {
    const answer = await house.ask<WorkersAsOfAnswer>('/v1/workers/as-of', { who: HR, ...o, method: 'POST', body: { items } });
    expect(answer).toMatchObject({ status: 200 });
    return answer.body;
  };

  it('are returned for each request, in its order, by whichever key', async () => {
    const asked = firm.consultants.flatMap(one => [
      { email: one.email.toUpperCase(), date: ON },
      { workerId: workerId(one.employeeNumber), date: ON },
      { employeeNumber: one.employeeNumber, date: ON },
    ]);
    const { items, deniedFields } = await ask(asked);
    expect([items.map(({ index }) => index), deniedFields]).toEqual([asked.map((_, index) => index), []]);
    firm.consultants.forEach((one, at) => {
      for (const { matches, worker } of items.slice(at * 3, at * 3 + 3)) {
        expect([matches, worker?.costRate?.amount]).toEqual([1, rateOn(ON, one)]);
        expect(worker).toMatchObject({
          workerId: workerId(one.employeeNumber),
          employeeNumber: one.employeeNumber,
          name: `${one.firstName} ${one.lastName}`,
          status: one.hiredOn > ON ? 'not-started' : one.terminatedOn !== null && one.terminatedOn < ON ? 'terminated' : 'active',
          role: one.role,
          legalEntity: one.entity,
          costCentre: one.costCentre,
        });
      }
    });
  });

  it('are returned each as of its own day, with the cost rate of that day', async () => {
    const one = firm.consultants.find(({ costRates }) => costRates.length === 3)!;
    const days = ['2000-01-01', ...one.costRates.map(({ from }) => from)];
    const { items } = await ask(days.map(date => ({ email: one.email, date })));
    expect(items.map(({ worker }) => worker?.costRate?.amount)).toEqual([undefined, ...one.costRates.map(({ amount }) => amount)]);
    expect(items[0].worker?.status).toBe('not-started');
  });

  it('that nobody knows are no matches and do not stand in the way of others', async () => {
    const { items } = await ask([
      { email: '', date: ON },
      { email: 'nobody at all', date: ON },
      { employeeNumber: '0', date: ON },
      { workerId: workerId('0'), date: ON },
      { email: first.email, date: ON },
    ]);
    expect(items.map(({ matches }) => matches)).toEqual([0, 0, 0, 0, 1]);
    expect(items.slice(0, 4).every(({ worker }) => worker === undefined)).toBe(true);
  });

  it('are found by the address they have today for days on which they had another', async () => {
    const email = 'new.name@larkfield.example';
    await house.enter(renamed.employeeNumber, { type: 'Personal Information Change', effective: '2026-11-01', change: { email } });
    await house.poll();
    const { items } = await ask([
      { email, date: '2026-11-02' },
      { email, date: '2026-10-30' },
    ]);
    expect(items.map(({ matches, worker }) => [matches, worker?.employeeNumber])).toEqual([
      [1, renamed.employeeNumber],
      [1, renamed.employeeNumber],
    ]);
  });

  it('are several when two who are employed share an address, and one when the other has left', async () => {
    const email = 'shared.desk@larkfield.example';
    for (const { employeeNumber } of [left, right])
      await house.enter(employeeNumber, { type: 'Personal Information Change', effective: '2026-11-01', change: { email } });
    await house.poll();
    const both = await ask([{ email, date: ON }]);
    expect(both.items).toEqual([{ index: 0, matches: 2 }]);
    await house.enter(left.employeeNumber, { type: 'Terminate Employee', effective: '2026-11-15' });
    await house.poll();
    const { items } = await ask([
      { email, date: ON },
      { email, date: '2026-11-14' },
    ]);
    expect(items.map(({ matches, worker }) => [matches, worker?.employeeNumber])).toEqual([
      [1, right.employeeNumber],
      [2, undefined],
    ]);
  });

  it('of other legal entities are no matches for a person of one', async () => {
    const items = firm.consultants.map(({ employeeNumber }) => ({ employeeNumber, date: ON }));
    const answer = await ask(items, { who: SERVICE, legalEntities: ['LF-UK'] });
    expect(answer.items.map(({ matches }) => matches)).toEqual(firm.consultants.map(({ entity }) => (entity === 'LF-UK' ? 1 : 0)));
  });

  it('have no cost rate for those without the right, which is named', async () => {
    const { items, deniedFields } = await ask([{ email: first.email, date: ON }], { who: SERVICE });
    expect(items[0].worker).toMatchObject({ employeeNumber: first.employeeNumber });
    expect([items[0].worker?.costRate, deniedFields]).toEqual([undefined, ['costRate']]);
  });

  it('are refused when an item does not say who in one way or no day, all told at once', async () => {
    const refused = async (items: unknown[]) => {
      const { status, body } = await house.ask<{ fields?: { field: string; rule: string }[] }>('/v1/workers/as-of', {
        who: SERVICE,
        method: 'POST',
        body: { items },
      });
      return [status, body.fields?.map(({ field, rule }) => `${field} ${rule}`)];
    };
    expect(await refused([{ date: ON }, { email: first.email, date: ON }, { email: 'a', workerId: 'wrk_1', date: ON }])).toEqual([
      400,
      ['items[0] exactly-one', 'items[2] exactly-one'],
    ]);
    expect(await refused([{ email: 'a' }, { email: 'a', date: 'yesterday' }])).toEqual([400, ['items[0].date required', 'items[1].date matches']]);
    expect((await refused(Array.from({ length: 1001 }, () => ({ email: 'a', date: ON }))))[0]).toBe(400);
    expect(await ask([])).toEqual({ items: [], deniedFields: [] });
  });

  it('need the scope', async () => {
    const body = { items: [{ email: first.email, date: ON }] };
    expect((await house.ask('/v1/workers/as-of', { who: { client: 'partner' }, method: 'POST', body })).status).toBe(403);
  });
});
