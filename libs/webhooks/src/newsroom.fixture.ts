import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { inTransaction, prepareDatabase } from '#persistence';
import { eventually, ManualClock, testApp, testDatabase, testIssuer, urlAs, type TestApp, type TestDatabase, type TestIssuer } from '#testing';
import type { Resolve } from './guarded-post.js';
import { herald, migrations, roles, rows } from './herald.fixture.js';
import { Receiver, type Received } from './receiver.fixture.js';

export const TIMEOUT_MS = 300;

interface Answer {
  status: number;
  body: { id: string; secret: string; state: string; why: string; messages: number; code: string; fields: { field: string }[]; items: Row[] };
}
interface Row {
  id: string;
  messageId: string;
  state: string;
  attempts: number;
  status: number | null;
  why: string | null;
}

/**
 * The herald with a receiver, for the specs of one file. Time stands still unless it is let pass;
 * each spec has a receiver of its own and no endpoints.
 */
export function newsroom(resolve?: Resolve) {
  const clock = new ManualClock();
  let database: TestDatabase;
  let issuer: TestIssuer;
  let app: TestApp;
  let receiver: Receiver;
  let told = 0;
  beforeAll(async () => {
    [database, issuer] = await Promise.all([testDatabase(), testIssuer()]);
    await prepareDatabase({ roles, rows, migrations, ownerUrl: urlAs(roles.owner, database.url) });
    clock.sleep(Date.now());
    app = await testApp(herald(clock, resolve), { env: { WEBHOOK_LOOPBACK: 'true', WEBHOOK_TIMEOUT_MS: String(TIMEOUT_MS) } });
  });
  afterAll(async () => {
    await app?.close();
    await issuer?.close();
    await database?.close();
  });
  beforeEach(async () => {
    receiver = await Receiver.start();
  });
  afterEach(async () => {
    // again, where a sender holds what is removed
    await inTransaction(database.dataSource, em => em.query('truncate webhooks.endpoint, webhooks.message cascade'));
    await receiver.close();
  });

  async function ask(method: string, path: string, body?: object, client = 'partner'): Promise<Answer> {
    const type = body ? { 'content-type': 'application/json' } : {};
    const headers = { ...(await issuer.bearer({ client, scopes: ['crm.read'] })), ...type };
    const answer = await fetch(`${app.url}/v1/${path}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Answer['body'] };
  }
  const deliveries = async (id: string): Promise<Row[]> => (await ask('GET', `endpoints/${id}/deliveries`)).body.items;

  return {
    clock,
    ask,
    deliveries,
    get database() {
      return database.dataSource;
    },
    get receiver() {
      return receiver;
    },
    made: async (url = receiver.url, types = ['news.v1'], client = 'partner') => (await ask('POST', 'endpoints', { url, types }, client)).body,
    /** Publishes a message of a key; answers its id. */
    async tell(key: string, words: string): Promise<string> {
      const id = `msg_${++told}`;
      expect((await ask('POST', 'news', { id, type: 'news.v1', key, words })).status).toBe(201);
      return id;
    },
    settledAs: (id: string, state: string, count = 1) =>
      eventually(async () => (await deliveries(id)).filter(one => one.state === state).length === count),
    /** Lets time pass until something is so. */
    passUntil: (is: () => boolean | Promise<boolean>, stepMs = 30_000) =>
      eventually(async () => {
        if (await is()) return true;
        clock.advance(stepMs);
        return false;
      }),
  };
}

/** As a receiver does that has the secret, when the message arrives. */
export function verified(secret: string, { headers, body, at }: Received): unknown {
  vi.useFakeTimers({ toFake: ['Date'], now: at });
  try {
    return new Webhook(secret).verify(body, headers);
  } finally {
    vi.useRealTimers();
  }
}
