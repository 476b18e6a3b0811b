import { describe, expect, it } from 'vitest';
import { lineOfTransaction } from './transaction.rules.js';

describe('an external id in the ERP', () => {
  it.each([
    ['tl-tim_0123abc-v1', 'tim_0123abc'],
    ['tl-exp_0123abc-v12', 'exp_0123abc'],
    ['tl-tim_0123abc-v2-o1', 'tim_0123abc'],
    ['tl-tim_0123abc-v2-r', 'tim_0123abc'],
    ['tl-prj_0123abc-v1', undefined],
    ['somebody-elses', undefined],
    ['x-tl-tim_0123abc-v1', undefined],
  ])('%s belongs to the line %s', (externalId, line) => {
    expect(lineOfTransaction(externalId)).toBe(line);
  });
});
