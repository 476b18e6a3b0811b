import { join } from 'node:path';
import { TOP } from '#persistence';

/** The pages' folder: they are served as they are written. */
export const PAGES = join(TOP, 'apps/governance/pages');

/** The files that are served, and as what. No other name is read. */
export const ASSETS: Readonly<Record<string, string>> = {
  'catalogue.css': 'text/css; charset=utf-8',
  'catalogue.js': 'text/javascript; charset=utf-8',
  'elements.js': 'text/javascript; charset=utf-8',
  'sign-in.js': 'text/javascript; charset=utf-8',
};
