/**
 * A tax registration in the form in which every app compares and checks it: in capitals, without
 * blanks and punctuation. `CHE-123.456.789 MWST` becomes `CHE123456789MWST`. Mexico's have an
 * ampersand, Ireland's older ones a plus or an asterisk.
 */
export const normalisedTaxRegistration = (text: string): string =>
  text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}&+*]/gu, '');
