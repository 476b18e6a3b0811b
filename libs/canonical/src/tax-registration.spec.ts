import { expect, it } from 'vitest';
import { normalisedTaxRegistration } from './tax-registration.js';

it.each([
  ['GB 123 4567 89', 'GB123456789'],
  ['gb-123.456.789', 'GB123456789'],
  ['47-2913846', '472913846'],
  ['CHE-123.456.789 MWST', 'CHE123456789MWST'],
  ['ＧＢ９８０７８０６８４', 'GB980780684'],
  ['DE\u00a0136 695\u2011976', 'DE136695976'],
  ['Ñ&A-010101-AAA', 'Ñ&A010101AAA'],
  ['IE 1+12345A', 'IE1+12345A'],
  ['–', ''],
])('a tax registration is compared without case, blanks and punctuation: %s', (spelt, normalised) => {
  expect(normalisedTaxRegistration(spelt)).toBe(normalised);
});
