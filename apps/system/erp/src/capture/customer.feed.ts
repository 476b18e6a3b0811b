import type { Customer } from '#canonical';
import { changedOf, type Change, type Feed } from '#capture';
import type { NewEvent } from '#events';
import type { BillingCustomerInErp } from '../customers/billing-customer-in-erp.js';
import type { ErpConfig } from '../erp.config.js';
import type { ErpVendor } from '../vendors/port/erp.port.js';
import { eventOf } from './event-of.js';

/** The legal entities that bill it; none while nobody said. */
export const entitiesOfCustomer = ({ legalEntity, furtherLegalEntities = [] }: Partial<BillingCustomerInErp>): string[] =>
  legalEntity ? [legalEntity, ...furtherLegalEntities] : furtherLegalEntities;

export function customerFeed(vendor: ErpVendor, { pollMs, overlapMs, sweepMs }: ErpConfig): Feed<BillingCustomerInErp> {
  return {
    name: 'customers',
    noun: 'billing-customer',
    clock: () => vendor.clock,
    everyMs: pollMs,
    overlapMs,
    sweepEveryMs: sweepMs,
    read: cursor => vendor.customers.changed(cursor),
    sweep: () => vendor.customers.all(),
    events: change => [customerChanged(change)],
    legalEntities: entitiesOfCustomer,
  };
}

/** The attributes that say which legal entities a customer has; the event states these itself. */
const OF_BILLING = new Set(['legalEntity', 'furtherLegalEntities']);

function customerChanged(change: Change<BillingCustomerInErp>): NewEvent<'billing-customer.changed.v1'> {
  const { before, after } = change;
  const changed = change.changed.map(name => (name === 'status' ? 'active' : name)).filter(name => !OF_BILLING.has(name));
  const data = changedOf({ before: before && customerOf(before), after: after && customerOf(after), changed });
  return eventOf('billing-customer.changed.v1', change, data, entitiesOfCustomer((after ?? before)!));
}

/** The customer as everybody knows it. */
function customerOf({ legalEntity: _, furtherLegalEntities: __, status, ...customer }: BillingCustomerInErp): Customer {
  return { ...customer, active: status === 'active' };
}
