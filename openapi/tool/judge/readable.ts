import type { Change, Report, Severity } from '#verdict';

const WORDS: Record<Severity, string> = { breaking: 'BREAKING', warning: 'warning', info: 'fine' };

/** So many operations or places are named; of more, the rest is counted. */
const MOST_NAMED = 3;

/** The verdict and what led to it, the worst first. */
export const readable = ({ verdict, changes }: Report): string => `${[`verdict: ${verdict}`, ...entriesOf(changes)].join('\n\n')}\n`;

/**
 * What changed, each thing once and the worst first, with the operations that it concerns and the
 * rule that judged it. What many operations share changes once for all of them: a schema, or the
 * same sentence about each.
 */
export function entriesOf(changes: readonly Change[]): string[] {
  const order = Object.keys(WORDS);
  const sorted = changes.toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
  return [...Map.groupBy(sorted, keyOf).values()].map(entryOf);
}

const keyOf = ({ severity, id, text, operation, pointer }: Change): string =>
  JSON.stringify([severity, id, operation === null, pointer.startsWith('/components/') ? pointer : text]);

function entryOf(changes: Change[]): string {
  const [{ severity, text, id }] = changes;
  const alike = new Set(changes.map(change => change.text)).size - 1;
  const places = named([...new Set(changes.map(({ pointer }) => pointer || '/'))], 1, 'more places');
  return [
    `${WORDS[severity].padEnd(9)} ${whereOf(changes)}`,
    `${text}${alike > 0 ? ` The same in ${alike} more ${alike > 1 ? 'places' : 'place'}.` : ''}`,
    `${id} at ${places}`,
  ].join('\n          ');
}

function whereOf(changes: readonly Change[]): string {
  const operations = [...new Set(changes.flatMap(({ operation }) => operation ?? []))];
  if (operations.length <= 1) return operations[0] ?? 'the document';
  return `in ${operations.length} operations: ${named(operations, MOST_NAMED, 'more')}`;
}

/** `GET /a, GET /b and 9 more`: one more than `most` is named too, since it takes no more room than its count. */
function named(all: readonly string[], most: number, rest: string): string {
  return all.length <= most + 1 ? all.join(', ') : `${all.slice(0, most).join(', ')} and ${all.length - most} ${rest}`;
}
