import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectorMigrations } from '#connector';
import { databaseEnvironment, testDatabase, type TestDatabase, testSandboxes, type TestSandboxes } from '#testing';
import { appEnvironment } from '../app-environment.js';
import { vendorCheck } from './vendor-check.js';

let sandboxes: TestSandboxes;
let database: TestDatabase;
const lines: string[] = [];
const before = { ...process.env };

/** Changes the environment back; the object stays, since the test runner holds it too. */
function putBack(environment: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
}

beforeAll(async () => {
  [sandboxes, database] = await Promise.all([testSandboxes(), testDatabase({ migrations: connectorMigrations })]);
  const environment = appEnvironment({
    databases: databaseEnvironment(database.url),
    gatewayUrl: 'http://127.0.0.1:1',
    issuerUrl: 'http://127.0.0.1:1',
    secretOf: () => 'none',
    sandboxes: sandboxes.settings,
    logFile: '',
    logLevel: 'fatal',
  });
  Object.assign(process.env, environment, { DATA_DIR: '/nowhere', LOG_LEVEL: 'fatal' });
  delete process.env.LOG_FILE;
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
});
afterEach(() => {
  lines.length = 0;
  process.exitCode = undefined;
});
afterAll(async () => {
  vi.restoreAllMocks();
  putBack(before);
  await Promise.all([sandboxes.close(), database.close()]);
});

describe('npm run vendor:check', () => {
  it.each(['crm', 'psa', 'hcm', 'erp'])('finds everything that the %s app needs in its sandbox', async app => {
    await vendorCheck([app]);
    expect(lines.filter(line => line.startsWith('MISSING'))).toEqual([]);
    expect(lines.length).toBeGreaterThan(2);
    expect(process.exitCode).toBe(0);
  });

  it('says in plain words that a secret is wrong, without showing it', async () => {
    const secret = process.env.SALESFORCE_CLIENT_SECRET;
    process.env.SALESFORCE_CLIENT_SECRET = 'not-the-secret';
    await vendorCheck(['crm']);
    process.env.SALESFORCE_CLIENT_SECRET = secret;
    expect(lines.some(line => line.startsWith('MISSING'))).toBe(true);
    expect(lines.join('\n')).not.toContain('not-the-secret');
    expect(process.exitCode).toBe(1);
  });

  it('needs no platform and no database', async () => {
    const kept = { ...process.env };
    delete process.env.DATABASE_URL;
    delete process.env.PSA_DATABASE_URL;
    await vendorCheck(['psa']);
    putBack(kept);
    expect(process.exitCode).toBe(0);
  });

  it('reports every missing setting at once, and which apps can be checked', async () => {
    const kept = { ...process.env };
    for (const name of Object.keys(process.env)) if (name.startsWith('NETSUITE_')) delete process.env[name];
    const refused = vendorCheck(['erp']);
    await expect(refused).rejects.toThrow(/NETSUITE_ACCOUNT[\s\S]*NETSUITE_CLIENT_ID/);
    putBack(kept);
    await expect(vendorCheck(['portal'])).rejects.toThrow('crm | psa | hcm | erp');
  });
});
