import { expect, it } from 'vitest';
import { partOf } from './transaction.rules.js';

it('reads which part of which version of a line an external id stands for', () => {
  const whole = { lineId: 'tim_1a', version: 3, part: 'whole', reversal: false };
  expect(['', '-r', '-o2', '-o2-r'].map(suffix => partOf(`tl-tim_1a-v3${suffix}`))).toEqual([
    whole,
    { ...whole, reversal: true },
    { ...whole, part: 'later' },
    { ...whole, part: 'later', reversal: true },
  ]);
  expect(['tl-tim_1a-v3-c', 'tl-tim_1a-v3-c-r', 'INV-7', 'tl-prj_1a-v3', 'tl-tim_1a-v99999999999'].map(partOf)).toEqual(Array(5).fill(undefined));
});
