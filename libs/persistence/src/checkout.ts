import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder of the package that this file is part of, from source or built. What is decided before
 * a deployment lies there, and is only read while it runs.
 */
export const TOP: string = topAbove(import.meta.dirname);

function topAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : topAbove(dirname(folder));
}
