import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testApp, testDatabase, testIssuer, type TestApp, type TestDatabase, type TestIssuer } from '#testing';
import { governanceApp } from '../governance.app.js';

let database: TestDatabase;
let issuer: TestIssuer;
let governance: TestApp;
beforeAll(async () => {
  [database, issuer] = await Promise.all([testDatabase(), testIssuer()]);
  governance = await testApp(governanceApp);
});
afterAll(async () => {
  await governance?.close();
  await issuer.close();
  await database.close();
});

async function ask(path: string, method: string, body?: object): Promise<object> {
  const headers = { ...(await issuer.bearer({ person: 'governance' })), ...(body ? { 'content-type': 'application/json' } : {}) };
  const answer = await fetch(`${governance.url}/v1/${path}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  return text === '' ? {} : (JSON.parse(text) as object);
}

describe('a plan too small to be changed again', () => {
  const plan = { rate: 600, windowSeconds: 60, burst: 60, reason: 'for a spec' };
  const hourly = { rate: 1, windowSeconds: 3_600, burst: 1, reason: 'for a spec' };
  const put = (path: string, body: object) => ask(path, 'PUT', body);
  const remove = (path: string) => ask(`${path}?reason=over`, 'DELETE');
  const us = { name: 'We', contact: 'we@example.com', plan: 'ours', state: 'active', reason: 'for a spec' };

  it('is never that of who makes the change, by whichever change', async () => {
    await put('plans/ours', plan);
    for (const more of [hourly, { ...plan, dailyQuota: 5 }]) expect(await put('plans/tiny', more)).toMatchObject({ status: 409, code: 'own-plan' });
    const id = 'person-governance';
    expect(await put(`consumers/${id}`, us)).toMatchObject({ id });
    expect(await put('plans/tiny', hourly)).toMatchObject({ id: 'tiny' });
    expect(await put('plans/ours', hourly)).toMatchObject({ code: 'own-plan' });
    expect(await put(`consumers/${id}`, { ...us, plan: 'tiny' })).toMatchObject({ code: 'own-plan' });
    expect(await remove(`consumers/${id}`)).toMatchObject({ code: 'own-plan' });
    expect(await remove('plans/tiny')).toEqual({});
    expect(await remove(`consumers/${id}`)).toEqual({});
    expect(await remove('plans/ours')).toEqual({});
  });
});
