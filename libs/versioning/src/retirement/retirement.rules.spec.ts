import { describe, expect, it } from 'vitest';
import { earlyFault, goneProblem, retirementFaults, stillUsing } from './retirement.rules.js';
import type { Retirement } from './retirement.table.js';

const NOW = Date.parse('2027-06-30T12:00:00Z');
const use = (consumer: string, lastDay: string) => ({ consumer, operation: 'list', lastDay });

describe('a consumer', () => {
  it('still uses what it used within the grace', () => {
    const uses = [use('sales', '2027-05-31'), use('partner', '2027-05-30'), use('sales', '2027-06-29')];
    expect(stillUsing(uses, 30, NOW)).toEqual(['sales']);
    expect(stillUsing(uses, 31, NOW)).toEqual(['partner', 'sales']);
  });
});

describe('a retirement', () => {
  const when = { retiredAt: Date.parse('2027-07-31T00:00:00Z'), now: NOW };
  const told = { consumer: 'sales', toldOn: '2027-06-01', movesBy: '2027-07-30' };
  const approval = (...consumers: (typeof told)[]) => ({ by: 'kim', why: 'All were told.', consumers });

  it.each([
    ['nobody uses it', [], undefined, []],
    ['somebody does', ['sales'], undefined, ['sales still uses it']],
    ['each who does is named, was told and has a date', ['sales'], approval(told), []],
    ['one of them is not named', ['partner', 'sales'], approval(told), ['partner still uses it']],
    ['one is to be told later', ['sales'], approval({ ...told, toldOn: '2027-07-01' }), ['sales is told only on 2027-07-01']],
    ['one is to move before it was told', ['sales'], approval({ ...told, movesBy: '2027-05-01' }), ['sales is to move before it was told']],
    ['one moves later', ['sales'], approval({ ...told, movesBy: '2027-08-01' }), ['sales moves by 2027-08-01, after the retirement']],
  ])('where %s', (_, users, given, faults) => {
    expect(retirementFaults(users, given, when)).toEqual(faults);
  });
});

describe('a retirement before the announced end', () => {
  const on = (day: string) => Date.parse(`${day}T00:00:00Z`);
  const leave = { by: 'kim', why: 'All have moved.', consumers: [] };

  it.each([
    ['on its day', '2027-07-31', undefined, undefined],
    ['a day too soon', '2027-08-01', undefined, 'it is served until 2027-08-01, as was announced'],
    ['without one', undefined, undefined, 'its end was never announced'],
    ['an approval that does not say so', '2027-08-01', leave, 'it is served until 2027-08-01, as was announced'],
    ['an approval that says so', '2027-08-01', { ...leave, beforeSunset: true }, undefined],
    ['an approval that says so of one without', undefined, { ...leave, beforeSunset: true }, undefined],
  ])('%s', (_, sunset, approval, fault) => {
    expect(earlyFault(sunset, approval, on('2027-07-31'))).toBe(fault);
  });
});

describe('what goes away', () => {
  const of: Retirement = {
    app: 'crm',
    version: '1',
    operation: '',
    retiredAt: null,
    successor: '/system/crm/v2',
    approval: null,
    brownOuts: [{ from: '2027-06-30T12:00:00Z', minutes: 10 }],
  };
  const at = (ms: number, row = of) => goneProblem(row, NOW + ms);

  it('is gone for the minutes of a brown-out, and says when it is back', () => {
    expect([at(-1), at(600_000)]).toEqual([undefined, undefined]);
    expect(at(0)).toMatchObject({ kind: 'gone', code: 'brown-out', retryable: true, retryAfterMs: 600_000, successor: '/system/crm/v2' });
    expect(at(599_000)).toMatchObject({ retryAfterMs: 1_000 });
  });

  it('is gone for good from its retirement on, and names its successor', () => {
    const retired = { ...of, operation: 'list', retiredAt: new Date(NOW), brownOuts: [] };
    expect(at(-1, retired)).toBeUndefined();
    expect(at(0, retired)).toMatchObject({ kind: 'gone', code: 'retired', retryable: false, successor: '/system/crm/v2' });
    expect(at(0, retired)!.detail).toBe('list in version 1 of crm was retired on 2027-06-30. Use /system/crm/v2.');
  });
});
