import { Decimal } from 'decimal.js';
import { monthStart, plusDays } from '../firm/days.js';
import type { Firm } from '../firm/firm.js';
import type { Records } from './records.js';
import type { NetsuiteRow, Values } from './row.js';

type Put = (type: string, values: Values, externalId?: string) => NetsuiteRow;

/** The value of one unit in US dollars, around which the months vary. */
const WORTH: Record<string, string> = { USD: '1', GBP: '1.2700', EUR: '1.0850', JPY: '0.0067', KWD: '3.2500' };
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Periods are closed up to so many months before the month the firm is set up as of. */
const MONTHS_OPEN = 3;
const YEARS_AROUND = 2;

/** In the ERP's own words; the firm's vocabulary refers to them by code. */
const EXPENSE_CATEGORIES = [
  { code: 'AIRFARE', name: 'Airfare' },
  { code: 'LODGING', name: 'Lodging' },
  { code: 'MEALS', name: 'Meals' },
  { code: 'MILEAGE', name: 'Mileage' },
  { code: 'GROUND-TRANSPORT', name: 'Ground Transport' },
  { code: 'SOFTWARE', name: 'Software' },
  { code: 'OTHER', name: 'Other' },
];

/** The firm's books: expense categories, currency rates, and the months that may be posted to. */
export function seedBooks(records: Records, firm: Firm, put: Put): void {
  const subsidiary = records.all('subsidiary').map(({ id }) => id);
  for (const { code, name } of EXPENSE_CATEGORIES) put('expenseCategory', { name, rateRequired: false, subsidiary, isInactive: false }, code);
  periods(firm, put);
  currencyRates(records, firm, put);
}

/** Years, quarters and months; the calendar is the same for all subsidiaries. */
function periods(firm: Firm, put: Put): void {
  const asOfYear = Number(firm.asOf.slice(0, 4));
  const openFrom = monthStart(firm.asOf, -MONTHS_OPEN);
  const period = (periodName: string, startDate: string, months: number, more: Values) =>
    put('accountingPeriod', {
      periodName,
      startDate,
      endDate: plusDays(monthStart(startDate, months), -1),
      allLocked: false,
      arLocked: false,
      apLocked: false,
      payrollLocked: false,
      allowNonGLChanges: false,
      isAdjust: false,
      isPosting: months === 1,
      isQuarter: months === 3,
      isYear: months === 12,
      isInactive: false,
      closed: monthStart(startDate, months) <= openFrom,
      ...more,
    });
  for (let year = asOfYear - YEARS_AROUND; year <= asOfYear + YEARS_AROUND; year++) {
    const { id: whole } = period(`FY ${year}`, `${year}-01-01`, 12, {});
    for (let quarter = 0; quarter < 4; quarter++) {
      const start = monthStart(`${year}-01-01`, quarter * 3);
      const { id: parent } = period(`Q${quarter + 1} ${year}`, start, 3, { parent: whole });
      for (let month = 0; month < 3; month++) period(`${MONTHS[quarter * 3 + month]} ${year}`, monthStart(start, month), 1, { parent });
    }
  }
}

/**
 * Month by month from two years before, each pair in both directions, so that nobody has to invert
 * a rate.
 */
function currencyRates(records: Records, firm: Firm, put: Put): void {
  const currencies = records.all('currency');
  const first = monthStart(firm.asOf, -12 * YEARS_AROUND);
  for (let month = 0; month <= 12 * YEARS_AROUND + 12; month++) {
    const effectiveDate = monthStart(first, month);
    for (const base of currencies) {
      for (const foreign of currencies.filter(({ id }) => id !== base.id)) {
        const exchangeRate = worth(foreign, month).dividedBy(worth(base, month)).toDecimalPlaces(6, Decimal.ROUND_HALF_UP).toNumber();
        put('currencyRate', { baseCurrency: base.id, transactionCurrency: foreign.id, effectiveDate, exchangeRate });
      }
    }
  }
}

/** A slow swing of two per cent, different for each currency. */
function worth({ values }: NetsuiteRow, month: number): Decimal {
  const symbol = String(values.symbol);
  const swing = symbol === 'USD' ? 0 : ((month * 7 + symbol.charCodeAt(0)) % 41) - 20;
  return new Decimal(WORTH[symbol] ?? '1').times(new Decimal(1000 + swing).dividedBy(1000));
}
