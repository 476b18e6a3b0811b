import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, money, type BillingLine } from '#canonical';
import { aWorker, TEST_ROLES } from '#testing';
import { aLine, anEvent, anException, linesEvent, raised, testPortal, type TestPortal } from '../portal.fixture.js';

// Ten thousand lines of a hundred workers on twenty projects, in pages of two hundred and fifty.
const LINES = 10_000;
const WORKERS = Array.from({ length: 100 }, (_, i) => aWorker({ employeeNumber: `V${String(i).padStart(4, '0')}`, name: `Worker ${i}` }));
const PROJECTS = Array.from({ length: 20 }, (_, i) => mintId('project', 'volume', String(i)));
const STATES = ['ready', 'posted', 'billed', 'blocked'] as const;

const lineOf = (i: number): BillingLine => ({
  ...aLine({ id: mintId('time-entry', 'volume', String(i)), revision: 1 }),
  state: STATES[i % STATES.length],
  workerId: WORKERS[i % WORKERS.length].id,
  workerName: WORKERS[i % WORKERS.length].name,
  projectId: PROJECTS[i % PROJECTS.length],
  timesheetId: mintId('timesheet', 'volume', String(i % 2_000)),
  workDate: new Date(Date.UTC(2026, 0, 1 + (Math.floor(i / WORKERS.length) % 100))).toISOString().slice(0, 10),
  money: money('0.1', 'GBP'),
  block:
    i % STATES.length === 3
      ? { exceptionId: mintId('exception', 'volume', String(i % 8)), desk: 'finance', reasons: [{ code: 'line.test', params: {} }] }
      : null,
  refs: [{ system: 'kantata', account: '7001', type: 'time_entry', nativeId: String(100_000 + i) }],
});

let portal: TestPortal;
let inserts: number;
beforeAll(async () => {
  portal = await testPortal();
  const lines = Array.from({ length: LINES }, (_, i) => lineOf(i));
  const pages = Array.from({ length: LINES / 250 }, (_, page) => linesEvent(...lines.slice(page * 250, (page + 1) * 250)));
  await portal.publish(
    ...WORKERS.map(state => anEvent('worker.changed.v1', state.id, { state, changed: [] })),
    ...[3, 7].map(i => raised(anException({ id: mintId('exception', 'volume', String(i)), subject: lines[i].id, legalEntities: ['LF-UK'] }))),
    ...pages,
  );
  const [{ n }] = await portal.dataSource.query<[{ n: number }]>(`select count(*)::int n from portal.billing_line`);
  inserts = n;
  await portal.dataSource.query('analyze portal.billing_line');
});
afterAll(() => portal?.close());

const statements = async (query: string): Promise<number> => {
  const { errors, extensions } = await portal.answer(query);
  expect(errors).toBeUndefined();
  return extensions.statements;
};

describe('ten thousand lines', () => {
  it('are all there', () => {
    expect(inserts).toBe(LINES);
  });

  it('give a page of any size, with project, worker, timesheet, exception and invoices, in one statement per kind', async () => {
    const page = (first: number) => `{ billingLines(first: ${first}, filter: { state: [BLOCKED] }) {
      nodes { id money { amount } explanation { code } intercompany { owningCost { amount } } project { title } worker { name costRate { amount } } submission { title }
        block { desk needs { need } exception { id } reasons { code } } invoices(first: 2) { nodes { number } } }
      totalCount { value exact } totals { amount } facets { values { value count } } pageInfo { endCursor hasNextPage } } }`;
    const [small, large] = [await statements(page(2)), await statements(page(100))];
    expect(large).toBe(small);
    // The page, count, sums, five facets; workers, projects, timesheets, exceptions, invoices, cost
    // rates.
    expect(large).toBeLessThanOrEqual(14);
  });

  it('sum all requested weeks and months in one statement each', async () => {
    const weeks = (first: number) =>
      `{ workers(first: ${first}) { nodes { name week(week: "2026-W03") { billing { lines money { amount } } billingLines(first: 2) { nodes { id } } } utilisation(from: "2026-01-12", to: "2026-01-18") { share } } } }`;
    expect(await statements(weeks(50))).toBe(await statements(weeks(2)));
    expect(await statements(weeks(50))).toBeLessThanOrEqual(4);
    const months = PROJECTS.map((id, i) => `m${i}: journey(of: "project:${id}:2026-01") { billing { lines } }`).join(' ');
    const { errors, extensions, data } = await portal.answer<Record<string, { billing: { lines: number } }>>(`{ ${months} }`);
    expect(errors).toBeUndefined();
    expect(extensions.statements).toBeLessThanOrEqual(2);
    // Thirty-one days, with one line a day for each of the project's five workers.
    expect(Object.values(data).map(({ billing }) => billing.lines)).toEqual(PROJECTS.map(() => 155));
  });

  it('sum to the cent', async () => {
    const { billingLines, billingQueue } = await portal.ask(
      '{ billingLines { totalCount { value exact } totals { amount items } facets(by: [STATE]) { values { value count } } } billingQueue { lines money { amount } } }',
    );
    expect(billingLines.totalCount).toEqual({ value: 10_000, exact: true });
    expect(billingLines.totals).toEqual([{ amount: '1000.00', items: LINES }]);
    expect(billingLines.facets[0].values).toEqual(['BILLED', 'BLOCKED', 'POSTED', 'READY'].map(value => ({ value, count: 2_500 })));
    expect(billingQueue).toEqual({ lines: 2_500, money: [{ amount: '250.00' }] });
  });

  it('are each walked once by cursor', async () => {
    const seen = new Set<string>();
    const filter = `filter: { project: ["${PROJECTS[0]}"] }`;
    for (let after: string | null = null; ;) {
      const answer: any = await portal.ask(
        `query ($after: String) { billingLines(first: 200, after: $after, ${filter}) { nodes { id } pageInfo { endCursor hasNextPage } } }`,
        undefined,
        { after },
      );
      for (const { id } of answer.billingLines.nodes) seen.add(id as string);
      if (!answer.billingLines.pageInfo.hasNextPage) break;
      after = answer.billingLines.pageInfo.endCursor as string;
    }
    expect(seen.size).toBe(LINES / PROJECTS.length);
  });

  it('are looked up by index, also under row security', async () => {
    const planOf = async (sql: string): Promise<string> =>
      portal.dataSource.transaction(async em => {
        await em.query(`set local role ${TEST_ROLES.app('portal')}`);
        await em.query(`select set_config('throughline.entities', '{LF-UK}', true)`);
        return (await em.query<{ 'QUERY PLAN': string }[]>(`explain ${sql}`)).map(row => row['QUERY PLAN']).join('\n');
      });
    const of = `from portal.billing_line t where`;
    expect(await planOf(`select * ${of} t.id = 'tim_x'`)).toContain('billing_line_pkey');
    expect(await planOf(`select * ${of} t.submission_id = 'tsh_x'`)).toContain('billing_line_submission');
    expect(await planOf(`select * ${of} t.worker_id = 'wrk_x' and t.work_date between '2026-01-01' and '2026-01-07'`)).toContain(
      'billing_line_worker',
    );
    expect(await planOf(`select * ${of} t.project_id = '${PROJECTS[0]}' order by t.work_date, t.id limit 50`)).toContain('billing_line_project');
    expect(await planOf(`select * from portal.billing_alias where native_id = '100001'`)).toContain('billing_alias_pkey');
  });

  it('cannot be requested in larger numbers than are answered', async () => {
    const { errors } = await portal.answer(
      '{ billingLines(first: 200) { nodes { project { billingLines(first: 200) { nodes { worker { name } } } } } } }',
    );
    expect(errors![0].extensions).toMatchObject({ code: 'QUERY_TOO_COSTLY' });
  });
});
