import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventLog } from '#events';
import { inTransaction } from '#persistence';
import type { EventData, RecordedEvent } from '#apis';
import type { WorkerRecord } from '../workers/worker-record.js';
import { recordOn } from '../workers/worker-record.rules.js';
import { firm, hcmHouse, workerId, type HcmHouse } from '../hcm.fixture.js';
import { workerEvents } from './workers.feed.js';

describe('following workers', () => {
  let house: HcmHouse;
  beforeAll(async () => {
    house = await hcmHouse();
  });
  afterAll(() => house.close());

  const events = async (id: string): Promise<RecordedEvent<'worker.changed.v1'>[]> => {
    const rows = await house.database.dataSource.query<{ source: string; id: string }[]>(
      `select source, id from events.event where key = $1 order by key_seq`,
      [id],
    );
    const log = house.app.get(EventLog);
    return inTransaction(house.database.dataSource, em =>
      Promise.all(rows.map(row => log.find(em, row.source, row.id) as Promise<RecordedEvent<'worker.changed.v1'>>)),
    );
  };

  it('publishes everybody once at first, without pay', async () => {
    const rows = await house.database.dataSource.query<{ data: EventData['worker.changed.v1'] }[]>(
      `select data from events.event where type = 'worker.changed.v1'`,
    );
    expect(rows.length).toBe(firm.consultants.length);
    expect(rows.every(({ data }) => data.changed.length === 0)).toBe(true);
    expect(JSON.stringify(rows)).not.toMatch(/costRate/);
  });

  it('publishes what changed, its former value, and the legal entities concerned', async () => {
    const one = firm.consultants[3];
    await house.enter('1004', { type: 'Change Job', effective: '2026-11-02', change: { role: 'TEST_ENGINEER', entity: 'LF-DE' } });
    await house.poll();
    await house.poll(); // the same entry within the overlap: nothing new
    const [, ...later] = await events(workerId('1004'));
    expect(later.length).toBe(1);
    expect(later[0].data).toMatchObject({
      changed: ['legalEntity', 'role'],
      previous: { role: one.role, legalEntity: one.entity },
      state: { role: 'TEST_ENGINEER', legalEntity: 'LF-DE' },
    });
    expect(later[0].legalEntities).toEqual([one.entity, 'LF-DE'].sort());
  });

  it('publishes a change that is entered ahead, while the state is still today’s', async () => {
    await house.enter('1005', { type: 'Change Job', effective: '2029-01-01', change: { role: 'TEST_ENGINEER' } });
    await house.poll();
    const last = (await events(workerId('1005'))).at(-1)!;
    expect([last.data.changed, last.data.state.role]).toEqual([['role'], firm.consultants[4].role]);
  });

  it('says nothing when only pay changed, and has the new rate', async () => {
    const before = (await events(workerId('1006'))).length;
    await house.enter('1006', { type: 'Request Compensation Change', effective: '2026-11-03', change: { costRate: '77.25' } });
    await house.poll();
    const { body } = await house.ask<{ costRate: { amount: string } }>(`/v1/workers/${workerId('1006')}?asOf=2026-11-03`);
    expect([body.costRate.amount, (await events(workerId('1006'))).length]).toEqual(['77.25', before]);
  });

  it('finds by a sweep what the log does not contain', async () => {
    await house.enter('1007', { type: 'Manage Skills', effective: '2026-11-02', change: { skills: ['Juggling'] }, logged: false });
    await house.poll();
    const skills = async () => (await house.ask<{ skills: string[] }>(`/v1/workers/${workerId('1007')}`)).body.skills;
    expect(await skills()).toEqual([...firm.consultants[6].skills].sort());
    const { status } = await house.ask('/v1/feeds/workers/sweeps', { who: { client: 'operations' }, method: 'POST', body: {} });
    expect([status, await skills()]).toEqual([200, ['Juggling']]);
  });
});

describe("a worker's events", () => {
  const record = (over: Partial<WorkerRecord['versions'][0]>[], today = '2026-11-21'): WorkerRecord => {
    const version = { from: '2020-01-01', name: 'A', hiredOn: '2020-01-01', role: 'ARCHITECT', skills: [], legalEntity: 'LF-UK' };
    return recordOn(
      { id: 'wrk_1', employeeNumber: '1', refs: [], leave: [], costRates: [], versions: over.map(one => ({ ...version, ...one })) },
      today,
    );
  };
  const change = {
    changed: [],
    entitiesChanged: false,
    initial: false,
    version: '7',
    legalEntities: [],
    at: '2026-11-21T10:00:00.000Z',
    correlationId: 'c',
  };

  it('publish that a change entered long ago has taken effect', () => {
    const versions = [{}, { from: '2026-11-21', role: 'DEVELOPER' }];
    const [event] = workerEvents({ ...change, before: record(versions, '2026-11-20'), after: record(versions, '2026-11-21') });
    expect([event.data.changed, event.data.previous, event.data.state.role]).toEqual([['role'], { role: 'ARCHITECT' }, 'DEVELOPER']);
  });

  it('say nothing when nothing but pay changed', () => {
    const after = { ...record([{}]), costRates: [{ from: '2026-11-21', rate: { amount: '80.00', currency: 'GBP' } }] };
    expect(workerEvents({ ...change, before: record([{}]), after })).toEqual([]);
  });

  it('publish the last day of employment when it is over', () => {
    const versions = [{ terminatedOn: '2026-11-20' }];
    const [event] = workerEvents({ ...change, before: record(versions, '2026-11-20'), after: record(versions, '2026-11-21') });
    expect([event.data.changed, event.data.state.status]).toEqual([['status'], 'terminated']);
  });

  it('publish a worker’s deletion to those who could see them', () => {
    const [event] = workerEvents({ ...change, before: record([{}]), after: null });
    expect([event.data.deleted, event.data.state.id, event.legalEntities]).toEqual([true, 'wrk_1', ['LF-UK']]);
  });
});
