import { REFERENCE_KINDS, type ReferenceValue } from '#canonical';
import type { Feed } from '#capture';
import type { ErpConfig } from '../erp.config.js';
import type { ErpVendor } from '../vendors/erp-vendor.js';
import { wholeFeed } from './whole-feed.js';

/** A reference value as a shadow keeps it. */
export type KeptReferenceValue = ReferenceValue & { id: string };

/** Nothing follows from a change but that the next question is answered with it. */
export function referenceDataFeed(vendor: ErpVendor, { referencePollMs, sweepMs }: ErpConfig): Feed<KeptReferenceValue> {
  const everything = async () => {
    const kinds = await Promise.all(REFERENCE_KINDS.map(kind => vendor.referenceData(kind)));
    const items = kinds.flatMap(kind => kind.items).map(value => ({ ...value, id: `${value.kind}:${value.code}` }));
    return { items, unreadable: kinds.flatMap(({ unreadable = [] }) => unreadable) };
  };
  return wholeFeed(everything, {
    name: 'reference-data',
    noun: 'reference-value',
    everyMs: referencePollMs,
    sweepEveryMs: sweepMs,
    events: () => [],
  });
}
