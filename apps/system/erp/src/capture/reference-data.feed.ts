import { REFERRED_KINDS, referenceId, type ReferenceValue, type ReferredValue } from '#canonical';
import { changedOf, type Feed } from '#capture';
import type { ErpConfig } from '../erp.config.js';
import type { ErpVendor } from '../vendors/port/erp.port.js';
import { eventOf } from './event-of.js';
import { wholeFeed } from './whole-feed.js';

/** A value as a shadow keeps it. */
export type KeptReferenceValue = ReferredValue & { id: string };
export type ListedReferenceValue = ReferenceValue & { id: string };

/**
 * A request that was refused for a missing reference may succeed once the reference exists, so the
 * change is published.
 */
export function referenceDataFeed(vendor: ErpVendor, { referencePollMs, sweepMs }: ErpConfig): Feed<KeptReferenceValue> {
  const everything = async () => {
    const kinds = await Promise.all(REFERRED_KINDS.map(kind => vendor.referenceData.values(kind)));
    const items = kinds.flatMap(kind => kind.items).map(value => ({ ...value, id: referenceId(value.kind, value.code) }));
    return { items, unreadable: kinds.flatMap(({ unreadable = [] }) => unreadable) };
  };
  return wholeFeed(everything, {
    name: 'reference-data',
    noun: 'reference-value',
    everyMs: referencePollMs,
    sweepEveryMs: sweepMs,
    events: change => [eventOf('reference-value.changed.v1', change, changedOf(change), [])],
  });
}
