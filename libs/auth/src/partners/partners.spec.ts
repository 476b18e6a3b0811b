import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dataSourceFor } from '#persistence';
import { eventually, ManualClock, TEST_ROLES, testDatabase, type TestDatabase, urlAs } from '#testing';
import { Consumers, consumersMigrations, Partners, partnersMigrations, principalOf, putPartner, putPartnerClient, type Partner } from '../index.js';

const anAgency = (id: string, more: Partial<Partner> = {}): Partner => ({
  id,
  kind: 'agency',
  name: id,
  contact: 'it@agency.example',
  state: 'active',
  plan: 'partner',
  scopes: ['partner.read'],
  legalEntities: ['LF-UK'],
  customerIds: [],
  agency: id,
  ...more,
});

let database: TestDatabase;
let clock: ManualClock;
let partners: Partners;
beforeAll(async () => {
  database = await testDatabase({ migrations: [...consumersMigrations, ...partnersMigrations] });
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.dataSource.query('truncate governance.consumer, governance.partner, governance.partner_client');
  clock = new ManualClock();
  partners = new Partners(database.dataSource, clock);
  return () => partners.stop();
});

const put = (given: Partner) => database.dataSource.transaction(em => putPartner(em, given));
const bind = (issuer: string, clientId: string, partnerId: string, validUntil: Date | null = null) =>
  database.dataSource.transaction(em => putPartnerClient(em, { issuer, clientId, partnerId, validUntil, boundAt: new Date(0) }));
const caller = (clientId: string) => principalOf({ client_id: clientId, scope: 'partner.read' });

describe('the partners that an app keeps', () => {
  it('are known by the qualified ids of their clients, and changed by whatever hand', async () => {
    await put(anAgency('par_a'));
    await bind('house', 'quay', 'par_a');
    await bind('partners', 'quay', 'par_a');
    await partners.start();
    expect(['quay', 'partners~quay', 'other~quay'].map(id => partners.find(id)?.id)).toEqual(['par_a', 'par_a', undefined]);
    await database.dataSource.query(`update governance.partner set state = 'suspended'`);
    await eventually(() => partners.find('quay')?.state === 'suspended');
    expect(() => partners.admit(caller('quay'))).toThrow('This partner is suspended');
  });

  it('refuse everybody before they were read first, and hold while Postgres is away', async () => {
    await database.dataSource.query('alter table governance.partner rename to away');
    await partners.start();
    expect(() => partners.admit(caller('quay'))).toThrow('Callers can’t be told apart yet');
    await database.dataSource.query('alter table governance.away rename to partner');
    await put(anAgency('par_a', { state: 'suspended' }));
    await bind('house', 'quay', 'par_a');
    await partners.refresh();
    await database.dataSource.query('alter table governance.partner rename to away');
    await partners.refresh();
    await database.dataSource.query('alter table governance.away rename to partner');
    expect(() => partners.admit(caller('quay'))).toThrow('This partner is suspended');
  });

  it('are none in an app without a database', () => {
    const house = caller('quay');
    expect(new Partners(undefined).admit(house)).toBe(house);
  });

  it('lose a client at its end by their own clock, with no change of any row', async () => {
    await put(anAgency('par_a'));
    await bind('house', 'old', 'par_a', new Date(clock.wall() + 1_000));
    await bind('house', 'new', 'par_a');
    await partners.start();
    expect(['old', 'new'].map(id => partners.admit(caller(id)).partner?.id)).toEqual(['par_a', 'par_a']);
    clock.sleep(1_000);
    expect(() => partners.admit(caller('old'))).toThrow('This client is no longer in use');
    expect(partners.admit(caller('new')).partner?.id).toBe('par_a');
  });

  it('are consumers by each of their clients, with the plan and the contact of the partner', async () => {
    const consumers = new Consumers(database.dataSource, partners);
    await put(anAgency('par_a'));
    await bind('partners', 'quay', 'par_a');
    await Promise.all([partners.start(), consumers.start()]);
    expect(consumers.find('partners~quay')).toEqual({
      clientId: 'partners~quay',
      name: 'par_a',
      contact: 'it@agency.example',
      plan: 'partner',
      state: 'active',
    });
    expect(consumers.find('quay')).toBeUndefined();
    consumers.stop();
  });
});

describe('the tables of partners', () => {
  it.each([
    ['an agency that the HCM names by nothing', { agency: null }],
    ['customers of an agency', { customerIds: ['cus_1'] }],
    ['an agency’s code for a client', { kind: 'client' as const, customerIds: ['cus_1'] }],
    ['all legal entities', { legalEntities: ['*'] }],
    ['another id', { id: 'quayside' }],
    ['nobody to write to', { contact: 'nobody' }],
  ])('refuse %s', async (_, wrong) => {
    await expect(put(anAgency('par_a', wrong))).rejects.toThrow(/check constraint/);
  });

  it('refuse a second agency of one code, and a client of no partner', async () => {
    await put(anAgency('par_a'));
    await expect(put(anAgency('par_b', { agency: 'par_a' }))).rejects.toThrow(/unique/);
    await expect(bind('house', 'quay', 'par_none')).rejects.toThrow(/foreign key/);
  });

  it('are read by every app and written by none', async () => {
    for (const app of ['crm', 'time-to-billing']) {
      const asApp = await dataSourceFor({ name: app, migrations: [] }, urlAs(TEST_ROLES.app(app), database.url)).initialize();
      await asApp.query('select * from governance.partner, governance.partner_client');
      await expect(asApp.transaction(em => putPartner(em, anAgency('par_mine')))).rejects.toThrow(/permission denied/);
      await asApp.destroy();
    }
  });
});
