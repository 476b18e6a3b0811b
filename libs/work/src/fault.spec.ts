import { describe, expect, it } from 'vitest';
import type { Fault, Reason } from '#apis';
import type { Desk } from '#canonical';
import { cureOf, defineNeed, deskOf, deskOfSystem, exceptionOf } from './index.js';

const project = defineNeed('project:{projectId}:{what}', { cure: { 'in-psa': 'cure.project.in-psa', currency: 'cure.project.currency' } });
const rate = defineNeed('rate:{role}', { cure: 'cure.rate' });
const KINDS = [project, rate];

const fault = (need: string, over: Partial<Fault> = {}): Fault => ({
  reason: { code: 'rate.missing', params: { person: 'Robin' } } as unknown as Reason,
  category: 'validation',
  desk: 'finance',
  need,
  ...over,
});

describe('the desk of several faults', () => {
  const of = (...desks: Desk[]) => deskOf(desks.map(desk => ({ desk })));

  it('is the one with most of them', () => {
    expect(of('pmo', 'integration', 'pmo', 'finance')).toBe('pmo');
  });

  it('is the first in the order of desks where several have as many', () => {
    expect(of('pmo', 'finance')).toBe('finance');
    expect(of('integration', 'hr-operations', 'pmo')).toBe('pmo');
    expect(of('sales-operations', 'hr-operations')).toBe('hr-operations');
    expect(of('integration', 'sales-operations')).toBe('sales-operations');
  });
});

describe('who settles a refusal', () => {
  it('is the desk of the kind of system, whichever vendor it is', () => {
    expect((['erp', 'psa', 'crm', 'hcm', undefined] as const).map(deskOfSystem)).toEqual([
      'finance',
      'pmo',
      'integration',
      'integration',
      'integration',
    ]);
  });
});

describe('a cure', () => {
  it('names what the need names, and what the fault says before that', () => {
    const reason = { code: 'rate.missing', params: { role: 'Architect, as sold' } } as unknown as Reason;
    expect(cureOf({ need: rate('ARCHITECT'), reason }, KINDS)).toEqual({
      code: 'cure.rate',
      params: { role: 'Architect, as sold', need: 'rate:ARCHITECT' },
    });
    expect(cureOf(fault(project('prj_1', 'currency')), KINDS)).toEqual({
      code: 'cure.project.currency',
      params: { projectId: 'prj_1', what: 'currency', person: 'Robin', need: 'project:prj_1:currency' },
    });
  });

  it('is declared for every need', () => {
    expect(() => cureOf(fault('unheard:of'), KINDS)).toThrow('no kind of need is declared for unheard:of');
  });
});

describe('an exception', () => {
  it('says every fault, and each need once', () => {
    const faults = [
      fault(rate('ARCHITECT'), { category: 'missing-reference' }),
      fault(project('prj_1', 'in-psa'), { desk: 'pmo' }),
      fault(rate('ARCHITECT')),
    ];
    const said = exceptionOf(faults, KINDS);
    expect([said.reasons.length, said.category, said.desk]).toEqual([3, 'missing-reference', 'finance']);
    expect(said.needs.map(({ need, desk, cure }) => [need, desk, cure.code])).toEqual([
      ['rate:ARCHITECT', 'finance', 'cure.rate'],
      ['project:prj_1:in-psa', 'pmo', 'cure.project.in-psa'],
    ]);
  });
});
