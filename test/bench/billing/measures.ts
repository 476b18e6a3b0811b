import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TEST_ROLES, urlAs } from '../../../libs/testing/src/test-roles.js';
import type { BenchHouse, Erp, Usage } from './bench-house.js';
import type { FromLineFlows, ToLineFlows } from './line-flow-worker.js';
import type { MoreLines } from './more-lines.js';

export interface Throughput {
  lines: number;
  seconds: number;
  linesPerSecond: number;
  /** Per 1,000 lines. */
  erpCalls: number;
  psaCalls: number;
  cpuSeconds: Usage['cpu'];
  commits: number;
  walMb: number;
}

const NOT_WITHIN_MS = 1_800_000;
const POSTED = `select count(*) n from billing.posting where state = 'posted'`;
/** The same when nothing was refused, and asked for at no cost: a count of what is watched would be part of what is measured. */
const SETTLED = `select coalesce(sum(lines), 0) n from billing.batch where state = 'done' and operation = 'post'`;

/** From the moment that the PSA's feed is read until the last of so many lines is posted. */
export async function throughput(house: BenchHouse, lines: number, say: (what: string) => void): Promise<Throughput> {
  const already = await counted(house, SETTLED);
  const postedAlready = await counted(house, POSTED);
  const before = await house.usage();
  await house.readTime(true);
  const startedAt = performance.now();
  for (let posted = 0; posted < lines;) {
    await sleep(500);
    posted = (await counted(house, SETTLED)) - already;
    const seconds = (performance.now() - startedAt) / 1000;
    say(`${posted} of ${lines} lines posted after ${seconds.toFixed(0)} s, ${(posted / seconds).toFixed(0)} a second`);
    if (performance.now() - startedAt > NOT_WITHIN_MS) throw new Error(`${posted} of ${lines} lines were posted; ${await whyNot(house)}`);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const after = await house.usage();
  const posted = (await counted(house, POSTED)) - postedAlready;
  if (posted !== lines) throw new Error(`${posted} of ${lines} lines were posted; ${await whyNot(house)}`);
  await house.readTime(false);
  const perThousand = (n: number) => (n * 1000) / lines;
  const { platform, postgres, sandboxes } = after.cpu;
  return {
    lines,
    seconds,
    linesPerSecond: lines / seconds,
    erpCalls: perThousand(callsOf(after, 'netsuite') - callsOf(before, 'netsuite')),
    psaCalls: perThousand(callsOf(after, 'kantata') - callsOf(before, 'kantata')),
    cpuSeconds: {
      platform: perThousand(platform - before.cpu.platform),
      postgres: perThousand(postgres - before.cpu.postgres),
      sandboxes: perThousand(sandboxes - before.cpu.sandboxes),
    },
    commits: perThousand(after.commits - before.commits),
    walMb: perThousand(after.wal - before.wal) / 1_048_576,
  };
}

/** Approval to posted, one line at a time on a system that does nothing else. In ms, sorted. */
export async function latencies(house: BenchHouse, more: MoreLines, count: number, say: (what: string) => void): Promise<number[]> {
  await house.readTime(true);
  const measured: number[] = [];
  for (let n = 0; n < count; n++) {
    const already = await counted(house, SETTLED);
    await more.approve(1);
    const approvedAt = performance.now();
    while ((await counted(house, SETTLED)) === already) {
      await sleep(5);
      if (performance.now() - approvedAt > 60_000) throw new Error(`a line alone was not posted within a minute; ${await whyNot(house)}`);
    }
    measured.push(performance.now() - approvedAt);
    say(`${n + 1} of ${count} lines alone`);
  }
  await house.readTime(false);
  return measured.sort((a, b) => a - b);
}

/** One durable flow a line, in a process of its own. */
export async function lineFlows(house: BenchHouse, erp: Erp, count: number, databaseUrl: string): Promise<{ lines: number; seconds: number }> {
  const { firm } = house;
  const lines = Array.from({ length: count }, (_, n) => {
    const project = firm.projects[n % firm.projects.length];
    const consultant = firm.consultants.find(({ employeeNumber }) => employeeNumber === (project.team[0] ?? firm.projects[0].team[0]))!;
    return {
      employee: consultant.employeeNumber,
      project: project.closedOn === null ? project.id : firm.projects[0].id,
      item: consultant.role,
      department: consultant.costCentre,
      date: '2026-10-12',
    };
  });
  const child = fork(join(import.meta.dirname, 'line-flow-worker.js'), [], { execArgv: [] });
  const message: ToLineFlows = {
    environment: { DATABASE_URL: urlAs(TEST_ROLES.app('fixture'), databaseUrl), LOG_LEVEL: 'error', ISSUER_URL: 'http://127.0.0.1:9' },
    netsuite: house.endpoints.netsuite,
    concurrency: erp.concurrency,
    lines,
  };
  child.send(message);
  const [answer] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [FromLineFlows | number | null];
  if (answer === null || typeof answer !== 'object') throw new Error(`the line flows ended with ${answer}`);
  child.disconnect();
  return { lines: count, seconds: answer.seconds };
}

async function counted(house: BenchHouse, sql: string): Promise<number> {
  const [{ n }] = await house.sql<{ n: string }>(sql);
  return Number(n);
}

async function whyNot(house: BenchHouse): Promise<string> {
  const rows = await house.sql<{ what: string }>(
    `select state || ' ' || count(*) || coalesce(' ' || max(faults::text), '') what from billing.line where state <> 'posted' group by state`,
  );
  return rows.map(({ what }) => what).join('; ');
}

const callsOf = ({ calls }: Usage, vendor: string): number =>
  Object.entries(calls[vendor])
    .filter(([name]) => !name.startsWith('auth'))
    .reduce((sum, [, n]) => sum + n, 0);
