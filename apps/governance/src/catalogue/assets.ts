import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The pages' folder. They are served as they are written, so they lie beside the sources and not
 * in the compiled tree.
 */
export const PAGES = join(topAbove(import.meta.dirname), 'apps/governance/pages');

function topAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : topAbove(dirname(folder));
}

/** The files that are served, and as what. No other name is read. */
export const ASSETS: Readonly<Record<string, string>> = {
  'catalogue.css': 'text/css; charset=utf-8',
  'catalogue.js': 'text/javascript; charset=utf-8',
  'elements.js': 'text/javascript; charset=utf-8',
  'sign-in.js': 'text/javascript; charset=utf-8',
};
