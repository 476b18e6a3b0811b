import { describe, expect, it } from 'vitest';
import { beyond, BOUNDS, isDeeper, LONGEST_PATH, pathOf, readJson, shortened } from './bounds.rules.js';
import { Problem } from './problem.js';

const small = { levels: 3, names: 4, members: 10, text: 5, name: 6 };
const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });

describe('the bounds of a message', () => {
  it.each([
    ['a message within them', { a: { b: [1, 'five5'] } }, undefined],
    ['levels', nested(4), 'a.a.a levels'],
    ['levels of lists', [[[[1]]]], '[0][0][0] levels'],
    ['names of one object', { a: { a: 1, b: 1, c: 1, d: 1, e: 1 } }, 'a names'],
    ['values in all', { a: [1, 2, 3, 4, 5, 6], b: [1, 2, 3] }, 'body members'],
    ['a text', { a: ['six666'] }, 'a[0] longest-text'],
    ['a text that is all', 'six666', 'body longest-text'],
    ['a name', { a: { sevenn7: 1 } }, 'a.sevenn7 longest-name'],
  ])('name the place and the rule: %s', (_, value, told) => {
    const found = beyond(value, 'body', small);
    expect(found && `${found.field} ${found.rule}`).toBe(told);
  });

  it('tell a path that is bounded itself, whatever the names', () => {
    const found = beyond({ ['x'.repeat(200_000)]: 1 });
    expect(found?.message.length).toBeLessThan(300);
    expect(pathOf(Array.from({ length: 30 }, () => '😀'.repeat(100))).length).toBeLessThanOrEqual(LONGEST_PATH);
    expect(pathOf(Array.from({ length: 30 }, () => '😀'.repeat(100))).isWellFormed()).toBe(true);
  });

  it('cut a text by whole characters only', () => {
    for (let most = 2; most < 12; most++) expect(shortened('ab😀😀😀cdef', most).isWellFormed()).toBe(true);
    expect(shortened('abc', 3)).toBe('abc');
  });

  it('see levels in a text before it is parsed, and no brackets within texts', () => {
    expect([isDeeper('[[[]]]', 3), isDeeper('[[[[]]]]', 3)]).toEqual([false, true]);
    expect([isDeeper('["[[[[", "\\"[[[["]', 3), isDeeper('[],[],[],[],[]', 1)]).toEqual([false, false]);
    expect(isDeeper('['.repeat(400_000))).toBe(true);
  });

  it('answer what cannot be read as a Problem', () => {
    expect(() => readJson('{"a"', 'Header')).toThrow(Problem);
    expect(() => readJson(`${'['.repeat(400_000)}${']'.repeat(400_000)}`)).toThrow(/body has more than 32 levels/);
    expect(readJson('{"a":[1]}')).toEqual({ a: [1] });
  });

  it('cost one step per member, and no more than the bounds let in', () => {
    const cost = (count: number): number => {
      const value = { list: Array.from({ length: count }, (_, i) => ({ [`n${i % 7}`]: 'text' })) };
      const bounds = { ...BOUNDS, members: Number.POSITIVE_INFINITY };
      const times = Array.from({ length: 5 }, () => {
        const before = process.cpuUsage();
        beyond(value, 'body', bounds);
        const { user, system } = process.cpuUsage(before);
        return user + system;
      });
      return Math.min(...times);
    };
    cost(10_000);
    const [one, eight] = [cost(40_000), cost(320_000)];
    console.log(`bounds: ${(eight / 640_000).toFixed(3)} µs of CPU per value; 8 times the values cost ${(eight / one).toFixed(1)} times`);
    expect(eight / one).toBeLessThan(24);
  });
});
