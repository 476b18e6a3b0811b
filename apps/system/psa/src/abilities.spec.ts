import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PSA_ABILITIES, type PsaAbility } from '#apis/psa';
import { aProject, aStaffingRequest, otherVendor, withAbilities } from '#testing';
import { psaApp } from './psa.app.js';
import { PsaUnderTest } from './psa.fixture.js';

const ALL: readonly PsaAbility[] = PSA_ABILITIES;

/** The first vendor as if it could do only so much. */
const only = (abilities: PsaAbility[]) => withAbilities(psaApp.vendors, abilities);

const feedsOf = async (psa: PsaUnderTest) =>
  ((await psa.call('GET', 'feeds', { as: { client: 'operations' } })).body.items as { name: string }[]).map(({ name }) => name).sort();

describe('a PSA that can do everything, beside another in the list', () => {
  let psa: PsaUnderTest;
  beforeAll(async () => {
    psa = await PsaUnderTest.start({}, { vendors: [...psaApp.vendors!, otherVendor] });
  });
  afterAll(() => psa.close());

  it('starts without any setting of the other', async () => {
    expect((await psa.call('GET', 'projects')).status).toBe(200);
  });

  it('says that it can do everything, and follows all of it', async () => {
    expect((await psa.call('GET', 'abilities')).body).toEqual({ can: ALL, cannot: [] });
    expect(await feedsOf(psa)).toEqual(['assignments', 'expenses', 'projects', 'staffing-requests', 'time-entries']);
  });

  it('says so to whoever may read the PSA alone', async () => {
    expect((await psa.call('GET', 'abilities', { as: { client: 'operations', scopes: ['feeds.manage'] } })).status).toBe(403);
  });
});

describe('a PSA with projects and time only', () => {
  let psa: PsaUnderTest;
  beforeAll(async () => {
    psa = await PsaUnderTest.start({}, { vendors: only(['timesheets']) });
  });
  afterAll(() => psa.close());

  it('states which abilities it lacks, and follows nothing that needs them', async () => {
    const cannot = ALL.filter(ability => ability !== 'timesheets');
    expect((await psa.call('GET', 'abilities')).body).toEqual({ can: ['timesheets'], cannot });
    expect(await feedsOf(psa)).toEqual(['projects', 'time-entries']);
  });

  const request = aStaffingRequest({ projectId: aProject({}).id });
  const status = { posted: 1, billed: 0, paid: 0, total: 1, money: [], message: 'In the ERP: 1 of 1' };
  it.each([
    ['GET', `staffing-requests/${request.id}`, undefined],
    ['PUT', `staffing-requests/${request.id}`, request],
    ['POST', `staffing-requests/${request.id}/plans`, request],
    ['GET', 'expenses', undefined],
    ['GET', 'expenses/exp_none', undefined],
    ['GET', 'assignments', undefined],
    ['PUT', 'timesheets/tsh_none/billing-status', status],
    ['PUT', 'expense-reports/exr_none/billing-status', status],
    ['PUT', 'invoices/inv_none', {}],
  ])('%s %s answers 501, which asking again does not cure', async (method, path, body) => {
    const { status: answered, body: problem } = await psa.call(method, path, { body });
    expect([answered, problem.code, problem.retryable]).toEqual([501, 'no-such-ability', false]);
    expect(problem.detail).toMatch(/^This PSA /);
  });

  it('refuses who may not ask before it says so', async () => {
    expect((await psa.call('GET', 'expenses', { as: { client: 'operations', scopes: ['feeds.manage'] } })).status).toBe(403);
  });

  it('keeps on answering what it has', async () => {
    expect((await psa.call('GET', 'time-entries')).status).toBe(200);
  });

  it.each(['archived'] as const)('can not put a project %s', async projectStatus => {
    const project = aProject({ status: projectStatus });
    for (const [method, path] of [
      ['PUT', `projects/${project.id}`],
      ['POST', `projects/${project.id}/plans`],
    ]) {
      const { status: answered, body: problem } = await psa.call(method, path, { body: project });
      expect([answered, problem.code]).toEqual([501, 'no-such-ability']);
    }
  });

  it('takes no milestones', async () => {
    const { status: answered, body: problem } = await psa.call('PUT', `projects/${aProject({}).id}`, { body: aProject({}) });
    expect([answered, problem.detail]).toEqual([501, 'This PSA keeps no milestones.']);
  });
});
