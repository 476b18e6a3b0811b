import type { Address } from '#canonical';
import { ADDRESS_PARTS } from './address.data.js';

export const PARTS = ['street', 'city', 'state', 'postalCode'] as const;
export type AddressPart = (typeof PARTS)[number];

const ORDINARY: AddressPart[] = ['street', 'city'];
const REQUIRED = new Map(
  Object.entries(ADDRESS_PARTS).flatMap(([parts, countries]) =>
    countries.split(' ').map((country): [string, AddressPart[]] => [country, parts.split('+') as AddressPart[]]),
  ),
);

/**
 * The parts that a billing address lacks, by its country or by what the firm requires for that
 * country. Where addresses have no city of their own (Dubai, Hong Kong), people write the emirate
 * or the area as the city, so either is enough.
 */
export function missingParts(address: Address, firms: ReadonlyMap<string, AddressPart[]>): AddressPart[] {
  const required = firms.get(address.country) ?? REQUIRED.get(address.country) ?? ORDINARY;
  const has = (part: AddressPart) => Boolean(address[part]?.trim());
  return required.filter(part => !has(part) && !(part === 'state' && !required.includes('city') && has('city')));
}
