import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { databaseUrl } from '#persistence';
import { DataFolder, type PlatformProcesses } from '../../apps/platform/src/data-folder.js';
import type { Endpoints } from '../../apps/platform/src/endpoints.js';
import { portsInARow } from '../../libs/testing/src/ports-in-a-row.js';
import { followDeal, SampleSales } from '../../apps/platform/src/sample/sample-sales.js';
import { operations } from '../../apps/platform/src/sample/sample-story.js';
import { cpuSeconds, postgresSeconds } from './billing/processes.js';

const TOP = join(import.meta.dirname, '../../..');
const START_LIMIT_MS = 300_000;
const MEASURE_MS = 60_000;
const WARM_DEALS = 3;

export interface IdleResult {
  minutes: number;
  /** CPU seconds a minute, by kind of process. */
  cpu: Record<string, number>;
  /** Without the vendors' stand-ins. */
  ours: number;
  commitsPerSecond: number;
  /** From a deal's being won to its journey's rest, in seconds. */
  journeys: { warm: number[]; cold: number; after: number };
}

/** Starts the platform as `npm start` does, lets it be quiet for `minutes`, and says what that costs and how quick the next deal is. */
export async function idle(minutes: number, say: (what: string) => void): Promise<IdleResult> {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-idle-'));
  const data = new DataFolder(join(folder, 'data'));
  const child = await started(data);
  const end = async () => {
    await stopped(child);
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end().finally(() => process.exit(143)));
  try {
    await until(() => data.samplesDone, child);
    const endpoints = JSON.parse(readFileSync(data.endpoints, 'utf8')) as Endpoints;
    say(`the platform is up, with its sample; deals while it is warm`);
    const warm: number[] = [];
    for (let n = 0; n < WARM_DEALS; n++) warm.push(await journey(endpoints));
    say(`nothing happens for ${minutes} minutes`);
    await sleep(Math.max(0, minutes * 60_000 - MEASURE_MS));
    const url = databaseUrl(data.environment, 'crm');
    const before = await usage(data.processes!, url);
    await sleep(MEASURE_MS);
    const after = await usage(data.processes!, url);
    const perMinute = (key: string) => ((after.cpu[key] - before.cpu[key]) / (after.at - before.at)) * 60_000;
    const cpu = Object.fromEntries(Object.keys(after.cpu).map(key => [key, perMinute(key)]));
    const ours = Object.entries(cpu).reduce((sum, [kind, seconds]) => sum + (kind === 'sandboxes' ? 0 : seconds), 0);
    const commitsPerSecond = ((after.commits - before.commits) / (after.at - before.at)) * 1000;
    say('the first deal after that');
    const cold = await journey(endpoints);
    return { minutes, cpu, ours, commitsPerSecond, journeys: { warm, cold, after: await journey(endpoints) } };
  } finally {
    await end();
  }
}

async function started(data: DataFolder): Promise<ChildProcess> {
  const port = await portsInARow(7);
  const child = spawn(process.execPath, [join(TOP, 'apps/platform/start.mjs'), 'start'], {
    env: {
      ...process.env,
      DATABASE_URL: '',
      BUILD: 'off',
      DATA_DIR: data.path,
      PORT: String(port),
      ISSUER_PORT: String(port + 1),
      SANDBOX_PORT: String(port + 2),
      SAMPLE_JOURNEYS: 'on',
    },
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return child;
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  process.kill(-child.pid!, 'SIGINT');
  await ended;
}

async function journey(endpoints: Endpoints): Promise<number> {
  const sales = new SampleSales(endpoints.sandboxes);
  const deal = await sales.nextOpenDeal();
  if (!deal) throw new Error('every deal of the sample firm is closed');
  const wonAt = performance.now();
  await sales.win(deal);
  await followDeal(operations(endpoints), deal, () => undefined);
  return (performance.now() - wonAt) / 1000;
}

async function usage(processes: PlatformProcesses, url: string): Promise<{ at: number; cpu: Record<string, number>; commits: number }> {
  const { postgres, ...others } = processes;
  const cpu = Object.fromEntries(Object.entries(others).map(([kind, pid]: [string, number]) => [kind, cpuSeconds(pid)]));
  if (postgres) cpu.postgres = postgresSeconds(postgres);
  return { at: performance.now(), cpu, commits: await commitsOf(url) };
}

async function commitsOf(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ n: string }>('select xact_commit n from pg_stat_database where datname = current_database()');
    return Number(rows[0].n);
  } finally {
    await client.end();
  }
}

async function until(holds: () => boolean, child: ChildProcess): Promise<void> {
  const giveUpAt = Date.now() + START_LIMIT_MS;
  while (!holds()) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('the platform ended before it was ready');
    if (Date.now() > giveUpAt) throw new Error('the platform was not ready in time');
    await sleep(250);
  }
}
