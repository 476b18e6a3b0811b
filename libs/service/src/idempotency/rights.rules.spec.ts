import { describe, expect, it } from 'vitest';
import { cover, rightsOf, type Rights } from './rights.rules.js';

const then: Rights = {
  scopes: ['a', 'b'],
  roles: ['finance'],
  legalEntities: ['LF-UK'],
  seesUnassigned: true,
  fieldRights: ['worker.cost-rate'],
  partner: 'par_a',
};

describe('the rights under which an answer was made', () => {
  it.each([
    ['the same', {}],
    ['more of all', { scopes: ['c', 'b', 'a'], roles: ['finance', 'pmo'], legalEntities: '*' as const, fieldRights: ['worker.cost-rate', 'x'] }],
  ])('are covered by %s', (_, change) => expect(cover({ ...then, ...change }, then)).toBe(true));

  it.each([
    ['a scope', { scopes: ['a'] }],
    ['a role', { roles: [] }],
    ['a legal entity', { legalEntities: ['LF-US'] }],
    ['what is unassigned', { seesUnassigned: false }],
    ['a sensitive field', { fieldRights: [] }],
    ['the partner', { partner: undefined }],
    ['the partner, and another is there,', { partner: 'par_b' }],
  ])('are not when %s is missing', (_, change) => expect(cover({ ...then, ...change }, then)).toBe(false));

  it('for all legal entities are not covered by any list of them', () => {
    expect(cover(then, { ...then, legalEntities: '*' })).toBe(false);
    expect(cover(rightsOf(undefined), rightsOf(undefined))).toBe(true);
  });
});
