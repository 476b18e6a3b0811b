/**
 * The line to which an external id in the ERP belongs, as its version, overage part or reversal:
 * `tl-<line>-v<version>…`; undefined when the id isn't one of ours.
 */
export const lineOfTransaction = (externalId: string): string | undefined => /^tl-((?:tim|exp)_[0-9a-z]+)-v\d/.exec(externalId)?.[1];
