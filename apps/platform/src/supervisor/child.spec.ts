import { readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '#testing';
import { Child, type ChildOptions, pauseAfter } from './child.js';

describe('a process that the supervisor keeps alive', () => {
  let folder: string;
  let child: Child | undefined;
  let restarts: string[];
  let hopeless: string[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'throughline-child-'));
    [restarts, hopeless] = [[], []];
  });
  afterEach(async () => {
    await child?.stop();
    child = undefined;
    await rm(folder, { recursive: true });
  });

  async function started(code: string, more: Partial<ChildOptions> = {}): Promise<void> {
    const main = join(folder, 'main.mjs');
    await writeFile(main, code);
    child = new Child({
      name: 'a part',
      main,
      env: () => ({}),
      logFile: join(folder, 'log'),
      onMessage: (_, one) => one.settled(),
      onRestart: why => restarts.push(why),
      onHopeless: why => hopeless.push(why),
      ...more,
    });
    child.start();
  }

  it('is restarted after a longer pause each time it dies, up to a bound', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 50].map(pauseAfter)).toEqual([300, 600, 1_200, 2_400, 4_800, 9_600, 19_200, 20_000, 20_000]);
  });

  it('is given up when it never was ready, with its last output', async () => {
    await started(`process.stderr.write('no such setting'); process.exit(3);`);
    await eventually(() => hopeless.length > 0, { withinMs: 20_000 });
    expect(hopeless).toEqual([expect.stringMatching(/a part ended \(code 3\):\nno such setting/)]);
    expect(restarts).toHaveLength(4);
    // Its output may contain anybody's data: only its owner may read the log.
    expect(statSync(join(folder, 'log')).mode & 0o777).toBe(0o600);
  });

  it('is never given up once it was ready, however often it dies then', async () => {
    await started(`process.send('ready'); setTimeout(() => process.exit(1), 10); process.on('disconnect', () => process.exit(0));`);
    await eventually(() => restarts.length >= 5, { withinMs: 25_000 });
    expect(hopeless).toEqual([]);
  });

  it('does not fail with its environment: a missing program, a log that can’t be written', async () => {
    await started(`process.send('ready'); process.on('disconnect', () => process.exit(0)); console.log('said');`, {
      logFile: join(folder, 'none/log'),
    });
    await eventually(() => child?.pid);
    child?.send({ any: 'thing' });
    await child?.stop();
    await started(`console.log('said'); setInterval(() => undefined, 1_000);`);
    await eventually(() => readFileSync(join(folder, 'log'), 'utf8').includes('said'));
    expect([restarts, hopeless]).toEqual([[], []]);
  });
});
