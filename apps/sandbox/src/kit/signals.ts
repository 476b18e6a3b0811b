import { spawn } from 'node:child_process';

export function signal(pid: number, name: 'SIGKILL' | 'SIGSTOP'): void {
  try {
    process.kill(pid, name);
  } catch {
    // Already dead, as the fault intended.
  }
}

/**
 * Freezes a process for `ms`. A separate process continues it, because this one may be killed
 * meanwhile.
 */
export function freeze(pid: number, ms: number): void {
  spawn('sh', ['-c', 'sleep "$1"; kill -CONT "$2"', 'sh', String(ms / 1000), String(pid)], { detached: true, stdio: 'ignore' }).unref();
  signal(pid, 'SIGSTOP');
}
