import { expect } from 'vitest';
import { createFirm } from '../../../sandbox/src/firm/create-firm.js';
import { basic } from '#connector';
import { mintId } from '#canonical';
import type { AppDefinition } from '#service';
import {
  testApp,
  testDatabase,
  testIssuer,
  testSandboxes,
  eventually,
  type TestApp,
  type TestDatabase,
  type TestIssuer,
  type TestSandboxes,
  type TokenRequest,
} from '#testing';
import { hcmApp } from './hcm.app.js';

/**
 * The app with its database, its issuer, and a Workday of the sample firm; and HR's actions in its
 * screens.
 */
export interface HcmHouse {
  url: string;
  database: TestDatabase;
  issuer: TestIssuer;
  sandboxes: TestSandboxes;
  app: TestApp['app'];
  /** As `who`; `for` names the legal entities of a person of LF-UK and the like that a service acts for. */
  ask<T>(path: string, o?: { who?: TokenRequest; legalEntities?: string[]; method?: string; body?: object }): Promise<{ status: number; body: T }>;
  /** Enters something about a worker in Workday. */
  enter(employeeNumber: string, entry: object): Promise<string>;
  /** Makes the app read what was entered. */
  poll(): Promise<void>;
  close(): Promise<void>;
}

export const firm = createFirm();

export const workerId = (employeeNumber: string): string => mintId('worker', 'workday', 'larkfield', employeeNumber);

const HR: TokenRequest = { person: 'hr' };

/** `vendors`: others than the product's, or fewer abilities of one. */
export async function hcmHouse(
  over: Record<string, string> = {},
  { vendors = hcmApp.vendors }: Pick<AppDefinition, 'vendors'> = {},
): Promise<HcmHouse> {
  const database = await testDatabase();
  const issuer = await testIssuer();
  const sandboxes = await testSandboxes({ vendors: ['workday'] });
  const { wsdl, username, password } = sandboxes.endpoints.workday;
  const base = new URL(wsdl).origin;
  const env = {
    WORKDAY_BASE_URL: base,
    WORKDAY_TENANT: 'larkfield',
    WORKDAY_USERNAME: username,
    WORKDAY_PASSWORD: password,
    HCM_POLL_MS: '200',
    HCM_OVERLAP_MS: '1000',
    ...over,
  };
  const app = await testApp({ ...hcmApp, vendors }, { env });

  const ask: HcmHouse['ask'] = async (path, { who = HR, legalEntities, method = 'GET', body } = {}) => {
    const person = { kind: 'person', id: 'person-x', name: 'X', roles: [], legalEntities, seesUnassigned: false, fieldRights: [] };
    const headers = {
      ...(await issuer.bearer(who)),
      ...(legalEntities ? { 'throughline-actor': JSON.stringify(person) } : {}),
      ...(body ? { 'content-type': 'application/json' } : {}),
    };
    const response = await fetch(app.url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    return { status: response.status, body: (await response.json()) as never };
  };

  const enter = async (employeeNumber: string, entry: object): Promise<string> => {
    const { headers } = await basic(username, password).authorize(AbortSignal.timeout(1_000));
    const response = await fetch(`${base}/sandbox/workers/${employeeNumber}`, { method: 'POST', headers, body: JSON.stringify(entry) });
    if (response.status !== 201) throw new Error(`not entered: ${await response.text()}`);
    return ((await response.json()) as { id: string }).id;
  };

  const poll = async (): Promise<void> => {
    const { status, body } = await ask('/v1/feeds/workers/polls', { who: { client: 'operations' }, method: 'POST' });
    if (status !== 200) throw new Error(`not polled: ${JSON.stringify(body)}`);
  };

  const close = async (): Promise<void> => {
    await app.close();
    await sandboxes.close();
    await issuer.close();
    await database.close();
  };

  await eventually(
    async () => {
      expect((await ask('/v1/feeds', { who: { client: 'operations' } })).body).toMatchObject({ items: [{ name: 'workers', state: 'live' }] });
      return true;
    },
    { withinMs: 30_000 },
  );
  return { url: app.url, database, issuer, sandboxes, app: app.app, ask, enter, poll, close };
}
