import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TOP } from '../../openapi/checkout.js';
import { settle } from '../../openapi/written-files.js';
import { safeOperations, unsafeOperations, type Operation } from './operations.js';
import { READS } from './reads.table.js';
import { EXAMPLES, type Example } from './rights.table.js';

const FILE = 'docs/security.md';
const BEGIN = '<!-- the tables: npm run rights:docs -->';
const END = '<!-- end of the tables -->';

/** Writes the tables of docs/security.md, from what the test of rights runs. */
async function security(): Promise<string> {
  const present = await readFile(join(TOP, FILE), 'utf8');
  const [before, rest] = present.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`${FILE} has no place for the tables: ${BEGIN} and ${END}`);
  return `${before}${BEGIN}\n\n${tables()}\n${END}${after}`;
}

function tables(): string {
  const unsafe = new Map(unsafeOperations(TOP).map(operation => [operation.name, operation]));
  const safe = new Map(safeOperations(TOP).map(operation => [operation.name, operation]));
  return [
    `### Operations that may change something (${EXAMPLES.length})`,
    '',
    'Another legal entity, without the unassigned right, another desk: what a person gets who asks for what is LF-UK’s but not theirs, for what is nobody’s, or for what is on',
    'another desk. Without the scope each is 403.',
    '',
    '| operation | scope | whose it is | another legal entity | without the unassigned right | another desk |',
    '|---|---|---|---|---|---|',
    ...EXAMPLES.map(example => row(example, unsafe.get(example.operation))),
    '',
    `### Operations that only read (${READS.length})`,
    '',
    'What isn’t the caller’s is answered as what isn’t there, and is in no list.',
    '',
    '| operation | scope | whose it is | shown to others |',
    '|---|---|---|---|',
    ...READS.map(({ operation, whose, concerns }) =>
      line([code(operation), scopesOf(safe.get(operation)), whose, concerns === 'none' ? 'yes: it concerns no legal entity' : 'no']),
    ),
    '',
  ].join('\n');
}

function row(example: Example, operation: Operation | undefined): string {
  const concerned = example.concerns === 'legal entities';
  const refused = example.answersAsAbsent ? 'as if it weren’t there' : '404 or 403';
  return line([
    code(example.operation),
    scopesOf(operation),
    example.whose,
    concerned ? refused : 'no legal entity',
    concerned ? (example.neverUnassigned ?? refused) : 'no legal entity',
    example.ofDesk ? '403' : '',
  ]);
}

const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
const code = (text: string): string => `\`${text}\``;
const scopesOf = (operation: Operation | undefined): string => (operation ? operation.scopes.map(code).join(' ') : '**gone**');

await settle(new Map([[FILE, await security()]]), [], 'rights:docs');
