import type { Fields } from './evidence.js';

/** Half away from zero. */
export function divided(what: bigint, by: bigint): bigint {
  const half = what < 0n ? -by : by;
  return (what * 2n + half) / (by * 2n);
}

/** Cents an hour times minutes. */
export const hourly = (centsAnHour: bigint, minutes: number): bigint => divided(centsAnHour * BigInt(minutes), 60n);

interface Said {
  projectId: unknown;
  employeeNumber: unknown;
  date: unknown;
  minutes: number | null;
  currency: unknown;
}

export function factsOf(type: string, record: Fields): Said {
  const refer = (value: unknown) => (value as { externalId?: string } | undefined)?.externalId;
  if (type === 'timeBill')
    return {
      projectId: refer(record.customer),
      employeeNumber: refer(record.employee),
      date: record.tranDate,
      minutes: minutesOf(record.hours),
      currency: null,
    };
  if (type === 'charge')
    return {
      projectId: refer(record.billTo),
      employeeNumber: refer(record.chargeEmployee),
      date: record.serviceStartDate ?? record.chargeDate,
      minutes: null,
      currency: (record.currency as { id?: string } | undefined)?.id,
    };
  const line = expenseLine(record);
  return {
    projectId: refer(line.customer),
    employeeNumber: refer(record.entity),
    date: line.expensedate ?? record.tranDate,
    minutes: null,
    currency: (record.expensereportcurrency as { id?: string } | undefined)?.id,
  };
}

/** What a transaction will be billed at: of time, rate times hours as the ERP rounds it. */
export function centsOf(type: string, record: Fields): bigint {
  if (type === 'charge') return centsIn(record.amount);
  if (type === 'expenseReport') return expenseLine(record).isBillable === false ? 0n : centsIn(expenseLine(record).amount);
  return record.isBillable === false ? 0n : timesHours(record.rate, minutesOf(record.hours));
}

export const expenseLine = (record: Fields): Fields => ((record.expense as { items?: Fields[] } | undefined)?.items ?? [])[0] ?? {};

/** "7:30", or a number of hours. */
function minutesOf(hours: unknown): number {
  const [, sign, h, m] = /^(-?)(\d+):(\d{2})$/.exec(String(hours)) ?? [];
  if (h === undefined) return Math.round(Number(hours) * 60);
  return (sign ? -1 : 1) * (Number(h) * 60 + Number(m));
}

export const centsIn = (amount: unknown): bigint => scaled(amount, 2);

/** A rate may have more digits than cents. */
const timesHours = (rate: unknown, minutes: number): bigint => divided(scaled(rate, 8) * BigInt(minutes), 60_000_000n);

/** The number's digits as a whole number of its 10^-places. */
export function scaled(amount: unknown, places: number): bigint {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(amount ?? 0)) ?? [];
  if (whole === undefined || fraction.length > places) throw new Error(`${String(amount)} is not an amount of ${places} places`);
  return BigInt(`${sign}${whole}${fraction.padEnd(places, '0')}`);
}

/** What must never change in a transaction that bears our id. */
export const contentOf = (type: string, record: Fields): string => JSON.stringify({ ...factsOf(type, record), cents: String(centsOf(type, record)) });

export const sumOf = (held: { cents: bigint }[]): bigint => held.reduce((sum, { cents }) => sum + cents, 0n);
