// Runs steps one after the other or side by side, tells how each went and how long it took.
import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';

export const TOP = resolve(import.meta.dirname, '..');

/** @typedef {{ name: string, run: string[], tests?: boolean, shown?: boolean, env?: Record<string, string> }} Step  `run` is an npm script and its arguments; `tests`: it is a vitest run, whose tests are counted; `shown`: what it prints is read when all is well too */
/** @typedef {{ name: string, ok: boolean, shown: boolean, passed: number, failed: number, seconds: number, cores: number, output: string, specs: Spec[] }} Outcome  `cores`: how many were busy meanwhile, with whatever else ran */
/** @typedef {{ file: string, seconds: number }} Spec */

/** Runs an npm script and keeps its output. @returns {Promise<Outcome>} */
export async function runStep({ name, run, tests, shown = false, env = {} }) {
  const report = join(tmpdir(), `throughline-ci-${process.pid}-${name.replaceAll(/\W+/g, '-')}.json`);
  const args = [
    'run',
    '--silent',
    run[0],
    '--',
    ...run.slice(1),
    ...(tests ? ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`] : []),
  ];
  const [began, busyBefore] = [performance.now(), busySeconds()];
  const { code, output } = await command('npm', args, env, false);
  const seconds = (performance.now() - began) / 1000;
  const cores = (busySeconds() - busyBefore) / seconds;
  const counted = tests ? await countTests(report) : undefined;
  const passed = counted ? counted.passed : Number(code === 0);
  // A run that fails with no failed test (it didn't compile, a suite didn't load) is a failure all the same.
  const failed = counted ? Math.max(counted.failed, Number(code !== 0)) : Number(code !== 0);
  return { name, ok: code === 0, shown, passed, failed, seconds, cores, output, specs: counted?.specs ?? [] };
}

async function countTests(report) {
  const text = await readFile(report, 'utf8').catch(() => null);
  await rm(report, { force: true });
  if (text === null) return { passed: 0, failed: 0, specs: [] };
  const { numPassedTests, numFailedTests, numPendingTests = 0, testResults } = JSON.parse(text);
  const specs = testResults.map(({ name, startTime, endTime }) => ({ file: relative(TOP, name), seconds: (endTime - startTime) / 1000 }));
  // A test that was left out proves nothing: it counts as failed.
  return { passed: numPassedTests, failed: numFailedTests + numPendingTests, specs };
}

/** What all processors of this machine have worked since it started. */
function busySeconds() {
  return cpus().reduce((sum, { times }) => sum + (times.user + times.nice + times.sys + times.irq) / 1000, 0);
}

export function command(program, args, env, show) {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { cwd: TOP, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const note = chunk => {
      output += chunk;
      if (show) process.stdout.write(chunk);
    };
    child.stdout.on('data', note);
    child.stderr.on('data', note);
    child.once('error', fail).once('close', code => done({ code: code ?? 1, output }));
  });
}

export const line = ({ name, ok, passed, failed, seconds, cores }, tests) =>
  `${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(26)} ${seconds.toFixed(1).padStart(7)} s  ${cores.toFixed(1)} cores${tests ? `  ${passed} passed, ${failed} failed` : ''}`;

/** The spec files that took longest, over all suites. @param {Outcome[]} outcomes */
export const slowest = (outcomes, count) =>
  outcomes
    .flatMap(({ specs }) => specs)
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, count)
    .map(({ file, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${file}`);
