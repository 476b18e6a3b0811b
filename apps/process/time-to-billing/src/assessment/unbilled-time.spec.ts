import { describe, expect, it } from 'vitest';
import { text } from '#apis';
import { money, type TimeEntry } from '#canonical';
import { cureOf } from '#work';
import { NEEDS } from '../needs.js';
import { assessExpense, assessLines, assessTime, JustAssessed } from './assess.rules.js';
import type { Assessment, LineFacts } from '../facts/line-facts.js';
import { anExchangeRate, anExpense, aPolicy, aRate, aTimeEntry, PROJECT, theFacts, theProject, theWorker } from '../facts/line-facts.fixture.js';
import { aTerm, faultsOf, lines, pricedOf, projectWith, unfilled } from './assessed.fixture.js';

describe('time that is not billed', () => {
  const examples: [string, TimeEntry, LineFacts, string][] = [
    [
      'a fixed price',
      aTimeEntry(),
      projectWith({ billingMethod: 'fixed-price' }),
      'The contract is billed by fixed-price, so the line is recorded and not billed.',
    ],
    [
      'milestones',
      aTimeEntry(),
      projectWith({ billingMethod: 'milestone' }),
      'The contract is billed by milestone, so the line is recorded and not billed.',
    ],
    [
      'a retainer',
      aTimeEntry(),
      projectWith({ billingMethod: 'retainer' }),
      'The contract is billed by retainer, so the line is recorded and not billed.',
    ],
    ['a line that is not billable', aTimeEntry({ billable: false }), theFacts(), 'The line is not billable.'],
  ];

  it.each(examples)('is posted with no money and its worth explained: %s', (_, entry, facts, why) => {
    const priced = pricedOf(
      assessTime(entry, { ...facts, project: { ...facts.project!, financial: { ...facts.project!.financial, notToExceed: money('1', 'GBP') } } }),
    );
    expect(priced.transaction).toMatchObject({ billable: false, minutes: 450, ratePerHour: money('0', 'GBP'), amount: money('0', 'GBP') });
    expect(priced.capped).toBe(false);
    expect(lines(priced)).toEqual(expect.arrayContaining([why, 'It would be worth 1200.00 GBP.']));
  });

  it('waits for no rate, and for no agreement with the PSA', () => {
    const facts = theFacts({ rates: [], project: theProject({ billingMethod: 'fixed-price' }), policy: aPolicy({ rateDifference: 'exception' }) });
    const priced = pricedOf(assessTime(aTimeEntry({ psaRate: money('1', 'GBP') }), facts));
    expect(priced.transaction.amount).toEqual(money('0', 'GBP'));
    expect(lines(priced)).toContain('There is no rate to tell what it would be worth.');
  });

  it('is paid for between entities all the same', () => {
    const facts = theFacts({
      project: theProject({ billingMethod: 'fixed-price' }),
      worker: { matches: 1, worker: theWorker({ legalEntity: 'LF-DE' }) },
    });
    expect(pricedOf(assessTime(aTimeEntry(), facts)).intercompany).toMatchObject({
      owningUnbilledSale: money('0', 'GBP'),
      owningCost: money('960', 'GBP'),
    });
  });
});

describe('a project that its owner ended', () => {
  const ended = (endedOn?: string) => theFacts({ project: theProject({ status: 'archived' }, endedOn === undefined ? {} : { endedOn }) });

  it.each([
    ['is billed for work until the day of its end', '2026-11-18', []],
    ['is asked about for work after it', '2026-11-17', ['project.not-active']],
    ['is asked about where nobody knows when it ended', undefined, ['project.not-active']],
  ])('%s', (_, endedOn, codes) => {
    const assessment = assessTime(aTimeEntry(), ended(endedOn));
    expect('faults' in assessment ? assessment.faults.map(({ reason }) => reason.code) : []).toEqual(codes);
  });
});

describe('lines of time that are assessed again, since another of their batch could not be', () => {
  it('are none of their own others', () => {
    const facts = theFacts({ rates: [aRate({ unit: 'day', amount: '999' })], policy: aPolicy({ dayRate: 'whole-days' }) });
    const day = [240, 180].map((workedMinutes, n) => aTimeEntry({ id: `tim_0000000000000000000${n}`, workedMinutes }));
    const together = day.map(entry => ({ id: entry.id, kind: 'time' as const, entry }));
    const before = new JustAssessed();
    const amounts = () => [...assessLines(together, () => facts, before).values()].map(one => pricedOf(one).transaction.amount.amount);
    expect([amounts(), amounts()]).toEqual([
      ['999.00', '0.00'],
      ['999.00', '0.00'],
    ]);
  });
});

describe('the estimate of time that has no price', () => {
  const estimate = (entry: TimeEntry, facts: LineFacts) => {
    const assessment = assessTime(entry, facts);
    return 'faults' in assessment ? assessment.estimate : undefined;
  };
  const closed = { periods: [] };

  it('is its price where only something else is wrong', () => {
    expect(estimate(aTimeEntry(), theFacts(closed))).toEqual(money('1200', 'GBP'));
  });

  it('is the last rate known for the role, of the resourcing entity where there is one', () => {
    const rates = [
      aRate({ id: 'old', from: '2025-01-01', to: '2025-12-31', amount: '140' }),
      aRate({ id: 'uk', from: '2024-01-01', to: '2024-12-31', amount: '100', resourcingEntity: 'LF-UK' }),
      aRate({ id: 'any', role: null, from: '2026-01-01', to: '2026-06-30', amount: '90' }),
    ];
    expect(estimate(aTimeEntry(), theFacts({ rates }))).toEqual(money('750', 'GBP'));
    expect(estimate(aTimeEntry(), theFacts({ rates: [rates[0], rates[2]] }))).toEqual(money('1050', 'GBP'));
    expect(estimate(aTimeEntry(), theFacts({ rates: [rates[2]] }))).toEqual(money('675', 'GBP'));
  });

  it('is in its own currency while there is no exchange rate', () => {
    expect(estimate(aTimeEntry(), theFacts({ rates: [aRate({ currency: 'EUR', unit: 'day', amount: '1200' })] }))).toEqual(money('1125', 'EUR'));
    const exchangeRates = [anExchangeRate('EUR', 'GBP', '0.8')];
    expect(estimate(aTimeEntry(), theFacts({ ...closed, rates: [aRate({ currency: 'EUR' })], exchangeRates }))).toEqual(money('960', 'GBP'));
  });

  it("is the PSA's own rate where we know none, and else nothing", () => {
    expect(estimate(aTimeEntry({ psaRate: money('150', 'GBP') }), theFacts({ rates: [] }))).toEqual(money('1125', 'GBP'));
    expect(estimate(aTimeEntry(), theFacts({ rates: [] }))).toBeNull();
  });

  it('is zero for time that is not billed', () => {
    expect(estimate(aTimeEntry({ billable: false }), theFacts(closed))).toEqual(money('0', 'GBP'));
  });
});

describe('an amount of more digits than are kept and sent', () => {
  const told = (assessment: Assessment) =>
    'faults' in assessment && { faults: assessment.faults.map(({ reason, need }) => [reason.code, need]), estimate: assessment.estimate };
  const huge = '999999999999999.999999';

  it('of time is a fault of its rate, billed or not, and no estimate of anything', () => {
    const facts = theFacts({ rates: [aRate({ amount: huge })] });
    const fault = ['rate.too-large', 'rate:LF-UK:ARCHITECT:GBP'];
    expect(told(assessTime(aTimeEntry(), facts))).toEqual({ faults: [fault], estimate: null });
    expect(told(assessTime(aTimeEntry({ billable: false }), facts))).toMatchObject({ faults: [fault] });
    expect(told(assessTime(aTimeEntry(), { ...facts, periods: [] }))).toMatchObject({ estimate: null });
    expect('priced' in assessTime(aTimeEntry({ workedMinutes: 60 }), theFacts({ rates: [aRate({ amount: '999999999999999.99' })] }))).toBe(true);
  });

  it('of an expense is a fault of its terms, and it is worth what was spent', () => {
    const perUnit = aTerm({ treatment: 'per-unit', unit: 'cost', unitRate: money(huge, 'GBP'), unitCost: { amount: '0.000001', currency: 'GBP' } });
    const assessment = assessExpense(anExpense(), theFacts({ expenseTerms: [perUnit] }));
    expect(told(assessment)).toEqual({ faults: [['expense.too-large', `expense-term:${PROJECT}:Travel`]], estimate: money('84.20', 'GBP') });
    for (const fault of faultsOf(assessment)) for (const told of [fault.reason, cureOf(fault, NEEDS)]) expect(text(told)).not.toMatch(unfilled);
  });

  it('by an exchange rate of nothing is one too', () => {
    const perUnit = aTerm({ treatment: 'per-unit', unit: 'cost', unitRate: money('1', 'GBP'), unitCost: money('1', 'EUR') });
    const assessment = assessExpense(anExpense(), theFacts({ expenseTerms: [perUnit], exchangeRates: [anExchangeRate('EUR', 'GBP', '0')] }));
    expect(told(assessment)).toMatchObject({ faults: [['expense.too-large', `expense-term:${PROJECT}:Travel`]] });
  });
});
