import { describe, expect, it } from 'vitest';
import type { Fault } from '#apis';
import { money } from '#canonical';
import { posting } from '../lines/advance.js';
import { assessExpense, assessTime } from '../assessment/assess.rules.js';
import { anExpense, aRate, aTimeEntry, theFacts, theProject } from '../facts/line-facts.fixture.js';
import type { Line } from '../lines/line.js';
import type { Assessment, ExpenseTerm } from '../facts/line-facts.js';
import { decisionOn, differenceIn, differenceOf, isTouched } from './corrected-prices.rules.js';

const at = (amount: string, minutes = 60): Assessment => assessTime(aTimeEntry({ workedMinutes: minutes }), theFacts({ rates: [aRate({ amount })] }));
const without = assessTime(aTimeEntry({ workedMinutes: 60 }), theFacts({ rates: [] }));
const closed = assessTime(aTimeEntry({ workedMinutes: 60 }), theFacts({ project: theProject({ status: 'completed' as never }) }));

const AT_COST: ExpenseTerm = {
  id: 'term',
  level: 'legal-entity',
  subject: 'LF-UK',
  category: null,
  treatment: 'at-cost',
  from: '2026-01-01',
};

function lineOf(assessment: Assessment, billing: 'unbilled' | 'billed' = 'unbilled'): Line {
  if ('faults' in assessment) throw new Error('it has no price');
  const entry = aTimeEntry({ workedMinutes: 60 });
  const line = { id: entry.id, kind: 'time', version: 1, entry, priced: assessment.priced, postings: [] } as unknown as Line;
  line.postings = [{ ...posting(line, assessment.priced.transaction.amount, 60, 0), state: 'posted', billing }];
  return line;
}

describe('a line whose rates were corrected', () => {
  it('differs by its price now, and by nothing where the price is the same', () => {
    const line = lineOf(at('160.00'));
    expect(differenceOf(line, at('160'))).toBeUndefined();
    const difference = differenceOf(line, at('150.00'))!;
    expect(difference).toEqual({ was: money('160', 'GBP'), now: money('150', 'GBP') });
    expect(differenceIn(difference)).toEqual(money('-10', 'GBP'));
    expect(differenceIn({ was: money('1', 'GBP'), now: money('1', 'EUR') })).toBeNull();
  });

  it('differs where two rates give the same amount for its minutes, since its hour has another rate', () => {
    expect(isTouched(at('0.10', 1), at('0.20', 1))).toBe(true);
  });

  it('has no price where its rate is gone, and keeps it where something else is wrong', () => {
    expect(differenceOf(lineOf(at('160.00')), without)).toEqual({ was: money('160', 'GBP'), now: null });
    expect(differenceOf(lineOf(at('160.00')), at('999999999999999.99', 900))).toEqual({ was: money('160', 'GBP'), now: null });
    const incomplete = {
      faults: [{ reason: { code: 'expense.term-incomplete', params: {} } } as Fault],
      estimate: money('84.20', 'GBP'),
      workerId: null,
    };
    expect(differenceOf(lineOf(at('160.00')), incomplete)).toEqual({ was: money('160', 'GBP'), now: null });
    expect('faults' in closed && closed.faults.map(({ reason }: Fault) => reason.code)).not.toEqual([]);
    expect(differenceOf(lineOf(at('160.00')), closed)).toBeUndefined();
    expect(isTouched(at('160.00'), closed)).toBe(false);
  });

  it.each([
    ['whose terms say not at what it is billed', {}, { treatment: 'mark-up' as const }],
    ['whose tax is more than it', { tax: { amount: '84.21' } }, {}],
  ])('has no price where it is an expense %s', (_, over, term) => {
    const { tax: __, ...entry } = anExpense();
    const by = (more: object) => theFacts({ expenseTerms: [{ ...AT_COST, ...more }] });
    const now = assessExpense({ ...entry, ...over }, by(term));
    const priced = lineOf(assessExpense(entry, by({})));
    expect(differenceOf(priced, now)).toEqual({ was: money('84.20', 'GBP'), now: null });
  });

  it.each([
    ['re-rated while it is on no invoice', lineOf(at('160.00')), at('150.00'), 're-rate', false, 're-rated'],
    ['asked about by policy', lineOf(at('160.00')), at('150.00'), 'ask', false, 'asked'],
    ['asked about when it is billed', lineOf(at('160.00'), 'billed'), at('150.00'), 're-rate', false, 'asked'],
    ['asked about when it could not be billed again', lineOf(at('160.00')), without, 're-rate', false, 'asked'],
    ['kept where that was said', lineOf(at('160.00')), at('150.00'), 'keep', true, 'kept'],
    ['kept where it is billed and was said to be re-rated', lineOf(at('160.00'), 'billed'), at('150.00'), 're-rate', true, 'kept'],
  ] as const)('is %s', (_, line, now, said, answered, expected) => {
    expect(decisionOn(line, now, said, answered)).toBe(expected);
  });
});
