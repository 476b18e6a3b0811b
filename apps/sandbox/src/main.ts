import { type Sandboxes, type SandboxesOptions, startSandboxes } from './sandboxes.js';

/** Sent to the parent once every port answers. */
export interface SandboxesReady {
  ready: Omit<Sandboxes, 'close'>;
}

// Runs the stand-ins in their own process, so that either side can be killed. It ends with its
// parent.
const {
  SANDBOX_DIR = '.data/sandbox',
  SANDBOX_PORT = '8090',
  SANDBOX_LATENCY_MS = '0',
  FIRM_SIZE = '60',
  FIRM_SEED = '1',
  FIRM_APPROVED_LINES = '0',
  SANDBOX_OPTIONS = '{}',
} = process.env;

/**
 * SandboxesOptions as JSON, for options without a variable of their own: which vendors, their named
 * choices, latency by vendor.
 */
const { firm, ...options } = JSON.parse(SANDBOX_OPTIONS) as Partial<SandboxesOptions>;

const { close, ...reached } = await startSandboxes({
  directory: SANDBOX_DIR,
  port: Number(SANDBOX_PORT),
  latencyMs: Number(SANDBOX_LATENCY_MS),
  watched: true,
  ...options,
  firm: { size: Number(FIRM_SIZE), seed: Number(FIRM_SEED), approvedLines: Number(FIRM_APPROVED_LINES), ...firm },
});

async function stop(): Promise<void> {
  await close();
  process.exit(0);
}
process.once('SIGTERM', () => void stop());
// Ctrl-C reaches every process of the terminal; the parent decides when this one's work is done.
process.on('SIGINT', () => undefined);
process.once('disconnect', () => void stop());

const ready: SandboxesReady = { ready: reached };
if (process.send) process.send(ready);
else console.log(JSON.stringify(ready.ready, null, 2));
