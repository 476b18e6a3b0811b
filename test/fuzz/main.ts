import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { testPlatform, type TestPlatform } from '#testing';
import { type Door, doorsOf, type Input, send, type Tokens } from './doors.js';

const USAGE = `npm run fuzz -- [--seconds S] [--seed N] [--only text]

Starts the platform and knocks at every door with inputs that derive from the seed. A 500, an answer that does not come,
a process that died, or memory that grows without bound is a finding; the command then ends with 1.
  --seconds S   how long in all, shared by the doors (default 120)
  --seed N      where the inputs begin (default: one of today's; it is printed)
  --only text   the doors whose names have this in them`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '120' },
    seed: { type: 'string' },
    only: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}

/** Requests at once: enough that one slow answer does not hide the others. */
const AT_ONCE = 8;
/** What a part may hold beyond what it held after the first round, MB: buffers and caches are bounded, and not small. */
const MAY_GROW_MB = 400;

const seed = Number(values.seed ?? Date.now() % 1_000_000);
const seconds = Number(values.seconds);

interface Tally {
  door: string;
  inputs: number;
  statuses: Record<string, number>;
  findings: { input: Input; fault: string }[];
}

/** 0 when there is no such process. */
const residentMb = (pid: number): number => {
  if (!existsSync(`/proc/${pid}/status`)) return 0;
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return Number(kb) / 1024;
};

/** Process ids and memory of every part. */
const partsOf = (platform: TestPlatform) =>
  Object.fromEntries(
    Object.entries(platform.processes() as unknown as Record<string, number>)
      .filter(([, pid]) => Number.isInteger(pid))
      .map(([part, pid]) => [part, { pid, mb: residentMb(pid) }]),
  );

/** The input without its token, cut. */
const told = ({ headers, ...input }: Input): string => JSON.stringify({ ...input, headers: { ...headers, authorization: undefined } }).slice(0, 500);

/** What the apps' log says under the correlation id of an answer. */
function inTheLog(fault: string): string {
  const id = /"correlationId":"([^"]+)"/.exec(fault)?.[1];
  const log = join(platform.dataDir, 'logs', 'throughline.log');
  if (id === undefined || !existsSync(log)) return '';
  const line = readFileSync(log, 'utf8')
    .split('\n')
    .findLast(text => text.includes(id) && text.includes('"stack"'));
  const { err } = (line ? JSON.parse(line) : {}) as { err?: { stack?: string } };
  return err?.stack ? `\n    ${err.stack.split('\n').slice(0, 6).join('\n    ').slice(0, 900)}` : '';
}

async function knock(door: Door, untilMs: number, from: number): Promise<Tally> {
  const tally: Tally = { door: door.name, inputs: 0, statuses: {}, findings: [] };
  for (let round = 0; performance.now() < untilMs && tally.findings.length < 5; round++) {
    const inputs = fc.sample(door.inputs, { seed: from + round, numRuns: 40 });
    let next = 0;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (next < inputs.length && performance.now() < untilMs) {
          const input = inputs[next++];
          const { status, fault } = await send(input);
          tally.inputs++;
          tally.statuses[status] = (tally.statuses[status] ?? 0) + 1;
          if (fault) tally.findings.push({ input, fault });
        }
      }),
    );
  }
  return tally;
}

async function tokensOf(platform: TestPlatform): Promise<Tokens> {
  const person = platform.endpoints.people.find(({ roles, legalEntities }) => roles.includes('finance') && legalEntities.length === 1)!;
  return { operations: await platform.api.token(), person: await platform.as(person.name).token() };
}

const platform = await testPlatform({
  top: process.cwd(),
  env: { RATE_LIMIT_PER_MINUTE: '100000000', RATE_LIMIT_PER_MINUTE_ADDRESS: '100000000', LOG_LEVEL: 'error' },
});
const faults: string[] = [];
const note = (fault: string): void => {
  faults.push(fault);
  console.log(`- ${fault}`);
};
try {
  const before = partsOf(platform);
  let warm: ReturnType<typeof partsOf> | undefined;
  const doors = doorsOf(platform.endpoints, await tokensOf(platform)).filter(({ name }) => name.includes(values.only));
  console.log(`seed ${seed}; ${doors.length} doors, ${seconds} s`);
  let total = 0;
  for (const [index, door] of doors.entries()) {
    const tally = await knock(door, performance.now() + (seconds * 1000) / doors.length, seed + index * 10_000);
    total += tally.inputs;
    const statuses = Object.entries(tally.statuses)
      .map(([status, n]) => `${status === '0' ? 'closed' : status} ${n}`)
      .join(', ');
    console.log(`  ${door.name.padEnd(28)} ${String(tally.inputs).padStart(6)} inputs: ${statuses}`);
    for (const { input, fault } of tally.findings) note(`${door.name}: ${fault}\n    ${told(input)}${inTheLog(fault)}`);
    warm ??= partsOf(platform);
    const now = partsOf(platform);
    for (const [part, { pid, mb }] of Object.entries(now)) {
      if (mb === 0) note(`${door.name}: ${part} died`);
      else if (pid !== before[part]?.pid) note(`${door.name}: ${part} was started again`);
    }
    if (now.supervisor.mb === 0) break;
    Object.assign(before, now);
  }
  if (partsOf(platform).supervisor?.mb) await platform.ready(60_000);
  const after = partsOf(platform);
  for (const [part, { mb }] of Object.entries(after)) {
    const base = warm?.[part]?.mb ?? mb;
    console.log(`  memory of ${part.padEnd(12)} ${base.toFixed(0)} -> ${mb.toFixed(0)} MB`);
    // Postgres is many processes; what one of ours holds is what an input can make it hold.
    if (part !== 'postgres' && mb - base > MAY_GROW_MB) note(`${part} grew from ${base.toFixed(0)} to ${mb.toFixed(0)} MB`);
  }
  console.log(`${total} inputs at ${doors.length} doors, ${faults.length} findings (seed ${seed})`);
} finally {
  await platform.close();
}
process.exit(faults.length === 0 ? 0 : 1);
