import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '#auth';
import { inTransaction } from '#persistence';
import { testDatabase, type TestDatabase } from '#testing';
import { createFirm } from '../../../../sandbox/src/firm/create-firm.js';
import type { FirmConsultant } from '../../../../sandbox/src/firm/firm.js';
import { Eligibility } from '../eligibility/eligibility.service.js';
import { hcmMigrations } from '../hcm.migrations.js';
import type { WorkerRecord, WorkerVersion } from './worker-record.js';
import { recordOn, mergedVersions, statusAt } from './worker-record.rules.js';
import { endWorkers, putWorkers } from './worker-replica.js';
import { WorkersAsOf } from './workers-as-of.service.js';
import { Workers } from './workers.service.js';

const SIZE = 5_000;
const firm = createFirm({ size: SIZE });

const everything: Principal = {
  kind: 'client',
  id: 'c',
  name: 'c',
  clientId: 'c',
  scopes: [],
  roles: [],
  legalEntities: '*',
  seesUnassigned: true,
  fieldRights: ['worker.cost-rate'],
};

/** A consultant with two changes of role, and a move to another legal entity, at days of their own. */
function recordOf(one: FirmConsultant, index: number): WorkerRecord {
  const version = (from: string, over: Partial<WorkerVersion> = {}): WorkerVersion => ({
    from,
    name: `${one.firstName} ${one.lastName}`,
    workEmail: one.email,
    hiredOn: one.hiredOn,
    ...(one.terminatedOn ? { terminatedOn: one.terminatedOn } : {}),
    role: one.role,
    skills: one.skills,
    legalEntity: one.entity,
    ...over,
  });
  const later = firm.roles[(index + 1) % firm.roles.length].code;
  const month = String((index % 9) + 1).padStart(2, '0');
  const versions = [
    version(one.hiredOn),
    version(`2027-${month}-01`, { role: later }),
    version(`2028-${month}-15`, { role: later, legalEntity: firm.entities[index % 3].code }),
  ];
  const currency = firm.entities.find(({ code }) => code === one.entity)!.currency;
  const leave = one.leave.map(({ from, to, type }) => ({ from, ...(to ? { to } : {}), type }));
  const costRates = one.costRates.map(({ from, amount }) => ({ from, rate: { amount, currency } }));
  return recordOn(
    { id: `wrk_${one.employeeNumber}`, employeeNumber: one.employeeNumber, refs: [], versions: mergedVersions(versions), leave, costRates },
    '2026-11-21',
  );
}

const records = firm.consultants.map(recordOf);

describe('a replica of 5,000 workers', () => {
  let database: TestDatabase;
  let workers: Workers;
  let eligibility: Eligibility;
  let asOf: WorkersAsOf;
  beforeAll(async () => {
    database = await testDatabase({ migrations: hcmMigrations });
    const startedAt = performance.now();
    for (let at = 0; at < SIZE; at += 500) await inTransaction(database.dataSource, em => putWorkers(em, records.slice(at, at + 500)));
    console.log(`put ${SIZE} workers: ${Math.round(performance.now() - startedAt)} ms`);
    await database.dataSource.query('analyze');
    workers = new Workers(database.dataSource);
    eligibility = new Eligibility(database.dataSource);
    asOf = new WorkersAsOf(database.dataSource);
  });
  afterAll(() => database.close());

  it('answers as of any day what the history says of it', async () => {
    for (let i = 0; i < 60; i++) {
      const record = records[(i * 83) % SIZE];
      const day = `20${24 + (i % 6)}-0${(i % 9) + 1}-15`;
      const { versions } = record;
      const version = versions.findLast(({ from }) => from <= day) ?? versions[0];
      const rate = record.costRates.findLast(({ from }) => from <= day)?.rate;
      const answer = await workers.one(everything, record.id, day);
      expect([answer.role, answer.legalEntity, answer.status, answer.costRate]).toEqual([
        version.role,
        version.legalEntity,
        statusAt(version, day),
        rate,
      ]);
    }
  });

  it('answers by which agency somebody is lent', async () => {
    const [record] = records;
    const put = (lent: typeof record) => inTransaction(database.dataSource, em => putWorkers(em, [lent]));
    const lentBy = async () => (await workers.one(everything, record.id, '2026-11-21')).agency;
    expect(await lentBy()).toBeUndefined();
    await put({ ...record, versions: record.versions.map(version => ({ ...version, agency: 'QUAYSIDE' })) });
    expect(await lentBy()).toBe('QUAYSIDE');
    await put(record);
  });

  it('shows each worker exactly once as of any day, over all pages', async () => {
    for (const asOf of ['1999-01-01', '2026-11-21', '2027-05-01', '2040-01-01']) {
      const ids: string[] = [];
      for (let cursor: string | undefined; ;) {
        const page = await workers.list(everything, { asOf, limit: 200, cursor });
        ids.push(...page.items.map(({ id }) => id));
        if (page.nextCursor === null) break;
        cursor = page.nextCursor;
      }
      expect([ids.length, new Set(ids).size]).toEqual([SIZE, SIZE]);
    }
  });

  it('is asked who could fill a role in some milliseconds, and answers as the histories one by one do', async () => {
    const times: number[] = [];
    for (let i = 0; i < 100; i++) {
      const role = firm.roles[i % firm.roles.length];
      const asked = {
        role: role.code,
        skills: role.skills.slice(0, 1),
        legalEntity: firm.entities[i % 3].code,
        startDate: `2027-0${(i % 9) + 1}-04`,
        endDate: `2027-1${i % 3}-15`,
      };
      const startedAt = performance.now();
      const answer = await eligibility.answer(everything, asked);
      times.push(performance.now() - startedAt);
      if (i % 10 === 0) expect([answer.considered, answer.eligible]).toEqual(oneByOne(asked));
    }
    expect(times.length).toBe(100);
    times.sort((a, b) => a - b);
    const ms = (part: number) => times[Math.floor(times.length * part)].toFixed(1);
    console.log(`eligibility at ${SIZE} workers, 100 questions: fastest ${ms(0)} ms, median ${ms(0.5)} ms, 95th percentile ${ms(0.95)} ms`);
  });

  it('is asked for a worker or a page in some milliseconds', async () => {
    const times: Record<string, number[]> = { 'one worker': [], 'a page of 50 by role': [] };
    for (let i = 0; i < 100; i++) {
      const startedAt = performance.now();
      await workers.one(everything, records[i].id, '2026-11-21');
      times['one worker'].push(performance.now() - startedAt);
      const listedAt = performance.now();
      expect((await workers.list(everything, { role: firm.roles[i % 8].code })).items.length).toBe(50);
      times['a page of 50 by role'].push(performance.now() - listedAt);
    }
    for (const [what, each] of Object.entries(times))
      console.log(`${what} at ${SIZE} workers: median ${each.sort((a, b) => a - b)[50].toFixed(1)} ms`);
  });

  it('tells 1,000 workers at once, each as of a day, as the histories one by one do, in some milliseconds', async () => {
    const times: number[] = [];
    for (let round = 0; round < 21; round++) {
      const asked = Array.from({ length: 1_000 }, (_, i) => {
        const { employeeNumber } = records[(i * 7 + round * 331) % SIZE];
        const email = firm.consultants[(i * 7 + round * 331) % SIZE].email;
        return { date: `20${24 + (i % 6)}-0${(i % 9) + 1}-15`, ...(i % 5 === 0 ? { employeeNumber } : { email }) };
      });
      const startedAt = performance.now();
      const { items } = await asOf.answer(everything, asked);
      times.push(performance.now() - startedAt);
      for (let i = 0; i < 1_000; i++) {
        const record = records[(i * 7 + round * 331) % SIZE];
        const { date } = asked[i];
        const version = record.versions.findLast(({ from }) => from <= date) ?? record.versions[0];
        const { matches, worker } = items[i];
        expect([matches, worker?.workerId, worker?.role, worker?.legalEntity, worker?.status, worker?.costRate]).toEqual([
          1,
          record.id,
          version.role,
          version.legalEntity,
          statusAt(version, date),
          record.costRates.findLast(({ from }) => from <= date)?.rate,
        ]);
      }
    }
    times.sort((a, b) => a - b);
    console.log(`1,000 workers as of days at ${SIZE}: fastest ${times[0].toFixed(1)} ms, median ${times[10].toFixed(1)} ms`);
  });

  it('ends the history of a worker who is gone: what was done until then is theirs, and from the next day on there is none', async () => {
    const one = records.find(({ versions, costRates }) => versions.length === 3 && costRates.length > 0 && !versions[0].terminatedOn)!;
    const [moved, end, next] = [one.versions[1].from, '2027-10-20', '2027-10-21'];
    await inTransaction(database.dataSource, em => endWorkers(em, [one.id], end));
    await expect(workers.one(everything, one.id, next)).rejects.toThrow(/no worker/);
    const asked = [moved, end, next, '2028-12-01'].map(date => ({ email: one.versions[0].workEmail!, date }));
    const { items } = await asOf.answer(everything, asked);
    const rate = one.costRates.findLast(({ from }) => from <= end)?.rate;
    const worker = { workerId: one.id, status: 'active', role: one.versions[1].role, costRate: rate };
    expect(items).toMatchObject([{ matches: 1 }, { matches: 1, worker }, { matches: 0 }, { matches: 0 }]);
    const { role, legalEntity } = one.versions[1];
    const question = { role, legalEntity, skills: [], startDate: end, endDate: '2027-12-31', limit: SIZE };
    const { candidates } = await eligibility.answer(everything, question);
    expect(candidates.find(({ workerId }) => workerId === one.id)?.eligible).not.toBe(true);
  });
});

describe('workers whose skills and addresses are not ASCII', () => {
  const SKILLS = ['Ærodynamik', 'İş analizi', 'Straßenbau', 'ＳＡＰ ﬁnance', '東京'];
  const one = recordOf({ ...firm.consultants[0], employeeNumber: 'søns', email: 'Søren.Søns@larkfield.example', skills: SKILLS }, 0);
  const other = recordOf({ ...firm.consultants[1], employeeNumber: 'sons', email: 'Soren.Sons@larkfield.example', skills: ['東'] }, 1);
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase({ migrations: hcmMigrations });
    await inTransaction(database.dataSource, em => putWorkers(em, [one, other]));
  });
  afterAll(() => database.close());

  it.each(['ærodynamik', 'AERODYNAMIK', 'IŞ ANALİZİ', 'STRASSENBAU', 'sap finance', '東京'])(
    'are listed by %s and considered to have it, whatever the locale of the database',
    async skill => {
      const { items } = await new Workers(database.dataSource).list(everything, { skill });
      expect(items.map(({ id }) => id)).toEqual([one.id]);
      const { role, legalEntity } = one.versions[0];
      const asked = { role, legalEntity, skills: [skill], startDate: '2025-01-01', endDate: '2025-01-31' };
      const { candidates } = await new Eligibility(database.dataSource).answer(everything, asked);
      expect(candidates.find(({ workerId }) => workerId === one.id)?.reasons.filter(({ code }) => code === 'skill')).toEqual([]);
    },
  );

  it.each(['søren.søns@larkfield.example', 'SØREN.SØNS@LARKFIELD.EXAMPLE'])(
    'are found by %s and are nobody else, whatever the locale',
    async email => {
      const { items } = await new WorkersAsOf(database.dataSource).answer(everything, [{ email, date: '2026-11-21' }]);
      expect(items).toMatchObject([{ matches: 1, worker: { workerId: one.id } }]);
    },
  );
});

/** How many are to be considered and how many are eligible, by looking at each history. */
function oneByOne({
  role,
  skills,
  legalEntity,
  startDate,
  endDate,
}: {
  role: string;
  skills: string[];
  legalEntity: string;
  startDate: string;
  endDate: string;
}): [number, number] {
  const spans = records.map(record => ({
    record,
    versions: record.versions.filter((version, index) => {
      const from = index === 0 ? '' : version.from;
      const next = record.versions[index + 1]?.from ?? '9999-12-31';
      return from <= endDate && next > startDate;
    }),
  }));
  const considered = spans.filter(({ versions }) => versions.some(version => version.role === role || version.legalEntity === legalEntity));
  const eligible = considered.filter(
    ({ record, versions }) =>
      versions.every(
        version => version.role === role && version.legalEntity === legalEntity && skills.every(skill => version.skills.includes(skill)),
      ) &&
      versions.at(-1)!.hiredOn <= startDate &&
      (versions.at(-1)!.terminatedOn ?? '9999-12-31') >= endDate &&
      !record.leave.some(({ from, to }) => from <= endDate && (to ?? '9999-12-31') >= startDate),
  );
  return [considered.length, eligible.length];
}
