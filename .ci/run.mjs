// What CI runs on a fresh clone: install, the fast checks, README's test command, the heavy suites, and short benches for their figures.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './check.mjs';
import { command, line, runStep, slowest, TOP } from './steps.mjs';

const SMALL_BENCH = ['--consultants', '500', '--lines', '5000', '--slow-lines', '1000', '--flow-lines', '300', '--alone', '5'];

// Rows one after the other; the lanes of a row side by side, each step by step. Most suites wait half of their time (for
// leases, settling times, a vendor's own pace), so that two lanes keep two cores busy.
const ROWS = [
  [
    [{ name: 'npm test', run: ['test'], tests: true }],
    [
      { name: 'npm run test:journeys', run: ['test:journeys'], tests: true },
      { name: 'npm run test:upgrade', run: ['test:upgrade'], tests: true },
    ],
  ],
  [
    [{ name: 'npm run test:faults', run: ['test:faults'], tests: true }],
    [
      { name: 'npm run faults (24 seeds)', run: ['faults', '--seeds', '24'] },
      // The small forms, to see that they run: their figures count where they are run whole and alone.
      { name: 'npm run bench (small)', run: ['bench', ...SMALL_BENCH], env: { BENCH_DEALS: '10' } },
      { name: 'npm run fuzz (30 s)', run: ['fuzz', '--seconds', '30', '--seed', '1'] },
    ],
  ],
];

const began = performance.now();
if (!existsSync(join(TOP, 'node_modules', '.package-lock.json'))) {
  console.log('npm ci');
  const { code } = await command('npm', ['ci', '--no-audit', '--no-fund'], {}, true);
  if (code !== 0) {
    console.log('0 passed, 1 failed');
    process.exit(1);
  }
  console.log(`npm ci took ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

// What Debian brings and npm does not: the oldest Postgres that is supported, and a browser. Tests of either are left out where it isn't.
const DEBIAN = { 'postgresql-15': '/usr/lib/postgresql/15/bin/postgres', chromium: '/usr/bin/chromium' };
const missing = Object.entries(DEBIAN).flatMap(([name, program]) => (existsSync(program) ? [] : [name]));
if (missing.length > 0) {
  console.log(`apt-get install ${missing.join(' ')}`);
  await command(
    'sh',
    ['-c', `apt-get update -qq && apt-get install -y -qq --no-install-recommends ${missing.join(' ')}`],
    { DEBIAN_FRONTEND: 'noninteractive' },
    true,
  );
}

console.log('\nnpm run check');
const outcomes = await check();
for (const lanes of ROWS) {
  await Promise.all(
    lanes.map(async steps => {
      for (const step of steps) {
        console.log(`\n${step.name} begins`);
        const outcome = await runStep(step);
        outcomes.push(outcome);
        console.log(`\n${step.name}\n${outcome.output.trimEnd()}`);
        console.log(line(outcome, step.tests));
      }
    }),
  );
}

console.log(`\nAll of it, in ${((performance.now() - began) / 60_000).toFixed(1)} min:`);
for (const outcome of outcomes) console.log(line(outcome, outcome.passed + outcome.failed > 1));
console.log(`\nThe slowest specs:\n${slowest(outcomes, 20).join('\n')}\n`);
const sum = key => outcomes.reduce((total, outcome) => total + outcome[key], 0);
process.exitCode = sum('failed') === 0 ? 0 : 1;
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
