import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const TOP = resolve(import.meta.dirname, '../..');
const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...globSync('{docs,apps,libs,test,openapi}/**/*.md', { cwd: TOP })];
const names = new Set(globSync('{apps,libs,openapi,test,docs,.ci}/**/*', { cwd: TOP }).map(path => basename(path)));

/** A reader's own names are no paths: `<verb-noun>.flow.ts`, and the recipes’ vendor *acme*, noun *contract* and app *contract-life*. */
const isExample = (code: string): boolean => /[<{…]|acme|contract[s.-]/.test(code);

/** Links, paths and file names of a page that lead nowhere. */
function leadNowhere(page: string, text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '');
  const links = [...prose.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, to]) => to).filter(to => !/^[a-z]+:/.test(to));
  const codes = [...prose.matchAll(/`([^`\s]+)`/g)].map(([, code]) => code).filter(code => !isExample(code));
  return [
    ...links.filter(to => !existsSync(join(TOP, dirname(page), to))),
    ...codes.filter(code => /^(apps|libs|test|openapi|docs|\.ci)\//.test(code) && globSync(code, { cwd: TOP }).length === 0),
    ...codes.filter(code => /^\w[\w.-]*\.(ts|mjs|cjs)$/.test(code) && !names.has(code) && !existsSync(join(TOP, code))),
  ];
}

describe('what the docs name is there:', () => {
  it.each(pages)('%s', page => expect(leadNowhere(page, readFileSync(join(TOP, page), 'utf8'))).toEqual([]));
});

/** Shapes that a page names: what stands in backticks and is written as types are. */
const shapesIn = (text: string): string[] => [...new Set([...text.matchAll(/`([A-Z][a-z]+(?:[A-Z][a-z]+)*)`/g)].map(([, shape]) => shape))];

describe('the walks through the house', () => {
  const [, walks] = readFileSync(join(TOP, 'ARCHITECTURE.md'), 'utf8').split(/^## Three walks$|^## What always holds$/m);
  const code = globSync('{apps,libs}/**/src/**/*.ts', { cwd: TOP })
    .map(path => readFileSync(join(TOP, path), 'utf8'))
    .join('\n');

  it.each(shapesIn(walks))('know the shape %s', shape =>
    expect(code).toMatch(new RegExp(`^export (abstract )?(class|interface|type|const) ${shape}\\b`, 'm')),
  );

  it.each([...new Set([...walks.matchAll(/`([a-z-]+\.[a-z-]+\.v\d)`/g)].map(([, type]) => type))])('know the event %s', type =>
    expect(code).toContain(`'${type}'`),
  );
});

/** Rooms that the walks name without their app: the last cell of a row. */
const roomsIn = (walks: string): string[] =>
  [...walks.matchAll(/\| ([^|\n]+) \|$/gm)].flatMap(([, cell]) => [...cell.matchAll(/`([a-z][a-z-]*)`/g)].map(([, room]) => room));

describe('the rooms of the walks', () => {
  const [, walks] = readFileSync(join(TOP, 'ARCHITECTURE.md'), 'utf8').split(/^## Three walks$|^## What always holds$/m);
  it.each([...new Set(roomsIn(walks))])('have the folder %s', room => expect(globSync(`apps/*/*/src/**/${room}`, { cwd: TOP })).not.toEqual([]));
});

it('names what leads nowhere', () => {
  const text = 'See [there](nowhere.md), `libs/nowhere`, `nobody.rules.ts`; but `acme.wire.ts`, [here](README.md#demo) and <https://nodejs.org>.';
  expect(leadNowhere('README.md', text)).toEqual(['nowhere.md', 'libs/nowhere', 'nobody.rules.ts']);
});
