import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hcmHouse, workerId, type HcmHouse } from '../hcm.fixture.js';

describe('a clock of Workday that differs from ours', () => {
  let house: HcmHouse;
  beforeEach(async () => {
    house = await hcmHouse();
  });
  afterEach(() => house.close());

  const clock = (aheadMs: number, o: { rate?: number } = {}) =>
    house.sandboxes.control.planFault({ match: { vendor: 'workday' }, action: { do: 'clock', aheadMs, shownIn: 'answers' }, ...o });
  const enter = (employee: string, role: string, aheadMs: number) =>
    house.enter(employee, {
      type: 'Change Job',
      effective: '2026-11-02',
      change: { role },
      entered: new Date(Date.now() + aheadMs).toISOString(),
    });
  const roles = async (employee: string) =>
    (
      await house.database.dataSource.query<{ role: string }[]>(
        `select data #>> '{state,role}' role from events.event where type = 'worker.changed.v1' and key = $1 order by key_seq`,
        [workerId(employee)],
      )
    )
      .slice(1)
      .map(({ role }) => role);

  it.each([
    ['behind', -180_000, -180_000, {}],
    ['right and its Date ahead', 180_000, 0, {}],
    ['right and its Date behind', -180_000, 0, {}],
    ['right and its Date jumps', 180_000, 0, { rate: 0.5 }],
  ])('loses no entry when its clock is %s', async (_, date, stamp, when) => {
    await clock(date, when);
    await house.poll();
    await enter('1004', 'TEST_ENGINEER', stamp);
    await house.poll();
    await house.poll();
    await enter('1004', 'DEVELOPER', stamp);
    await house.poll();
    expect(await roles('1004')).toEqual(['TEST_ENGINEER', 'DEVELOPER']);
  });

  it('sees an entry of a clock that is ahead when its time has come', async () => {
    await house.poll();
    await enter('1005', 'TEST_ENGINEER', 2_500);
    await house.poll();
    await new Promise(resolve => setTimeout(resolve, 3_000));
    await house.poll();
    expect(await roles('1005')).toEqual(['TEST_ENGINEER']);
  });
});
