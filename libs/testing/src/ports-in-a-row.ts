/**
 * The first of `count` free consecutive ports. They lie below those that the system gives to
 * connections (from 32768 on), so a server that restarts finds its ports still free.
 */
export async function portsInARow(count: number): Promise<number> {
  const { tryPort } = await import('../../../apps/platform/src/ports.js');
  for (;;) {
    const base = 20_000 + Math.floor(Math.random() * 12_000);
    const free = await Promise.all(Array.from({ length: count }, (_, n) => tryPort(base + n)));
    if (free.every(port => port !== undefined)) return base;
  }
}
