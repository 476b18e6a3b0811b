import { describe, expect, it } from 'vitest';
import type { EventData } from '#apis';
import { defineNeed, mayBeMetBy } from './index.js';

const rate = defineNeed('rate:{legalEntity}:{role}:{currency}', {
  cure: 'cure.rate',
  metBy: { 'rate-card.changed.v1': ({ state }, { currency }) => state.currency === currency },
});
const project = defineNeed('project:{projectId}:{what}', {
  cure: { 'erp-active': 'cure.project.erp-active', 'in-psa': 'cure.project.in-psa' },
  metBy: { 'project.changed.v1': ({ state }, { projectId }) => state.id === projectId },
});
const complete = defineNeed('project:{projectId}:{system}-complete', { cure: 'cure.project', tried: true });
const credit = defineNeed('credit:{lineId}:v{version}', { cure: 'cure.credit' });
const word = defineNeed('mapping:{mapping}:{source}', { cure: 'cure.mapping' });

describe('a need', () => {
  it('is one string that equal needs share, and can be read again', () => {
    expect(rate('LF-UK', 'ARCHITECT', 'GBP')).toBe('rate:LF-UK:ARCHITECT:GBP');
    expect(rate.read('rate:LF-UK:ARCHITECT:GBP')).toEqual({ legalEntity: 'LF-UK', role: 'ARCHITECT', currency: 'GBP' });
    expect(credit('tim_1', 2)).toBe('credit:tim_1:v2');
    expect(credit.read('credit:tim_1:v2')).toEqual({ lineId: 'tim_1', version: '2' });
  });

  it('may have colons and line breaks in its last part', () => {
    const need = word('tax-code', 'LF-UK:GB\nand more');
    expect(word.read(need)).toEqual({ mapping: 'tax-code', source: 'LF-UK:GB\nand more' });
  });

  it('is of one kind, also where two begin alike', () => {
    const needs = [project('prj_1', 'in-psa'), complete('prj_1', 'erp'), 'project:prj_1:in-erp', 'projects:prj_1:in-psa', 'rate:LF-UK'];
    expect(needs.map(project.is)).toEqual([true, false, false, false, false]);
    expect(needs.map(complete.is)).toEqual([false, true, false, false, false]);
    expect(needs.map(rate.is)).toEqual([false, false, false, false, false]);
  });

  it('reads a pattern as text, not as an expression', () => {
    const dotted = defineNeed('a.b:{part}', { cure: 'cure.rate' });
    expect([dotted.is('a.b:1'), dotted.is('axb:1')]).toEqual([true, false]);
  });
});

describe('an event', () => {
  const met = (type: 'project.changed.v1' | 'rate-card.changed.v1', state: object) =>
    mayBeMetBy({ type, data: { state, changed: [] } as unknown as EventData[typeof type] }, [rate, project, complete]);

  it('may meet the needs whose kind says so, by their parts', () => {
    const needs = ['project:prj_1:in-psa', 'project:prj_2:in-psa', 'project:prj_1:erp-complete', 'rate:LF-UK:ARCHITECT:GBP'];
    expect(needs.filter(met('project.changed.v1', { id: 'prj_1' }))).toEqual(['project:prj_1:in-psa']);
    expect(needs.filter(met('rate-card.changed.v1', { currency: 'GBP' }))).toEqual(['rate:LF-UK:ARCHITECT:GBP']);
    expect(needs.filter(met('rate-card.changed.v1', { currency: 'EUR' }))).toEqual([]);
  });
});
