import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson, mintId, projectIdOf, type BillingCustomer, type FinancialProject } from '#canonical';
import { aBillingCustomer, aFinancialProject, eventually } from '#testing';
import { actingFor, ErpUnderTest } from '../erp.fixture.js';
import { statesOf } from '../vendors/netsuite/netsuite-history.fixture.js';
import { billingTypeIds } from '../vendors/netsuite/projects/projects.mapper.js';

let erp: ErpUnderTest;
let deals = 0;

const customerOf = (project: FinancialProject): BillingCustomer =>
  aBillingCustomer({ id: project.customerId, taxRegistration: `GB${100_000_000 + deals}` });

/** A project with a deal of its own, whose customer exists. */
async function freshProject(over: Partial<FinancialProject> = {}): Promise<FinancialProject> {
  const dealId = mintId('deal', 'erp-spec', String(deals++));
  const project = aFinancialProject({ id: projectIdOf(dealId), dealId, customerId: mintId('customer', 'erp-spec', String(deals)), ...over });
  const withTasks = {
    ...project,
    tasks: project.tasks.map((task, index) => ({ ...task, id: mintId('task', project.id, String(index)) })).sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
  const { status } = await erp.call('PUT', `customers/${project.customerId}`, { body: customerOf(project) });
  expect(status).toBe(200);
  return withTasks;
}
const put = (project: FinancialProject, headers: Record<string, string> = {}) =>
  erp.call('PUT', `projects/${project.id}`, { body: project, headers });
const ledger = async () => erp.sandboxes.control.ledger('netsuite');

const FIELDS = {
  costCentreField: 'custentity_cost_centre',
  taxCodeField: 'custentity_tax_code',
  dealIdField: 'custentity_deal_id',
  billingMethodField: 'custentity_billing_method',
  notToExceedField: 'custentity_not_to_exceed',
  taskRoleField: 'custevent_role',
};

describe('/system/erp/v1/projects', () => {
  beforeAll(async () => {
    erp = await ErpUnderTest.start();
  });
  afterAll(() => erp.close());

  it('plans without writing, applies exactly the plan, and the vendor’s history says the same, byte for byte', async () => {
    const project = await freshProject();
    const before = (await ledger()).length;
    const planned = await erp.call('POST', `projects/${project.id}/plans`, { body: project });
    expect([planned.status, planned.body.effects.length]).toEqual([200, 5]);
    expect(await ledger()).toHaveLength(before);
    const applied = await put(project, { 'if-match': `"${planned.body.hash}"` });
    expect(applied.status).toBe(200);
    expect(canonicalJson(applied.body.effects)).toBe(canonicalJson(planned.body.effects));
    const history = statesOf(
      (await ledger()).slice(before),
      FIELDS,
      billingTypeIds(['time-and-materials=TM', 'fixed-interval=FBI', 'fixed-milestone=FBM']),
    );
    const told = planned.body.effects.map(({ noun, externalId, before: was, after }: Record<string, unknown>) => ({
      noun,
      externalId,
      before: was,
      after,
    }));
    expect(canonicalJson(history)).toBe(canonicalJson(told));
    expect(applied.body.refs).toMatchObject([
      { system: 'netsuite', account: '7654321_SB1', type: 'job' },
      { system: 'netsuite', type: 'billingSchedule' },
    ]);
  });

  it('reads back what was requested, from the ERP and from its last known state', async () => {
    const project = await freshProject();
    await put(project);
    for (const fresh of [true, false]) {
      const { refs, ...there } = (await erp.call('GET', `projects/${project.id}?fresh=${fresh}`)).body;
      expect(canonicalJson(there)).toBe(canonicalJson(project));
      expect(refs[0].url).toMatch(/^https:\/\/7654321-sb1\.app\.netsuite\.com\/app\/accounting\/project\/project\.nl\?id=\d+$/);
    }
  });

  it('writes nothing when the plan has drifted, and says so', async () => {
    const project = await freshProject();
    await put(project);
    const changed = { ...project, title: 'As changed by the deal' };
    const { hash } = (await erp.call('POST', `projects/${project.id}/plans`, { body: changed })).body;
    await erp.netsuite('PATCH', `job/eid:${project.id}`, { projectedEndDate: '2027-06-30' });
    const before = (await ledger()).length;
    const refused = await erp.call('PUT', `projects/${project.id}`, { body: changed, headers: { 'if-match': `"${hash}"` } });
    expect([refused.status, refused.body.code]).toEqual([412, 'plan-drifted']);
    expect(await ledger()).toHaveLength(before);
  });

  it('says every fault of a request at once, and writes nothing', async () => {
    const project = await freshProject({ startDate: '2027-05-01' });
    const refused = await erp.call('PUT', 'projects/prj_other', {
      body: { ...project, billingMethod: 'retainer', price: { amount: '1.00', currency: 'USD' } },
    });
    expect([refused.status, refused.body.code]).toEqual([400, 'validation']);
    expect(refused.body.fields.map(({ field }: { field: string }) => field).sort()).toEqual([
      'billingSchedule.type',
      'endDate',
      'id',
      'price.currency',
    ]);
    const [one, two] = project.billingSchedule.milestones;
    const short = { ...project.billingSchedule, milestones: [one, { ...two, amount: { amount: '19999.99', currency: 'GBP' } }] };
    const unpriced = { ...(await freshProject()), price: undefined };
    for (const [asked, field, says] of [
      [{ ...(await freshProject()), billingSchedule: short }, 'billingSchedule.milestones', 'must sum to the price 32000.00, not 31999.99'],
      [unpriced, 'price', 'must be there for a schedule by milestones'],
    ] as const) {
      const { status, body } = await put(asked);
      expect([status, body.fields.map((fault: { field: string }) => fault.field)]).toEqual([400, [field]]);
      expect(body.fields[0].message).toContain(says);
      expect((await put({ ...asked, status: 'archived' })).status).toBe(200);
    }
    const unknown = await put({ ...project, colour: 'red' } as never);
    expect([unknown.status, unknown.body.fields[0].field]).toEqual([400, 'colour']);
  });

  it('names the dimension that the ERP does not know', async () => {
    const project = await freshProject();
    const refused = await put({ ...project, dimensions: { ...project.dimensions, taxCode: 'GB-NONE' } });
    expect([refused.status, refused.body.code, refused.body.retryable, refused.body.fields[0].field]).toEqual([
      422,
      'unknown-reference',
      false,
      'dimensions.taxCode',
    ]);
  });

  it('passes the vendor’s refusal on with its own words', async () => {
    const project = await freshProject();
    const refused = await put({ ...project, customerId: 'cus_nobody' });
    expect([refused.status, refused.body.retryable]).toEqual([422, false]);
    expect(refused.body.detail).toContain('cus_nobody');
  });

  it('closes and brings back the same project', async () => {
    const project = await freshProject();
    const [ref] = (await put(project)).body.refs;
    expect((await put({ ...project, status: 'archived' })).body.effects.map(({ operation }: { operation: string }) => operation)).toEqual([
      'archive',
    ]);
    expect((await erp.call('GET', `projects/${project.id}`)).body.status).toBe('archived');
    expect((await put(project)).body.effects.map(({ operation }: { operation: string }) => operation)).toEqual(['reactivate']);
    expect((await erp.call('GET', `projects/${project.id}`)).body.refs[0]).toEqual(ref);
  });

  it('leaves an audit row with before and after for a write, and none for a plan', async () => {
    const project = await freshProject();
    await erp.call('POST', `projects/${project.id}/plans`, { body: project });
    await put(project);
    const rows = await erp.database.dataSource.query('select what, after from service.audit where subject like $1', [`%${project.id}%`]);
    expect(rows.map(({ what, after }: { what: string; after: unknown[] }) => [what, after.length])).toEqual([['financial-project-written', 5]]);
  });

  it('publishes its own write as its event, and treats the feed’s reading of it as an echo', async () => {
    await erp.read('projects');
    const project = await freshProject();
    await put(project);
    expect((await erp.events(project.id)).map(({ type, legal_entities }) => [type, legal_entities])).toEqual([
      ['financial-project.changed.v1', ['LF-UK']],
    ]);
    await erp.read('projects');
    await erp.read('projects', 'sweeps');
    expect(await erp.events(project.id)).toHaveLength(1);
  });

  it('publishes finance’s changes with the former values; and, after a sweep, what its feed can’t show', async () => {
    const project = await freshProject();
    await put(project);
    await erp.read('projects');
    await erp.netsuite('PATCH', `job/eid:${project.id}`, { custentity_cost_centre: null, projectedEndDate: '2027-06-30' });
    await erp.read('projects');
    const last = (await erp.events(project.id)).at(-1)!;
    expect(last.data.changed).toEqual(['dimensions', 'endDate']);
    expect(last.data.state.dimensions).toEqual({ legalEntity: 'LF-UK', taxCode: 'GB-S20' });
    expect(last.data.previous.endDate).toBe('2027-03-31');
    await erp.netsuite('PATCH', `projectTask/eid:${project.tasks[0].id}`, { title: 'Renamed there' });
    await erp.read('projects', 'sweeps');
    expect((await erp.events(project.id)).at(-1)!.data.changed).toEqual(['tasks']);
  });

  it('reads a changed project once, not at every look', async () => {
    const project = await freshProject();
    await put(project);
    const reads = async () => (await erp.sandboxes.control.calls()).netsuite['read job get 200'] ?? 0;
    // Its date of change has whole seconds: within that second it may change again unseen, so it is
    // read again until the second is over.
    await eventually(async () => {
      await erp.read('projects');
      const before = await reads();
      await erp.read('projects');
      return (await reads()) === before;
    });
  });

  it('shows each person the projects of their legal entities: in lists, by id and in what they may plan', async () => {
    const project = await freshProject();
    await put(project);
    const idsSeenBy = async (person: string) =>
      (await erp.call('GET', 'projects?limit=200', { as: { person } })).body.items.map(({ id }: { id: string }) => id);
    expect(await idsSeenBy('finance-uk')).toContain(project.id);
    expect(await idsSeenBy('sales-de')).not.toContain(project.id);
    const get = async (person: string) => (await erp.call('GET', `projects/${project.id}`, { as: { person } })).status;
    expect([await get('finance-uk'), await get('sales-de')]).toEqual([200, 404]);
    const plan = async (entity: string) =>
      (await erp.call('POST', `projects/${project.id}/plans`, { body: project, headers: actingFor([entity]) })).status;
    expect([await plan('LF-UK'), await plan('LF-DE')]).toEqual([200, 403]);
    // Nor may somebody take it over by stating their own legal entity.
    const german = { ...project, dimensions: { ...project.dimensions, legalEntity: 'LF-DE' } };
    expect((await erp.call('PUT', `projects/${project.id}`, { body: german, headers: actingFor(['LF-DE']) })).status).toBe(403);
  });

  it('asks for a token with the scope of the operation', async () => {
    const project = await freshProject();
    const status = async (method: string, path: string, as: Parameters<ErpUnderTest['call']>[2]) => (await erp.call(method, path, as)).status;
    expect(await status('PUT', `projects/${project.id}`, { body: project, as: { person: 'finance-uk' } })).toBe(403);
    expect(await status('GET', `projects/${project.id}`, { as: { client: 'sales' } })).toBe(403);
    expect(await status('GET', 'projects', { as: { person: 'finance-uk', expired: true } })).toBe(401);
    expect(await status('GET', 'projects', { as: { person: 'finance-uk', wrongAudience: true } })).toBe(401);
    expect(await status('GET', 'projects', { as: { person: 'finance-uk' } })).toBe(200);
  });

  it('pages by keys', async () => {
    for (let i = 0; i < 3; i++) await put(await freshProject());
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: { id: string }[]; nextCursor: string | null } = (
        await erp.call('GET', `projects?limit=2${cursor ? `&cursor=${cursor}` : ''}`)
      ).body;
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual([...new Set(seen)].sort());
    expect(seen.length).toBeGreaterThanOrEqual(3);
  });
});
