import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, money, type BillingLine } from '#canonical';
import { aProject, aWorker, TEST_ROLES, type TokenRequest } from '#testing';
import { aLine, anEvent, anException, anInvoice, linesEvent, raised, testPortal, type TestPortal } from '../portal.fixture.js';

/** The role that a portal query runs as. */
const READER = TEST_ROLES.app('portal');

// British lines, German lines, and one line that belongs to nobody yet; all published in one page,
// in any order.
const UK: TokenRequest = { person: 'finance-uk' };
const EVERYBODY: TokenRequest = { client: 'operations' };
const ALL_BUT_UNASSIGNED: TokenRequest = { client: 'portal' };

const line = (name: string): string => mintId('time-entry', 'kantata', '7001', name);
const sheet = (name: string): string => mintId('timesheet', 'kantata', '7001', `sheet-${name}`);
const affair = (name: string, entity: string) => {
  const project = aProject({ id: mintId('project', name), title: `${name} secret project`, legalEntity: entity });
  const worker = aWorker({ employeeNumber: `E-${name}`, name: `${name} worker`, legalEntity: entity });
  const exceptionId = mintId('exception', name);
  const ownLine = aLine({
    id: line(name),
    state: 'blocked',
    projectId: project.id,
    workerId: worker.id,
    workerName: worker.name,
    timesheetId: sheet(name),
    overage: { minutes: 60, money: money('5', 'EUR') },
    legalEntities: [entity],
    explanation: [{ code: 'line.test', params: { secret: name } }],
    block: { exceptionId, desk: 'finance', reasons: [{ code: 'line.test-reason', params: { secret: name } }] },
    refs: [
      { system: 'kantata', account: '7001', type: 'time_entry', nativeId: name },
      { system: 'kantata', account: '7001', type: 'submission', nativeId: `sheet-${name}` },
    ],
  });
  const invoice = anInvoice({
    id: mintId('invoice', name),
    number: `INV-${name}`,
    projectId: project.id,
    legalEntity: entity,
    transactions: [`tl-${line(name)}-v1`],
    refs: [{ system: 'netsuite', account: 'x', type: 'invoice', nativeId: `inv-${name}` }],
  });
  return { name, entity, project, worker, ownLine, invoice, exceptionId };
};
type Affair = ReturnType<typeof affair>;
const british = affair('Albion', 'LF-UK');
const german = affair('Teuton', 'LF-DE');
const nobodys: BillingLine = aLine({ id: line('Nordic'), workerName: 'Nordic worker', workerId: null, legalEntities: [] });
const lent: BillingLine = aLine({
  id: line('lent'),
  projectId: british.project.id,
  workerId: german.worker.id,
  workerName: 'Lent out',
  workDate: '2026-11-17',
  legalEntities: ['LF-DE', 'LF-UK'],
  intercompany: {
    owningEntity: 'LF-UK',
    lendingEntity: 'LF-DE',
    owningCost: money('1234.56', 'GBP'),
    owningUnbilledSale: money('1600', 'GBP'),
    lendingCost: money('765.43', 'EUR'),
    lendingSale: money('1234.56', 'GBP'),
  },
});
/** No rate states its worth, so the lender is paid the worker's cost. */
const lentAtCost: BillingLine = aLine({
  ...lent,
  id: line('lent at cost'),
  revision: lent.revision + 1000,
  intercompany: {
    owningEntity: 'LF-UK',
    lendingEntity: 'LF-DE',
    owningCost: money('54.32', 'EUR'),
    owningUnbilledSale: money('0', 'GBP'),
    lendingCost: money('54.32', 'EUR'),
    lendingSale: money('54.32', 'EUR'),
  },
});

const eventsOf = ({ project, worker, invoice, exceptionId, entity, ownLine, name }: Affair) => [
  anEvent('project.changed.v1', project.id, { state: { ...project, timeBooked: true, refs: [] }, changed: [] }),
  anEvent('worker.changed.v1', worker.id, { state: worker, changed: [] }),
  anEvent('invoice.changed.v1', invoice.id, { state: invoice, changed: [] }),
  raised(
    anException({
      id: exceptionId,
      app: 'time-to-billing',
      subject: ownLine.id,
      legalEntities: [entity],
      keys: { line: ownLine.id, project: project.id, worker: name },
    }),
  ),
];

let portal: TestPortal;
beforeAll(async () => {
  portal = await testPortal();
  await portal.publish(
    ...eventsOf(british),
    ...eventsOf(german),
    anEvent(
      'billing-lines.changed.v1',
      'billing-lines',
      { lines: [british.ownLine, german.ownLine, nobodys, lent, lentAtCost] },
      { legalEntities: ['LF-UK', 'LF-DE'] },
    ),
  );
});
afterAll(() => portal?.close());

const LISTS = `{
  billingLines { nodes { id title workerName money { amount } explanation { params { value } } block { reasons { params { value } } exception { id } needs { need } } submission { id } invoices { nodes { number } } project { title } worker { name } }
    totalCount { value } totals { items amount } facets(by: [STATE, PROJECT, WORKER]) { values { value count } } }
  invoices { nodes { number billingLines { nodes { id } } } totalCount { value } facets { values { value count } } }
  billingQueue { lines money { amount } }
  find(text: "secret") { id }
}`;
const INTERCOMPANY = `intercompany { owningEntity lendingEntity owningCost { amount } owningUnbilledSale { amount } lendingCost { amount } lendingSale { amount } deniedFields }`;

/** Looks up everything about one entity's lines by what a guesser may know. */
const lookUps = ({ name, project, worker, ownLine, invoice }: Affair) => `{
  line: billingLine(id: "${ownLine.id}") { title } invoice(id: "${invoice.id}") { number }
  byId: journey(of: "${ownLine.id}") { subject { title } billing { lines } billingLines { totalCount { value } } steps { totalCount { value } } blocking { id } }
  byNative: journey(of: "${name}") { subject { title } } bySheet: journey(of: "${sheet(name)}") { subject { title } } bySheetsNative: journey(of: "sheet-${name}") { subject { title } }
  byInvoice: journey(of: "inv-${name}") { subject { title } } week: journey(of: "worker:${worker.id}:2026-W46") { subject { title } billing { lines } }
  month: journey(of: "project:${project.id}:2026-11") { subject { title } billing { lines } }
  find(text: "${ownLine.id}") { id } native: find(text: "${name}") { id } number: find(text: "INV-${name}") { id }
  list: billingLines(filter: { ids: ["${ownLine.id}"] }) { nodes { title } totalCount { value } } ofProject: billingLines(filter: { project: ["${project.id}"], state: [BLOCKED] }) { totalCount { value } }
  named: billingLines(filter: { text: "${name}" }) { totalCount { value } } exceptions(filter: { subject: ["${ownLine.id}"] }) { totalCount { value } }
}`;

describe('row security of lines and invoices', () => {
  it('shows a person of one legal entity only their own rows, in lists, counts, sums, facets and text', async () => {
    const seen = await portal.ask(LISTS, UK);
    expect(JSON.stringify(seen)).toContain('Albion');
    expect(JSON.stringify(seen)).not.toMatch(/Teuton|LF-DE|Nordic worker/);
    // The lent worker's lines belong to both entities.
    expect([seen.billingLines.totalCount.value, seen.invoices.totalCount.value]).toEqual([3, 1]);
    expect(seen.billingLines.totals).toEqual([{ items: 3, amount: '4800.00' }]);
  });

  it("answers a look-up of others' rows as if they did not exist, by canonical id, native id, number, period or filter", async () => {
    const mine = await portal.ask(lookUps(british), UK);
    expect(mine).toMatchObject({
      line: {},
      invoice: {},
      byId: { billing: { lines: 1 }, billingLines: { totalCount: { value: 1 } }, steps: { totalCount: { value: 1 } }, blocking: [{}] },
      byNative: {},
      bySheet: {},
      bySheetsNative: {},
      byInvoice: {},
      week: { billing: { lines: 1 } },
      month: { billing: { lines: 3 } },
      find: [{}],
      native: expect.arrayContaining([{ id: british.ownLine.id }]) as unknown,
      number: [{}],
      list: { totalCount: { value: 1 } },
      ofProject: { totalCount: { value: 1 } },
      named: { totalCount: { value: 1 } },
      exceptions: { totalCount: { value: 1 } },
    });
    const none = { totalCount: { value: 0 } };
    expect(await portal.ask(lookUps(german), UK)).toEqual({
      line: null,
      invoice: null,
      byId: null,
      byNative: null,
      bySheet: null,
      bySheetsNative: null,
      byInvoice: null,
      // They see the German worker's week in Britain by name only, and no lines of it.
      week: { subject: { title: 'Lent out, 2026-W46' }, billing: { lines: 0 } },
      month: null,
      find: [],
      native: [],
      number: [],
      list: { ...none, nodes: [] },
      ofProject: none,
      named: none,
      exceptions: none,
    });
  });

  it('shows a lent worker’s name on lines to the entity of the project, and the worker to the lender', async () => {
    const week = (who: TokenRequest) =>
      portal.ask(
        `{ journey(of: "worker:${german.worker.id}:2026-W47") { subject { title ... on WorkerWeek { worker { name } } } billing { lines } } }`,
        who,
      );
    expect((await week(UK)).journey).toEqual({ subject: { title: 'Lent out, 2026-W47', worker: null }, billing: { lines: 2 } });
    expect((await week({ person: 'sales-de' })).journey).toEqual({
      subject: { title: 'Teuton worker, 2026-W47', worker: { name: 'Teuton worker' } },
      billing: { lines: 2 },
    });
  });

  it('shows a line without a legal entity only to those with the unassigned right, although its event also concerned others', async () => {
    const query = `{ billingLines(filter: { text: "Nordic" }) { nodes { legalEntities } totalCount { value } } }`;
    expect((await portal.ask(query, EVERYBODY)).billingLines).toEqual({ nodes: [{ legalEntities: [] }], totalCount: { value: 1 } });
    for (const who of [ALL_BUT_UNASSIGNED, UK]) expect((await portal.ask(query, who)).billingLines.totalCount.value).toBe(0);
  });

  it('covers sums: the queue, a month and a desk count only what the viewer may see', async () => {
    await portal.publish(
      linesEvent(
        aLine({ ...british.ownLine, revision: british.ownLine.revision + 2000, state: 'ready', block: null, money: money('10', 'GBP') }),
        aLine({ ...german.ownLine, revision: german.ownLine.revision + 2000, state: 'ready', block: null, money: money('70', 'GBP') }),
      ),
    );
    const queue = async (who: TokenRequest): Promise<unknown> => (await portal.ask('{ billingQueue { lines money { amount } } }', who)).billingQueue;
    expect(await queue(UK)).toEqual({ lines: 1, money: [{ amount: '10.00' }] });
    expect(await queue(EVERYBODY)).toEqual({ lines: 2, money: [{ amount: '80.00' }] });
    await portal.publish(
      linesEvent({ ...british.ownLine, revision: british.ownLine.revision + 2001 }, { ...german.ownLine, revision: german.ownLine.revision + 2001 }),
    );
  });

  // The negative control: without the policies the same queries leak, so the tests above do test
  // the policies.
  it.each([
    ['billing_line', 'a list', '{ billingLines { nodes { workerName } } }'],
    ['billing_line', 'a look-up', `{ billingLine(id: "${german.ownLine.id}") { title } }`],
    ['billing_line', 'a native id', '{ journey(of: "Teuton") { subject { title } } }'],
    ['invoice', 'a list', '{ invoices { nodes { number } } }'],
  ])('leaks %s by %s when its policy is removed', async (table, _what, query) => {
    const guarded = await portal.ask(query, UK);
    expect(JSON.stringify(guarded)).not.toContain('Teuton');
    const tables = table === 'invoice' ? [table, 'subject'] : [table, 'billing_alias'];
    for (const name of tables) await portal.dataSource.query(`alter table portal.${name} disable row level security`);
    try {
      expect(JSON.stringify(await portal.ask(query, UK))).toContain('Teuton');
    } finally {
      for (const name of tables) await portal.dataSource.query(`alter table portal.${name} enable row level security`);
    }
    expect(await portal.ask(query, UK)).toEqual(guarded);
  });
});

describe('the costs of intercompany lines', () => {
  const asked = async (who: TokenRequest): Promise<any[]> =>
    (await portal.ask(`{ billingLines(filter: { intercompany: true }) { nodes { id ${INTERCOMPANY} } } }`, who)).billingLines.nodes;

  it('are shown to those with the field right', async () => {
    expect((await asked({ person: 'hr' })).find(node => node.id === lent.id).intercompany).toEqual({
      owningEntity: 'LF-UK',
      lendingEntity: 'LF-DE',
      owningCost: { amount: '1234.56' },
      owningUnbilledSale: { amount: '1600.00' },
      lendingCost: { amount: '765.43' },
      lendingSale: { amount: '1234.56' },
      deniedFields: [],
    });
  });

  it("are null and named in deniedFields for others, and so is a sale that equals the worker's cost", async () => {
    const nodes = await asked(UK);
    expect(nodes.find(node => node.id === lent.id).intercompany).toEqual({
      owningEntity: 'LF-UK',
      lendingEntity: 'LF-DE',
      owningCost: null,
      owningUnbilledSale: { amount: '1600.00' },
      lendingCost: null,
      lendingSale: { amount: '1234.56' },
      deniedFields: ['owningCost', 'lendingCost'],
    });
    expect(nodes.find(node => node.id === lentAtCost.id).intercompany).toMatchObject({
      owningCost: null,
      lendingCost: null,
      lendingSale: null,
      deniedFields: ['owningCost', 'lendingCost', 'lendingSale'],
    });
    expect((await asked({ person: 'hr' })).find(node => node.id === lentAtCost.id).intercompany).toMatchObject({
      owningCost: { amount: '54.32' },
      lendingCost: { amount: '54.32' },
      lendingSale: { amount: '54.32' },
    });
  });

  it('are in no other table of the read model, whatever the query', async () => {
    const [{ kept }] = await portal.dataSource.query<[{ kept: number }]>(
      `select count(*)::int kept from portal.billing_line l where to_jsonb(l)::text ~ '765.43|54.32'`,
    );
    expect(kept).toBe(0);
  });

  it('are given by Postgres to no viewer without the right, nor for a line they may not see', async () => {
    const rows = (entities: string, rights: string) =>
      portal.dataSource.transaction(async em => {
        await em.query(`set local role ${READER}`);
        await em.query(`select set_config('throughline.entities', $1, true), set_config('throughline.field_rights', $2, true)`, [entities, rights]);
        return (await em.query<unknown[]>('select * from portal.billing_line_cost')).length;
      });
    expect([await rows('{LF-UK}', '{}'), await rows('{LF-US}', '{worker.cost-rate}'), await rows('{LF-UK}', '{worker.cost-rate}')]).toEqual([
      0, 0, 2,
    ]);
  });

  it('are deleted when the line belongs to one entity only', async () => {
    await portal.publish(linesEvent({ ...lent, revision: lent.revision + 5000, intercompany: null }));
    const [{ kept }] = await portal.dataSource.query<[{ kept: number }]>(
      'select count(*)::int kept from portal.billing_line_cost where line_id = $1',
      [lent.id],
    );
    expect(kept).toBe(0);
    expect((await asked(EVERYBODY)).map(node => node.id)).toEqual([lentAtCost.id]);
  });
});
