import type { CanonicalEvent, Customer } from '#canonical';
import type { Change, Feed } from '#capture';
import type { BillingCustomerInErp } from '../customers/billing-customer-in-erp.js';
import type { ErpConfig } from '../erp.config.js';
import type { ErpVendor } from '../vendors/erp-vendor.js';

/** The legal entity that bills it; none while nobody said. */
export const entitiesOfCustomer = ({ legalEntity }: Partial<BillingCustomerInErp>): string[] => (legalEntity ? [legalEntity] : []);

export function customerFeed(vendor: ErpVendor, { pollMs, overlapMs, sweepMs }: ErpConfig): Feed<BillingCustomerInErp> {
  return {
    name: 'customers',
    noun: 'billing-customer',
    everyMs: pollMs,
    overlapMs,
    sweepEveryMs: sweepMs,
    read: cursor => vendor.customersChanged(cursor),
    sweep: () => vendor.allCustomers(),
    events: change => [customerChanged(change)],
    legalEntities: entitiesOfCustomer,
  };
}

function customerChanged(change: Change<BillingCustomerInErp>): CanonicalEvent<'billing-customer.changed.v1'> {
  const { before, after, version, at, correlationId } = change;
  const held = (after ?? before)!;
  const [state, previous] = [customerOf(held), before ? customerOf(before) : undefined];
  const changed = change.changed.map(name => (name === 'status' ? 'active' : name)).filter(name => name !== 'legalEntity');
  return {
    id: `${held.id}:${version}`,
    source: '/system/erp',
    type: 'billing-customer.changed.v1',
    key: held.id,
    time: at,
    data: { state, changed, ...(previous ? { previous: only(previous, changed) } : {}), ...(after ? {} : { deleted: true }) },
    legalEntities: entitiesOfCustomer(held),
    correlationId,
  };
}

/** The customer as everybody knows it. */
function customerOf({ legalEntity: _, status, ...customer }: BillingCustomerInErp): Customer {
  return { ...customer, active: status === 'active' };
}

/** What the changed attributes were before. */
export const only = <T extends object>(state: T, attributes: string[]): Partial<T> =>
  Object.fromEntries(Object.entries(state).filter(([name]) => attributes.includes(name))) as Partial<T>;
