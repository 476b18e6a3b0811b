import { parseArgs } from 'node:util';
import { CODES } from '#apis';
import { TOP } from '../../openapi/checkout.js';
import { broken, loose, tableOf } from './bounds.js';
import { figuresOf } from './figures.js';
import { BOUNDS } from './house.data.js';
import { cruise } from './imports.js';
import { readSources } from './sources.js';

// `npm run house`: figures of the code's shape, of which fewer is better. `--list` says where they are; `--check` ends with 1 when one grew.
const { list, check } = parseArgs({ options: { list: { type: 'boolean' }, check: { type: 'boolean' } } }).values;

const modules = cruise(TOP);
const figures = figuresOf(readSources(TOP), await modules, CODES);
if (list)
  for (const { name, value, places } of figures)
    console.log([`${name}: ${value}`, ...places.map(({ path, line, what }) => `  ${path}:${line}  ${what}`), ''].join('\n'));
console.log(tableOf(figures, BOUNDS));
if (check) {
  for (const hint of loose(figures, BOUNDS)) console.log(hint);
  const grown = broken(figures, BOUNDS);
  for (const fault of grown) console.error(fault);
  if (grown.length > 0) {
    console.error(
      'npm run house -- --list says where each is. A figure that has to grow raises its bound in test/figures/house.data.ts, and the commit says why.',
    );
    process.exitCode = 1;
  }
}
