import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TOP } from './checkout.js';

/** A generated file: where it is in the checkout, and what it should say. */
export type Generated = Map<string, string>;

/**
 * Writes generated files, and removes those of `present` that nothing generates any more. With `--check` it writes nothing: it
 * names what differs from the checkout and ends with 1.
 */
export async function settle(generated: Generated, present: string[], command: string): Promise<void> {
  const orphans = present.filter(file => !generated.has(file));
  const changed: string[] = [];
  for (const [file, content] of generated) {
    const held = await readFile(join(TOP, file), 'utf8').catch(() => null);
    if (held !== content) changed.push(file);
  }
  const stale = [...changed, ...orphans];
  if (process.argv.includes('--check')) return report(stale, command);
  for (const file of changed) await write(file, generated.get(file)!);
  for (const file of orphans) await rm(join(TOP, file));
  process.stdout.write(stale.length === 0 ? `nothing to write: ${generated.size} as they were\n` : `written: ${stale.join(', ')}\n`);
}

function report(stale: string[], command: string): void {
  if (stale.length === 0) return;
  process.stderr.write(`These differ from what the code emits: ${stale.join(', ')}. Run \`npm run ${command}\` and commit what it writes.\n`);
  process.exitCode = 1;
}

async function write(file: string, content: string): Promise<void> {
  const path = join(TOP, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
