import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export const contentAt = (top: string, file: string): Promise<string | undefined> => readFile(join(top, file), 'utf8').catch(() => undefined);

/** Writes a file of the checkout unless it is so already; answers whether it was written. */
export async function settle(top: string, file: string, content: string): Promise<boolean> {
  if ((await contentAt(top, file)) === content) return false;
  await mkdir(dirname(join(top, file)), { recursive: true });
  await writeFile(join(top, file), content);
  return true;
}
