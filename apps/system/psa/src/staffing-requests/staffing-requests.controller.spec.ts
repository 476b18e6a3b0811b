import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson, mintId, type StaffingRequest } from '#canonical';
import { aProject, aStaffingRequest } from '#testing';
import { PsaUnderTest } from '../psa.fixture.js';

let psa: PsaUnderTest;
let deals = 0;
const put = (request: StaffingRequest) => psa.call('PUT', `staffing-requests/${request.id}`, { body: request });

async function aProjectThere(): Promise<string> {
  const project = aProject({ dealId: mintId('deal', 'staffing-spec', String(deals++)) });
  await psa.call('PUT', `projects/${project.id}`, { body: project });
  return project.id;
}

async function requestIn(kantataStatus: string, id: string): Promise<{ native: string }> {
  const { refs } = (await psa.call('GET', `staffing-requests/${id}?fresh=true`)).body;
  const native = refs.find(({ type }: { type: string }) => type === 'resource_request').nativeId;
  await psa.kantata('PUT', `resource_requests/${native}`, { resource_request: { request_resolution_status: kantataStatus } });
  return { native };
}

describe('/system/psa/v1/staffing-requests', () => {
  beforeAll(async () => {
    psa = await PsaUnderTest.start();
  });
  afterAll(() => psa.close());

  it('raises a request as planned, and answers it alike from its own write and from the PSA', async () => {
    const request = aStaffingRequest({ projectId: await aProjectThere(), skills: ['Security'] });
    const { hash } = (await psa.call('POST', `staffing-requests/${request.id}/plans`, { body: request })).body;
    const applied = await psa.call('PUT', `staffing-requests/${request.id}`, { body: request, headers: { 'if-match': `"${hash}"` } });
    expect([applied.status, applied.body.effects.length]).toEqual([200, 2]);
    for (const fresh of [false, true]) {
      const { refs, ...there } = (await psa.call('GET', `staffing-requests/${request.id}?fresh=${fresh}`)).body;
      expect([canonicalJson(there), refs.map(({ type }: { type: string }) => type)]).toEqual([
        canonicalJson(request),
        ['workspace_resource', 'resource_request'],
      ]);
    }
  });

  it('publishes that somebody staffed or declined it, and repeating the request doesn’t undo their answer', async () => {
    await psa.read('staffing-requests');
    const projectId = await aProjectThere();
    const request = aStaffingRequest({ projectId });
    await put(request);
    await psa.read('staffing-requests');
    await requestIn('approve', request.id);
    await psa.read('staffing-requests');
    expect((await psa.call('GET', `staffing-requests/${request.id}`)).body.status).toBe('staffed');
    expect((await psa.events(projectId)).filter(({ type }) => type === 'staffing-request.changed.v1').at(-1)?.data).toMatchObject({
      changed: ['status'],
      previous: { status: 'requested' },
    });
    expect((await put(request)).body.effects).toEqual([]);
  });

  it('refuses a status that people decide, and a project that isn’t there', async () => {
    const request = aStaffingRequest({ projectId: await aProjectThere() });
    const staffed = await put({ ...request, status: 'staffed' });
    expect([staffed.status, staffed.body.fields[0].field]).toEqual([400, 'status']);
    const missing = await put(aStaffingRequest({ projectId: 'prj_none' }));
    expect([missing.status, missing.body.code]).toEqual([409, 'project-missing']);
  });

  it('shows nobody another legal entity’s request', async () => {
    const request = aStaffingRequest({ projectId: await aProjectThere() });
    await put(request);
    expect((await psa.call('GET', `staffing-requests/${request.id}`, { as: { person: 'pmo-us' } })).status).toBe(404);
    expect((await psa.call('GET', `staffing-requests/${request.id}`, { as: { person: 'finance-uk' } })).status).toBe(200);
  });
});
