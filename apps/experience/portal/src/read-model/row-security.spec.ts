import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, money, type Deal } from '#canonical';
import { aCustomer, aDeal, aProject, aStaffingRequest, aWorker, TEST_ROLES, type TokenRequest } from '#testing';
import { anEvent, anException, aStep, mapped, raised, stepped, testPortal, type TestPortal } from '../portal.fixture.js';

/** The role that a portal query runs as. */
const READER = TEST_ROLES.app('portal');

// A British and a German deal with every kind of row, and one that belongs to nobody yet.
const UK: TokenRequest = { person: 'finance-uk' };
const EVERYBODY: TokenRequest = { client: 'operations' };
const ALL_BUT_UNASSIGNED: TokenRequest = { client: 'portal' };

interface Affair {
  deal: Deal;
  project: ReturnType<typeof aProject>;
  worker: ReturnType<typeof aWorker>;
  request: ReturnType<typeof aStaffingRequest>;
  exceptionId: string;
  native: string;
}

function affair(name: string, entity: string, word: string): Affair {
  const customer = aCustomer({
    id: mintId('customer', name),
    name: `${name} customer`,
    refs: [{ system: 'salesforce', account: 'x', type: 'Account', nativeId: `001-${name}` }],
  });
  const deal = aDeal({
    id: mintId('deal', name),
    name: `${name} secret affair`,
    customer,
    legalEntity: word,
    currency: 'EUR',
    amount: money('500', 'EUR'),
    refs: [{ system: 'salesforce', account: 'x', type: 'Opportunity', nativeId: `006-${name}` }],
  });
  const project = aProject({
    dealId: deal.id,
    customerId: customer.id,
    customerName: customer.name,
    title: `${name} secret project`,
    legalEntity: entity,
  });
  const worker = aWorker({ employeeNumber: `E-${name}`, name: `${name} worker`, legalEntity: entity });
  const request = aStaffingRequest({ projectId: project.id, legalEntity: entity });
  return { deal, project, worker, request, exceptionId: mintId('exception', name), native: `ws-${name}` };
}

const british = affair('Albion', 'LF-UK', 'Larkfield Ltd');
const german = affair('Teuton', 'LF-DE', 'Larkfield GmbH');
const nobodys = aDeal({
  id: mintId('deal', 'Nordic'),
  name: 'Nordic secret affair',
  legalEntity: 'Larkfield Nordics AB',
  refs: [],
  customer: aCustomer({ id: mintId('customer', 'Nordic'), name: 'Nordic customer', refs: [] }),
});
const need = 'customer:somebody:tax-registration';

function eventsOf({ deal, project, worker, request, exceptionId, native }: Affair, entity: string, workers: Affair[]) {
  const refs = [{ system: 'kantata', account: '7001', type: 'workspace', nativeId: native }];
  const candidates = workers.map(other => ({ workerId: other.worker.id, name: other.worker.name, eligible: true, reasons: [] }));
  return [
    anEvent('deal.won.v1', deal.id, { state: deal, changed: [] }),
    anEvent('project.changed.v1', project.id, { state: { ...project, timeBooked: false, refs }, changed: [] }),
    anEvent('worker.changed.v1', worker.id, { state: worker, changed: [] }),
    anEvent('staffing-request.raised.v1', request.id, { state: { ...request, candidates }, refs: [] }),
    // A step that the flow published before it knew the entity: it follows the deal's.
    stepped(aStep({ subject: deal.id, related: [project.id, deal.customer.id], params: { deal: deal.name } })),
    stepped(aStep({ subject: deal.id, related: [project.id, deal.customer.id], kind: 'journey.checked', params: {}, legalEntities: [entity] })),
    raised(
      anException({
        id: exceptionId,
        subject: deal.id,
        legalEntities: [entity],
        keys: { deal: deal.id, dealName: deal.name, project: project.id },
        money: [{ ...money('500', 'EUR'), items: 1, estimated: false }],
        reasons: [{ code: 'customer.tax-registration-missing', params: { customer: deal.customer.name, country: 'DE', example: 'DE123456789' } }],
        needs: [
          {
            need,
            desk: 'finance',
            met: false,
            cure: { code: 'cure.customer.tax-registration', params: { customer: deal.customer.name, example: 'x' } },
          },
        ],
      }),
    ),
  ];
}

let portal: TestPortal;
beforeAll(async () => {
  portal = await testPortal();
  await portal.publish(
    mapped('Larkfield Ltd', 'LF-UK'),
    mapped('Larkfield GmbH', 'LF-DE'),
    ...eventsOf(british, 'LF-UK', [british, german]),
    ...eventsOf(german, 'LF-DE', [british, german]),
    anEvent('deal.won.v1', nobodys.id, { state: nobodys, changed: [] }),
  );
  await portal.dataSource.query(`insert into portal.worker_cost_rate select id, 81.5, 'EUR', current_date, now() from portal.worker`);
});
afterAll(() => portal?.close());

const EVERYTHING = `{
  deals { nodes { id title exceptions(first: 5) { nodes { id } } } totalCount { value } totals { currency amount items } facets(by: [OWNER]) { values { value count } } }
  projects { nodes { id title } totalCount { value } totals { amount } facets(by: [LEGAL_ENTITY]) { values { value count } } }
  customers { nodes { id title refs { nativeId } projects(first: 5) { nodes { title } } } totalCount { value } }
  workers { nodes { id name costRate { amount } } totalCount { value } facets(by: [LEGAL_ENTITY]) { values { value count } } }
  staffingRequests { nodes { id eligibility { eligible candidates(first: 5) { nodes { name worker { id } } totalCount { value } } } } totalCount { value } }
  exceptions { nodes { id reasons { text } keys { value } needs { cure { text } } } totalCount { value } totals { amount items } facets(by: [OWNER]) { values { value count } } }
  exceptionGroups { nodes { need items parkedBehind money { amount items } exceptions(first: 5) { nodes { id reasons { text } } } } totalCount { value } }
  find(text: "secret") { id subject { title } }
}`;

/** Looks up everything about one deal by what a guesser may know. */
const lookUps = ({ deal, project, worker, request, exceptionId, native }: Affair) => `{
  deal(id: "${deal.id}") { title } project(id: "${project.id}") { title } customer(id: "${deal.customer.id}") { title } worker(id: "${worker.id}") { name }
  staffingRequest(id: "${request.id}") { id } exception(id: "${exceptionId}") { reasons { text } }
  byId: journey(of: "${deal.id}") { subject { title } summary { text } steps { nodes { text } } blocking { id } }
  byNative: journey(of: "006-${deal.name.split(' ')[0]}") { subject { title } }
  byWorkspace: journey(of: "${native}") { subject { title } }
  find(text: "${native}") { id }
  words: find(text: "${deal.name}") { id }
  list: deals(filter: { ids: ["${deal.id}"] }) { nodes { title } totalCount { value } }
  exceptions(filter: { subject: ["${deal.id}"] }) { nodes { id } totalCount { value } }
}`;

const GERMAN = /Teuton|LF-DE|Albion worker.*Teuton worker/;

describe('row security', () => {
  it('shows a person of one legal entity only their own rows, in lists, counts, sums, facets, groups and text', async () => {
    const seen = await portal.ask(EVERYTHING, UK);
    expect(JSON.stringify(seen)).toContain('Albion');
    expect(JSON.stringify(seen)).not.toMatch(GERMAN);
    expect(JSON.stringify(seen)).not.toContain('Nordic');
    const counts = ['deals', 'projects', 'customers', 'workers', 'staffingRequests', 'exceptions', 'exceptionGroups'].map(
      list => seen[list].totalCount.value,
    );
    expect(counts).toEqual([1, 1, 1, 1, 1, 1, 1]);
    expect(seen.deals.totals).toEqual([{ currency: 'EUR', amount: '500.00', items: 1 }]);
    expect(seen.exceptionGroups.nodes[0]).toMatchObject({ need, items: 1, money: [{ amount: '500.00', items: 1 }] });
    expect(seen.exceptions.nodes[0].reasons[0].text).toContain('Albion customer');
    expect(seen.staffingRequests.nodes[0].eligibility).toMatchObject({
      eligible: 1,
      candidates: { totalCount: { value: 1 }, nodes: [{ name: 'Albion worker' }] },
    });
  });

  it("answers a look-up of others' rows as if they did not exist, by canonical id, native id, word or filter", async () => {
    const mine = await portal.ask(lookUps(british), UK);
    expect(mine).toMatchObject({
      deal: { title: 'Albion secret affair' },
      project: {},
      customer: {},
      worker: {},
      staffingRequest: {},
      byId: { steps: { nodes: [{}, {}] }, blocking: [{}] },
      byNative: { subject: { title: 'Albion secret affair' } },
      byWorkspace: { subject: { title: 'Albion secret project' } },
      find: [{}],
      list: { totalCount: { value: 1 } },
    });
    expect(await portal.ask(lookUps(german), UK)).toEqual({
      deal: null,
      project: null,
      customer: null,
      worker: null,
      staffingRequest: null,
      exception: null,
      byId: null,
      byNative: null,
      byWorkspace: null,
      find: [],
      words: [],
      list: { nodes: [], totalCount: { value: 0 } },
      exceptions: { nodes: [], totalCount: { value: 0 } },
    });
  });

  it('shows rows without a legal entity only to those with the unassigned right', async () => {
    const query = '{ deals(filter: { text: "Nordic" }) { nodes { legalEntities } totalCount { value } } }';
    expect((await portal.ask(query, EVERYBODY)).deals).toEqual({ nodes: [{ legalEntities: [] }], totalCount: { value: 1 } });
    expect((await portal.ask(query, ALL_BUT_UNASSIGNED)).deals.totalCount.value).toBe(0);
    expect((await portal.ask(query, UK)).deals.totalCount.value).toBe(0);
  });

  it('shows everything to those who see all entities', async () => {
    const seen = await portal.ask(EVERYTHING, EVERYBODY);
    const counts = ['deals', 'projects', 'customers', 'workers', 'staffingRequests', 'exceptions', 'exceptionGroups'].map(
      list => seen[list].totalCount.value,
    );
    expect(counts).toEqual([3, 2, 3, 2, 2, 2, 1]);
    expect(seen.exceptionGroups.nodes[0]).toMatchObject({ items: 2, money: [{ amount: '1000.00', items: 2 }] });
  });

  it('shows a deal once a mapping states its entity, with its customer and its steps, and hides it again when the mapping is removed', async () => {
    await portal.publish(stepped(aStep({ subject: nobodys.id, related: [nobodys.customer.id] })));
    const query = `{ deal(id: "${nobodys.id}") { legalEntities customer { title } journey { steps { totalCount { value } } } } }`;
    expect((await portal.ask(query, UK)).deal).toBeNull();
    await portal.publish(mapped('Larkfield Nordics AB', 'LF-UK'));
    expect((await portal.ask(query, UK)).deal).toEqual({
      legalEntities: ['LF-UK'],
      customer: { title: 'Nordic customer' },
      journey: { steps: { totalCount: { value: 1 } } },
    });
    await portal.publish(mapped('Larkfield Nordics AB', null));
    expect((await portal.ask(query, UK)).deal).toBeNull();
  });

  it('lets its database role see no table but its own, and write nothing', async () => {
    const asReader = (sql: string) =>
      portal.dataSource.transaction(async em => {
        await em.query(`set local role ${READER}`);
        return em.query<unknown[]>(sql);
      });
    expect(await asReader('select * from portal.deal')).toEqual([]); // no viewer: no rows
    await expect(asReader('select * from events.event')).rejects.toThrow('permission denied');
    await expect(asReader('select data from events.event')).rejects.toThrow('permission denied');
    await expect(asReader('select state from capture.shadow')).rejects.toThrow('permission denied');
    await expect(asReader('select cursor from capture.feed')).rejects.toThrow('permission denied');
    await expect(asReader('select * from portal.worker_cost_rate_due')).rejects.toThrow('permission denied');
    await expect(asReader('delete from portal.deal')).rejects.toThrow('permission denied');
  });

  it('covers every table that a query may read', async () => {
    const tables = await portal.dataSource.query<{ relname: string; relrowsecurity: boolean }[]>(
      `select c.relname, c.relrowsecurity and c.relforcerowsecurity relrowsecurity from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'portal' and c.relkind = 'r' and has_table_privilege($1, c.oid, 'select')`,
      [READER],
    );
    expect(tables.length).toBe(22);
    expect(tables.filter(table => !table.relrowsecurity)).toEqual([]);
  });

  // The negative control: without the policies the same queries leak.
  it.each([
    ['deal', 'list and count', '{ deals { nodes { title } totalCount { value } } }'],
    ['exception', 'exception text', '{ exceptions { nodes { reasons { text } } } }'],
    ['project', 'look-up', `{ project(id: "${german.project.id}") { title } }`],
    ['exception_group', 'count of a group', '{ exceptionGroups { nodes { items } } }'],
  ])('leaks %s by %s when its policy is removed', async (table, _what, query) => {
    const guarded = await portal.ask(query, UK);
    // A noun's row is joined with its subject, which is guarded too.
    const tables = ['deal', 'project'].includes(table) ? [table, 'subject'] : [table];
    for (const name of tables) await portal.dataSource.query(`alter table portal.${name} disable row level security`);
    try {
      const leaked = await portal.ask(query, UK);
      expect(leaked).not.toEqual(guarded);
      if (table !== 'exception_group') expect(JSON.stringify(leaked)).toContain('Teuton');
      else expect(leaked.exceptionGroups.nodes[0].items).toBe(2);
    } finally {
      for (const name of tables) await portal.dataSource.query(`alter table portal.${name} enable row level security`);
    }
    expect(await portal.ask(query, UK)).toEqual(guarded);
  });
});

describe("a worker's cost rate", () => {
  const query = '{ workers(filter: { text: "Albion" }) { nodes { costRate { amount currency } deniedFields } } viewer { deniedFields } }';

  it('is shown to those with the field right', async () => {
    expect(await portal.ask(query, { person: 'hr' })).toEqual({
      workers: { nodes: [{ costRate: { amount: '81.50', currency: 'EUR' }, deniedFields: [] }] },
      viewer: { deniedFields: [] },
    });
  });

  it('is null and named in deniedFields for others', async () => {
    expect(await portal.ask(query, UK)).toEqual({
      workers: { nodes: [{ costRate: null, deniedFields: ['costRate'] }] },
      viewer: { deniedFields: ['Worker.costRate', 'Intercompany.owningCost', 'Intercompany.lendingCost'] },
    });
  });

  it('is given by Postgres to no viewer without the right, nor for a worker they may not see', async () => {
    const rates = (entities: string, rights: string) =>
      portal.dataSource.transaction(async em => {
        await em.query(`set local role ${READER}`);
        await em.query(`select set_config('throughline.entities', $1, true), set_config('throughline.field_rights', $2, true)`, [entities, rights]);
        return (await em.query<unknown[]>('select * from portal.worker_cost_rate')).length;
      });
    expect([
      await rates('{LF-UK,LF-DE}', '{}'),
      await rates('{LF-UK}', '{worker.cost-rate}'),
      await rates('{LF-UK,LF-DE}', '{worker.cost-rate}'),
    ]).toEqual([0, 1, 2]);
  });

  it('is in no other table of the read model, even when an event contained it by mistake', async () => {
    const indiscreet = aWorker({ employeeNumber: 'E-loose', name: 'Loose Lips', costRate: money('77.77', 'GBP') });
    await portal.publish(anEvent('worker.changed.v1', indiscreet.id, { state: indiscreet, changed: [] }));
    const [{ kept }] = await portal.dataSource.query<[{ kept: number }]>(
      `select count(*)::int kept from portal.worker where data::text like '%77.77%'`,
    );
    expect(kept).toBe(0);
  });
});
