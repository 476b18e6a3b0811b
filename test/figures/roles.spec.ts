import { expect, it } from 'vitest';
import { unknownRoles } from './roles.js';
import { sourceOf } from './sources.js';

const unknown = (...paths: string[]) =>
  unknownRoles(
    paths.map(path => sourceOf(path, '')),
    ['rules', 'mapper'],
  ).map(({ what }) => what);

it('takes a noun, a noun with a role of the list, and the spec of either', () => {
  expect(unknown('libs/money.ts', 'libs/money.spec.ts', 'libs/caps.rules.ts', 'libs/caps.rules.spec.ts')).toEqual([]);
});

it('names a role that the list lacks, also of a spec, and a second role', () => {
  expect(unknown('libs/line.writer.ts', 'libs/line.writer.spec.ts', 'libs/line.rules.mapper.ts')).toEqual([
    'no role: writer',
    'no role: writer',
    'no role: rules.mapper',
  ]);
});
