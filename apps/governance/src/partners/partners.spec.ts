import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PartnerClientView, PartnerView } from '#apis/governance';
import { Partners } from '#auth';
import { eventually, testApp, testDatabase, testIssuer, type TestApp, type TestDatabase, type TestIssuer } from '#testing';
import { Plans } from '#throttling';
import { governanceApp } from '../governance.app.js';

let database: TestDatabase;
let issuer: TestIssuer;
/** Two replicas of one app. */
let here: TestApp;
let there: TestApp;

beforeAll(async () => {
  [database, issuer] = await Promise.all([testDatabase(), testIssuer()]);
  here = await testApp(governanceApp);
  there = await testApp(governanceApp);
  await change('PUT', 'plans/partner', { rate: 6_000, windowSeconds: 60, burst: 300 });
  await change('PUT', 'plans/smallest', { rate: 3_000, windowSeconds: 60, burst: 300 });
});
afterAll(async () => {
  await here?.close();
  await there?.close();
  await issuer.close();
  await database.close();
});

interface Answer<T> {
  status: number;
  body: T & { code?: string; detail?: string; fields?: { field: string; rule: string }[] };
}

async function ask<T = object>(method: string, path: string, o: { body?: object; bearer?: object; of?: TestApp } = {}): Promise<Answer<T>> {
  const { body, of = here, bearer = await issuer.bearer({ person: 'governance' }) } = o;
  const answer = await fetch(`${of.url}/v1/${path}`, {
    method,
    headers: { ...bearer, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Answer<T>['body'] };
}

const change = <T = object>(method: 'PUT' | 'DELETE', path: string, body: object = {}) =>
  method === 'PUT' ? ask<T>(method, path, { body: { ...body, reason: 'for a spec' } }) : ask<T>(method, `${path}?reason=for+a+spec`);

const anAgency = (agency: string, more: object = {}) => ({
  kind: 'agency',
  name: 'Quayside Talent',
  contact: 'it@quayside.example',
  plan: 'partner',
  scopes: ['partner.read', 'partner.write'],
  legalEntities: ['LF-UK'],
  agency,
  ...more,
});
const aClient = (more: object = {}) => ({ ...anAgency('', { agency: undefined }), kind: 'client', customerIds: ['cus_1'], ...more });
const bind = (partner: string, client: string, more: object = {}) =>
  change<PartnerClientView>('PUT', `partners/${partner}/issuers/house/clients/${client}`, more);

/** How a caller fares at each replica: every operation of this app needs a scope that no partner has. */
const codesOf = async (bearer: object): Promise<(string | undefined)[]> =>
  Promise.all([here, there].map(async of => (await ask('GET', 'apis', { bearer, of })).body.code));
const IN = ['scope-missing', 'scope-missing'];
const audited = (subject: string) =>
  database.dataSource.query<{ what: string; before: PartnerView | null; after: PartnerView }[]>(
    `select what, before, after from service.audit where subject = $1 order by id`,
    [subject],
  );

describe('a partner', () => {
  it('is registered, changed and read, and its changes are in the audit', async () => {
    const made = await change<PartnerView>('PUT', 'partners/par_read', anAgency('READ'));
    expect(made).toMatchObject({ status: 200, body: { id: 'par_read', kind: 'agency', state: 'active', customerIds: [], agency: 'READ' } });
    await change('PUT', 'partners/par_read', anAgency('READ', { legalEntities: ['LF-UK', 'LF-DE'] }));
    expect((await ask<PartnerView>('GET', 'partners/par_read')).body.legalEntities).toEqual(['LF-UK', 'LF-DE']);
    expect((await ask<{ items: PartnerView[] }>('GET', 'partners')).body.items.map(({ id }) => id)).toContain('par_read');
    expect((await audited('par_read')).map(({ what, before, after }) => [what, before?.legalEntities, after.legalEntities])).toEqual([
      ['partner-set', undefined, ['LF-UK']],
      ['partner-set', ['LF-UK'], ['LF-UK', 'LF-DE']],
    ]);
    expect((await ask('GET', 'partners/par_none')).status).toBe(404);
  });

  it.each([
    ['an agency that the HCM names by nothing', 'par_x', anAgency('', { agency: undefined }), ['agency some']],
    ['customers of an agency', 'par_x', anAgency('X', { customerIds: ['cus_1'] }), ['customerIds of-client']],
    [
      'a client of no customer, and with an agency’s code',
      'par_x',
      aClient({ customerIds: [], agency: 'X' }),
      ['agency of-agency', 'customerIds some'],
    ],
    ['no legal entity', 'par_x', anAgency('X', { legalEntities: [] }), ['legalEntities some']],
    ['all legal entities', 'par_x', anAgency('X', { legalEntities: ['*'] }), ['legalEntities known']],
    ['a scope of the house', 'par_x', anAgency('X', { scopes: ['crm.read'] }), ['scopes known']],
    ['another id', 'quayside', anAgency('X'), ['id name']],
    ['a plan that there is not', 'par_x', anAgency('X', { plan: 'none' }), ['plan known']],
    ['what is said twice', 'par_x', aClient({ customerIds: ['cus_1', 'cus_1'] }), ['customerIds once']],
  ])('is refused with %s', async (_, id, body, faults) => {
    const { status, body: answer } = await change('PUT', `partners/${id}`, body);
    expect([status, answer.fields?.map(({ field, rule }) => `${field} ${rule}`).sort()]).toEqual([400, faults]);
  });

  it('keeps its kind, and the code of its people to itself', async () => {
    await change('PUT', 'partners/par_kind', anAgency('KIND'));
    expect((await change('PUT', 'partners/par_kind', aClient())).body).toMatchObject({ status: 409, code: 'partner-kind' });
    expect((await change('PUT', 'partners/par_other', anAgency('KIND'))).body).toMatchObject({ status: 409, code: 'agency-taken' });
  });

  it('is what one of two puts at once says, wholly, and the audit has both in their order', async () => {
    const one = anAgency('ONE', { name: 'One', legalEntities: ['LF-UK'] });
    const two = anAgency('TWO', { name: 'Two', legalEntities: ['LF-DE'] });
    const both = await Promise.all([one, two].map(body => change('PUT', 'partners/par_race', body)));
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    const { body } = await ask<PartnerView>('GET', 'partners/par_race');
    expect(
      [one, two].filter(
        ({ name, agency, legalEntities: [entity] }) => body.name === name && body.agency === agency && body.legalEntities[0] === entity,
      ),
    ).toHaveLength(1);
    const rows = await audited('par_race');
    expect(rows.map(({ before }) => before?.name)).toEqual([undefined, rows[0].after.name]);
    expect(rows[1].after.name).toBe(body.name);
  });

  it('shares an agency’s code with none of many that ask for it at once', async () => {
    const ids = ['a', 'b', 'c', 'd'].map(id => `par_code-${id}`);
    const answers = await Promise.all(ids.map(id => change('PUT', `partners/${id}`, anAgency('SHARED'))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
  });

  it('keeps its plan: one that a partner has can’t be removed', async () => {
    await change('PUT', 'plans/held', { rate: 6_000, windowSeconds: 60, burst: 300 });
    await change('PUT', 'partners/par_plan', anAgency('PLAN', { plan: 'held' }));
    expect((await change('DELETE', 'plans/held')).body).toMatchObject({ status: 409, code: 'plan-in-use' });
  });

  it('is nobody’s to see or to change without the scopes', async () => {
    const bearer = await issuer.bearer({ client: 'portal' });
    for (const [method, path] of [
      ['GET', 'partners'],
      ['GET', 'partners/par_read/clients'],
      ['PUT', 'partners/par_read/suspension'],
    ])
      expect((await ask(method, path, { bearer, ...(method === 'PUT' ? { body: { reason: 'for a spec' } } : {}) })).status).toBe(403);
  });
});

describe('a partner’s client', () => {
  it('is refused on every replica as soon as the partner is suspended, with a token that they know, and let in when it is resumed', async () => {
    await change('PUT', 'partners/par_pause', anAgency('PAUSE'));
    expect((await bind('par_pause', 'lending-agency')).status).toBe(200);
    const bearer = await issuer.bearer({ client: 'lending-agency' });
    await eventually(async () => (await codesOf(bearer)).join() === IN.join());
    expect((await change<PartnerView>('PUT', 'partners/par_pause/suspension')).body.state).toBe('suspended');
    await eventually(async () => (await codesOf(bearer)).every(code => code === 'partner-suspended'), { withinMs: 1_000 });
    // What is agreed with it changes meanwhile; that lets it in no more.
    expect((await change<PartnerView>('PUT', 'partners/par_pause', anAgency('PAUSE', { name: 'Renamed' }))).body.state).toBe('suspended');
    expect(await codesOf(bearer)).toEqual(['partner-suspended', 'partner-suspended']);
    expect((await change('DELETE', 'partners/par_pause/suspension')).status).toBe(204);
    await eventually(async () => (await codesOf(bearer)).join() === IN.join());
    expect((await audited('par_pause')).map(({ what }) => what)).toEqual(['partner-set', 'partner-suspended', 'partner-set', 'partner-resumed']);
    await change('DELETE', 'partners/par_pause/issuers/house/clients/lending-agency');
  });

  it('has its partner’s scopes only, and its plan', async () => {
    const bearer = await issuer.bearer({ client: 'operations' });
    expect((await ask('GET', 'plans', { bearer })).status).toBe(200);
    await change('PUT', 'partners/par_scopes', anAgency('SCOPES'));
    await bind('par_scopes', 'operations');
    expect((await ask('GET', 'plans', { bearer })).body.code).toBe('scope-missing');
    await eventually(() => there.app.get(Plans).of('operations').name === 'partner');
    expect(there.app.get(Plans).of('sales').name).toBe('smallest');
  });

  it('is changed for another without an outage: both are let in, then the old one is refused', async () => {
    await change('PUT', 'partners/par_turn', anAgency('TURN'));
    await bind('par_turn', 'billed-client');
    const old = await issuer.bearer({ client: 'billed-client' });
    await eventually(async () => (await codesOf(old)).join() === IN.join());
    expect((await bind('par_turn', 'sales')).status).toBe(200);
    const validUntil = new Date(Date.now() + 1_500).toISOString();
    expect((await bind('par_turn', 'billed-client', { validUntil })).body).toMatchObject({ id: 'billed-client', issuer: 'house', validUntil });
    const fresh = await issuer.bearer({ client: 'sales' });
    const seen = new Set<string>();
    await eventually(async () => {
      for (const code of await codesOf(fresh)) seen.add(code!);
      return (await codesOf(old)).every(code => code === 'partner-client-ended');
    });
    expect([...seen]).toEqual(['scope-missing']);
    const { items } = (await ask<{ items: PartnerClientView[] }>('GET', 'partners/par_turn/clients')).body;
    expect(items.map(({ client, validUntil: end }) => [client, end])).toEqual([
      ['billed-client', validUntil],
      ['sales', undefined],
    ]);
  });

  it('is refused once it is unbound, and becomes none of the house’s own', async () => {
    await change('PUT', 'partners/par_end', anAgency('END'));
    await bind('par_end', 'partner');
    const bearer = await issuer.bearer({ client: 'partner' });
    expect((await change('DELETE', 'partners/par_end/issuers/house/clients/partner')).status).toBe(204);
    await eventually(async () => (await codesOf(bearer)).every(code => code === 'partner-client-ended'));
    const consumer = { name: 'x', contact: 'a@example.com', plan: 'partner', state: 'active' };
    expect((await change('PUT', 'consumers/partner', consumer)).body).toMatchObject({ status: 409, code: 'client-bound' });
  });

  it('is one partner’s at a time: another gets it only when the first has ended, and every replica follows', async () => {
    await change('PUT', 'partners/par_first', anAgency('FIRST'));
    await change('PUT', 'partners/par_second', anAgency('SECOND'));
    await bind('par_first', 'portal');
    expect((await bind('par_second', 'portal')).body).toMatchObject({ status: 409, code: 'client-bound' });
    // What is another's is answered as what is not there.
    const foreign = await change('DELETE', 'partners/par_second/issuers/house/clients/portal');
    const unknown = await change('DELETE', 'partners/par_second/issuers/house/clients/nobody');
    expect([foreign.status, foreign.body.detail?.replace('portal', 'nobody')]).toEqual([404, unknown.body.detail]);
    await change('DELETE', 'partners/par_first/issuers/house/clients/portal');
    expect((await bind('par_second', 'portal')).status).toBe(200);
    for (const { app } of [here, there]) await eventually(() => app.get(Partners).find('portal')?.id === 'par_second');
  });

  it('goes to one of two partners that ask for it at once', async () => {
    await change('PUT', 'partners/par_left', anAgency('LEFT'));
    await change('PUT', 'partners/par_right', anAgency('RIGHT'));
    const both = await Promise.all(['par_left', 'par_right'].map(id => bind(id, 'contested')));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it.each([
    ['the caller’s own', 'par_read', 'house/clients/person-governance', {}, 409, 'own-client'],
    ['of a partner that there is not', 'par_none', 'house/clients/quay', {}, 404, undefined],
    ['with an end in the past', 'par_read', 'house/clients/quay', { validUntil: '2020-01-01T00:00:00Z' }, 400, 'validation'],
    ['of an issuer of no such name', 'par_read', 'https%3A%2F%2Fidp/clients/quay', {}, 400, 'validation'],
  ])('is not bound when it is %s', async (_, partner, path, body, status, code) => {
    await change('PUT', 'partners/par_read', anAgency('READ'));
    expect((await change('PUT', `partners/${partner}/issuers/${path}`, body)).body).toMatchObject({ status, ...(code ? { code } : {}) });
  });

  it('is no consumer of its own too', async () => {
    const consumer = { name: 'x', contact: 'a@example.com', plan: 'partner', state: 'active' };
    await change('PUT', 'consumers/registered', consumer);
    await change('PUT', 'partners/par_read', anAgency('READ'));
    expect((await bind('par_read', 'registered')).body).toMatchObject({ status: 409, code: 'client-registered' });
  });
});
