import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const TOP = resolve(import.meta.dirname, '../../..');

/** Functions and operators of SQL that fold letters by the locale of a database. */
const FOLDS = /\b(?:lower|upper|initcap)\s*\(|\bilike\b|~\*|\bcitext\b/i;

/** Where they may stand, and why. */
const MAY: Record<string, string> = {
  'apps/system/erp/src/vendors/netsuite/customers/customers.ts': "NetSuite's own SQL; what it finds is compared once more",
  'apps/system/hcm/src/hcm.migrations.ts': 'what an earlier release looked up by',
};

it('letters are folded by the app, when it writes and when it asks, and never by Postgres', () => {
  const files = globSync('{apps,libs}/**/*.ts', { cwd: TOP }).filter(file => !/\.(spec|contract|fixture|e2e)\.ts$|^apps\/sandbox\//.test(file));
  expect(files.length).toBeGreaterThan(300);
  expect(files.filter(file => FOLDS.test(readFileSync(resolve(TOP, file), 'utf8'))).sort()).toEqual(Object.keys(MAY).sort());
});
