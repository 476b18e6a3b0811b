import { describe, expect, it } from 'vitest';
import { EXAMPLES, soundBut } from './examples.fixture.js';
import { lint } from './lint.js';
import { RULES, type RuleName } from './rules.js';
import type { Fields } from './style-rule.js';

const found = async (document: Fields) =>
  (await lint([{ file: 'a.json', document }])).map(({ rule, pointer, message }) => `${rule} ${pointer} ${message}`);

describe('the style guide', () => {
  it('finds nothing in a sound document', async () => {
    expect(await found(soundBut({}))).toEqual([]);
  });

  it.each(Object.keys(RULES) as RuleName[])('%s is broken by its bad example alone, and kept by its good one', async rule => {
    expect(await found(soundBut(EXAMPLES[rule].good))).toEqual([]);
    expect(await found(soundBut(EXAMPLES[rule].bad))).toEqual([expect.stringMatching(new RegExp(`^${rule} /`))]);
  });
});
