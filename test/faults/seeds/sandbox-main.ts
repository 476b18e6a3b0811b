import type { ControlAccess } from '../../../apps/sandbox/src/kit/index.js';
import { startSandboxes, type SandboxEndpoints, type SandboxesOptions } from '../../../apps/sandbox/src/sandboxes.js';

/** What the sandboxes' process is told, and what it answers. */
export interface ToSandboxes {
  start: SandboxesOptions;
}
export type FromSandboxes = { ready: { control: ControlAccess; endpoints: SandboxEndpoints } } | { failed: string };

// The stand-ins in a process of their own, which waits with its modules loaded until it is told which state to serve.
const tell = (message: FromSandboxes) => process.send?.(message);

process.on('message', ({ start }: ToSandboxes) => {
  startSandboxes(start).then(
    ({ control, endpoints, close }) => {
      process.once('SIGTERM', () => void close().then(() => process.exit(0)));
      tell({ ready: { control, endpoints } });
    },
    (error: unknown) => {
      tell({ failed: String(error instanceof Error ? error.stack : error) });
      process.exit(1);
    },
  );
});
process.on('SIGINT', () => undefined);
process.once('disconnect', () => process.exit(0));
