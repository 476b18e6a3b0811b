import { readFileSync } from 'node:fs';
import { buildSchema, parse, type OperationDefinitionNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { isLargerThan } from './answer.rules.js';
import { checkDocument } from './document.rules.js';
import { HEAVY } from './heavy.fixture.js';
import { inputsOf } from './inputs.rules.js';
import { priceOf } from './limits.rules.js';

const SIZES = [1, 2, 4];
/** For four times the size. A cost worse than linear exceeds it by far; a busy machine doesn't. */
const GROWS_AT_MOST = 12;

const schema = buildSchema(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8'));

/** Everything that is done with a document before GraphQL's own rules check it, and after. */
function look(query: string, variables: Record<string, unknown>): void {
  try {
    checkDocument(query);
  } catch {
    return;
  }
  const document = parse(query);
  const operation = document.definitions[0] as OperationDefinitionNode;
  try {
    priceOf(schema, document, operation, variables, inputsOf(document, operation, variables));
  } catch {
    return;
  }
}

/**
 * CPU of one run in microseconds: the least of several. Each is long enough to measure, and there
 * are enough of them to rule out other load on the machine.
 */
function microseconds(work: () => void): number {
  const measured = Array.from({ length: 9 }, () => {
    const began = process.cpuUsage();
    let runs = 0;
    let spent = 0;
    for (; spent < 5_000; runs++) {
      work();
      spent = process.cpuUsage(began).user;
    }
    return spent / runs;
  });
  return Math.min(...measured);
}

describe('the cost of looking at a document', () => {
  it.each(Object.keys(HEAVY))('grows no faster than its length: %s', name => {
    const curve = SIZES.map(size => {
      const { query, variables = '{}' } = HEAVY[name](size);
      const given = JSON.parse(variables) as Record<string, unknown>;
      const spent = microseconds(() => look(query, given));
      return { characters: query.length + variables.length, spent };
    });
    console.log(`${name}: ${curve.map(({ characters, spent }) => `${characters} characters ${spent.toFixed(0)} us`).join(', ')}`);
    expect(curve.at(-1)!.spent / curve[0].spent).toBeLessThan(GROWS_AT_MOST);
  });

  it('grows no faster than the answer, and stops at the bound', () => {
    const answer = (n: number): object => ({
      data: { deals: { nodes: Array.from({ length: n }, (_, i) => ({ id: `dea_${i}`, name: 'Northwind' })) } },
    });
    const [small, large] = [answer(20_000), answer(80_000)];
    const whole = [small, large].map(it => microseconds(() => isLargerThan(it, Infinity)));
    const stopped = microseconds(() => isLargerThan(large, 20_000));
    console.log(`an answer of 20000 rows ${whole[0].toFixed(0)} us, of 80000 ${whole[1].toFixed(0)} us, refused ${stopped.toFixed(0)} us`);
    expect(whole[1] / whole[0]).toBeLessThan(GROWS_AT_MOST);
    expect(stopped).toBeLessThan(whole[1]);
  });

  it('estimates an answer’s JSON size exactly or slightly low', () => {
    const answer = { data: { text: 'Zürich', list: [1, null, true, 'a'], nested: { a: { b: 'c' } } } };
    const bytes = Buffer.byteLength(JSON.stringify(answer));
    expect(isLargerThan(answer, bytes * 1.5)).toBe(false);
    expect(isLargerThan(answer, bytes / 1.5)).toBe(true);
  });
});
