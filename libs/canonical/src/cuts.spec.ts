import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const TOP = resolve(import.meta.dirname, '../../..');
/** Longer than any date, id or hash that is taken from the beginning of a text of ours. */
const LONG = 40;
/** What is called so is a length of text; lists have a number of items. */
const A_LENGTH = /(_LENGTH|_CHARS)$/;
const OURS = /^libs\/canonical\/src\/text\.ts$/;
/** Not the product: stand-ins that cut as vendors do, what only tests use; and the door, which stands alone and prints an ASCII URL. */
const APART = /^apps\/sandbox\/|^libs\/service\/src\/door\/|\.(spec|e2e|fixture|contract|conformance)\.ts$/;

/** Where a file cuts a text by itself: `cutText` is the one place that knows what a whole character is. */
function cutsIn(name: string, source: string): string[] {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && cuts(node, node.expression.name.text))
      found.push(`${name}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${node.getText().replaceAll(/\s+/g, ' ')}`);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function cuts({ arguments: [from, to] }: ts.CallExpression, method: string): boolean {
  if (method === 'substring' || method === 'substr') return true;
  if (method !== 'slice' || !to || from.getText() !== '0') return false;
  return ts.isNumericLiteral(to) ? Number(to.text) >= LONG : A_LENGTH.test(to.getText());
}

const filesIn = (folder: string): string[] =>
  readdirSync(join(TOP, folder), { recursive: true, encoding: 'utf8' })
    .map(file => join(folder, file))
    .filter(file => file.endsWith('.ts') && !APART.test(file) && !OURS.test(file) && !file.includes('node_modules'));

it('finds a text that is cut by hand', () => {
  const source = `const a = note.slice(0, NOTE_LENGTH); const b = text.substring(2); const c = message.trim().slice(0, 2000);
    const day = instant.slice(0, 10); const page = rows.slice(0, limit); const rest = rows.slice(0, MOST_ROWS);`;
  expect(cutsIn('a.ts', source)).toEqual(['a.ts:1 note.slice(0, NOTE_LENGTH)', 'a.ts:1 text.substring(2)', 'a.ts:1 message.trim().slice(0, 2000)']);
});

/** Where a text ends with no mark, and why that is no text for people. */
const UNMARKED = new Map([
  ['apps/process/project-initiation/src/flows/deal-to-project/deal-exceptions.ts', 'a need'],
  ['libs/exceptions/src/set-aside-exceptions.ts', 'a need'],
  ['apps/process/time-to-billing/src/lines/versions.rules.ts', 'the beginning of a note, to compare'],
  ['libs/canonical/src/folding.ts', 'a word that is searched for'],
  ['libs/canonical/src/bounds.rules.ts', 'sets the mark'],
  ['libs/testing/src/code-table.ts', 'the name of a test'],
]);

it('finds no text for people that is cut without a mark', () => {
  const cutting = ['libs', 'apps'].flatMap(filesIn).filter(file => readFileSync(join(TOP, file), 'utf8').includes('cutText('));
  expect(cutting.sort()).toEqual([...UNMARKED.keys()].sort());
});

it('finds none in the product', () => {
  const files = ['libs', 'apps'].flatMap(filesIn);
  expect(files.length).toBeGreaterThan(300);
  expect(files.flatMap(file => cutsIn(relative('.', file), readFileSync(join(TOP, file), 'utf8')))).toEqual([]);
});
