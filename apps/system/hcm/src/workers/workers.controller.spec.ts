import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkerView } from '#apis/hcm';
import type { Page } from '#apis';
import { REGIONS } from '../../../../sandbox/src/firm/vocabulary.js';
import { firm, hcmHouse, workerId, type HcmHouse } from '../hcm.fixture.js';

const today = new Date().toISOString().slice(0, 10);
const SERVICE = { client: 'project-initiation-service' };
const WITHOUT_COST = { person: 'integration' };

describe('workers', () => {
  let house: HcmHouse;
  beforeAll(async () => {
    house = await hcmHouse();
  });
  afterAll(() => house.close());

  const everybody = async (query = '', o: Parameters<HcmHouse['ask']>[1] = {}): Promise<WorkerView[]> => {
    const items: WorkerView[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { status, body }: { status: number; body: Page<WorkerView> } = await house.ask(
        `/v1/workers?limit=7&${query}${cursor ? `&cursor=${cursor}` : ''}`,
        o,
      );
      expect(status).toBe(200);
      items.push(...body.items);
      cursor = body.nextCursor;
    }
    return items;
  };

  it('are listed once each, page by page, in order of name, as the HCM has them', async () => {
    const workers = await everybody();
    expect(workers.map(one => one.id).sort()).toEqual(firm.consultants.map(one => workerId(one.employeeNumber)).sort());
    expect(workers.map(one => one.name)).toEqual(workers.map(one => one.name).toSorted((a, b) => (a < b ? -1 : 1)));
    for (const one of firm.consultants) {
      expect(workers.find(({ id }) => id === workerId(one.employeeNumber))).toMatchObject({
        employeeNumber: one.employeeNumber,
        name: `${one.firstName} ${one.lastName}`,
        workEmail: one.email,
        status: one.hiredOn > today ? 'not-started' : one.terminatedOn !== null && one.terminatedOn < today ? 'terminated' : 'active',
        hiredOn: one.hiredOn,
        role: one.role,
        skills: [...one.skills].sort(),
        location: one.location,
        country: firm.entities.find(({ code }) => code === one.entity)!.country,
        region: REGIONS[one.location],
        fullTimeShare: one.weeklyHours === 40 ? '1' : '0.6',
        legalEntity: one.entity,
        costCentre: one.costCentre,
        leave: one.leave.map(({ from, to, type }) => ({ from, ...(to ? { to } : {}), type })),
      });
    }
  });

  it('leave an audit row for pay that was read, and none without the right', async () => {
    const { id } = (await everybody())[0];
    const last = async () =>
      house.database.dataSource.query<{ id: string }[]>(`select * from service.audit where what like 'pay-read%' order by id desc limit 1`);
    const [before] = await last();
    await house.ask(`/v1/workers/${id}`, { who: WITHOUT_COST });
    expect(await last()).toEqual([before]);
    await house.ask('/v1/workers/as-of', { who: { client: 'operations' }, method: 'POST', body: { items: [{ workerId: id, date: today }] } });
    expect(await last()).toMatchObject([{ what: 'pay-read', client: 'operations', subject: id, after: { count: 1 } }]);
  });

  it('are narrowed by role, legal entity, skill and id', async () => {
    const found = (workers: WorkerView[]) => workers.map(one => one.employeeNumber).sort();
    const those = (predicate: (one: (typeof firm.consultants)[0]) => boolean) =>
      firm.consultants
        .filter(predicate)
        .map(one => one.employeeNumber)
        .sort();
    expect(found(await everybody('role=ARCHITECT&legalEntity=LF-UK'))).toEqual(those(one => one.role === 'ARCHITECT' && one.entity === 'LF-UK'));
    expect(found(await everybody('skill=process%20design'))).toEqual(those(one => one.skills.includes('Process Design')));
    expect(found(await everybody(`ids=${workerId('1003')}&ids=${workerId('1005')}`))).toEqual(['1003', '1005']);
  });

  it('are returned as of any day: before a hire, after a change that is entered ahead, after the end', async () => {
    await house.enter('1004', { type: 'Change Job', effective: '2029-03-01', change: { role: 'ARCHITECT', entity: 'LF-DE', location: 'Berlin' } });
    await house.enter('1010', { type: 'Terminate Employee', effective: '2029-01-31' });
    await house.poll();
    const asOf = async (employeeNumber: string, day: string) =>
      (await house.ask<WorkerView>(`/v1/workers/${workerId(employeeNumber)}?asOf=${day}`)).body;
    const before = firm.consultants[3];
    expect(await asOf('1004', '2029-02-28')).toMatchObject({ role: before.role, legalEntity: before.entity });
    expect(await asOf('1004', '2029-03-01')).toMatchObject({ role: 'ARCHITECT', legalEntity: 'LF-DE', location: 'Berlin' });
    expect([(await asOf('1010', '2029-01-31')).status, (await asOf('1010', '2029-02-01')).status, (await asOf('1010', '1990-01-01')).status]).toEqual(
      ['active', 'terminated', 'not-started'],
    );
    expect((await asOf('1010', today)).terminatedOn).toBe('2029-01-31');
  });

  it('have the cost rate of the day for those with the right', async () => {
    const one = firm.consultants.find(({ costRates }) => costRates.length === 3)!;
    for (const [index, { from, amount }] of one.costRates.entries()) {
      const { body } = await house.ask<WorkerView>(`/v1/workers/${workerId(one.employeeNumber)}?asOf=${from}`);
      expect([body.costRate?.amount, body.deniedFields], `rate ${index}`).toEqual([amount, []]);
    }
    const { body } = await house.ask<WorkerView>(`/v1/workers/${workerId(one.employeeNumber)}?asOf=2000-01-01`);
    expect([body.costRate, body.deniedFields]).toEqual([undefined, []]);
  });

  it('have no cost rate for those without the right, which is named and differs from having none', async () => {
    const one = (await house.ask<WorkerView>(`/v1/workers/${workerId('1001')}`, { who: WITHOUT_COST })).body;
    expect([one.costRate, one.deniedFields]).toEqual([undefined, ['costRate']]);
    const all = await everybody('', { who: WITHOUT_COST });
    expect(all.every(({ costRate, deniedFields }) => costRate === undefined && deniedFields.join() === 'costRate')).toBe(true);
    expect(
      (await everybody()).every(({ costRate }) => costRate !== undefined || true) &&
        (await everybody()).some(({ costRate }) => costRate !== undefined),
    ).toBe(true);
  });

  it('of other legal entities do not exist for a person of one', async () => {
    const uk = { who: SERVICE, legalEntities: ['LF-UK'] };
    const seen = await everybody('', uk);
    expect(seen.map(one => one.employeeNumber).sort()).toEqual(
      firm.consultants
        .filter(one => one.entity === 'LF-UK')
        .map(one => one.employeeNumber)
        .sort(),
    );
    const us = firm.consultants.find(one => one.entity === 'LF-US')!.employeeNumber;
    const refused = await house.ask<{ detail: string }>(`/v1/workers/${workerId(us)}`, uk);
    const absent = await house.ask<{ detail: string }>(`/v1/workers/${workerId('no such worker')}`, uk);
    expect([refused.status, absent.status]).toEqual([404, 404]);
    expect(refused.body.detail.replace(workerId(us), '')).toBe(absent.body.detail.replace(workerId('no such worker'), ''));
    expect((await house.ask(`/v1/workers/${workerId(us)}`, { who: SERVICE })).status).toBe(200);
  });

  it('are not for callers without the scope, and refuse what makes no sense', async () => {
    expect((await house.ask('/v1/workers', { who: { client: 'partner' } })).status).toBe(403);
    const { status, body } = await house.ask<{ fields: { field: string }[] }>('/v1/workers?asOf=tomorrow&colour=red&limit=1000');
    expect([status, body.fields.map(({ field }) => field).sort()]).toEqual([400, ['asOf', 'colour', 'limit']]);
    expect((await house.ask('/v1/workers?cursor=nonsense')).status).toBe(400);
  });

  it('are answered without a call to the vendor', async () => {
    const operations = { who: { client: 'operations' } };
    await house.ask('/v1/feeds/workers', { ...operations, method: 'PUT', body: { paused: true } });
    const before = await house.sandboxes.control.calls();
    for (let i = 0; i < 50; i++) expect((await house.ask<Page<WorkerView>>(`/v1/workers?asOf=2027-0${(i % 9) + 1}-01`)).body.items.length).toBe(50);
    expect(await house.sandboxes.control.calls()).toEqual(before);
    await house.ask('/v1/feeds/workers', { ...operations, method: 'PUT', body: { paused: false } });
  });
});
