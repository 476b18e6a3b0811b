import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { cpus } from 'node:os';

const TICKS_A_SECOND = 100;

/** Which cores the platform and its Postgres run on, and which the vendors' stand-ins and the load; undefined where there are too few to part them. */
export interface Cores {
  platform: string;
  vendors: string;
}

export function coresOf(): Cores | undefined {
  const count = cpus().length;
  if (count < 4) return undefined;
  const half = Math.floor(count / 2);
  return { platform: `0-${half - 1}`, vendors: `${half}-${count - 1}` };
}

/** Keeps a process, with all its threads, on these cores. */
export function pin(pid: number, cores: string | undefined): void {
  if (cores) execFileSync('taskset', ['-a', '-c', '-p', cores, String(pid)], { stdio: 'ignore' });
}

/** User and system time of a process so far, of the children that it has waited for too. In seconds. */
export function cpuSeconds(pid: number, o: { withChildren?: boolean } = {}): number {
  const stat = readOf(pid, 'stat');
  if (stat === undefined) return 0;
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [utime, stime, cutime, cstime] = fields.slice(11, 15);
  return (utime + stime + (o.withChildren ? cutime + cstime : 0)) / TICKS_A_SECOND;
}

/** The most memory a process ever held, in MB. */
export function peakMb(pid: number): number {
  const kb = /VmHWM:\s+(\d+) kB/.exec(readOf(pid, 'status') ?? '')?.[1];
  return Math.round(Number(kb ?? 0) / 1024);
}

/** A Postgres server's processes: the postmaster, and those that stand in its folder. */
export function postgresProcesses(postmaster: number): number[] {
  const folder = linkOf(postmaster);
  const others = readdirSync('/proc').filter(name => /^\d+$/.test(name) && linkOf(Number(name)) === folder);
  return others.map(Number).filter(pid => pid === postmaster || (readOf(pid, 'cmdline') ?? '').startsWith('postgres: '));
}

/** Of the server as a whole: sessions that ended count with the postmaster. */
export const postgresSeconds = (postmaster: number): number =>
  postgresProcesses(postmaster).reduce((sum, pid) => sum + cpuSeconds(pid, { withChildren: pid === postmaster }), 0);

function readOf(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined; // gone
  }
}

function linkOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined; // gone, or not ours to see
  }
}
