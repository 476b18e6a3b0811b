import { entityValidators, euVat, stdnum, type Validator } from 'stdnum';
import { normalisedTaxRegistration } from '#canonical';

/**
 * What is wrong with a number. `malformed`: its form is certainly wrong. `doubtful`: its check
 * digits are wrong, or the library does not know a part of it, so it may still be right.
 */
export type RegistrationFault = 'malformed' | 'doubtful';

/**
 * Valid numbers to show in sentences. These countries have a single kind of number with a certain
 * form.
 */
export const EXAMPLES: Record<string, string> = {
  AT: 'ATU13585627',
  BE: 'BE0428759497',
  BG: 'BG175074752',
  CH: 'CHE-107.787.577 MWST',
  CY: 'CY10259033P',
  CZ: 'CZ25123891',
  DE: 'DE136695976',
  DK: 'DK13585628',
  EE: 'EE100931558',
  ES: 'ESB58378431',
  FI: 'FI20774740',
  FR: 'FR40303265045',
  GB: 'GB980780684',
  GR: 'EL094259216',
  HR: 'HR33392005961',
  HU: 'HU12892312',
  IE: 'IE6433435F',
  IT: 'IT00743110157',
  LT: 'LT119511515',
  LU: 'LU15027442',
  LV: 'LV40003521600',
  MT: 'MT11679112',
  NL: 'NL004495445B01',
  PL: 'PL8567346215',
  PT: 'PT501964843',
  RO: 'RO18547290',
  SE: 'SE123456789701',
  SI: 'SI50223054',
  SK: 'SK2022749619',
  US: '91-1144442',
};

/** Prefixes of a country's numbers where they differ from the country's code or may be left out. */
const PREFIXES: Record<string, string[]> = { GB: ['GB', 'XI'], GR: ['EL'], US: [''] };

/**
 * A Swiss number is valid with and without the word for the tax. Firms in India have a number for
 * goods and services beside the one for income. The library does not know every kind of number of
 * the other countries.
 */
const VALIDATORS: Record<string, Validator[]> = {
  ...entityValidators,
  ...euVat,
  CH: [stdnum.CH.vat, stdnum.CH.uid],
  IN: [stdnum.IN.gstin, stdnum.IN.pan],
};

/**
 * What is wrong with a country's registration, by the firm's own pattern where it has one; nothing
 * where no rule for the country is known.
 */
export function registrationFault(country: string, registration: string, firms: ReadonlyMap<string, RegExp>): RegistrationFault | undefined {
  const number = normalisedTaxRegistration(registration);
  const firm = firms.get(country);
  if (firm) return firm.test(number) ? undefined : 'malformed';
  const validators = VALIDATORS[country] ?? [];
  const isCertain = country in EXAMPLES;
  if (isCertain && !(PREFIXES[country] ?? [country]).some(prefix => number.startsWith(prefix))) return 'malformed';
  // Northern Ireland's numbers differ from Great Britain's only by the prefix.
  const errors = validators.map(({ validate }) => validate(country === 'GB' ? number.replace(/^XI/, 'GB') : number).error?.name);
  if (errors.length === 0 || errors.includes(undefined)) return undefined;
  return isCertain && errors.every(error => error === 'InvalidLength' || error === 'InvalidFormat') ? 'malformed' : 'doubtful';
}

/** What people should enter: an example number, or the number's name in their country. */
export const exampleOf = (country: string): string => EXAMPLES[country] ?? VALIDATORS[country]?.[0]?.name ?? country;
