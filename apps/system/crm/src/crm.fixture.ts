import { randomUUID } from 'node:crypto';
import jsforce from 'jsforce';
import type { CanonicalEvent } from '#apis';
import { EventLog } from '#events';
import { mappingsMigrations } from '#mappings';
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
import { crmApp } from './crm.app.js';

export interface Answer<T> {
  status: number;
  body: T;
}

const mapTo = ({ dataSource }: TestDatabase, word: string, entity: string): Promise<unknown> =>
  dataSource.query(
    `insert into mappings.mapping(kind, source, target, changed_by) values ('legal-entity', $1, $2, 'spec')
     on conflict (kind, source) do update set target = excluded.target`,
    [word, entity],
  );

/**
 * The app with a real database, a real issuer and the Salesforce sandbox; `people` is what sales
 * does in Salesforce.
 */
export class RunningCrm {
  private constructor(
    readonly database: TestDatabase,
    readonly issuer: TestIssuer,
    readonly sandboxes: TestSandboxes,
    readonly app: TestApp,
    readonly people: InstanceType<typeof jsforce.Connection>,
  ) {}

  /**
   * `vendors`: others than the product's, or one with fewer abilities. `visibilityLagMs`: how late
   * Salesforce's queries show a change. `mapped`: legal entities that are mapped before anything is
   * read.
   */
  static async start(
    o: { env?: Record<string, string>; visibilityLagMs?: number; mapped?: Record<string, string>; vendors?: AppDefinition['vendors'] } = {},
  ): Promise<RunningCrm> {
    const choices = { salesforce: { visibilityLagMs: o.visibilityLagMs ?? 0 } };
    const database = await testDatabase({ migrations: mappingsMigrations });
    for (const [word, entity] of Object.entries(o.mapped ?? {})) {
      await mapTo(database, word, entity);
    }
    const [issuer, sandboxes] = [await testIssuer(), await testSandboxes({ vendors: ['salesforce'], choices })];
    const { loginUrl, clientId, clientSecret, apiVersion } = sandboxes.endpoints.salesforce;
    const people = new jsforce.Connection({ oauth2: { loginUrl, clientId, clientSecret }, instanceUrl: loginUrl, version: apiVersion });
    await people.authorize({ grant_type: 'client_credentials' });
    const app = await testApp(
      { ...crmApp, vendors: o.vendors ?? crmApp.vendors },
      {
        env: {
          CRM_POLL_MS: '100',
          SALESFORCE_LOGIN_URL: loginUrl,
          SALESFORCE_CLIENT_ID: clientId,
          SALESFORCE_CLIENT_SECRET: clientSecret,
          SALESFORCE_ACCOUNT: '00DLF0000000001',
          ...o.env,
        },
      },
    );
    return new RunningCrm(database, issuer, sandboxes, app, people);
  }

  /** As an identity of the sample firm; null sends no token. */
  async get<T>(path: string, wish: TokenRequest | null = { client: 'operations' }): Promise<Answer<T>> {
    return this.#call<T>('GET', path, wish);
  }

  async read(feed: string, how: 'polls' | 'sweeps'): Promise<void> {
    await this.#call('POST', `/v1/feeds/${feed}/${how}`, { client: 'operations' }, {});
  }

  async poll(): Promise<void> {
    for (const feed of ['deals', 'customers', 'rate-cards']) await this.read(feed, 'polls');
  }

  async sweep(): Promise<void> {
    for (const feed of ['deals', 'customers', 'rate-cards']) await this.read(feed, 'sweeps');
  }

  /** Like a person who merges two accounts in Salesforce's screens. */
  async merge(winner: string, loser: string): Promise<void> {
    await this.#screens(`merge/${winner}/${loser}`);
  }

  /** Like a person who takes an account out of the recycle bin. */
  async undelete(account: string): Promise<void> {
    await this.#screens(`undelete/${account}`);
  }

  async #screens(what: string): Promise<void> {
    const answer = await fetch(`${this.people.instanceUrl}/sandbox/sales/${what}`, { method: 'POST' });
    if (!answer.ok) throw new Error(`${what} was not done: ${answer.status} ${await answer.text()}`);
  }

  async pause(paused: boolean): Promise<void> {
    for (const feed of ['deals', 'customers', 'rate-cards']) await this.#call('PUT', `/v1/feeds/${feed}`, { client: 'operations' }, { paused });
  }

  /** As the app that serves mappings would; this app may not. */
  async map(word: string, entity: string): Promise<void> {
    await mapTo(this.database, word, entity);
    const told: CanonicalEvent<'mapping.changed.v1'> = {
      id: randomUUID(),
      source: '/spec',
      type: 'mapping.changed.v1',
      key: `mapping:legal-entity:${word}`,
      time: new Date().toISOString(),
      data: { kind: 'legal-entity', source: word, target: entity },
      legalEntities: [],
      correlationId: 'spec',
    };
    await this.database.dataSource.transaction(em => new EventLog().append(em, [told]));
  }

  /** Events so far, oldest first; of one key when given. */
  events(key?: string): Promise<CanonicalEvent[]> {
    return this.database.dataSource.query(
      `select id, source, type, key, data, legal_entities "legalEntities", actor from events.event
       where source = '/system/crm' and ($1::text is null or key = $1) order by pos`,
      [key ?? null],
    );
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.sandboxes.close();
    await this.issuer.close();
    await this.database.close();
  }

  async #call<T>(method: string, path: string, wish: TokenRequest | null, body?: unknown): Promise<Answer<T>> {
    const headers = { ...(wish ? await this.issuer.bearer(wish) : {}), ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const answer = await fetch(this.app.url + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const told = { status: answer.status, body: (await answer.json()) as T };
    if (method !== 'GET' && answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(told)}`);
    return told;
  }
}
