import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#testing';
import { testPortal, type TestPortal } from '../portal.fixture.js';
import { payload } from '../request/payload.js';
import type { PortalContext } from '../request/portal-context.js';

const TIMEOUT_MS = 1_500;
/** Much shorter than the time limit of a statement or a query. */
const SOON = { withinMs: 5_000 };

let portal: TestPortal;
let hasty: TestPortal;
beforeAll(async () => {
  portal = await testPortal();
  hasty = await testPortal({ env: { PORTAL_QUERY_TIMEOUT_MS: String(TIMEOUT_MS) } });
});
afterAll(() => Promise.all([portal?.close(), hasty?.close()]));

/** While `work` runs, nobody can read deals: a statement that tries waits. */
async function whileDealsAreLocked({ dataSource }: TestPortal, work: () => Promise<void>): Promise<void> {
  const runner = dataSource.createQueryRunner();
  await runner.query('begin; lock table portal.deal in access exclusive mode');
  try {
    await work();
  } finally {
    await runner.query('rollback');
    await runner.release();
  }
}

/** Readers' statements and transactions in progress. */
async function underWay({ dataSource }: TestPortal = portal): Promise<{ statements: number; transactions: number }> {
  const [row] = await dataSource.query<[{ statements: number; transactions: number }]>(
    `select count(*) filter (where state = 'active')::int statements, count(*)::int transactions from pg_stat_activity
     where datname = current_database() and xact_start is not null and query like 'select k.ord%'`,
  );
  return row;
}

const LISTS = '{ deals { nodes { id } } customers { nodes { id } } }';

/** Sends this many queries, and hangs up all of them once `whenRunning` resolves. */
async function askAndHangUp(callers: number, whenRunning: () => Promise<boolean>): Promise<void> {
  const hangingUp = new AbortController();
  const headers = { 'content-type': 'application/json', ...(await portal.issuer.bearer({ client: 'operations' })) };
  const answers = Array.from({ length: callers }, () =>
    fetch(`${portal.app.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query: LISTS }), signal: hangingUp.signal }).then(
      () => 'answered',
      () => 'hung up',
    ),
  );
  await eventually(whenRunning);
  hangingUp.abort();
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['hung up']));
}

describe('a query', () => {
  it('ends when its caller is gone: its statement is cancelled, none follows, and its connection is free', async () => {
    await whileDealsAreLocked(portal, async () => {
      await askAndHangUp(1, async () => (await underWay()).statements === 1);
      await eventually(async () => (await underWay()).transactions === 0, SOON);
    });
    expect((await portal.answer(LISTS)).errors).toBeUndefined();
  });

  it('leaves room for others when many are abandoned', async () => {
    await whileDealsAreLocked(portal, async () => {
      await askAndHangUp(30, async () => (await underWay()).statements >= 15);
      await eventually(async () => (await underWay()).transactions === 0, SOON);
      expect((await portal.answer('{ customers { nodes { id } } }')).errors).toBeUndefined();
    });
  });

  it('that takes too long is answered with that, and no part of it is sent', async () => {
    await whileDealsAreLocked(hasty, async () => {
      const { status, data, errors } = await hasty.answer('{ customers { nodes { id } } deals { nodes { id } } }');
      expect({ status, data }).toEqual({ status: 504, data: undefined });
      expect(errors).toMatchObject([
        {
          message: `This took longer than ${TIMEOUT_MS} ms and was broken off.`,
          extensions: { code: 'VENDOR_UNAVAILABLE', problemCode: 'deadline-passed', status: 504 },
        },
      ]);
      expect(await underWay(hasty)).toEqual({ statements: 0, transactions: 0 });
    });
  });
});

describe('a mutation', () => {
  it('begins no change late, and says that nothing of it was done', async () => {
    let begun = 0;
    const change = async (): Promise<number> => ++begun;
    const late = await payload('setMapping', { beganAt: Date.now() - 61_000 } as PortalContext, change);
    expect(late).toMatchObject({ result: null, problems: [{ kind: 'vendor-unavailable', code: 'deadline-passed' }] });
    expect(begun).toBe(0);
    expect((await payload('setMapping', { beganAt: Date.now() - 59_000 } as PortalContext, change)).result).toBe(1);
  });
});
