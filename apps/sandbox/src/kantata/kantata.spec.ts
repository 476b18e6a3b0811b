import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFirm } from '../firm/create-firm.js';
import { Faults, Ledger, type NoticeFault, Store, VendorServer } from '../kit/index.js';
import { createKantata, type KantataOptions } from './index.js';

// An answer's body, read field by field as the test expects it.
type Body = any;

const folder = mkdtempSync(join(tmpdir(), 'kantata-'));
let store: Store;
let ledger: Ledger;
let server: VendorServer;
let faults: Faults;
let base: string;

async function start(options: Partial<KantataOptions> = {}, file = join(folder, `${Math.random()}.sqlite`)): Promise<void> {
  store = new Store(file);
  ledger = new Ledger(store);
  faults = new Faults();
  server = new VendorServer(createKantata(store, ledger, createFirm(), { token: 't0k3n', account: '7001', ...options }), faults);
  base = await server.listen(0);
}

async function stop(): Promise<void> {
  await server.close();
  store.close();
}

async function call(method: string, path: string, body?: unknown, token = 't0k3n'): Promise<{ status: number; body: Body; headers: Headers }> {
  const answer = await fetch(`${base}/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? null : JSON.parse(text), headers: answer.headers };
}

const get = async (path: string): Promise<Body> => (await call('GET', path)).body;
const idOf = (answer: { body: Body }): string => answer.body.results[0].id;
const reference = (ref: string, model = 'project') => ({ service_name: 'throughline', service_model: model, service_model_ref: ref });
const byReference = (ref: string) =>
  `external_reference_service_name=throughline&external_reference_service_model=project&external_reference_service_model_refs=${ref}`;

async function fieldId(subject: string, name: string): Promise<number> {
  const { custom_fields } = await get(`custom_fields?subject_type=${subject}&per_page=200`);
  return Number(Object.values<Body>(custom_fields).find(field => field.name === name).id);
}

describe('Kantata OX', () => {
  beforeEach(() => start());
  afterEach(stop);

  it('refuses a call without its token in the vendor’s words, with a request id', async () => {
    const { status, body, headers } = await call('GET', 'workspaces', undefined, 'wrong');
    expect(status).toBe(401);
    expect(body).toEqual({ errors: [{ type: 'oauth', message: 'Invalid OAuth 2 Request' }] });
    expect(headers.get('x-request-id')).toBeTruthy();
  });

  it('knows the firm’s projects by our reference, with the team assigned over the dates of each', async () => {
    const firm = createFirm();
    const body = await get('workspaces?include=external_references&include_archived=true&order=created_at:asc&per_page=200');
    const refs = body.results.map(({ id }: Body) => body.external_references[body.workspaces[id].external_reference_ids[0]]);
    expect(refs.map(({ service_name, service_model, service_model_ref }: Body) => [service_name, service_model, service_model_ref])).toEqual(
      firm.projects.map(({ id }) => ['throughline', 'project', id]),
    );
    const [project] = firm.projects;
    const seats = await get(`workspace_resources?workspace_id=${body.results[0].id}&include=user,role&per_page=200`);
    const emails = Object.values<Body>(seats.workspace_resources).map(seat => seats.users[seat.user_id].email_address);
    expect(emails.sort()).toEqual(project.team.map(number => firm.consultants.find(one => one.employeeNumber === number)!.email).sort());
    const { workspace_allocations } = await get('workspace_allocations?per_page=200');
    const own = Object.values<Body>(workspace_allocations).filter(one => seats.workspace_resources[one.workspace_resource_id]);
    expect(own.map(one => [one.start_date, one.end_date])).toEqual(own.map(() => [project.startDate, project.endDate]));
    expect(own).toHaveLength(project.team.length);
  });

  it('states the user of a token', async () => {
    const me = await get('users/me');
    expect(Object.values<Body>(me.users)[0].email_address).toBe('throughline@larkfield.example');
  });

  it('lists in an envelope keyed by id, in order, with counts', async () => {
    const body = await get('workspaces?per_page=3&page=2&order=created_at:asc');
    expect(body.count).toBe(16);
    expect(body.meta).toEqual({ count: 16, page_count: 6, page_number: 2, page_size: 3 });
    expect(body.results.map((one: Body) => one.key)).toEqual(['workspaces', 'workspaces', 'workspaces']);
    for (const { id } of body.results) expect(body.workspaces[id].id).toBe(id);
  });

  it('answers an empty page with zeroes, and cuts a page at 200', async () => {
    expect((await get('workspaces?matching=nosuch')).meta).toEqual({ count: 0, page_count: 0, page_number: 0, page_size: 20 });
    expect((await get('users?on_my_account=true&per_page=900')).meta.page_size).toBe(200);
    expect((await get('users?on_my_account=true&per_page=0')).meta.page_size).toBe(20);
  });

  it('leaves association ids out until they are included', async () => {
    const id = idOf(
      await call('POST', 'workspaces', {
        workspace: { title: 'Tide', custom_fields: [{ custom_field_id: await fieldId('Workspace', 'Legal Entity'), value: 'LF-UK' }] },
      }),
    );
    const bare = (await get(`workspaces/${id}`)).workspaces[id];
    expect(bare).not.toHaveProperty('custom_field_value_ids');
    const full = await get(`workspaces/${id}?include=custom_field_values,external_references,nosuch`);
    expect(full.workspaces[id].custom_field_value_ids).toHaveLength(1);
    expect(Object.values<Body>(full.custom_field_values).map(value => value.custom_field_name)).toContain('Legal Entity');
    expect(full.external_references).toEqual({});
  });

  it.each([
    ['JPY', 120_050, { price_in_cents: 120_050, currency_base_unit: 1, price: '¥120,050' }],
    ['KWD', 1200.505, { price_in_cents: 1_200_505, currency_base_unit: 1000, price: 'KWD\u00a01,200.505' }],
    ['HUF', 1200.5, { price_in_cents: 120_050, currency_base_unit: 100, price: 'HUF\u00a01,200.50' }],
  ])('counts a price in the smallest unit of %s', async (currency, price, shown) => {
    const made = await call('POST', 'workspaces', { workspace: { title: 'Tide', currency, price } });
    expect(made.body.workspaces[idOf(made)]).toMatchObject(shown);
  });

  it('creates a project with its fields and its reference in one write, and finds it by the reference', async () => {
    const entity = await fieldId('Workspace', 'Legal Entity');
    const card = (await get('rate_cards?currencies=GBP')).results[0].id;
    const made = await call('POST', 'workspaces?include=external_references', {
      workspace: {
        title: 'Tide',
        budgeted: true,
        price: 1200.5,
        currency: 'USD',
        rate_card_id: Number(card),
        custom_fields: [{ custom_field_id: entity, value: 'LF-UK' }],
        external_reference: reference('prj_1'),
      },
    });
    expect(made.status).toBe(200);
    const workspace = made.body.workspaces[idOf(made)];
    expect(workspace).toMatchObject({ price_in_cents: 120050, price: '£1,200.50', currency: 'GBP', rate_card_id: Number(card), archived: false });
    const found = await get(`workspaces?${byReference('prj_1')}&include=custom_field_values`);
    expect(found.results).toEqual([{ key: 'workspaces', id: idOf(made) }]);
    expect(ledger.rows()).toHaveLength(1);
    expect(ledger.rows()[0]).toMatchObject({
      operation: 'create',
      type: 'workspaces',
      externalId: 'prj_1',
      before: null,
      after: { title: 'Tide', custom_field_values: [{ value: 'LF-UK' }] },
    });
  });

  it('lets two projects carry the same reference', async () => {
    for (const title of ['one', 'two']) await call('POST', 'workspaces', { workspace: { title, external_reference: reference('prj_1') } });
    expect((await get(`workspaces?${byReference('prj_1')}`)).count).toBe(2);
  });

  it('hides archived projects and their stories until asked', async () => {
    const id = idOf(await call('POST', 'workspaces', { workspace: { title: 'Tide', external_reference: reference('prj_1') } }));
    const story = idOf(await call('POST', 'stories', { story: { workspace_id: Number(id), title: 'Build' } }));
    await call('PUT', `workspaces/${id}`, { workspace: { archived: true } });
    expect((await get(`workspaces?${byReference('prj_1')}`)).count).toBe(0);
    expect((await get(`workspaces?only=${id}`)).count).toBe(0);
    expect((await call('GET', `workspaces/${id}`)).status).toBe(404);
    expect((await get(`workspaces?${byReference('prj_1')}&include_archived=true`)).count).toBe(1);
    expect((await call('GET', `stories/${story}`)).status).toBe(404);
    expect((await get(`stories?only=${story}&show_from_archived_workspaces=true`)).count).toBe(1);
  });

  it('creates stories in bulk, all or none, naming the row at fault', async () => {
    const id = Number(idOf(await call('POST', 'workspaces', { workspace: { title: 'Tide', budgeted: true } })));
    const refused = await call('POST', 'stories', { stories: [{ workspace_id: id, title: 'Build' }, { workspace_id: id }] });
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toEqual([{ type: 'validation', message: "Title can't be blank", field: 'title', index: 1 }]);
    expect((await get(`stories?workspace_id=${id}`)).count).toBe(0);
    const before = ledger.rows().length;
    const made = await call('POST', 'stories', {
      stories: ['a', 'b', 'c'].map(title => ({ workspace_id: id, title, external_reference: reference(`tsk_${title}`, 'task') })),
    });
    expect(made.body.results).toHaveLength(3);
    expect(
      ledger
        .rows(0)
        .slice(before)
        .map(row => [row.type, row.externalId]),
    ).toEqual([
      ['stories', 'tsk_a'],
      ['stories', 'tsk_b'],
      ['stories', 'tsk_c'],
    ]);
  });

  it('takes a budget on a story of a budgeted project only', async () => {
    const id = Number(idOf(await call('POST', 'workspaces', { workspace: { title: 'Tide' } })));
    const refused = await call('POST', 'stories', {
      story: { workspace_id: id, title: 'Go-live', story_type: 'milestone', budget_estimate_in_cents: 5 },
    });
    expect(refused.body.errors[0]).toMatchObject({ type: 'validation', field: 'budget_estimate_in_cents' });
  });

  it('asks for a title in its own words, and changes only the fields sent', async () => {
    expect((await call('POST', 'workspaces', { workspace: {} })).body).toEqual({
      errors: [{ type: 'validation', message: 'Please give your project a title', field: 'title', index: 0 }],
    });
    const id = idOf(await call('POST', 'workspaces', { workspace: { title: 'Tide', description: 'x' } }));
    const changed = await call('PUT', `workspaces/${id}`, { workspace: { title: 'Ebb' } });
    expect(changed.body.workspaces[id]).toMatchObject({ title: 'Ebb', description: 'x' });
    expect((await call('POST', 'workspaces', 'nonsense')).status).toBe(400);
    expect((await call('GET', 'workspaces/1')).body.errors[0].type).toBe('system');
  });

  it('hides unnamed seats by default, and raises, approves and cancels requests for them', async () => {
    const id = Number(idOf(await call('POST', 'workspaces', { workspace: { title: 'Tide' } })));
    const role = Number(Object.values<Body>((await get('roles')).roles).find(one => one.name === 'Architect').id);
    const me = Number((await get('users/me')).results[0].id);
    const seat = idOf(
      await call('POST', 'workspace_resources', {
        workspace_resource: { workspace_id: id, user_id: null, role_id: role, external_reference: reference('stf_1', 'staffing-request') },
      }),
    );
    expect((await get(`workspace_resources?workspace_id=${id}`)).count).toBe(0);
    expect((await get(`workspace_resources?workspace_id=${id}&include_unnamed=true`)).workspace_resources[seat].role_name).toBe('Architect');
    const skills = await fieldId('Resource', 'Skills');
    expect((await call('POST', 'resource_requests', { resource_request: { resource_id: Number(seat) } })).status).toBe(422);
    const raised = await call('POST', 'resource_requests?include=resource', {
      resource_request: { resource_id: Number(seat), approver_ids: [me], custom_fields: [{ custom_field_id: skills, value: 'Security' }] },
    });
    const request = idOf(raised);
    expect(raised.body.resource_requests[request]).toMatchObject({ status: 'new', resource_id: seat });
    const cancelled = await call('PUT', `resource_requests/${request}`, { resource_request: { request_resolution_status: 'cancel' } });
    expect(cancelled.body.resource_requests[request].status).toBe('cancelled');
    expect((await call('DELETE', `resource_requests/${request}`)).status).toBe(404);
    expect((await call('DELETE', `workspace_resources/${seat}`)).status).toBe(204);
  });

  it('lists rate cards by set, version, currency and role', async () => {
    const chain = await get('rate_card_versions?include=rate_card_roles,rate_card,rate_card_set_version&per_page=200');
    expect(chain.count).toBe(6);
    expect(
      Object.values<Body>(chain.rate_cards)
        .map(card => card.rate_card_set_title)
        .sort(),
    ).toEqual(['RC-DE', 'RC-UK', 'RC-US']);
    expect(Object.values<Body>(chain.rate_card_roles).every(row => Number.isInteger(row.rate))).toBe(true);
  });

  it('shows only participants as users unless the whole account is requested', async () => {
    expect((await get('users?per_page=200')).count).toBeLessThan((await get('users?per_page=200&on_my_account=true')).count);
    expect((await get('users?on_my_account=true&by_email_address=Throughline@larkfield.example')).count).toBe(1);
  });

  it('overwrites a custom field value under a new id, and keeps references one per service and object', async () => {
    const id = idOf(await call('POST', 'workspaces', { workspace: { title: 'Tide' } }));
    const field = await fieldId('Workspace', 'Cost Centre');
    const put = (value: unknown) =>
      call('POST', 'custom_field_values', {
        custom_field_value: { subject_type: 'Workspace', subject_id: Number(id), custom_field_id: field, value },
      });
    const [one, two] = [idOf(await put('CC-210')), idOf(await put('CC-220'))];
    expect(one).not.toBe(two);
    expect((await get(`custom_field_values?subject_type=Workspace&with_subject_id=${id}`)).count).toBe(1);
    expect((await put(7)).status).toBe(422);
    expect((await call('GET', 'custom_field_values')).status).toBe(400);
    for (const ref of ['a', 'b']) {
      await call('POST', 'external_references/create_or_update', {
        external_reference: { subject_type: 'Workspace', subject_id: Number(id), ...reference(ref) },
      });
    }
    const references = await get(`external_references?subject_type=Workspace&service_name=throughline&subject_id=${id}`);
    expect(Object.values<Body>(references.external_references).map(row => row.service_model_ref)).toEqual(['b']);
  });

  it('shows changes on the feed, including booked time', async () => {
    const since = new Date(Date.now() - 1000).toISOString();
    const id = Number(idOf(await call('POST', 'workspaces', { workspace: { title: 'Tide' } })));
    await call('POST', 'time_entries', { time_entry: { workspace_id: id, date_performed: '2026-11-20', time_in_minutes: 90 } });
    const feed = await get(
      `subscribed_events?created_after=${since}&order=created_at:asc&include=subject&optional_fields=current_payload&event_types=workspace:created,time_entry:created`,
    );
    const events = feed.results.map(({ id: event }: Body) => feed.subscribed_events[event]);
    expect(events.map((event: Body) => [event.event_type, event.context_workspace_id])).toEqual([
      ['workspace:created', String(id)],
      ['time_entry:created', String(id)],
    ]);
    expect(events[0].subject_ref).toEqual({ key: 'workspaces', id: String(id) });
    expect(JSON.parse(events[0].current_payload).title).toBe('Tide');
    expect((await get(`time_entries?workspace_id=${id}&per_page=1`)).count).toBe(1);
  });

  it('commits late under a higher id when the connection died first', async () => {
    faults.plan({ match: { vendor: 'kantata', type: 'workspaces', operation: 'create' }, action: { do: 'late-commit', ms: 150 }, nth: 1 });
    await expect(call('POST', 'workspaces', { workspace: { title: 'late', external_reference: reference('prj_1') } })).rejects.toThrow(
      'fetch failed',
    );
    const id = idOf(await call('POST', 'workspaces', { workspace: { title: 'in time', external_reference: reference('prj_1') } }));
    await expect.poll(async () => (await get(`workspaces?${byReference('prj_1')}`)).count).toBe(2);
    const { results, workspaces } = await get(`workspaces?${byReference('prj_1')}`);
    const late = results.find((one: Body) => workspaces[one.id].title === 'late').id;
    expect(Number(late)).toBeGreaterThan(Number(id));
  });
});

describe('Kantata OX, as configured', () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps the valid rows of a bulk create when that is the choice', async () => {
    await start({ bulkCreate: 'partial' });
    const made = await call('POST', 'workspaces', { workspaces: [{ title: 'one' }, {}] });
    expect([made.status, made.body.count]).toEqual([200, 1]);
    await stop();
  });

  it('loses, repeats and delays change notices when a fault says so', async () => {
    await start({ notices: { dropEvery: 3, duplicateEvery: 2 } });
    for (const title of ['one', 'two', 'three']) await call('POST', 'workspaces', { workspace: { title } });
    const { subscribed_events, results } = await get('subscribed_events?order=created_at:asc');
    const titles = results.map(({ id }: Body) => subscribed_events[id].subject_id);
    expect(titles).toHaveLength(3);
    expect(new Set(titles).size).toBe(2);
    await stop();
  });

  it('loses, repeats and delays the notices of one write when that is planned', async () => {
    await start();
    const plan = (nth: number, notice: NoticeFault) =>
      faults.plan({ match: { vendor: 'kantata', type: 'workspaces' }, action: { do: 'notice', ...notice }, nth });
    plan(1, { how: 'drop' });
    plan(2, { how: 'delay', ms: 1_500 });
    plan(3, { how: 'duplicate' });
    const titles = ['lost', 'late', 'twice', 'plain'];
    const title = new Map<string, string>();
    for (const one of titles) {
      title.set(idOf(await call('POST', 'workspaces', { workspace: { title: one } })), one);
      await get('workspaces');
    }
    const noticed = async () => {
      const { subscribed_events, results } = await get('subscribed_events?order=created_at:asc');
      return results.flatMap(({ id }: Body) => title.get(subscribed_events[id].subject_id) ?? []).toSorted();
    };
    expect(await noticed()).toEqual(['plain', 'twice', 'twice']);
    await expect.poll(noticed, { timeout: 10_000 }).toEqual(['late', 'plain', 'twice', 'twice']);
    await stop();
  });

  it('keeps its state over a restart and answers 429 without a wait when over its limit', async () => {
    const file = join(folder, 'kept.sqlite');
    await start({}, file);
    const id = idOf(await call('POST', 'workspaces', { workspace: { title: 'Tide' } }));
    await stop();
    await start({ requestsPerMinute: 1 }, file);
    expect((await get(`workspaces/${id}`)).workspaces[id].title).toBe('Tide');
    const limited = await call('GET', 'workspaces');
    expect([limited.status, limited.body, limited.headers.get('retry-after')]).toEqual([429, { errors: [] }, null]);
    await stop();
  });
});
