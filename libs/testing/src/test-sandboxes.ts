import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fault } from '../../../apps/sandbox/src/kit/index.js';
import type { SandboxesReady } from '../../../apps/sandbox/src/main.js';
import type { SandboxEndpoints, SandboxesOptions } from '../../../apps/sandbox/src/sandboxes.js';
import { built } from './built.js';
import { SandboxControl } from './sandbox-control.js';

export interface TestSandboxes {
  endpoints: SandboxEndpoints;
  /** The settings that point Throughline at them. */
  settings: Record<string, string>;
  control: SandboxControl;
  /** Closes and starts them again with the same state and ports. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface TestSandboxesOptions extends Pick<SandboxesOptions, 'firm' | 'vendors' | 'choices' | 'latencyMs'> {
  faults?: Omit<Fault, 'id'>[];
}

/** The vendors' stand-ins in this process, with their own sample firm in a temporary folder. */
export async function testSandboxes({ faults = [], ...options }: TestSandboxesOptions = {}): Promise<TestSandboxes> {
  const { startSandboxes } = await import('../../../apps/sandbox/src/sandboxes.js');
  const directory = await mkdtemp(join(tmpdir(), 'throughline-sandbox-'));
  let running = await startSandboxes({ ...options, directory });
  const control = new SandboxControl(running.control);
  for (const fault of faults) await control.planFault(fault);
  return {
    endpoints: running.endpoints,
    settings: running.settings,
    control,
    restart: async () => {
      await running.close();
      running = await startSandboxes({ ...options, directory });
    },
    close: async () => {
      await running.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export interface SandboxProcess {
  endpoints: SandboxEndpoints;
  /** The settings that point Throughline at them. */
  settings: Record<string, string>;
  control: SandboxControl;
  pid: number;
  /** SIGKILL, then a new process with the same state and ports. */
  killAndRestart(): Promise<void>;
  close(): Promise<void>;
}

export interface SandboxProcessOptions extends Pick<SandboxesOptions, 'firm' | 'vendors' | 'choices' | 'latencyMs' | 'port'> {
  /** The number of consultants in the firm; `firm.size` sets the same. */
  size?: number;
}

/**
 * The stand-ins as a separate process, which can be killed. It runs from `dist`, which is built
 * first if it is older than the sources.
 */
export async function sandboxProcess({ size = 60, port = 0, firm, ...options }: SandboxProcessOptions = {}): Promise<SandboxProcess> {
  const directory = await mkdtemp(join(tmpdir(), 'throughline-sandbox-'));
  const main = join(await built(), 'apps/sandbox/src/main.js');
  const start = async (): Promise<{ child: ChildProcess } & SandboxesReady['ready']> => {
    const env = {
      ...process.env,
      SANDBOX_DIR: directory,
      SANDBOX_OPTIONS: JSON.stringify({ ...options, port, firm: { size, ...firm } }),
    };
    const child = fork(main, { env, execArgv: [] });
    const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [SandboxesReady | number];
    if (typeof message !== 'object') throw new Error(`the sandboxes ended with ${message} before they were ready`);
    return { child, ...message.ready };
  };
  let running = await start();
  const end = async (signal: NodeJS.Signals) => {
    const ended = once(running.child, 'exit');
    running.child.kill(signal);
    await ended;
  };
  const facade: SandboxProcess = {
    endpoints: running.endpoints,
    settings: running.settings,
    control: new SandboxControl(running.control),
    pid: running.child.pid!,
    killAndRestart: async () => {
      await end('SIGKILL');
      running = await start();
      facade.pid = running.child.pid!;
    },
    close: async () => {
      await end('SIGTERM');
      await rm(directory, { recursive: true, force: true });
    },
  };
  return facade;
}
