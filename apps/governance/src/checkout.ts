import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What is decided before a deployment lies beside the sources, and is only read here. */
export const TOP = topAbove(import.meta.dirname);

function topAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : topAbove(dirname(folder));
}
