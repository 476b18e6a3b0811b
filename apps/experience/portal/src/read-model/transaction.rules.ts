/** The line whose version, overage part or reversal an external id in the ERP is: `tl-<line>-v<version>…`; undefined when it isn't one of ours. */
export const lineOfTransaction = (externalId: string): string | undefined => /^tl-((?:tim|exp)_[0-9a-z]+)-v\d/.exec(externalId)?.[1];
