import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from './database.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, testDatabase, type TestDatabase } from '#testing';
import { cancel, dataSourceFor, inTransaction, whileWaitedFor } from './index.js';

const GONE = new Error('the caller is gone');
const CANCEL_REQUEST_BYTES = 16;

describe('what nobody waits for any more', () => {
  let database: TestDatabase;
  let dataSource: Database;
  beforeAll(async () => {
    database = await testDatabase();
    // One connection: what doesn't come back is missed at once, and a cancel that needed one would wait for ever.
    dataSource = await dataSourceFor({ name: 'cancelled', migrations: [], poolSize: 1 }, database.url).initialize();
    await database.dataSource.query('create table kept(n int)');
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.close();
  });

  const running = async (): Promise<number> => {
    const rows = await database.dataSource.query<unknown[]>(
      `select 1 from pg_stat_activity where application_name = 'cancelled' and (state = 'active' or xact_start is not null)`,
    );
    return rows.length;
  };

  it('is cancelled in Postgres, rolled back, and its connection used again', async () => {
    const caller = new AbortController();
    const work = inTransaction(
      dataSource,
      async em => {
        await em.query('insert into kept values (1)');
        await em.query('select pg_sleep(60)');
      },
      { signal: caller.signal },
    ).catch((error: unknown) => error);
    await eventually(async () => (await running()) === 1);
    caller.abort(GONE);
    expect(await work).toBe(GONE);
    expect(await running()).toBe(0);
    expect(await dataSource.query('select n from kept')).toEqual([]);
  });

  it('starts no further statement, whatever the work goes on to do', async () => {
    const caller = new AbortController();
    const outcome: unknown[] = [];
    const work = inTransaction(
      dataSource,
      async em => {
        await em.query('select 1');
        caller.abort(GONE);
        await em.query('insert into kept values (2)').catch((error: unknown) => outcome.push(error));
        await em.query('insert into kept values (3)');
      },
      { signal: caller.signal },
    );
    await expect(work).rejects.toBe(GONE);
    expect(outcome).toEqual([GONE]);
    expect(await dataSource.query('select n from kept')).toEqual([]);
  });

  it('is cancelled although Postgres gets the cancel before the statement', async () => {
    const far = await slowWay(database.url, 300);
    const distant = await dataSourceFor({ name: 'overtaken', migrations: [], poolSize: 1 }, far.url).initialize();
    const caller = new AbortController();
    const work = inTransaction(
      distant,
      async em => {
        const sleeping = em.query('select pg_sleep(60)');
        await far.sent('pg_sleep');
        caller.abort(GONE);
        await sleeping;
      },
      { signal: caller.signal },
    );
    await expect(work).rejects.toBe(GONE);
    await distant.destroy();
    far.close();
  });

  it('is not begun when nobody waits from the start', async () => {
    let begun = false;
    const work = async (): Promise<void> => {
      begun = true;
    };
    await expect(inTransaction(dataSource, em => em.query('select 1').then(work), { signal: AbortSignal.abort(GONE) })).rejects.toBe(GONE);
    expect(begun).toBe(false);
  });

  it('leaves what ended in time as it is, and the errors of the work its own', async () => {
    const { signal } = new AbortController();
    expect(await inTransaction(dataSource, em => em.query('select 7 n'), { signal })).toEqual([{ n: 7 }]);
    await expect(inTransaction(dataSource, em => em.query('select 1/0'), { signal })).rejects.toThrow('division by zero');
  });

  it('never ends the next work on the same connection, whenever the cancel comes', async () => {
    for (let round = 0; round < 60; round++) {
      const caller = new AbortController();
      const work = inTransaction(dataSource, em => em.query('select pg_sleep(0.004)'), { signal: caller.signal }).catch((error: unknown) => error);
      await sleep(Math.random() * 10);
      caller.abort(GONE);
      await work;
      expect(await dataSource.query('select 7 n')).toEqual([{ n: 7 }]);
    }
  });

  it('does no harm where nothing runs', async () => {
    const runner = dataSource.createQueryRunner();
    await cancel(runner);
    expect(await runner.query('select 7 n')).toEqual([{ n: 7 }]);
    await runner.release();
  });

  it('is cancelled wherever it was sent from within the work, and what ends its transaction runs still', async () => {
    const caller = new AbortController();
    const work = whileWaitedFor(caller.signal, () =>
      dataSource.transaction(async em => {
        await em.query('insert into kept values (7)');
        await em.query('select pg_sleep(60)');
      }),
    ).catch((error: unknown) => error);
    await eventually(async () => (await running()) === 1);
    caller.abort(GONE);
    expect(await work).toMatchObject({ driverError: GONE });
    expect(await running()).toBe(0);
    await expect(whileWaitedFor(caller.signal, () => dataSource.query('select 1'))).rejects.toMatchObject({ driverError: GONE });
    expect(await dataSource.query('select n from kept where n = 7')).toEqual([]);
  });

  it('never cancels the next work on its connection', async () => {
    for (let round = 0; round < 50; round++) {
      const caller = new AbortController();
      const work = whileWaitedFor(caller.signal, () => dataSource.query('select pg_sleep(0.003)')).catch(() => undefined);
      setTimeout(() => caller.abort(GONE), round % 5);
      await work;
      expect(await dataSource.query('select 1 as one, pg_sleep(0.002)')).toMatchObject([{ one: 1 }]);
    }
  });
});

/** A way to Postgres on which everything that is not a cancel request takes so long. */
async function slowWay(url: string, ms: number): Promise<{ url: string; sent: (text: string) => Promise<unknown>; close: () => void }> {
  const { hostname, port } = new URL(url);
  let sent = '';
  const server = createServer(client => {
    const postgres = connect(Number(port), hostname);
    postgres.pipe(client);
    client.on('data', (bytes: Buffer) => {
      sent += bytes.toString('latin1');
      if (bytes.length === CANCEL_REQUEST_BYTES) postgres.write(bytes);
      else setTimeout(() => postgres.write(bytes), ms);
    });
    for (const [one, other] of [
      [client, postgres],
      [postgres, client],
    ]) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  }).listen(0, '127.0.0.1');
  await eventually(() => server.listening);
  const slow = new URL(url);
  slow.hostname = '127.0.0.1';
  slow.port = String((server.address() as AddressInfo).port);
  return { url: slow.toString(), sent: text => eventually(() => sent.includes(text)), close: () => server.close() };
}
