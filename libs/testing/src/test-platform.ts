import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { PlatformProcesses } from '../../../apps/platform/src/data-folder.js';
import type { Endpoints } from '../../../apps/platform/src/endpoints.js';
import type { ThroughlineApi } from '../../../apps/platform/src/sample/throughline-api.js';
import { built } from './built.js';
import { refuseUndocumentedAnswers } from './documented-answers.js';
import { eventually } from './eventually.js';
import { portsInARow } from './ports-in-a-row.js';
import { SandboxControl } from './sandbox-control.js';

const TOP = resolve(import.meta.dirname, '../../..');
const START_LIMIT_MS = 120_000;

export interface TestPlatformOptions {
  /** Wins the three sample deals on the first start; off by default. */
  sampleJourneys?: boolean;
  /** Additional environment, e.g. `{ FLOW_PATIENCE_MS: '5000' }`. */
  env?: Record<string, string>;
  dataDir?: string;
  /** The tree to start, which must be compiled; this one by default. */
  top?: string;
}

export interface TestPlatform {
  dataDir: string;
  /** Of the latest start. */
  endpoints: Endpoints;
  control: SandboxControl;
  /** Calls as the client `operations`. */
  api: ThroughlineApi;
  /** Calls as another client or person, by its name in the endpoints. */
  as(name: string): ThroughlineApi;
  /** The terminal's output since the latest start. */
  output(): string;
  /** The process ids, read anew. */
  processes(): PlatformProcesses;
  /** Waits until /readyz answers 200. */
  ready(withinMs?: number): Promise<void>;
  /** Sends Ctrl-C; returns the exit code. */
  stop(): Promise<number | null>;
  /** Sends SIGKILL to the supervisor only. */
  kill(): Promise<void>;
  /** Starts again on the same data and ports, and waits until ready. */
  start(): Promise<void>;
  /** Stops it and removes its data. Throws when an answer differed from its document. */
  close(): Promise<void>;
}

/** A ready `npm start` on its own data and ports. Several may run at once. */
export async function testPlatform(o: TestPlatformOptions = {}): Promise<TestPlatform> {
  if (!o.top) await built();
  const { DataFolder } = await import('../../../apps/platform/src/data-folder.js');
  const { ThroughlineApi: Api } = await import('../../../apps/platform/src/sample/throughline-api.js');
  const dataDir = o.dataDir ?? (await mkdtemp(join(tmpdir(), 'throughline-platform-')));
  const data = new DataFolder(dataDir);
  const port = await portsInARow(7);
  const env = {
    ...process.env,
    DATABASE_URL: '',
    BUILD: 'off',
    DATA_DIR: dataDir,
    PORT: String(port),
    ISSUER_PORT: String(port + 1),
    SANDBOX_PORT: String(port + 2),
    SAMPLE_JOURNEYS: o.sampleJourneys ? 'on' : 'off',
    ANSWER_CHECK_SAMPLE: '1',
    ...o.env,
  };
  let child: ChildProcess;
  let output = '';
  const platform: TestPlatform = {
    dataDir,
    endpoints: undefined as never,
    control: undefined as never,
    api: undefined as never,
    as: name => {
      const identity = [...platform.endpoints.clients, ...platform.endpoints.people].find(one => one.name === name || one.clientId === name);
      if (!identity) throw new Error(`the endpoints name no ${name}`);
      return new Api(platform.endpoints, identity);
    },
    output: () => output,
    processes: () => data.processes!,
    ready: async (withinMs = START_LIMIT_MS) => {
      await eventually(async () => (await fetch(`http://127.0.0.1:${env.PORT}/readyz`)).status === 200, { withinMs, everyMs: 50 });
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const ended = once(child, 'exit');
      // As a terminal does: the signal goes to the supervisor and every process of its group.
      process.kill(-child.pid!, 'SIGINT');
      await ended;
      return child.exitCode;
    },
    kill: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
    start: async () => {
      output = '';
      child = spawn(process.execPath, [join(o.top ?? TOP, 'apps/platform/start.mjs'), 'start'], {
        env,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
      const died = once(child, 'exit').then(() => {
        throw new Error(`npm start ended before it was ready:\n${output}`);
      });
      died.catch(() => undefined);
      await Promise.race([platform.ready(), died]);
      platform.endpoints = JSON.parse(await readFile(data.endpoints, 'utf8')) as Endpoints;
      platform.control = new SandboxControl({ url: new URL(platform.endpoints.faults).origin, token: platform.endpoints.faultsToken });
      platform.api = platform.as('operations');
    },
    close: async () => {
      await platform.stop();
      try {
        await refuseUndocumentedAnswers(data.log);
      } finally {
        await rm(dataDir, { recursive: true, force: true });
      }
    },
  };
  await platform.start();
  return platform;
}
