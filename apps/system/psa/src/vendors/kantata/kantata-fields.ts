import { Decimal } from 'decimal.js';
import { checkRecord, money, type Money, type PersonInPsa } from '#canonical';
import type { KantataUser, KantataValue } from './kantata-envelope.js';

// How records show fields of the firm's own, money and people.

const valueOf = (values: KantataValue[], name: string): unknown => values.find(value => value.custom_field_name === name)?.value;
export const textOf = (values: KantataValue[], name: string): string | undefined => {
  const value = valueOf(values, name);
  return value === undefined || value === null || value === '' ? undefined : String(value);
};

/** Throws the fault of one of the firm's own fields. */
export function checkedOf(values: KantataValue[], name: string, rule: 'day' | 'amount'): string | undefined {
  const value = textOf(values, name);
  checkRecord<Record<string, string>>('kantata', { [name]: value }, { [name]: `${rule}?` });
  return value;
}

/** Amounts are in the currency's smallest unit; the record states how many make a whole one. */
export const moneyOf = (subunits: number, { currency, currency_base_unit }: { currency: string; currency_base_unit: number }): Money =>
  money(new Decimal(subunits).div(currency_base_unit), currency);

export function personOf(user: KantataUser | null | undefined): PersonInPsa {
  const [email, name] = [user?.email_address, user?.full_name];
  checkRecord<Record<string, unknown>>('kantata', { 'user.email_address': email, 'user.full_name': name }, PERSON);
  return { email: (email ?? '').toLowerCase(), ...(name ? { name } : {}) };
}

const PERSON = { 'user.email_address': 'text?', 'user.full_name': 'text?' } as const;
