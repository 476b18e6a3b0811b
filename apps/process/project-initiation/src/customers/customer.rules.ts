import { reasonOf, type Fault, type MessageCode, type ParamsBeside, type ParamsOf } from '#apis';
import { normalisedTaxRegistration, UNKNOWN_COUNTRY, type Customer } from '#canonical';
import type { MappingTable } from '#mappings';
import { needs, type CustomerField } from '../needs.js';
import { missingParts, type AddressPart } from './address.rules.js';
import { exampleOf, registrationFault } from './tax-registration.rules.js';

/** What the firm requires of its customers, by country. */
export interface CustomerRules {
  /** Required parts of an address, where the firm requires something other than the data do. */
  addressParts: ReadonlyMap<string, AddressPart[]>;
  /** Countries whose customers need a tax registration. */
  registered: ReadonlySet<string>;
  /** The pattern of a normalised registration, where the firm states its own. */
  registrations: ReadonlyMap<string, RegExp>;
  /** Whether people are asked about a number that fails its country's checks. */
  doubtful: 'ask' | 'accept';
}

/**
 * People's answer about a number that fails its country's checks, stored as the number's mapping.
 */
export const IS_RIGHT = 'right';

/** The settings by country. */
export function customerRules(settings: {
  addressParts: string[];
  taxRegistrationRequired: string[];
  taxRegistrationPatterns: string[];
  doubtfulTaxRegistration: 'ask' | 'accept';
}): CustomerRules {
  const byCountry = (list: string[]) => list.map((one): [string, string] => [one.slice(0, 2), one.slice(3)]);
  return {
    addressParts: new Map(byCountry(settings.addressParts).map(([country, parts]) => [country, parts.split('+') as AddressPart[]])),
    registered: new Set(settings.taxRegistrationRequired),
    registrations: new Map(byCountry(settings.taxRegistrationPatterns).map(([country, pattern]) => [country, new RegExp(`^(?:${pattern})$`, 'u')])),
    doubtful: settings.doubtfulTaxRegistration,
  };
}

/** Everything that a customer lacks for its country and its taxes. */
export function customerFaults(customer: Customer, rules: CustomerRules, mappings: MappingTable): Fault[] {
  const faults: Fault[] = [];
  const fault = <Code extends MessageCode>(
    code: Code,
    field: CustomerField,
    params: ParamsBeside<Code, 'customer'>,
    need = needs.customer(customer.id, field),
  ) =>
    faults.push({
      reason: reasonOf(code, { customer: customer.name || customer.id, ...params } as ParamsOf<Code>, { field: `customer.${camel(field)}` }),
      category: 'validation',
      desk: field === 'tax-registration' ? 'finance' : 'sales-operations',
      need,
    });
  if (!customer.name.trim()) fault('customer.name-missing', 'name', {});
  const { billingAddress: address, taxRegistration } = customer;
  if (!address) {
    fault('customer.address-missing', 'address', {});
    return faults;
  }
  const { country, countryName } = address;
  const isKnown = country !== UNKNOWN_COUNTRY;
  if (countryName) fault('customer.country-unknown', 'address', { country: countryName });
  const missing = [...missingParts(address, rules.addressParts), ...(isKnown || countryName ? [] : ['country'])];
  if (missing.length > 0) fault('customer.address-incomplete', 'address', { missing: missing.join(', ') });
  if (!isKnown) return faults;
  const params = { country, example: exampleOf(country) };
  if (!taxRegistration?.trim()) {
    if (rules.registered.has(country)) fault('customer.tax-registration-missing', 'tax-registration', params);
    return faults;
  }
  const wrong = registrationFault(country, taxRegistration, rules.registrations);
  const number = `${country}:${normalisedTaxRegistration(taxRegistration)}`;
  const values = { ...params, value: taxRegistration };
  if (wrong === 'malformed') fault('customer.tax-registration-malformed', 'tax-registration', values);
  if (wrong === 'doubtful' && rules.doubtful === 'ask' && mappings.get('tax-registration', number) !== IS_RIGHT)
    fault('customer.tax-registration-doubtful', 'tax-registration', values, needs.taxRegistration(number));
  return faults;
}

const camel = (field: string): string => field.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
