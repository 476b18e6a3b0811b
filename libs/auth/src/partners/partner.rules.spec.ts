import { describe, expect, it } from 'vitest';
import { principalOf, type Claims, type Principal } from '../principal.js';
import { HOUSE_ISSUER, qualifiedId } from '../qualified-id.js';
import { asPartner } from './partner.rules.js';
import type { Partner } from './partner.table.js';

const NOON = Date.UTC(2026, 11, 1, 12);

const anAgency = (more: Partial<Partner> = {}): Partner => ({
  id: 'par_quayside',
  kind: 'agency',
  name: 'Quayside Talent',
  contact: 'it@quayside.example',
  state: 'active',
  plan: 'partner',
  scopes: ['partner.read'],
  legalEntities: ['LF-UK'],
  customerIds: [],
  agency: 'QUAYSIDE',
  ...more,
});
const aCaller = (more: Claims = {}): Principal =>
  principalOf({
    sub: 'q',
    client_id: 'q',
    scope: 'partner.read partner.write crm.read act-for',
    roles: ['finance'],
    legal_entities: ['*', 'unassigned'],
    field_rights: ['worker.cost-rate'],
    ...more,
  });
const foreign = (): Principal => ({ ...aCaller(), issuer: 'partners', clientId: qualifiedId('partners', 'q') });
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'let in';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('the caller of a partner', () => {
  it('may do what its token and its partner both allow, and sees its partner’s rows, whatever its token claims', () => {
    expect(asPartner(aCaller(), { partner: anAgency(), validUntil: null }, NOON)).toMatchObject({
      scopes: ['partner.read'],
      roles: [],
      legalEntities: ['LF-UK'],
      seesUnassigned: false,
      fieldRights: [],
      partner: { id: 'par_quayside', kind: 'agency', legalEntities: ['LF-UK'], customerIds: [], agency: 'QUAYSIDE' },
    });
    const asksLess = asPartner(aCaller({ scope: 'partner.write' }), { partner: anAgency(), validUntil: null }, NOON);
    expect(asksLess.scopes).toEqual([]);
  });

  it('carries nothing of the partner that no row is judged by', () => {
    const { partner } = asPartner(aCaller(), { partner: anAgency(), validUntil: null }, NOON);
    expect(Object.keys(partner!).sort()).toEqual(['agency', 'customerIds', 'id', 'kind', 'legalEntities']);
  });

  it.each([
    ['suspended', { partner: anAgency({ state: 'suspended' }), validUntil: null }, 'partner-suspended'],
    ['whose client has ended', { partner: anAgency(), validUntil: new Date(NOON) }, 'partner-client-ended'],
    ['whose client ends later', { partner: anAgency(), validUntil: new Date(NOON + 1) }, 'let in'],
  ])('%s', (_, bound, code) => {
    expect(codeOf(() => asPartner(aCaller(), bound, NOON))).toBe(code);
    expect(codeOf(() => asPartner(foreign(), bound, NOON))).toBe(code);
  });
});

describe('a caller that no partner has', () => {
  it('is the house’s own, unchanged, when the house’s issuer vouches for it', () => {
    const caller = { ...aCaller(), issuer: HOUSE_ISSUER };
    expect(asPartner(caller, undefined, NOON)).toBe(caller);
  });

  it('is refused when another issuer does, or none is named', () => {
    for (const caller of [foreign(), { ...aCaller(), issuer: undefined }])
      expect(codeOf(() => asPartner(caller, undefined, NOON))).toBe('partner-unknown');
  });
});

describe('a qualified id', () => {
  it('is the id itself at the house’s issuer, so that stored ones stay valid, and names any other issuer', () => {
    expect([qualifiedId('house', 'portal'), qualifiedId('partners', 'portal')]).toEqual(['portal', 'partners~portal']);
  });
});
