import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TERM_LEVELS } from '#apis/time-to-billing';
import { anExchangeRate, aRate } from '../facts/line-facts.fixture.js';
import { dayAfter } from '../periods/calendar.rules.js';
import { amountOfCents, amountOfUnits, divideRounded, scaled } from '../pricing/integers.fixture.js';
import { endedRates, findRate, lastKnownRate, type RateQuestion, type RateRow } from './rates.rules.js';

const aQuestion = (over: Partial<RateQuestion> = {}): RateQuestion => ({
  workDate: '2026-11-18',
  role: 'ARCHITECT',
  resourcingEntity: 'LF-UK',
  overtime: false,
  currency: 'GBP',
  minutesPerDay: 480,
  foreignRate: 'hour',
  subjects: { assignment: ['asg_1'], contract: ['prj_1', 'RC-UK'], project: ['prj_1'], customer: ['cus_1'], 'legal-entity': ['LF-UK'] },
  exchangeRates: [],
  ...over,
});

const SUBJECT = { assignment: 'asg_1', contract: 'RC-UK', project: 'prj_1', customer: 'cus_1', 'legal-entity': 'LF-UK' } as const;
const at = (level: RateRow['level'], over: Partial<RateRow> = {}) => aRate({ id: level, level, subject: SUBJECT[level], ...over });

describe('the rate of a working day', () => {
  it('is that of the most specific agreement: assignment, contract, project, customer, legal entity', () => {
    const levels = TERM_LEVELS.map(level => at(level));
    for (const [index, level] of TERM_LEVELS.entries()) {
      const found = findRate(levels.slice(index).reverse(), aQuestion())!;
      expect(found.row.level).toBe(level);
      expect(found.passedOver.map(({ row, because }) => [row.level, because])).toEqual(TERM_LEVELS.slice(index + 1).map(lower => [lower, 'level']));
    }
  });

  it("is the contract's own before that of the rate card it names, even when the card names the role", () => {
    const blended = at('contract', { id: 'blended', subject: 'prj_1', role: null });
    expect(findRate([at('contract'), blended], aQuestion())?.row.id).toBe('blended');
  });

  const scopes: [string, Partial<RateRow>, Partial<RateRow>, Partial<RateQuestion>][] = [
    ['the one for the role', { role: 'ARCHITECT' }, { role: null, resourcingEntity: 'LF-UK', overtime: false }, {}],
    ['then the one for the resourcing entity', { resourcingEntity: 'LF-UK' }, { overtime: false }, {}],
    ['then the one for overtime', { overtime: true }, {}, { overtime: true }],
    ['then the one for no overtime', { overtime: false }, {}, {}],
  ];

  it.each(scopes)('is within a level %s', (_, winner, other, question) => {
    const rows = [at('contract', { id: 'other', ...other }), at('contract', { id: 'winner', ...winner })];
    const found = findRate(rows, aQuestion(question));
    expect(found?.row.id).toBe('winner');
    expect(found?.passedOver).toEqual([{ row: rows[0], because: 'scope' }]);
  });

  const strangers: [string, Partial<RateRow>][] = [
    ['another role', { role: 'DEVELOPER' }],
    ['another resourcing entity', { resourcingEntity: 'LF-DE' }],
    ['overtime, of a line that says none', { overtime: true }],
    ['another contract', { subject: 'RC-US' }],
    ['later days', { from: '2026-11-19' }],
    ['earlier days', { to: '2026-11-17' }],
  ];

  it.each(strangers)('is never that of %s', (_, over) => {
    expect(findRate([at('contract', over)], aQuestion())).toBeUndefined();
  });

  it('is the general one for overtime that nothing was agreed for', () => {
    expect(findRate([at('contract')], aQuestion({ overtime: true }))?.row.id).toBe('contract');
  });

  const dated = [
    at('contract', { id: 'a', from: '2026-01-01' }),
    at('contract', { id: 'b', from: '2026-11-18', to: '2026-12-24' }),
    at('contract', { id: 'c', from: '2027-01-01' }),
    at('customer', { id: 'house', from: '2020-01-01' }),
  ];
  const days: [string, string, string | null][] = [
    ['2025-12-31', 'house', null],
    ['2026-01-01', 'a', '2026-11-17'],
    ['2026-11-17', 'a', '2026-11-17'],
    ['2026-11-18', 'b', '2026-12-24'],
    ['2026-12-24', 'b', '2026-12-24'],
    ['2026-12-25', 'a', '2026-12-31'],
    ['2027-01-01', 'c', null],
  ];

  it.each(days)('holds until the day before the next of its scope starts, or until it ends: on %s', (workDate, id, until) => {
    const found = findRate(dated, aQuestion({ workDate }));
    expect([found?.row.id, found?.until]).toEqual([id, until]);
  });

  const inside = [
    at('contract', { id: 'open', amount: '100', from: '2026-01-05' }),
    at('contract', { id: 'some-days', amount: '90', from: '2026-01-11', to: '2026-01-13' }),
    at('contract', { id: 'one-day', amount: '80', from: '2026-01-12', to: '2026-01-12' }),
    at('contract', { id: 'never', amount: '1', from: '2026-01-14', to: '2026-01-10' }),
    at('customer', { id: 'card', amount: '216', from: '2020-01-01' }),
  ];
  const resumed: [string, string, string | null][] = [
    ['2026-01-04', 'card', null],
    ['2026-01-05', 'open', '2026-01-10'],
    ['2026-01-11', 'some-days', '2026-01-11'],
    ['2026-01-12', 'one-day', '2026-01-12'],
    ['2026-01-13', 'some-days', '2026-01-13'],
    ['2026-01-14', 'open', null],
  ];

  it.each(resumed)('is again the one without an end when one with dates inside it is over: on %s', (workDate, id, until) => {
    for (const rows of [inside, inside.toReversed()]) {
      const found = findRate(rows, aQuestion({ workDate }));
      expect([found?.row.id, found?.until, found?.ended]).toEqual([id, until, []]);
    }
  });

  it('names the last rows of more specific agreements, when all of their rows have ended', () => {
    const rows = [
      at('assignment', { id: 'asg-old', from: '2026-01-01', to: '2026-03-31' }),
      at('assignment', { id: 'asg-last', from: '2026-02-01', to: '2026-10-31' }),
      at('assignment', { id: 'other-role', role: 'DEVELOPER', to: '2026-11-17' }),
      at('contract', { id: 'own', subject: 'prj_1', from: '2026-01-01', to: '2026-11-17' }),
      at('contract', { id: 'card' }),
      at('customer', { id: 'lower', to: '2026-06-30' }),
    ];
    expect(findRate(rows, aQuestion())?.ended.map(({ id }) => id)).toEqual(['asg-last', 'own']);
    expect(findRate(rows, aQuestion({ workDate: '2026-10-31' }))?.ended).toEqual([]);
    const nothing = rows.filter(({ id }) => id !== 'card');
    expect(findRate(nothing, aQuestion())).toBeUndefined();
    expect(endedRates(nothing, aQuestion()).map(({ id }) => id)).toEqual(['asg-last', 'own', 'lower']);
  });

  it('is by the day of its contract, else by the day of the firm', () => {
    const day = at('contract', { unit: 'day', amount: '999' });
    expect(findRate([day], aQuestion())).toMatchObject({ rate: '999', minutesPerDay: 480 });
    expect(findRate([{ ...day, minutesPerDay: 450 }], aQuestion())).toMatchObject({ rate: '999', minutesPerDay: 450 });
  });

  it('is converted by the rate of the work date, and rounded per hour or day where that is the policy', () => {
    const rows = [at('contract', { unit: 'day', amount: '999.99', currency: 'EUR' })];
    const exchangeRates = [anExchangeRate('EUR', 'GBP', '0.86125'), anExchangeRate('EUR', 'GBP', '0.9', '2026-11-19')];
    // 999.99 * 0.86125 = 861.2413875
    expect(findRate(rows, aQuestion({ exchangeRates }))).toMatchObject({ rate: '861.24', exchange: exchangeRates[0] });
    expect(findRate(rows, aQuestion({ exchangeRates, foreignRate: 'line' }))).toMatchObject({ rate: '861.2413875', exchange: exchangeRates[0] });
  });

  it('is nothing in the contract’s currency without an exchange rate for the day, and one is never inverted', () => {
    const rows = [at('contract', { currency: 'EUR' })];
    const exchangeRates = [anExchangeRate('GBP', 'EUR', '1.15'), anExchangeRate('EUR', 'GBP', '0.87', '2026-11-19')];
    expect(findRate(rows, aQuestion({ exchangeRates }))).toMatchObject({ row: rows[0], rate: null, exchange: null });
  });
});

describe('as properties', () => {
  const DAYS = Array.from({ length: 12 }, (_, day) => `2026-11-${String(day + 10)}`);
  const row = fc.record({
    level: fc.constantFrom(...TERM_LEVELS),
    subject: fc.constantFrom('asg_1', 'prj_1', 'RC-UK', 'cus_1', 'LF-UK', 'other'),
    role: fc.constantFrom('ARCHITECT', 'DEVELOPER', null),
    resourcingEntity: fc.constantFrom('LF-UK', 'LF-DE', null),
    overtime: fc.constantFrom(true, false, null),
    unit: fc.constantFrom('hour' as const, 'day' as const),
    amount: fc.integer({ min: 1, max: 99_999_999 }).map(cents => amountOfCents(BigInt(cents))),
    currency: fc.constantFrom('GBP', 'EUR'),
    minutesPerDay: fc.option(fc.integer({ min: 1, max: 1440 }), { nil: undefined }),
    from: fc.constantFrom(...DAYS),
    to: fc.option(fc.constantFrom(...DAYS), { nil: null }),
  });
  const rows = fc.array(row, { maxLength: 25 }).map(all => all.map((one, index): RateRow => ({ id: `row-${String(index)}`, ...one })));
  const exchangeRates = [anExchangeRate('EUR', 'GBP', '0.861237', '2026-11-01')];

  it('there is exactly one answer a day, in whatever order the rows are read', () => {
    fc.assert(
      fc.property(
        rows.chain(all => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        fc.boolean(),
        ([all, shuffled], overtime) => {
          for (const workDate of DAYS) {
            const question = aQuestion({ workDate, overtime, exchangeRates });
            const [first, second] = [findRate(all, question), findRate(shuffled, question)];
            expect(second?.row).toEqual(first?.row);
            expect([second?.rate, second?.until]).toEqual([first?.rate, first?.until]);
          }
        },
      ),
    );
  });

  it('of one scope the newest row holds that has started and not ended', () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(...DAYS), (all, workDate) => {
        const own = all.map(one => ({ ...one, level: 'contract' as const, subject: 'RC-UK', role: null, resourcingEntity: null, overtime: null }));
        const from = findRate(own, aQuestion({ workDate, exchangeRates }))?.row.from;
        const starts = own.filter(one => one.from <= workDate && (one.to === null || workDate <= one.to)).map(one => one.from);
        expect(from).toBe(starts.sort().at(-1));
      }),
    );
  });

  it('a row that answers for a day answers until its last day, and not a day longer', () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(...DAYS), (all, workDate) => {
        const own = all.map(one => ({ ...one, level: 'contract' as const, subject: 'RC-UK', role: null, resourcingEntity: null, overtime: null }));
        const found = findRate(own, aQuestion({ workDate, exchangeRates }));
        if (!found?.until) return;
        expect(found.until >= workDate).toBe(true);
        expect(findRate(own, aQuestion({ workDate: found.until, exchangeRates }))?.row.id).toBe(found.row.id);
        expect(findRate(own, aQuestion({ workDate: dayAfter(found.until), exchangeRates }))?.row.id).not.toBe(found.row.id);
      }),
    );
  });

  it('a converted rate equals the computation with whole numbers, rounded once or not at all', () => {
    fc.assert(
      fc.property(row, fc.integer({ min: 1, max: 9_999_999 }), fc.constantFrom('hour' as const, 'line' as const), (one, millionths, foreignRate) => {
        const rate = amountOfUnits(BigInt(millionths), 6);
        const own = { level: 'contract' as const, subject: 'RC-UK', role: null, resourcingEntity: null, overtime: null };
        const only: RateRow = { id: 'only', ...one, ...own, currency: 'EUR', from: '2026-01-01', to: null };
        const found = findRate([only], aQuestion({ foreignRate, exchangeRates: [anExchangeRate('EUR', 'GBP', rate)] }));
        const exact = scaled(one.amount).digits * BigInt(millionths);
        const whole = scaled(found!.rate!);
        if (foreignRate === 'line') expect(whole.digits * 10n ** 8n).toBe(exact * whole.scale);
        else expect(found!.rate).toBe(amountOfCents(divideRounded(exact, 10n ** 6n)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('the last rate known, for an estimate', () => {
  it('is of the role before that of any role, of the entity before any, and then the latest', () => {
    const rows = [
      aRate({ id: 'any-role', role: null, from: '2027-01-01' }),
      aRate({ id: 'old', from: '2025-01-01' }),
      aRate({ id: 'new', from: '2026-01-01' }),
      aRate({ id: 'other', role: 'DEVELOPER' }),
    ];
    expect(lastKnownRate(rows, 'ARCHITECT', 'LF-UK')?.id).toBe('new');
    expect(lastKnownRate([...rows, aRate({ id: 'uk', resourcingEntity: 'LF-UK', from: '2020-01-01' })], 'ARCHITECT', 'LF-UK')?.id).toBe('uk');
    expect(lastKnownRate(rows, 'TEST_ENGINEER', undefined)?.id).toBe('any-role');
    expect(lastKnownRate([rows[3]], 'ARCHITECT', 'LF-UK')).toBeUndefined();
  });
});
