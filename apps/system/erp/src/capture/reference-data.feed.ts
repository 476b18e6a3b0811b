import { REFERRED_KINDS, referenceId, type ReferenceValue, type ReferredValue } from '#canonical';
import { changedOf, type Feed } from '#capture';
import type { ErpConfig } from '../erp.config.js';
import type { ErpVendor } from '../vendors/port/erp.port.js';
import { eventOf } from './event-of.js';
import { wholeFeed } from './whole-feed.js';

/** A value as a shadow keeps it. */
export type KeptReferenceValue = ReferredValue & { id: string };
export type ListedReferenceValue = ReferenceValue & { id: string };

/** What was refused because it refers to what is not there may go through once it is: whoever waits for it is told. */
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
