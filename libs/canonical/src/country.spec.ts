import { describe, expect, it } from 'vitest';
import { countryCode, COUNTRIES } from './country.js';

const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt'];

describe('a country', () => {
  it.each([
    ['DE', 'DE'],
    ['de', 'DE'],
    ['DEU', 'DE'],
    ['Germany', 'DE'],
    ['Deutschland', 'DE'],
    ['Allemagne', 'DE'],
    [' ALEMANIA ', 'DE'],
    ['Österreich', 'AT'],
    ['Osterreich', 'AT'],
    ['Vereinigte Arabische Emirate', 'AE'],
    ["Côte d'Ivoire", 'CI'],
    ['Cote d’Ivoire', 'CI'],
    ['U.S.A.', 'US'],
    ['USA', 'US'],
    ['UK', 'GB'],
    ['The Netherlands', 'NL'],
    ['Türkei', 'TR'],
    ['Kosovo', 'XK'],
  ])('is written %s: %s', (written, code) => expect(countryCode(written, LANGUAGES)).toBe(code));

  it.each(['Atlantis', 'EU', 'ZZ', 'DDR', '', '日本'])('%s is none in these languages', written =>
    expect(countryCode(written, LANGUAGES)).toBeUndefined(),
  );

  it('is known by its name in the languages that are asked for', () => {
    expect(countryCode('日本', ['ja'])).toBe('JP');
    expect(countryCode('Deutschland', ['en'])).toBeUndefined();
  });

  it('has no name in these languages that is another country’s too', () => {
    const names = new Map<string, Set<string>>();
    for (const language of LANGUAGES) {
      const told = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
      for (const code of COUNTRIES) {
        const name = (told.of(code) ?? code).toLowerCase();
        names.set(name, (names.get(name) ?? new Set()).add(code));
      }
    }
    expect([...names].filter(([, codes]) => codes.size > 1)).toEqual([]);
    expect(COUNTRIES.size).toBe(250);
  });
});
