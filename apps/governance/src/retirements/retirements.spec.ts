import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AccountQuery, AppAccount } from '#apis';
import type { RetirementView } from '#apis/governance';
import { standIn, testApp, testDatabase, testGateway, testIssuer, type TestApp, type TestDatabase, type TestIssuer, type TestServer } from '#testing';
import { anAccount, aUse, aVersion } from '../apis/account.fixture.js';
import * as calls from '../calls.js';
import { governanceApp } from '../governance.app.js';

const SUNSET = '2026-11-30';
const DELETED = { of: 'oldThing', since: '2026-01-01', sunset: SUNSET, successor: '/system/crm/v2', why: 'Version 2 has it.' };
const [thing] = aVersion('crm', 'system').operations;
/** crm: version 1 is deprecated; of version 2, one of two operations is. */
const APIS = [
  aVersion('crm', 'system', { sunset: SUNSET }),
  aVersion('crm', 'system', {
    version: '2',
    state: 'active',
    deprecatedSince: undefined,
    sunset: undefined,
    successor: undefined,
    operations: [thing, { ...thing, id: 'oldThing' }],
    deprecations: [DELETED],
  }),
];
const USED = [aUse('partner'), aUse('partner', { version: '2' })];

let database: TestDatabase;
let issuer: TestIssuer;
let others: TestServer;
let governance: TestApp;
let says: Partial<AppAccount> = {};
let asked: AccountQuery[] = [];

beforeAll(async () => {
  [database, issuer] = await Promise.all([testDatabase(), testIssuer()]);
  others = await testGateway(
    standIn(calls.crm, {
      getAccount: ({ query = {} }) => {
        asked.push(query);
        return JSON.parse(JSON.stringify(anAccount('crm', 'system', query, { apis: APIS, used: USED, ...says }))) as AppAccount;
      },
    }),
  );
  governance = await testApp(governanceApp, { env: { GATEWAY_URL: others.url } });
});
afterAll(async () => {
  await governance?.close();
  await others?.close();
  await issuer.close();
  await database.close();
});
afterEach(async () => {
  [says, asked] = [{}, []];
  await database.dataSource.query('delete from governance.retirement; delete from governance.acknowledgement');
});

const call = async (method: string, path: string, body?: object) => {
  const answer = await fetch(`${governance.url}/v1/${path}`, {
    method,
    headers: { ...(await issuer.bearer({ person: 'governance' })), ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify({ reason: 'for a spec', ...body }) } : {}),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    body: (text === '' ? {} : JSON.parse(text)) as Partial<RetirementView> & { code?: string; detail?: string; fields?: object[]; items?: object[] },
  };
};
const put = (path: string, body: object) => call('PUT', `retirements/${path}`, body);
const retiredAt = `${SUNSET}T00:00:00Z`;
const approval = { by: 'Kim', why: 'It has moved.', consumers: [{ consumer: 'partner', toldOn: '2026-01-01', movesBy: '2026-11-01' }] };

describe('a retirement', () => {
  it('asks the app for the uses of that alone, and names the announced successor', async () => {
    expect(await put('crm@2:oldThing', { retiredAt })).toMatchObject({ status: 200, body: { id: 'crm@2:oldThing', successor: '/system/crm/v2' } });
    expect(asked).toMatchObject([{ version: '2', operation: 'oldThing' }]);
    expect(asked[0].field).toBeUndefined();
  });

  it('keeps the successor that was given before', async () => {
    await put('crm@2:oldThing/brown-outs', { brownOuts: [], successor: '/system/crm/v3' });
    expect((await put('crm@2:oldThing', { retiredAt })).body.successor).toBe('/system/crm/v3');
  });

  it.each([
    ['an operation', 'crm@2:getThing'],
    ['a version', 'crm@2'],
  ])('is refused of %s that is not deprecated, and so are its brown-outs', async (_, id) => {
    const unannounced = await put(id, { retiredAt, approval });
    expect(unannounced).toMatchObject({ status: 409, body: { code: 'before-sunset', detail: "It can't be retired: its end was never announced." } });
    const brownOuts = [{ from: retiredAt, minutes: 5 }];
    expect(await put(`${id}/brown-outs`, { brownOuts })).toMatchObject({ status: 409, body: { code: 'not-deprecated' } });
    expect((await put(`${id}/brown-outs`, { brownOuts: [] })).status).toBe(200);
  });

  it('is refused before its sunset, unless the approval says so', async () => {
    const early = { retiredAt: '2026-11-29T23:59:59Z' };
    expect(await put('crm@2:oldThing', early)).toMatchObject({ status: 409, body: { code: 'before-sunset' } });
    expect((await put('crm@2:oldThing', { ...early, approval: { ...approval, beforeSunset: true } })).status).toBe(200);
  });

  it('is refused while anybody uses it whom no approval names', async () => {
    expect(await put('crm@1', { retiredAt })).toMatchObject({ status: 409, body: { code: 'still-used' } });
    expect((await put('crm@1', { retiredAt, approval })).status).toBe(200);
  });

  it('is refused where consumers may be missing', async () => {
    says = { usedCut: true };
    const cut = await put('crm@1', { retiredAt, approval });
    expect(cut).toMatchObject({ status: 409, body: { code: 'use-unknown', detail: expect.stringMatching(/one by one/) as string } });
    says = { usedSince: new Date().toISOString().slice(0, 10) };
    expect(await put('crm@1', { retiredAt, approval })).toMatchObject({ status: 409, body: { code: 'use-unknown' } });
    // brown-outs ask nobody to have moved
    expect((await put('crm@1/brown-outs', { brownOuts: [{ from: retiredAt, minutes: 5 }] })).status).toBe(200);
  });

  it('is refused of an app that does not answer, and of none', async () => {
    expect(await put('psa@1', { retiredAt })).toMatchObject({ status: 503, body: { code: 'app-away' } });
    for (const id of ['crm@3', 'crm@1:none', 'nothing@1', 'crm', 'toString@1'])
      expect([id, (await put(id, { retiredAt })).status]).toEqual([id, 404]);
  });
});

describe('an acknowledgement', () => {
  const given = { by: 'Ada of Partner', toldOn: '2026-01-01', movesBy: '2026-11-01' };
  const take = (id: string, body: object = given, consumer = 'partner') => call('PUT', `acknowledgements/${id}/consumers/${consumer}`, body);

  it('is shown, also beside the callers, and can be taken back', async () => {
    const view = { id: 'crm@1:getThing', consumer: 'partner', ...given };
    expect(await take('crm@1:getThing')).toMatchObject({ status: 200, body: view });
    expect((await call('GET', 'acknowledgements')).body.items).toEqual([view]);
    expect((await call('GET', 'apis/crm@1/callers')).body.items).toMatchObject([{ consumer: 'partner', movesBy: '2026-11-01' }]);
    expect((await call('DELETE', 'acknowledgements/crm@1:getThing/consumers/partner?reason=over')).status).toBe(204);
    expect((await call('DELETE', 'acknowledgements/crm@1:getThing/consumers/partner?reason=over')).status).toBe(404);
    expect((await call('GET', 'acknowledgements')).body.items).toEqual([]);
  });

  it('counts for an approval that does not name its consumer, which then does; without an approval nothing ends', async () => {
    await take('crm@1');
    const nobody = { ...approval, consumers: [] };
    expect((await put('crm@1:getThing', { retiredAt })).body.code).toBe('still-used');
    const { toldOn, movesBy } = given;
    expect(await put('crm@1:getThing', { retiredAt, approval: nobody })).toMatchObject({
      status: 200,
      body: { approval: { consumers: [{ consumer: 'partner', toldOn, movesBy }] } },
    });
    await take('crm@1', { ...given, movesBy: '2999-01-01' });
    expect((await put('crm@1', { retiredAt, approval: nobody })).body.code).toBe('still-used');
    await take('crm@1:getThing', given, 'sales');
    expect((await put('crm@1:getThing', { retiredAt, approval: nobody })).body.code).toBe('still-used');
  });

  it('is refused of what does not end, of nothing, and with days out of order', async () => {
    expect(await take('crm@2:getThing')).toMatchObject({ status: 409, body: { code: 'not-deprecated' } });
    for (const id of ['crm@3', 'crm@1:none', 'none@1', 'crm']) expect([id, (await take(id)).status]).toEqual([id, 404]);
    expect(await take('crm@1', { ...given, toldOn: '2999-01-01', movesBy: '2999-01-02' })).toMatchObject({
      status: 400,
      body: { fields: [{ field: 'toldOn' }] },
    });
    expect(await take('crm@1', { ...given, movesBy: '2025-12-31' })).toMatchObject({ status: 400, body: { fields: [{ field: 'movesBy' }] } });
  });
});
