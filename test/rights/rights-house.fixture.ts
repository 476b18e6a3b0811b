import type { Database } from '#persistence';
import { createFirm } from '../../apps/sandbox/src/firm/create-firm.js';
import { appEnvironment } from '../../apps/platform/src/app-environment.js';
import { APPS } from '../../apps/platform/src/apps.js';
import { actorHeader, type Principal } from '#auth';
import { mappingsMigrations } from '#mappings';
import { eventually, testApp, testDatabase, testIssuer, testSandboxes, type TestIssuer, type TestSandboxes, type TokenRequest } from '#testing';
import { mappingsOf } from '../house/sample-mappings.js';

/** Who calls: an identity of the sample firm, or a person for whom a service acts. */
export interface Caller extends TokenRequest {
  acting?: Pick<Principal, 'id' | 'legalEntities' | 'seesUnassigned' | 'roles'>;
}

/** A request as its caller writes it: with the app's prefix. */
export interface Call {
  method: string;
  path: string;
  body?: unknown;
}

export interface Answer {
  status: number;
  body: Record<string, any>;
}

/** All apps over real Postgres, an issuer and the vendors' stand-ins, read once and then at rest. */
export interface RightsHouse {
  dataSource: Database;
  sandboxes: TestSandboxes;
  issuer: TestIssuer;
  call(call: Call, caller: Caller, correlationId?: string): Promise<Answer>;
  close(): Promise<void>;
}

// Feeds are read at the start and then not again, so that what changes is what a caller changed.
const NEVER = '3600000';
const AT_REST = Object.fromEntries(
  ['CRM_POLL_MS', 'CRM_RATE_CARD_POLL_MS', 'CRM_SWEEP_MS', 'PSA_POLL_MS', 'PSA_SWEEP_MS', 'PSA_TIME_SWEEP_MS', 'ERP_POLL_MS', 'ERP_SWEEP_MS']
    .concat(['ERP_REFERENCE_POLL_MS', 'HCM_POLL_MS', 'PROJECT_INITIATION_PROBE_MS', 'TIME_TO_BILLING_PROBE_MS', 'PORTAL_COST_RATE_MS'])
    .map(name => [name, NEVER]),
);
const FEEDS = { crm: 3, psa: 5, hcm: 1, erp: 6 };

export async function rightsHouse(): Promise<RightsHouse> {
  const database = await testDatabase({ migrations: mappingsMigrations });
  const { dataSource } = database;
  const firm = createFirm();
  for (const { kind, source, target } of mappingsOf(firm)) {
    await dataSource.query(`insert into mappings.mapping(kind, source, target, changed_by) values ($1, $2, $3, 'spec')`, [kind, source, target]);
  }
  const issuer = await testIssuer();
  const sandboxes = await testSandboxes();
  const surroundings = { databases: {}, gatewayUrl: '', issuerUrl: issuer.url, logFile: '', logLevel: process.env.RIGHTS_LOG ?? 'fatal' };
  const settings = appEnvironment({ ...surroundings, sandboxes: sandboxes.settings, secretOf: id => issuer.credentialsOf(id).clientSecret });
  const { GATEWAY_URL: _, LOG_FILE: __, ...env } = settings as Record<string, string>;
  const app = await testApp(APPS, { env: { ...env, ...AT_REST, NETSUITE_SETTLING_MS: '500', KANTATA_SETTLING_MS: '500' } });

  const tokens = new Map<string, Promise<{ authorization: string }>>();
  const bearer = (wish: TokenRequest) => {
    const key = JSON.stringify(wish);
    if (!tokens.has(key)) tokens.set(key, issuer.bearer(wish));
    return tokens.get(key)!;
  };
  const call: RightsHouse['call'] = async ({ method, path, body }, { acting, ...wish }, correlationId) => {
    const person: Principal | undefined = acting && { kind: 'person', name: acting.id, clientId: '', scopes: [], fieldRights: [], ...acting };
    const answer = await fetch(app.gatewayUrl + path, {
      method,
      headers: {
        ...(await bearer(wish)),
        ...(person ? { 'throughline-actor': actorHeader(person) } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(correlationId ? { 'x-correlation-id': correlationId } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, any>) };
  };
  const house: RightsHouse = {
    dataSource,
    sandboxes,
    issuer,
    call,
    close: async () => {
      await app.close();
      await sandboxes.close();
      await issuer.close();
      await database.close();
    },
  };
  await eventually(
    async () => {
      for (const [name, feeds] of Object.entries(FEEDS)) {
        const { status, body } = await call({ method: 'GET', path: `/system/${name}/v1/feeds` }, { client: 'operations' });
        if (status !== 200) throw new Error(`${name}: ${status} ${JSON.stringify(body)}`);
        const read = (body.items as { readTo?: string; state: string }[]).filter(feed => feed.readTo !== undefined && feed.state === 'live');
        if (read.length < feeds) throw new Error(`${name}: ${JSON.stringify(body)}`);
      }
      return true;
    },
    { withinMs: 30_000 },
  );
  return house;
}
