import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { OLDEST_POSTGRES, withoutOldestPostgres } from '#testing';

const TOP = resolve(import.meta.dirname, '../..');

/** Of each journey's own file, the test that goes all the way and meets nothing on it. */
const CLEAN = {
  'test/journeys/deal-to-project.e2e.ts': 'a deal won through jsforce is read with relationships',
  'test/journeys/time-to-billing.e2e.ts': 'a clean week is posted line by line',
};

interface Report {
  testResults: { assertionResults: { fullName: string; status: string; failureMessages: string[] }[] }[];
}

it('a deal is carried to its project and a week to its invoice on the oldest supported Postgres', async ({ skip }) => {
  const missing = withoutOldestPostgres();
  skip(missing !== undefined, missing);
  const folder = await mkdtemp(join(tmpdir(), 'throughline-oldest-'));
  const report = join(folder, 'report.json');
  const vitest = spawn(
    process.execPath,
    [
      join(TOP, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--config=test/vitest.config.ts',
      `--testNamePattern=${Object.values(CLEAN).join('|')}`,
      '--reporter=json',
      `--outputFile=${report}`,
      ...Object.keys(CLEAN),
    ],
    { cwd: TOP, env: { ...process.env, TEST_POSTGRES: OLDEST_POSTGRES }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [vitest.stdout, vitest.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  try {
    await new Promise(done => vitest.once('close', done));
    expect(output).toContain(`Postgres 15.`);
    const { testResults } = JSON.parse(await readFile(report, 'utf8')) as Report;
    const run = testResults.flatMap(file => file.assertionResults).filter(({ status }) => status !== 'skipped');
    expect(run.flatMap(({ failureMessages }) => failureMessages)).toEqual([]);
    expect(run.map(({ status }) => status)).toEqual(Object.values(CLEAN).map(() => 'passed'));
  } finally {
    vitest.kill();
    await rm(folder, { recursive: true, force: true });
  }
  // A whole run inside this one, with two houses.
}, 400_000);
