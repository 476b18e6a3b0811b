/**
 * A tax registration as it is compared and checked, by every app: in capitals, without blanks and punctuation. `CHE-123.456.789 MWST` is
 * `CHE123456789MWST`. Mexico's have an ampersand, Ireland's older ones a plus or an asterisk.
 */
export const normalisedTaxRegistration = (text: string): string =>
  text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}&+*]/gu, '');
