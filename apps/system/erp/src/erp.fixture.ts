import { readFileSync } from 'node:fs';
import { jwtAssertion } from '#connector';
import type { AppDefinition } from '#service';
import {
  testApp,
  testDatabase,
  testIssuer,
  testSandboxes,
  type TestApp,
  type TestDatabase,
  type TestIssuer,
  type TestSandboxes,
  type TestSandboxesOptions,
  type TokenRequest,
} from '#testing';
import { erpApp } from './erp.app.js';

// An answer's body, read field by field as the test expects it.
type Body = any;

export const FEEDS = ['customers', 'projects', 'reference-data', 'exchange-rates', 'accounting-periods', 'invoices'] as const;
export type ErpFeed = (typeof FEEDS)[number];

export interface Answer {
  status: number;
  body: Body;
}

/** The app over its sandbox, spoken to over HTTP. Feeds are read when a test asks. */
export class ErpUnderTest {
  private constructor(
    readonly database: TestDatabase,
    readonly issuer: TestIssuer,
    readonly sandboxes: TestSandboxes,
    readonly app: TestApp,
  ) {}

  /** `vendors`: others than the product's, or fewer abilities of one. */
  static async start(
    o: { env?: Record<string, string>; choices?: TestSandboxesOptions['choices']; vendors?: AppDefinition['vendors'] } = {},
  ): Promise<ErpUnderTest> {
    const [database, issuer] = [await testDatabase(), await testIssuer()];
    const sandboxes = await testSandboxes({ vendors: ['netsuite'], choices: o.choices });
    const { baseUrl, tokenUrl, accountId, clientId, certificateId, privateKeyFile, alg } = sandboxes.endpoints.netsuite;
    const settings = {
      NETSUITE_ACCOUNT: accountId,
      NETSUITE_BASE_URL: baseUrl,
      NETSUITE_TOKEN_URL: tokenUrl,
      NETSUITE_CLIENT_ID: clientId,
      NETSUITE_CERTIFICATE_ID: certificateId,
      NETSUITE_PRIVATE_KEY_FILE: privateKeyFile,
      NETSUITE_ALG: alg,
      NETSUITE_SETTLING_MS: '500',
      NETSUITE_LEASE_MS: '5000',
    };
    const quiet = { ERP_POLL_MS: '3600000', ERP_REFERENCE_POLL_MS: '3600000', ERP_SWEEP_MS: '86400000' };
    const app = await testApp({ ...erpApp, vendors: o.vendors ?? erpApp.vendors }, { env: { ...settings, ...quiet, ...o.env } });
    return new ErpUnderTest(database, issuer, sandboxes, app);
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.sandboxes.close();
    await this.issuer.close();
    await this.database.close();
  }

  async call(method: string, path: string, o: { body?: unknown; as?: TokenRequest; headers?: Record<string, string> } = {}): Promise<Answer> {
    const authorization = await this.issuer.bearer(o.as ?? { client: 'project-initiation-service' });
    const headers = { ...authorization, ...(o.body === undefined ? {} : { 'content-type': 'application/json' }), ...o.headers };
    const answer = await fetch(`${this.app.url}/v1/${path}`, { method, headers, body: o.body === undefined ? undefined : JSON.stringify(o.body) });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
  }

  /** NetSuite itself, as finance uses it. */
  async netsuite(method: string, path: string, body?: unknown): Promise<Body> {
    const { baseUrl, tokenUrl, clientId, certificateId, privateKeyFile } = this.sandboxes.endpoints.netsuite;
    const login = jwtAssertion({
      tokenUrl,
      clientId,
      certificateId,
      privateKey: readFileSync(privateKeyFile, 'utf8'),
      alg: 'PS256',
      scope: ['rest_webservices'],
    });
    const { headers } = await login.authorize(AbortSignal.timeout(5_000));
    const answer = await fetch(`${baseUrl}/services/rest/record/v1/${path}`, {
      method,
      headers: { ...headers, 'content-type': 'application/json', 'x-netsuite-propertynamevalidation': 'Error' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }

  /** What finance does in the ERP's own screens: `invoices/eid:…/void`, `time/eid:…/post`. */
  async finance(path: string): Promise<void> {
    const answer = await fetch(`${this.sandboxes.endpoints.netsuite.baseUrl}/sandbox/finance/${path}`, { method: 'POST' });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }

  /** Reads a feed's changes (or everything) now. */
  async read(feed: ErpFeed, how: 'polls' | 'sweeps' = 'polls'): Promise<Body> {
    const { status, body } = await this.call('POST', `feeds/${feed}/${how}`, { as: { client: 'operations' }, body: {} });
    if (status !== 200) throw new Error(`${feed} ${how}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** The events of a key, oldest first. */
  events(key: string): Promise<{ type: string; data: Body; legal_entities: string[] }[]> {
    return this.database.dataSource.query('select type, data, legal_entities from events.event where key = $1 order by key_seq', [key]);
  }
}

/** As the flow's service for a person with these legal entities. */
export const actingFor = (legalEntities: string[]): Record<string, string> => ({
  'throughline-actor': JSON.stringify({
    kind: 'person',
    id: 'person-x',
    name: 'X',
    roles: [],
    legalEntities,
    seesUnassigned: false,
    fieldRights: [],
  }),
});
