import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layerOf } from '#service';
import {
  eventually,
  testApp,
  type TestApp,
  testDatabase,
  type TestDatabase,
  testIssuer,
  type TestIssuer,
  testSandboxes,
  type TestSandboxes,
} from '#testing';
import { appEnvironment } from '../app-environment.js';
import { APPS } from '../apps.js';

const VENDORS = ['salesforce', 'kantata', 'workday', 'netsuite'] as const;

let database: TestDatabase;
let issuer: TestIssuer;
let sandboxes: TestSandboxes;
let systems: TestApp;
beforeAll(async () => {
  [database, issuer] = [await testDatabase(), await testIssuer()];
  // Slow enough that every feed is still in its first reading when the apps stop.
  sandboxes = await testSandboxes({ faults: VENDORS.map(vendor => ({ match: { vendor }, action: { do: 'latency', ms: 1_000 } })) });
  const surroundings = { databases: {}, gatewayUrl: '', issuerUrl: issuer.url, logFile: '', logLevel: 'fatal' };
  const settings = appEnvironment({ ...surroundings, sandboxes: sandboxes.settings, secretOf: id => issuer.credentialsOf(id).clientSecret });
  const { GATEWAY_URL: _, LOG_FILE: __, ...env } = settings as Record<string, string>;
  systems = await testApp(
    APPS.filter(def => layerOf(def) === 'system'),
    { env },
  );
});
afterAll(async () => {
  await systems?.close();
  await sandboxes?.close();
  await issuer?.close();
  await database?.close();
});

describe('the system apps', () => {
  it('stop while they read without making a feed fail: each feed is at rest before its vendor is closed', async () => {
    await eventually(async () => (await sandboxes.control.faults()).every(({ seen }) => seen > 0));
    const reading = () =>
      database.dataSource.query<{ feed: string }[]>(`select system || '/' || name feed from capture.feed where reader is not null`);
    expect((await reading()).length).toBeGreaterThan(4);
    await Promise.all(systems.apps.map(app => app.close()));
    expect(await database.dataSource.query(`select system || '/' || name feed, last_error from capture.feed where failures > 0`)).toEqual([]);
    expect(await reading()).toEqual([]);
  });
});
