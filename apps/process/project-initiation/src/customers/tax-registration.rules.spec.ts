import { describe, expect, it } from 'vitest';
import { normalisedTaxRegistration } from '#canonical';
import { EXAMPLES, exampleOf, registrationFault } from './tax-registration.rules.js';

const firms = new Map([['PL', /^\d{10}$/]]);

describe('a tax registration', () => {
  it.each(Object.entries(EXAMPLES))('of %s is %s, with or without what people write between its parts', (country, example) => {
    for (const written of [example, normalisedTaxRegistration(example), example.toLowerCase(), ` ${example.replace(/(\d{3})/g, '$1 ')}`])
      expect(registrationFault(country, written, new Map())).toBeUndefined();
  });

  it.each([
    ['CH', 'CHE-107.787.577 MWST'],
    ['CH', 'CHE-107.787.577'],
    ['CH', 'CHE 107 787 577 TVA'],
    ['GB', 'XI980780684'],
    ['IN', '27AAPFU0939F1ZV'],
    ['NO', 'NO 995 525 828 MVA'],
    ['AU', '83 914 571 673'],
    ['AE', '100-3456-7890-1234'],
    ['BO', 'whatever it is'],
    ['PL', '856 734 62 15'],
  ])('of %s may be %s', (country, written) => expect(registrationFault(country, written, firms)).toBeUndefined());

  it.each([
    ['GB', 'GB12', 'malformed'],
    ['GB', '980780684', 'malformed'],
    ['DE', 'DE12345678', 'malformed'],
    ['DE', 'not yet known', 'malformed'],
    ['DE', 'FR40303265045', 'malformed'],
    ['CH', 'CHE-107.787', 'malformed'],
    ['IE', 'IE1234567', 'malformed'],
    ['PL', 'PL8567346215', 'malformed'],
    ['GB', 'GB123456789', 'doubtful'],
    ['DE', 'DE123456789', 'doubtful'],
    ['CH', 'CHE-123.456.789 MWST', 'doubtful'],
    ['FR', 'FR12345678901', 'doubtful'],
    ['IT', 'IT12345678901', 'doubtful'],
    ['US', '00-1144442', 'doubtful'],
    ['SG', 'M2-1234567-8', 'doubtful'],
  ])('of %s that says %s is %s', (country, written, fault) => expect(registrationFault(country, written, firms)).toBe(fault));

  it('is told by an example, or by what it is called there', () => {
    expect([exampleOf('DE'), exampleOf('AU'), exampleOf('AE')]).toEqual(['DE136695976', 'Australian Business Number', 'AE']);
  });
});
