import { Decimal } from 'decimal.js';
import { decimalsOf } from '../kit/index.js';
import { minutesOf } from './hours.js';

/** Half up, away from zero, at the currency's smallest unit. */
const rounded = (amount: Decimal, currency: string): number => amount.toDecimalPlaces(decimalsOf(currency), Decimal.ROUND_HALF_UP).toNumber();

export const cut = (value: unknown, decimals: number): number =>
  new Decimal(Number(value)).toDecimalPlaces(decimals, Decimal.ROUND_HALF_UP).toNumber();

export const product = (a: unknown, b: unknown, currency: string): number => rounded(new Decimal(Number(a)).times(Number(b)), currency);

/** Rate per hour times the hours. */
export const ofHours = (rate: unknown, hours: unknown, currency: string): number =>
  rounded(new Decimal(Number(rate)).times(minutesOf(hours)).dividedBy(60), currency);

export const percentOf = (amount: unknown, percent: unknown, currency: string): number =>
  rounded(new Decimal(Number(amount)).times(Number(percent)).dividedBy(100), currency);

export const sum = (amounts: unknown[]): number =>
  amounts.reduce<Decimal>((total, amount) => total.plus(Number(amount ?? 0)), new Decimal(0)).toNumber();

export const minus = (a: unknown, b: unknown): number => new Decimal(Number(a)).minus(Number(b)).toNumber();
