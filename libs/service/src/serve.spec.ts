import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { built, eventually, testDatabase, testIssuer, type TestDatabase, type TestIssuer } from '#testing';
import { parcels } from './parcels.fixture.js';

let dist: string;
let database: TestDatabase;
let issuer: TestIssuer;
let child: ChildProcess | undefined;

beforeAll(async () => {
  [dist, database, issuer] = await Promise.all([built(), testDatabase({ serves: [parcels] }), testIssuer()]);
}, 60_000);
afterEach(() => child?.kill('SIGKILL'));
afterAll(async () => {
  await issuer.close();
  await database.close();
});

async function freePort(): Promise<{ port: number; server: Server }> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, server };
}

/** The parcels app in its own process; `seen.text` is its output so far. */
function run(env: Record<string, string>): { process: ChildProcess; seen: { text: string }; ended: Promise<number | null> } {
  const code = `import { serve } from './libs/service/src/index.js'; import { parcels } from './libs/service/src/parcels.fixture.js'; await serve(parcels);`;
  const started = spawn(process.execPath, ['--input-type=module', '-e', code], {
    cwd: join(dist),
    env: { ...process.env, PARCELS_CLIENT_SECRET: 'none', ...env },
  });
  child = started;
  const seen = { text: '' };
  for (const stream of [started.stdout, started.stderr]) stream.on('data', (chunk: Buffer) => (seen.text += chunk.toString()));
  return { process: started, seen, ended: once(started, 'exit').then(([status]) => status as number | null) };
}

describe('an app in a process of its own', () => {
  it('serves the same URLs as behind the gateway, and probes at the root too', async () => {
    const { port, server } = await freePort();
    server.close();
    const { process: app, ended } = run({ PORT: String(port) });
    const status = async (path: string) =>
      (await fetch(`http://127.0.0.1:${port}${path}`, { headers: await issuer.bearer({ client: 'operations' }) })).status;
    await eventually(async () => (await status('/readyz')) === 200, { withinMs: 25_000 });
    expect([await status('/system/parcels/v1/parcels'), await status('/system/parcels/readyz'), await status('/v1/parcels')]).toEqual([
      200, 200, 404,
    ]);
    app.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('finishes running answers when it is told to stop, and meanwhile says that it is not ready', async () => {
    const { port, server } = await freePort();
    server.close();
    const base = `http://127.0.0.1:${port}`;
    const { process: app, seen, ended } = run({ PORT: String(port), SHUTDOWN_DELAY_MS: '400' });
    await eventually(async () => (await fetch(`${base}/readyz`)).status === 200, { withinMs: 25_000 });
    // a lock on the audit table blocks the write until the transaction ends
    const lock = database.dataSource.createQueryRunner();
    await lock.startTransaction();
    await lock.query('lock table service.audit in access exclusive mode');
    const body = JSON.stringify({ id: 'p1', label: 'slow', weight: 1 });
    const headers = { ...(await issuer.bearer({ client: 'operations' })), 'content-type': 'application/json' };
    const slow = fetch(`${base}/system/parcels/v1/parcels/p1`, { method: 'PUT', body, headers });
    await eventually(
      async () =>
        (await database.dataSource.query<unknown[]>(`select 1 from pg_locks where relation = 'service.audit'::regclass and not granted`)).length > 0,
    );
    app.kill('SIGTERM');
    await eventually(async () => (await fetch(`${base}/readyz`)).status === 503);
    await eventually(() =>
      fetch(`${base}/healthz`).then(
        () => false,
        () => true,
      ),
    );
    await lock.commitTransaction();
    await lock.release();
    expect(await (await slow).json()).toMatchObject({ label: 'slow' });
    expect([await ended, seen.text.includes('parcels has stopped')]).toEqual([0, true]);
  });

  it('goes on after an unawaited failure, and after input that is not HTTP', async () => {
    const { port, server } = await freePort();
    server.close();
    const { process: app, seen, ended } = run({ PORT: String(port) });
    const bearer = await issuer.bearer({ client: 'operations' });
    const status = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`, { headers: bearer })).status;
    await eventually(async () => (await status('/readyz')) === 200, { withinMs: 25_000 });
    expect(await status('/system/parcels/v1/parcels/forgets')).toBe(200);
    await eventually(() => seen.text.includes('work that nobody waited for failed'));
    for (const bytes of ['GET http://[ HTTP/1.1\r\nhost: a\r\n\r\n', 'nonsense\r\n\r\n']) {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      socket.end(bytes);
      await once(socket.resume(), 'close');
    }
    expect(await status('/healthz')).toBe(200);
    app.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('does not start with wrong settings, and reports all of them', async () => {
    const { seen, ended } = run({ PORT: 'many', LOG_LEVEL: 'loud', PARCELS_CLIENT_SECRET: '' });
    expect(await ended).toBe(1);
    expect(seen.text).toContain('parcels can\'t start. These settings are wrong:\n  PORT: must be a whole number from 0 to 65535, not "many"');
    expect(seen.text).toMatch(/LOG_LEVEL: .*\n {2}PARCELS_CLIENT_SECRET: is required/);
  });

  it('says which setting it needs when it has no database', async () => {
    const { seen, ended } = run({ DATABASE_URL: '', PARCELS_DATABASE_URL: '' });
    expect(await ended).toBe(1);
    expect(seen.text).toContain("parcels can't start. DATABASE_URL is not set");
  });

  it('names a port that is in use, and its setting', async () => {
    const { port, server } = await freePort();
    const { seen, ended } = run({ PORT: String(port) });
    expect(await ended).toBe(1);
    server.close();
    expect(seen.text).toContain(`PORT: ${port} is in use`);
  });
});
