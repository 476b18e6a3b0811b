import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '#testing';
import { dataSourceFor } from './data-source.js';
import { isDatabaseAway } from './database-away.js';

/** What a statement fails with. */
async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

/** A way to Postgres that can be cut. */
async function aWayTo(url: string): Promise<{ url: string; cut(): Promise<void> }> {
  const { hostname, port } = new URL(url);
  const open = new Set<Socket>();
  const server = createServer(client => {
    const onward = connect(Number(port), hostname);
    for (const socket of [client, onward]) open.add(socket.on('error', () => undefined));
    client.pipe(onward).pipe(client);
  }).listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const cut = async (): Promise<void> => {
    for (const socket of open) socket.destroy();
    await new Promise(resolve => server.close(resolve));
  };
  return { url: Object.assign(new URL(url), { hostname: '127.0.0.1', port: (server.address() as AddressInfo).port }).href, cut };
}

describe('Postgres is away', () => {
  it('when the way to it is cut, during a statement and before one', async () => {
    const database = await testDatabase();
    const way = await aWayTo(database.url);
    const through = await dataSourceFor({ name: 'spec', migrations: [] }, way.url).initialize();
    const running = failureOf(through.query('select pg_sleep(60)'));
    const inTransaction = failureOf(through.transaction(em => em.query('select pg_sleep(60)')));
    await through.query('select 1');
    await way.cut();
    expect((await Promise.all([running, inTransaction])).map(isDatabaseAway)).toEqual([true, true]);
    const refused = [await failureOf(through.query('select 1')), await failureOf(through.transaction(() => Promise.resolve()))];
    expect(refused.map(isDatabaseAway)).toEqual([true, true]);
    await through.destroy();
    await database.close();
  });

  it('when it ends our session, or has no room for another', async () => {
    const database = await testDatabase();
    const other = await dataSourceFor({ name: 'spec', migrations: [] }, database.url).initialize();
    expect(isDatabaseAway(await failureOf(other.query('select pg_terminate_backend(pg_backend_pid())')))).toBe(true);
    await other.destroy();
    const name = new URL(database.url).pathname.slice(1);
    await database.dataSource.query(`alter database ${name} connection limit 0`);
    await database.dataSource.query(`create role ${name} login password 'x'`);
    const url = Object.assign(new URL(database.url), { username: name, password: 'x' }).href;
    expect(isDatabaseAway(await failureOf(dataSourceFor({ name: 'spec', migrations: [] }, url).initialize()))).toBe(true);
    await database.dataSource.query(`drop role ${name}`);
    await database.close();
  });

  it.each(['57P01', '57P02', '57P03', '53300', '08006', 'ECONNREFUSED'])('as %s says', code => {
    expect(isDatabaseAway(Object.assign(new Error('query failed'), { driverError: { code } }))).toBe(true);
  });

  it.each([
    ['a statement was wrong', '42601'],
    ['a value was refused', '22P02'],
    ['a statement was cancelled', '57014'],
    ['a file is missing', 'ENOENT'],
  ])('not when %s', (_, code) => expect(isDatabaseAway(Object.assign(new Error('connection terminated'), { code }))).toBe(false));
});
