import { type Sandboxes, startSandboxes, type SandboxesOptions } from '../../../apps/sandbox/src/sandboxes.js';

/** What the sandboxes' process is told, and what it answers. */
export interface ToSandboxes {
  start: SandboxesOptions;
}
export type FromSandboxes = { ready: Omit<Sandboxes, 'close'> } | { failed: string };

// The stand-ins in a process of their own, which waits with its modules loaded until it is told which state to serve.
const tell = (message: FromSandboxes) => process.send?.(message);

process.on('message', ({ start }: ToSandboxes) => {
  startSandboxes(start).then(
    ({ close, ...ready }) => {
      process.once('SIGTERM', () => void close().then(() => process.exit(0)));
      tell({ ready });
    },
    (error: unknown) => {
      tell({ failed: String(error instanceof Error ? error.stack : error) });
      process.exit(1);
    },
  );
});
process.on('SIGINT', () => undefined);
process.once('disconnect', () => process.exit(0));
