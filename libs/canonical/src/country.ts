import { iso31661Alpha3ToAlpha2 } from 'iso-3166/1-a3-to-1-a2.js';
import { folded } from './folding.js';

/**
 * The country of an address when it is unknown: CLDR's code for it, which ISO 3166 reserves for its
 * users.
 */
export const UNKNOWN_COUNTRY = 'ZZ';

/**
 * ISO 3166's countries, and Kosovo, which has no ISO code; the European Union and CLDR use one of
 * the codes reserved for users.
 */
const BY_ALPHA_3: Record<string, string> = { ...iso31661Alpha3ToAlpha2, XKX: 'XK' };
export const COUNTRIES = new Set(Object.values(BY_ALPHA_3));

/** Spellings that people use besides codes and names. */
const ALSO: Record<string, string> = {
  uk: 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'great britain': 'GB',
  'united states of america': 'US',
  holland: 'NL',
  'the netherlands': 'NL',
  'czech republic': 'CZ',
};

const known = new Map<string, Map<string, string>>();

/** Letters and digits only: `U.S.A.` is `usa`. */
const keyOf = (name: string): string => folded(name).replace(/[^\p{L}\p{N}]/gu, '');

function namesIn(languages: readonly string[]): Map<string, string> {
  const as = languages.join();
  const held = known.get(as);
  if (held) return held;
  const names = new Map<string, string>();
  for (const language of languages) {
    for (const style of ['long', 'short'] as const) {
      const told = new Intl.DisplayNames([language], { type: 'region', style, fallback: 'none' });
      for (const code of COUNTRIES) {
        const name = told.of(code);
        const key = keyOf(name ?? '');
        // France calls the United States EU for short; two Latin letters are a code or nothing.
        if (!/^[a-z]{0,2}$/.test(key)) names.set(key, code);
      }
    }
  }
  for (const [name, code] of Object.entries(ALSO)) names.set(keyOf(name), code);
  known.set(as, names);
  return names;
}

/**
 * The ISO code of a country that is written as a code of two or three letters, or as its name in
 * one of the languages; undefined when it is neither.
 */
export function countryCode(written: string, languages: readonly string[]): string | undefined {
  const code = written.trim().toUpperCase();
  return COUNTRIES.has(code) ? code : (BY_ALPHA_3[code] ?? namesIn(languages).get(keyOf(written)));
}
