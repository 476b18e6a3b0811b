import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson, mintId, type Project } from '#canonical';
import { aProject } from '#testing';
import { PsaUnderTest } from '../psa.fixture.js';

let psa: PsaUnderTest;
let deals = 0;
const freshProject = (over: Partial<Project> = {}): Project => aProject({ dealId: mintId('deal', 'projects-spec', String(deals++)), ...over });
const put = (project: Project, headers: Record<string, string> = {}) => psa.call('PUT', `projects/${project.id}`, { body: project, headers });

/** As the flow's service for a person with these legal entities. */
const actingFor = (legalEntities: string[]) => ({
  'throughline-actor': JSON.stringify({
    kind: 'person',
    id: 'person-x',
    name: 'X',
    roles: [],
    legalEntities,
    seesUnassigned: false,
    fieldRights: [],
  }),
});

describe('/system/psa/v1/projects', () => {
  beforeAll(async () => {
    psa = await PsaUnderTest.start();
  });
  afterAll(() => psa.close());

  it('plans without writing, applies exactly the plan, and answers where it is', async () => {
    const project = freshProject();
    const planned = await psa.call('POST', `projects/${project.id}/plans`, { body: project });
    expect([planned.status, planned.body.effects.length]).toEqual([200, 5]);
    expect(await psa.sandboxes.control.ledger('kantata').then(rows => rows.filter(row => row.externalId === project.id))).toEqual([]);
    const applied = await put(project, { 'if-match': `"${planned.body.hash}"` });
    expect(applied.status).toBe(200);
    expect(canonicalJson(applied.body.effects)).toBe(canonicalJson(planned.body.effects));
    expect(applied.body.refs).toMatchObject([{ system: 'kantata', account: '7001', type: 'workspace' }]);
    for (const fresh of [false, true]) {
      const { refs: _, timeBooked, ...there } = (await psa.call('GET', `projects/${project.id}?fresh=${fresh}`)).body;
      expect([canonicalJson(there), timeBooked]).toEqual([canonicalJson(project), false]);
    }
  });

  it('writes nothing when the plan has drifted, and says so', async () => {
    const project = freshProject();
    await put(project);
    const changed = { ...project, title: 'As changed by the deal' };
    const { hash } = (await psa.call('POST', `projects/${project.id}/plans`, { body: changed })).body;
    const [{ nativeId }] = (await psa.call('GET', `projects/${project.id}`)).body.refs;
    await psa.kantata('PUT', `workspaces/${nativeId}`, { workspace: { due_date: '2027-06-30' } });
    const before = (await psa.sandboxes.control.ledger('kantata')).length;
    const refused = await psa.call('PUT', `projects/${project.id}`, { body: changed, headers: { 'if-match': `"${hash}"` } });
    expect([refused.status, refused.body.code]).toEqual([412, 'plan-drifted']);
    expect(await psa.sandboxes.control.ledger('kantata')).toHaveLength(before);
  });

  it('leaves an audit row with before and after for a write, and none for a plan', async () => {
    const project = freshProject();
    await psa.call('POST', `projects/${project.id}/plans`, { body: project });
    await put(project);
    const rows = await psa.database.dataSource.query('select what, after from service.audit where subject like $1', [`%${project.id}%`]);
    expect(rows).toHaveLength(1);
    expect([rows[0].what, rows[0].after.length]).toEqual(['project-written', 5]);
  });

  it.each([
    ['a NUL', 'Grid\0 analytics'],
    ['half a character', 'Grid analytics \ud83d'],
  ])('refuses titles with %s, and writes nothing', async (_, title) => {
    const project = freshProject();
    const before = (await psa.sandboxes.control.ledger('kantata')).length;
    const refused = await put({ ...project, title, tasks: [{ ...project.tasks[0], title }] });
    expect([refused.status, refused.body.fields.map(({ field }: { field: string }) => field)]).toEqual([400, ['title', 'tasks[0].title']]);
    expect(await psa.sandboxes.control.ledger('kantata')).toHaveLength(before);
  });

  it('says every fault of a request at once, and writes nothing', async () => {
    const project = freshProject({ startDate: '2027-05-01' });
    const refused = await psa.call('PUT', 'projects/prj_other', { body: { ...project, budget: { amount: '1', currency: 'USD' } } });
    expect(refused.status).toBe(400);
    expect(refused.body.fields.map(({ field }: { field: string }) => field).sort()).toEqual(['budget.currency', 'endDate', 'id']);
    const unknown = await psa.call('PUT', `projects/${project.id}`, { body: { ...project, colour: 'red' } });
    expect([unknown.status, unknown.body.fields[0].field]).toEqual([400, 'colour']);
  });

  it('names what the account lacks when a project needs it', async () => {
    const project = freshProject({ rateCard: 'RC-NOWHERE' });
    const refused = await put(project);
    expect([refused.status, refused.body.code, refused.body.retryable]).toEqual([422, 'not-in-account', false]);
    expect(refused.body.detail).toContain('RC-NOWHERE');
  });

  it('publishes its own write as its event, and treats the feed’s reading of it as an echo', async () => {
    await psa.read('projects');
    const project = freshProject();
    await put(project);
    expect((await psa.events(project.id)).map(({ type, legal_entities }) => [type, legal_entities])).toEqual([['project.changed.v1', ['LF-UK']]]);
    await psa.read('projects');
    await psa.read('projects', 'sweeps');
    expect(await psa.events(project.id)).toHaveLength(1);
  });

  it('publishes people’s own changes, booked time, and what is archived', async () => {
    const project = freshProject();
    await put(project);
    await psa.read('projects');
    const [{ nativeId }] = (await psa.call('GET', `projects/${project.id}`)).body.refs;
    await psa.kantata('PUT', `workspaces/${nativeId}`, { workspace: { title: 'Renamed' } });
    await psa.read('projects');
    await psa.kantata('POST', 'time_entries', { time_entry: { workspace_id: Number(nativeId), date_performed: '2026-12-01', time_in_minutes: 30 } });
    await psa.read('projects');
    const events = await psa.events(project.id);
    expect(events.slice(1).map(({ data }) => [data.changed, data.previous])).toEqual([
      [['title'], { title: project.title }],
      [['timeBooked'], { timeBooked: false }],
    ]);
    expect((await psa.call('GET', `projects/${project.id}`)).body).toMatchObject({ title: 'Renamed', timeBooked: true });
    const undone = await put({ ...project, title: 'Renamed', status: 'archived' });
    expect([undone.status, undone.body.code]).toEqual([409, 'time-booked']);
  });

  it('reports as drift what people change in the PSA although it was sold otherwise, and never our own writes', async () => {
    const project = freshProject();
    await put(project);
    await psa.read('projects');
    await put({ ...project, costCentre: 'CC-220' });
    await psa.read('projects');
    const drifts = async () => (await psa.events(project.id)).filter(({ type }) => type === 'drift.detected.v1').map(({ data }) => data.attributes);
    expect(await drifts()).toEqual([]);
    const [{ nativeId }] = (await psa.call('GET', `projects/${project.id}`)).body.refs;
    await psa.kantata('PUT', `workspaces/${nativeId}`, { workspace: { price: 99, due_date: '2027-04-30' } });
    await psa.read('projects');
    expect(await drifts()).toEqual([['budget']]);
  });

  it('finds by a sweep what the feed never showed: a project deleted at its source', async () => {
    const project = freshProject();
    await put(project);
    const [{ nativeId }] = (await psa.call('GET', `projects/${project.id}`)).body.refs;
    await psa.kantata('DELETE', `workspaces/${nativeId}`);
    await psa.read('projects', 'sweeps');
    expect((await psa.events(project.id)).at(-1)?.data.deleted).toBe(true);
    expect((await psa.call('GET', `projects/${project.id}`)).status).toBe(404);
  });

  it('lists the running projects of the firm in pages, by legal entity', async () => {
    await psa.read('projects', 'sweeps');
    const ids: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await psa.call('GET', `projects?legalEntity=LF-DE&limit=1${cursor}`);
      ids.push(...body.items.map((item: Project) => (expect(item.legalEntity).toBe('LF-DE'), item.id)));
      if (body.nextCursor === null) break;
      cursor = `&cursor=${body.nextCursor}`;
    }
    expect(ids.length).toBeGreaterThan(1);
    expect([...ids].sort()).toEqual(ids);
  });

  it('answers from its last known state: no call to the PSA', async () => {
    const project = freshProject();
    await put(project);
    const before = canonicalJson(await psa.sandboxes.control.calls());
    for (let i = 0; i < 5; i++) expect((await psa.call('GET', `projects/${project.id}`)).status).toBe(200);
    await psa.call('GET', 'projects?limit=100');
    expect(canonicalJson(await psa.sandboxes.control.calls())).toBe(before);
  });

  describe('who may', () => {
    it('needs a token with the scope, for us, and not expired', async () => {
      const anybody = await fetch(`${psa.app.url}/v1/projects`);
      expect(anybody.status).toBe(401);
      const status = async (as: object) => (await psa.call('GET', 'projects', { as })).status;
      expect(await status({ client: 'sales' })).toBe(403);
      expect(await status({ client: 'operations', scopes: ['crm.read'] })).toBe(403);
      expect(await status({ client: 'operations', wrongAudience: true })).toBe(401);
      expect(await status({ client: 'operations', expired: true })).toBe(401);
      // the control: with every right it succeeds
      expect(await status({ client: 'operations' })).toBe(200);
      const project = freshProject();
      expect((await psa.call('PUT', `projects/${project.id}`, { body: project, as: { client: 'operations', scopes: ['psa.read'] } })).status).toBe(
        403,
      );
    });

    it('shows nobody another legal entity’s project: by list, by id, fresh, or by what a write says', async () => {
      const project = freshProject();
      await put(project);
      const us = { person: 'pmo-us' };
      const listed = (await psa.call('GET', 'projects?limit=200', { as: us })).body.items;
      expect(new Set(listed.map((item: Project) => item.legalEntity))).toEqual(new Set(['LF-US']));
      for (const fresh of ['', '?fresh=true']) {
        const theirs = await psa.call('GET', `projects/${project.id}${fresh}`, { as: us });
        const nobodys = await psa.call('GET', `projects/prj_none${fresh}`, { as: us });
        expect([theirs.status, theirs.body.detail.replace(project.id, '')]).toEqual([404, nobodys.body.detail.replace('prj_none', '')]);
      }
      const uk = await psa.call('GET', `projects/${project.id}`, { as: { person: 'finance-uk' } });
      expect(uk.status).toBe(200); // the control: its own entity sees it
    });

    it('lets nobody write to another legal entity, nor move a project there', async () => {
      const project = freshProject();
      await put(project);
      const before = (await psa.sandboxes.control.ledger('kantata')).length;
      const refused = await put({ ...project, title: 'Taken' }, actingFor(['LF-US']));
      const moved = await put({ ...project, legalEntity: 'LF-US' }, actingFor(['LF-US']));
      expect([refused.status, moved.status, refused.body.code]).toEqual([403, 403, 'legal-entity']);
      expect(await psa.sandboxes.control.ledger('kantata')).toHaveLength(before);
      expect((await put(project, actingFor(['LF-UK']))).status).toBe(200);
    });

    it('lets nobody take another legal entity’s project that no feed has shown yet: the plan reads its legal entity', async () => {
      const project = freshProject();
      await put(project);
      await psa.database.dataSource.query('delete from capture.shadow where id = $1', [project.id]);
      const before = (await psa.sandboxes.control.ledger('kantata')).length;
      const taken = { ...project, legalEntity: 'LF-US' };
      const planned = await psa.call('POST', `projects/${project.id}/plans`, { body: taken, headers: actingFor(['LF-US']) });
      const refused = await put(taken, actingFor(['LF-US']));
      expect([planned, refused].map(({ status, body }) => [status, body.code])).toEqual([
        [403, 'legal-entity'],
        [403, 'legal-entity'],
      ]);
      expect(await psa.sandboxes.control.ledger('kantata')).toHaveLength(before);
      expect((await put(project, actingFor(['LF-UK']))).status).toBe(200);
    });
  });

  it('replays the first answer to an idempotency key, and refuses the key for another body', async () => {
    const project = freshProject();
    const headers = { 'idempotency-key': `k-${project.id}` };
    const first = await put(project, headers);
    const again = await put(project, headers);
    expect([again.status, again.body.effects.length]).toEqual([first.status, 5]);
    expect((await put({ ...project, title: 'Other' }, headers)).status).toBe(422);
  });

  it('states how far its feeds have been read', async () => {
    const { items } = (await psa.call('GET', 'feeds', { as: { client: 'operations' } })).body;
    expect(items.map(({ name }: { name: string }) => name).sort()).toEqual([
      'assignments',
      'expenses',
      'projects',
      'staffing-requests',
      'time-entries',
    ]);
  });
});
