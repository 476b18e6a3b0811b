import { resolve } from 'node:path';

/**
 * The folder of the compiled tree; compiles first when a source is newer. For tests that start
 * processes.
 */
export async function built(): Promise<string> {
  const { build } = (await import(resolve(import.meta.dirname, '../../../apps/platform/build.mjs'))) as { build(): Promise<string> };
  return build();
}
