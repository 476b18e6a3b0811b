/** What an external id in the ERP stands for. */
export interface InvoicedPart {
  lineId: string;
  version: number;
  /** `whole`: what was billed first of the version; `later`: a part of it that was billed later. */
  part: 'whole' | 'later';
  reversal: boolean;
}

/**
 * Reads `tl-<line>-v<version>[-o<n>|-c][-r]` (BillableTransaction.externalId). Undefined for an id
 * that is not ours, and for a cost record (`-c`), which is on no invoice.
 */
export function partOf(externalId: string): InvoicedPart | undefined {
  const read = /^tl-(?<line>(?:tim|exp)_[0-9a-z]+)-v(?<version>\d{1,9})(?<later>-o\d+)?(?<reversal>-r)?$/.exec(externalId)?.groups;
  if (!read) return undefined;
  return {
    lineId: read.line,
    version: Number(read.version),
    part: read.later === undefined ? 'whole' : 'later',
    reversal: read.reversal !== undefined,
  };
}
