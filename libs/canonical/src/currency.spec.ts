import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { isCurrency, isCurrencyOn, minorUnits } from './currency.js';
import { AMENDMENTS, LIST_ONE, WITHDRAWN } from './iso-4217.data.js';
import { money, Money, priceOf } from './money.js';
import { brokenRules } from './record-fault.js';

const require = createRequire(import.meta.url);
const list = readFileSync(require.resolve('currency-codes/iso-4217-list-one.xml'), 'utf8');
const { currencyData } = (
  JSON.parse(readFileSync(require.resolve('cldr-core/supplemental/currencyData.json'), 'utf8')) as {
    supplemental: {
      currencyData: {
        fractions: Record<string, { _digits: string }>;
        region: Record<string, Record<string, { _to?: string }>[]>;
      };
    };
  }
).supplemental;

describe('an amount has the decimals of its currency', () => {
  it.each([
    ['12.3455', 'JOD', '12.346'],
    ['12.3455', 'IQD', '12.346'],
    ['99.99', 'XOF', '100'],
    ['99.5', 'UGX', '100'],
    ['12.34565', 'CLF', '12.3457'],
    ['12.345', 'HUF', '12.35'],
    ['12.345', 'XCG', '12.35'],
    ['99.5', 'BYR', '100'],
    ['1000.5', 'JPY', '1001'],
    ['12.3455', 'KWD', '12.346'],
    ['12.345', 'EUR', '12.35'],
  ])('%s %s is %s', (amount, currency, rounded) => expect(money(amount, currency)).toEqual({ amount: rounded, currency }));

  it('also where it is counted from a rate', () => {
    expect(priceOf({ amount: '12.345', currency: 'JOD' }, 60)).toEqual({ amount: '12.345', currency: 'JOD' });
    expect(priceOf({ amount: '99.99', currency: 'XOF' }, 60)).toEqual({ amount: '100', currency: 'XOF' });
  });
});

describe('the data of ISO 4217', () => {
  it('is list one of the package that it names', () => {
    const { version } = JSON.parse(readFileSync(require.resolve('currency-codes/package.json'), 'utf8')) as { version: string };
    expect(`currency-codes ${version}`).toBe(LIST_ONE.package);
    expect(list).toContain(`Pblshd="${LIST_ONE.published}"`);
    const decimals = new Map([...list.matchAll(/<Ccy>(\w+)<\/Ccy>[^]*?<CcyMnrUnts>(.+)<\/CcyMnrUnts>/g)].map(([, code, units]) => [code, units]));
    const codes = Map.groupBy([...decimals.keys()].sort(), code => decimals.get(code));
    codes.delete('N.A.');
    expect(Object.fromEntries([...codes].map(([units, of]) => [units, of.join(' ')]))).toEqual(LIST_ONE.codes);
  });

  it('names what its amendments change, and nothing else', () => {
    const listed = new Set(Object.values(LIST_ONE.codes).flatMap(codes => codes.split(' ')));
    const changes = Object.values(AMENDMENTS).flat();
    expect(changes.filter(({ from }) => from !== undefined).map(({ code }) => [code, listed.has(code)])).toEqual([
      ['XCG', false],
      ['XAD', false],
    ]);
    expect(changes.filter(({ until }) => until !== undefined).every(({ code }) => listed.has(code))).toBe(true);
    expect(WITHDRAWN.filter(({ code }) => listed.has(code))).toEqual([]);
  });

  const lastDays = new Map<string, string>();
  for (const rows of Object.values(currencyData.region)) {
    for (const [code, { _to = 'in use' }] of rows.flatMap(row => Object.entries(row)))
      if (!((lastDays.get(code) ?? '') > _to)) lastDays.set(code, _to);
  }

  it('has other decimals than CLDR where CLDR tells what people pay in, and nowhere else', () => {
    const digits = (code: string) => Number((currencyData.fractions[code] ?? currencyData.fractions.DEFAULT)._digits);
    const others = [...lastDays.keys()].filter(code => isCurrency(code) && digits(code) !== minorUnits(code)).sort();
    const unusedCoins = 'AFN ALL COP HUF IDR IRR KPW LAK LBP MGA MMK MRO PKR SLL SOS STD SYP YER ZMK'.split(' ');
    expect(others.map(code => `${code} ${minorUnits(code)} ${digits(code)}`)).toEqual([...unusedCoins.map(code => `${code} 2 0`), 'IQD 3 0'].sort());
  });

  it('ends a currency when CLDR does, but for one', () => {
    const ours = [...WITHDRAWN, ...Object.values(AMENDMENTS).flat()].filter(({ until }) => until !== undefined);
    const others = ours.filter(({ code, until }) => lastDays.get(code) !== until);
    // The peso could be changed until the end of the month that CLDR has the first day of.
    expect(others.map(({ code, until }) => [code, until, lastDays.get(code)])).toEqual([['CUC', '2021-06-30', '2021-06-01']]);
  });

  it('has in use what CLDR has, but for one, and one more', () => {
    const inUse = [...lastDays].filter(([, last]) => last === 'in use').map(([code]) => code);
    // Yuan outside of China have no code of their own.
    expect(inUse.filter(code => !isCurrencyOn(code, '2026-11-30') && !NO_MONEY.includes(code))).toEqual(['CNH']);
    const known = [...Object.values(LIST_ONE.codes).flatMap(codes => codes.split(' ')), 'XCG', 'XAD'];
    // The colon of El Salvador was never withdrawn from ISO's list.
    expect(known.filter(code => isCurrencyOn(code, '2026-11-30') && lastDays.get(code) !== 'in use')).toEqual(['SVC']);
  });

  const NO_MONEY = [...list.matchAll(/<Ccy>(\w+)<\/Ccy>[^]*?<CcyMnrUnts>(.+)<\/CcyMnrUnts>/g)].flatMap(([, code, units]) =>
    units === 'N.A.' ? [code] : [],
  );

  it('takes what has no decimals for no money', () => {
    expect(NO_MONEY).toContain('XAU');
    expect(NO_MONEY.filter(isCurrency)).toEqual([]);
  });
});

describe('a currency that came or went', () => {
  it.each([
    ['BGN', '2025-12-31', true],
    ['BGN', '2026-01-31', true],
    ['BGN', '2026-02-01', false],
    ['XCG', '2025-03-30', false],
    ['XCG', '2025-03-31', true],
    ['ANG', '2025-06-30', true],
    ['HRK', '2022-05-05', true],
    ['HRK', '2026-05-05', false],
    ['EUR', '2026-05-05', true],
    ['ZZZ', '2026-05-05', false],
  ])('%s on %s: %s', (code, day, held) => expect(isCurrencyOn(code, day)).toBe(held));
});

describe('a code that ISO 4217 never had', () => {
  const wrong = ['ZZZ', 'XXX', 'XAU', 'CNH', 'DEM2', 'eur'];

  it.each(wrong)('%s is refused where it is stated', currency => {
    const faults = validateSync(plainToInstance(Money, { amount: '1.00', currency }));
    expect(faults.map(({ property, constraints }) => [property, Object.values(constraints ?? {})])).toEqual([
      ['currency', ['currency must be an ISO 4217 currency code']],
    ]);
  });

  it.each(wrong)('%s is what is wrong with a vendor’s record', currency => {
    expect(brokenRules({ currency }, { currency: 'currency' })).toEqual([{ field: 'currency', rule: 'currency' }]);
  });

  it.each(['EUR', 'BGN', 'XCG', 'HRK'])('%s is one', currency => {
    expect(validateSync(plainToInstance(Money, { amount: '1.00', currency }))).toEqual([]);
    expect(brokenRules({ currency }, { currency: 'currency' })).toEqual([]);
  });
});
