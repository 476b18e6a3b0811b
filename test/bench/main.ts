import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nameOf, treeNow } from '../faults/seeds/run-state.js';
import { bareLoop } from './billing/bare-loop.js';
import { claimsBehind } from './billing/backlog.js';
import { BenchHouse, type Erp } from './billing/bench-house.js';
import { latencies, lineFlows, throughput, type Throughput } from './billing/measures.js';
import { MoreLines } from './billing/more-lines.js';
import { NetsuiteClient } from './billing/netsuite-client.js';
import { coresOf } from './billing/processes.js';
import { governed } from './governed/governed.js';
import { governedTable } from './governed/table.js';
import { idle } from './idle.js';
import { costPairs, pairsTable } from './pairs.js';
import { plans } from './throttling/plans.js';

const USAGE = `npm run bench -- [--full] [--only billing|deals] [--consultants N] [--lines N] [--slow-lines N] [--flow-lines N] [--alone N]
npm run bench -- --idle [--minutes N]
npm run bench -- --pairs N
npm run bench -- --plans [--seconds N]
npm run bench -- --governed [--rounds N] [--seconds N]

Time to billing: lines a second with an ERP that is faster and one that is slower than we are, beside the same work with nothing durable, one durable
flow a line, and what the ERP's own limits allow. Then deals to projects. Prints a table, and writes it as JSON to .data/bench.
  --full   adds growth (5, 50 and 500 thousand lines, a million waiting) and takes all lines to the slow ERP too
  --idle   instead, what the platform costs after so many quiet minutes (10), and how quick the first deal is after them
  --pairs  instead, CPU seconds of a line and of a deal in the tree of the last release and in this one, alternately, N times each
  --plans  instead, what consumers' plans let through over two replicas, and what others feel of one at its limit; N seconds a phase (20)
  --governed  instead, one read of a row under row security with all governance and bare on Fastify, at 1, 16 and 64 connections, alternately N rounds (5)
           of N seconds (3); what each stage takes, and what counting usage costs`;

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    only: { type: 'string' },
    consultants: { type: 'string', default: '5000' },
    lines: { type: 'string', default: '50000' },
    'slow-lines': { type: 'string', default: '10000' },
    'flow-lines': { type: 'string', default: '2000' },
    alone: { type: 'string', default: '40' },
    idle: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '10' },
    pairs: { type: 'string' },
    plans: { type: 'boolean', default: false },
    governed: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}

/** 15 calls at once, 40 ms a call; P processors at 30 ms a record. */
const ERP: Omit<Erp, 'processors'> = { concurrency: 15, latencyMs: 40, msPerRecord: 30 };
const [FAST, SLOW] = [200, 5];
const BATCH = 100;
const BARE_BATCHES = 15;
const TOP = join(import.meta.dirname, '../../..');

const [consultants, lines, slowLines, flowLines, alone] = [
  values.consultants,
  values.lines,
  values['slow-lines'],
  values['flow-lines'],
  values.alone,
].map(Number);
const cores = coresOf();
const begunAt = performance.now();
let toldAt = 0;
const tree = treeNow();
const result: Record<string, unknown> = { commit: nameOf(tree), begun: new Date().toISOString() };

if (values.idle) await quiet();
else if (values.pairs) await beside();
else if (values.plans) await throttled();
else if (values.governed) await cost();
else {
  if (values.only !== 'deals') await billing();
  if (values.only !== 'billing') process.exitCode = await deals();
}

async function quiet(): Promise<void> {
  say(`commit ${nameOf(tree)}`);
  const { minutes, cpu, ours, commitsPerSecond, journeys } = await idle(Number(values.minutes), say);
  const seconds = (list: number[]) => list.map(one => one.toFixed(1)).join(', ');
  const rows = [
    `after ${minutes} quiet minutes, CPU seconds a minute:`,
    ...Object.entries(cpu).map(([kind, used]) => `  ${kind.padEnd(12)} ${used.toFixed(2)}`),
    `  without the vendors' stand-ins ${ours.toFixed(2)}`,
    `commits a second: ${commitsPerSecond.toFixed(1)}`,
    `a deal from won to rest, s: warm ${seconds(journeys.warm)}; the first after the quiet ${journeys.cold.toFixed(1)}, the next ${journeys.after.toFixed(1)}`,
  ];
  console.log(rows.join('\n'));
  Object.assign(result, { cores: coresText(), idle: { minutes, cpu, ours, commitsPerSecond, journeys } });
  tell();
}

async function beside(): Promise<void> {
  say(`commit ${nameOf(tree)}`);
  const measured = await costPairs(Number(values.pairs), say);
  console.log(`\nCPU seconds, median of ${measured.pairs.length} with their spread; before: ${measured.earlier}\n${pairsTable(measured).join('\n')}`);
  Object.assign(result, { cores: coresText(), pairs: measured });
  tell();
}

async function throttled(): Promise<void> {
  say(`commit ${nameOf(tree)}`);
  const { rows, phases } = await plans(Number(values.seconds ?? 20), say);
  console.log(`\n${rows.map(([what, figure, aim]) => `${what.padEnd(72)}${figure.padStart(12)}${aim ? `   aim ${aim}` : ''}`).join('\n')}`);
  Object.assign(result, { cores: coresText(), plans: { rows, phases } });
  tell();
}

async function cost(): Promise<void> {
  say(`commit ${nameOf(tree)}`);
  const measured = await governed({ rounds: Number(values.rounds), seconds: Number(values.seconds ?? 3) }, say);
  console.log(`\n${governedTable(measured).join('\n')}`);
  Object.assign(result, { cores: coresText(), governed: measured });
  tell();
}

async function billing(): Promise<void> {
  say(`commit ${nameOf(tree)}`);
  say(coresText());
  const house = await opened(lines);
  try {
    const fast = await throughput(house, lines, progress);
    const more = await MoreLines.of(house);
    say('lines alone');
    const waits = await latencies(house, more, alone, progress);
    await house.setErp({ processors: SLOW });
    const wanted = values.full ? lines : slowLines;
    say(`more lines are booked for the slow ERP`);
    const slow = await throughput(house, await more.approve(wanted), progress);
    const peaks = house.peaks();
    await house.setErp({ processors: FAST });
    await house.stopPlatform();
    say('the same lines with nothing durable');
    const bare = await bareLoop(house, new NetsuiteClient(house.endpoints.netsuite, ERP.concurrency), BARE_BATCHES, progress);
    say(`one durable flow a line, ${flowLines} lines`);
    const flows = await lineFlows(house, { ...ERP, processors: FAST }, flowLines, await house.another('bench_flows'));
    Object.assign(result, table({ fast, slow, waits, peaks, bare, flows }));
    if (values.full) {
      result.backlog = shown('claims of a batch, ms', [await claimsBehind(house, 5_000), await claimsBehind(house, 1_000_000)]);
    }
  } finally {
    await house.close();
  }
  if (values.full) result.growth = await growth();
  tell();
}

/** A house of its own; when we are told to end, its Postgres ends first, else it would outlive us. */
async function opened(size: number): Promise<BenchHouse> {
  const house = await BenchHouse.open({ consultants, lines: size }, { ...ERP, processors: FAST }, cores, say);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void house.close().finally(() => process.exit(143)));
  return house;
}

/** What the ERP's limits allow: its processors, and its calls at once with as many calls a batch as we made. */
function ceiling(processors: number, callsPerThousand: number): { lines: number; by: string } {
  const byProcessors = (processors * 1000) / ERP.msPerRecord;
  const byCalls = ((ERP.concurrency * 1000) / ERP.latencyMs / callsPerThousand) * 1000;
  return byProcessors < byCalls
    ? { lines: byProcessors, by: `${processors} processors` }
    : { lines: byCalls, by: `${ERP.concurrency} calls at once` };
}

interface Measured {
  fast: Throughput;
  slow: Throughput;
  waits: number[];
  peaks: Record<string, number>;
  bare: { lines: number; seconds: number; erpCalls: number };
  flows: { lines: number; seconds: number };
}

function table({ fast, slow, waits, peaks, bare, flows }: Measured): Record<string, unknown> {
  const [bareRate, flowRate] = [bare.lines / bare.seconds, flows.lines / flows.seconds];
  const [atFast, atSlow] = [ceiling(FAST, fast.erpCalls), ceiling(SLOW, slow.erpCalls)];
  const at = (part: number) => waits[Math.min(waits.length - 1, Math.floor(part * waits.length))];
  const { platform, postgres, sandboxes } = fast.cpuSeconds;
  const rows: [what: string, figure: string, aim?: string][] = [
    [`lines a second, P = ${FAST}, ${fast.lines} lines`, rate(fast.linesPerSecond)],
    [
      `  of the loop with nothing durable (${rate(bareRate)}, ${bare.lines} lines, ${((1000 * bare.erpCalls) / bare.lines).toFixed(1)} calls per 1,000)`,
      ratio(fast.linesPerSecond, bareRate),
      '>= 0.60',
    ],
    [`  of one durable flow a line (${rate(flowRate)}, ${flows.lines} lines)`, ratio(fast.linesPerSecond, flowRate), '>= 10'],
    [`  of the ceiling (${rate(atFast.lines)}, by ${atFast.by})`, ratio(fast.linesPerSecond, atFast.lines)],
    [`lines a second, P = ${SLOW}, ${slow.lines} lines`, rate(slow.linesPerSecond)],
    [`  of the ceiling (${rate(atSlow.lines)}, by ${atSlow.by})`, ratio(slow.linesPerSecond, atSlow.lines), '>= 0.90'],
    [`approval to posted, quiet system, ${waits.length} lines alone: p50`, `${at(0.5).toFixed(0)} ms`],
    ['  p99', `${at(0.99).toFixed(0)} ms`],
    ['ERP calls per 1,000 clean lines', fast.erpCalls.toFixed(1), '<= 50'],
    ['PSA calls per 1,000 lines', fast.psaCalls.toFixed(1)],
    ['CPU seconds per 1,000 lines: platform', platform.toFixed(2)],
    ['  Postgres', postgres.toFixed(2)],
    ["  vendors' stand-ins", sandboxes.toFixed(2)],
    ['commits per 1,000 lines', fast.commits.toFixed(0)],
    ['write-ahead log per 1,000 lines', `${fast.walMb.toFixed(1)} MB`],
    ...Object.entries(peaks).map(([name, mb]): [string, string] => [`peak memory: ${name}`, `${mb} MB`]),
  ];
  console.log(`\n${rows.map(([what, figure, aim]) => `${what.padEnd(88)}${figure.padStart(12)}${aim ? `   aim ${aim}` : ''}`).join('\n')}`);
  return { cores: coresText(), erp: ERP, fast, slow, bare, flows, ceilings: { fast: atFast, slow: atSlow }, latencyMs: waits, peaksMb: peaks, rows };
}

/** The same house at three sizes: what a line costs must not grow. */
async function growth(): Promise<object[]> {
  const sizes: object[] = [];
  for (const size of [5_000, 50_000, 500_000]) {
    say(`growth: ${size} lines`);
    const house = await opened(size);
    try {
      const { linesPerSecond, cpuSeconds, commits, walMb } = await throughput(house, size, progress);
      sizes.push({ lines: size, linesPerSecond, cpuSecondsPerThousand: cpuSeconds.platform + cpuSeconds.postgres, commits, walMb });
    } finally {
      await house.close();
    }
  }
  return shown('growth', sizes);
}

function shown(title: string, rows: object[]): object[] {
  console.log(`\n${title}\n${rows.map(row => JSON.stringify(row)).join('\n')}`);
  return rows;
}

/** The journey before this one, by its own bench. */
function deals(): Promise<number> {
  say('deals to projects');
  const vitest = join(TOP, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', '-c', 'test/vitest.config.ts', 'test/bench/deal-to-project.bench.ts'], {
    cwd: TOP,
    stdio: 'inherit',
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => child.kill(signal));
  return new Promise((done, fail) => child.once('error', fail).once('exit', code => done(code ?? 1)));
}

function tell(): void {
  const folder = join(TOP, '.data', 'bench');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `time-to-billing-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.json`);
  writeFileSync(file, JSON.stringify({ ...result, batch: BATCH, minutes: (performance.now() - begunAt) / 60_000 }, null, 2));
  console.log(`\nwritten to ${file}`);
}

function coresText(): string {
  const kind = `${cpus().length} x ${cpus()[0].model}`;
  return cores
    ? `cores: ${kind}; platform and Postgres on ${cores.platform}, vendors' stand-ins and load on ${cores.vendors}`
    : `cores: ${kind}; too few to part the platform from the vendors' stand-ins`;
}

function say(what: string): void {
  console.log(`${((performance.now() - begunAt) / 1000).toFixed(0).padStart(5)} s  ${what}`);
}

/** The same, every few seconds. */
function progress(what: string): void {
  if (performance.now() - toldAt < 5_000) return;
  toldAt = performance.now();
  say(what);
}

function rate(linesPerSecond: number): string {
  return `${linesPerSecond.toFixed(0)}/s`;
}

function ratio(one: number, other: number): string {
  return (one / other).toFixed(2);
}
