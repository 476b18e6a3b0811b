import { Decimal } from 'decimal.js';

/**
 * Whole minutes of `"7:30"`, `"7.5"` or `7.5`; minutes over 59 roll over into hours. Undefined when
 * it is none of these.
 */
export function readHours(value: unknown): number | undefined {
  const written = typeof value === 'number' ? String(value) : value;
  if (typeof written !== 'string') return undefined;
  const clock = /^(-?)(\d{1,4}):(\d{1,2})$/.exec(written);
  if (clock) return (clock[1] ? -1 : 1) * (Number(clock[2]) * 60 + Number(clock[3]));
  if (!/^-?\d{1,4}(\.\d{1,6})?$/.test(written)) return undefined;
  return new Decimal(written).times(60).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber();
}

/** `7:30` of 450 minutes. */
export function hoursText(minutes: number): string {
  const whole = Math.abs(minutes);
  return `${minutes < 0 ? '-' : ''}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** The minutes of a stored value. */
export const minutesOf = (hours: unknown): number => readHours(hours) ?? 0;
