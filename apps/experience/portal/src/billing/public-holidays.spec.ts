import Holidays from 'date-holidays';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { PublicHolidays } from './public-holidays.js';

const holidays = new PublicHolidays({ holidays: 'public' });
beforeAll(() => holidays.onModuleInit());

describe('public holidays', () => {
  it.each([
    ['a bank holiday of the United Kingdom', 'GB', undefined, '2026-05-04', true],
    ['a day before it', 'GB', undefined, '2026-05-03', false],
    ["one of England's", 'GB', 'GB-ENG', '2026-08-31', true],
    ["one of England's, in Scotland", 'GB', 'GB-SCT', '2026-08-31', false],
    ['one of England, where no region is known', 'GB', undefined, '2026-08-31', false],
    ['the substitute of a day on a Saturday', 'GB', 'GB-ENG', '2026-12-28', true],
    ["one of Bavaria's", 'DE', 'DE-BY', '2026-01-06', true],
    ["one of Bavaria's, in Berlin", 'DE', 'DE-BE', '2026-01-06', false],
    ["one of Bavaria's, where no region is known", 'DE', undefined, '2026-01-06', false],
    ['one of all Germany', 'DE', 'DE-BE', '2026-12-25', true],
    ['what is kept without being one', 'DE', 'DE-BY', '2026-02-14', false],
    ['a morning at work', 'DE', 'DE-BY', '2026-12-24', false],
    ['the last of three days', 'AE', undefined, '2026-03-22', true],
    ['Thanksgiving', 'US', 'US-IL', '2026-11-26', true],
    ['a year that nobody works in', 'GB', undefined, '0001-12-25', false],
    ['the last year there is', 'GB', undefined, '9999-12-25', true],
  ])('%s', (_what, country, region, day, holiday) => {
    expect(holidays.of({ country, region }).has(day)).toBe(holiday);
  });

  it.each([
    [{ country: 'DE', region: 'DE-BY' }, 'DE-BY', []],
    [{ country: 'DE' }, 'DE', ['region']],
    [{ country: 'DE', region: 'DE-XX' }, 'DE', ['region']],
    [{ country: 'JP' }, 'JP', []],
    [{}, null, ['country']],
    [{ country: 'KW' }, null, ['country']],
  ])('of %j are those of %s', (workplace, place, unknown) => {
    expect(holidays.of(workplace)).toMatchObject({ place, unknown });
  });

  it('are counted as working days by policy, and then no workplace is unknown', () => {
    const none = new PublicHolidays({ holidays: 'none' }).of({ country: 'GB' });
    expect([none.has('2026-05-04'), none.place, none.unknown]).toEqual([false, null, []]);
  });

  it('are computed once per place and year', () => {
    const made = vi.spyOn(Holidays.prototype, 'getHolidays');
    for (const day of ['2026-01-01', '2026-06-01', '2027-01-01', '2026-12-31', '2027-02-02']) holidays.of({ country: 'IE' }).has(day);
    expect(made.mock.calls).toEqual([[2026], [2027]]);
    made.mockRestore();
  });
});
