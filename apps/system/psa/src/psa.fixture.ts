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
  type TokenRequest,
} from '#testing';
import { psaApp } from './psa.app.js';
import { kantataLines } from './vendors/kantata/lines/lines.fixture.js';
import type { WholeLineWorld } from './vendors/port/line-world.fixture.js';

// An answer's body, read field by field as the test expects it.
type Body = any;

export interface Answer {
  status: number;
  body: Body;
}

/** The app over its sandbox, spoken to over HTTP. Feeds are read when a test asks. */
export class PsaUnderTest {
  /** What people book, submit and approve there. */
  readonly lines: WholeLineWorld;

  private constructor(
    readonly database: TestDatabase,
    readonly issuer: TestIssuer,
    readonly sandboxes: TestSandboxes,
    readonly app: TestApp,
  ) {
    this.lines = kantataLines(
      (method, path, body) => this.kantata(method, path, body),
      () => sandboxes.control,
    );
  }

  /** `vendors`: others than the product's, or fewer abilities of one. */
  static async start(env: Record<string, string> = {}, { vendors = psaApp.vendors }: Pick<AppDefinition, 'vendors'> = {}): Promise<PsaUnderTest> {
    const [database, issuer, sandboxes] = [await testDatabase(), await testIssuer(), await testSandboxes({ vendors: ['kantata'] })];
    const { baseUrl, accessToken } = sandboxes.endpoints.kantata;
    const settings = {
      KANTATA_BASE_URL: baseUrl,
      KANTATA_TOKEN: accessToken,
      KANTATA_ACCOUNT: '7001',
      KANTATA_SETTLING_MS: '500',
      KANTATA_LEASE_MS: '5000',
    };
    const app = await testApp(
      { ...psaApp, vendors },
      {
        env: { ...settings, PSA_POLL_MS: '3600000', PSA_SWEEP_MS: '86400000', PSA_TIME_SWEEP_MS: '86400000', ...env },
      },
    );
    return new PsaUnderTest(database, issuer, sandboxes, app);
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

  /** Kantata itself, as its people use it. */
  async kantata(method: string, path: string, body?: unknown): Promise<Body> {
    const { baseUrl, accessToken } = this.sandboxes.endpoints.kantata;
    const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
    const answer = await fetch(`${baseUrl}/api/v1/${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    return answer.status === 204 ? null : answer.json();
  }

  /** Reads a feed's changes (or everything) now. */
  async read(feed: 'projects' | 'staffing-requests' | 'time-entries' | 'expenses' | 'assignments', how: 'polls' | 'sweeps' = 'polls'): Promise<Body> {
    const { status, body } = await this.call('POST', `feeds/${feed}/${how}`, { as: { client: 'operations' }, body: {} });
    if (status !== 200) throw new Error(`${feed} ${how}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** The events of a key, oldest first. */
  events(key: string): Promise<{ type: string; data: Body; legal_entities: string[] }[]> {
    return this.database.dataSource.query('select type, data, legal_entities from events.event where key = $1 order by key_seq', [key]);
  }
}
