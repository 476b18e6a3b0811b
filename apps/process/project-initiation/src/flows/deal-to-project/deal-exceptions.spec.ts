import { describe, expect, it } from 'vitest';
import { FailedStep, type JournaledProblem } from '#flow';
import { aDeal } from '#testing';
import { dealException } from './deal-exceptions.js';

const vendor = (system: string) => ({ system, operation: 'create', code: 'E-1', message: 'no' });
const refusal = (o: Partial<JournaledProblem>): JournaledProblem => ({ kind: 'refused-by-vendor', detail: 'no', fields: [], ...o });
const deskOf = (step: string, problem: JournaledProblem) => dealException(aDeal(), [], new FailedStep(step, problem), { dueMs: 1 }).desk;

describe('a refusal of a back end goes to the desk of its kind, whichever product it is', () => {
  it.each([
    ['erp', 'finance'],
    ['psa', 'pmo'],
    ['crm', 'integration'],
    ['hcm', 'integration'],
  ])('%s: %s, also where the step reads several systems', (from, desk) => {
    expect(deskOf('read and check the deal', refusal({ from, vendor: vendor('made-up') }))).toBe(desk);
  });

  it.each([
    ['customer', 'finance'],
    ['project', 'pmo'],
    ['undo staffing:stf_1', 'pmo'],
  ])('of the step "%s" alone: %s', (step, desk) => {
    expect(deskOf(step, refusal({ vendor: vendor('made-up') }))).toBe(desk);
  });

  it('a defect is for integration', () => {
    expect(deskOf('customer', refusal({ kind: 'internal', from: 'erp' }))).toBe('integration');
  });
});
