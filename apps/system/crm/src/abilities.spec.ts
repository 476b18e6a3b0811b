import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { otherVendor, withAbilities } from '#testing';
import { crmApp } from './crm.app.js';
import { RunningCrm } from './crm.fixture.js';

const feedsOf = async (crm: RunningCrm) => (await crm.get<{ items: { name: string }[] }>('/v1/feeds')).body.items.map(({ name }) => name).sort();

describe('a CRM that can do everything, beside another in the list', () => {
  let crm: RunningCrm;
  beforeAll(async () => {
    crm = await RunningCrm.start({ vendors: [...crmApp.vendors!, otherVendor] });
  });
  afterAll(() => crm.close());

  it('starts without any setting of the other, says what it can do, and follows all of it', async () => {
    expect((await crm.get('/v1/abilities')).body).toEqual({ can: ['milestones', 'rate-cards'], cannot: [] });
    expect(await feedsOf(crm)).toEqual(['customers', 'deals', 'rate-cards']);
  });
});

describe('a CRM with deals and customers only', () => {
  let crm: RunningCrm;
  beforeAll(async () => {
    crm = await RunningCrm.start({ vendors: withAbilities(crmApp.vendors, []) });
  });
  afterAll(() => crm.close());

  it('says what it can not do, and follows nothing of it', async () => {
    expect((await crm.get('/v1/abilities')).body).toEqual({ can: [], cannot: ['milestones', 'rate-cards'] });
    expect(await feedsOf(crm)).toEqual(['customers', 'deals']);
  });

  it.each(['rate-cards', 'rate-cards/STD'])('answers %s as not supported', async path => {
    expect(await crm.get(`/v1/${path}`)).toMatchObject({ status: 501, body: { code: 'no-such-ability', detail: 'This CRM keeps no rate cards.' } });
  });
});

describe('a CRM whose deals have no milestones by its settings', () => {
  it('says so', async () => {
    const crm = await RunningCrm.start({ env: { SALESFORCE_MILESTONES: 'none' } });
    expect((await crm.get('/v1/abilities')).body).toMatchObject({ cannot: ['milestones'] });
    await crm.close();
  });
});
