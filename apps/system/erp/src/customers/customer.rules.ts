import { canonicalJson, Problem, type BillingCustomer, type Effect } from '#canonical';
import { attributesWith, ownedByTarget } from '#ownership';

export type CustomerChange = Omit<Effect, 'system' | 'account'>;

/** Attributes that finance owns once it has them: a request for another value changes nothing. */
const KEPT_BY_THE_ERP = attributesWith('ignore', 'customer', 'crm', 'erp') as (keyof BillingCustomer)[];
/** Attributes that finance may set where nobody else does. */
const SAID_IN_THE_ERP = ownedByTarget('customer', 'crm', 'erp') as (keyof BillingCustomer)[];

/**
 * The customer to write, given the current one. Name, address and contact follow the request. Legal
 * entity, currency, tax registration and terms belong to the ERP once it has them. How it is
 * invoiced belongs to the ERP too, unless the request states something else.
 */
export function customerToWrite(desired: BillingCustomer, current: Partial<BillingCustomer> | null): BillingCustomer {
  if (!current) return desired;
  const kept = [...KEPT_BY_THE_ERP, ...SAID_IN_THE_ERP.filter(name => desired[name] === undefined)]
    .filter(name => current[name] !== undefined)
    .map(name => [name, current[name]]);
  return { ...desired, ...(Object.fromEntries(kept) as Partial<BillingCustomer>) };
}

/**
 * The one write that is needed, or none. `current` without an id is a customer without our id yet:
 * adopting it is an update.
 */
export function customerChange(desired: BillingCustomer, current: Partial<BillingCustomer> | null): CustomerChange | null {
  const after = customerToWrite(desired, current);
  if (current && canonicalJson(current) === canonicalJson(after)) return null;
  return {
    operation: operationOf(after, current),
    noun: 'customer',
    externalId: desired.id,
    before: current as Record<string, unknown> | null,
    after: after as unknown as Record<string, unknown>,
    money: null,
  };
}

function operationOf(after: BillingCustomer, current: Partial<BillingCustomer> | null): CustomerChange['operation'] {
  if (!current) return 'create';
  if (current.status === after.status) return 'update';
  return after.status === 'active' ? 'reactivate' : 'archive';
}

/**
 * Whether two customers belong to one firm (a branch and its head, or two branches), and so may
 * share one tax registration.
 */
export const shareTheirNumber = (one: Pick<BillingCustomer, 'id' | 'parentId'>, other: Partial<BillingCustomer>): boolean =>
  other.id !== undefined &&
  other.id !== one.id &&
  (other.id === one.parentId || other.parentId === one.id || (one.parentId !== undefined && other.parentId === one.parentId));

/** A customer of the ERP with the tax registration of one that is wanted. */
export interface Namesake {
  customer: Partial<BillingCustomer>;
  /** The id of ours that it has already, if any. */
  externalId?: string;
  /** What people call it there. */
  called: string;
}

/**
 * The only customer with this tax registration, if it has no other id of ours; null: there is none.
 * A branch shares its firm's registration and is no match for it. Throws `conflict`:
 * `customer-ambiguous`, `customer-taken`.
 */
export function theOneToAdopt<T extends Namesake>(wanted: BillingCustomer, found: T[], erp: string): T | null {
  const { id, taxRegistration } = wanted;
  const matches = found.filter(({ customer }) => !shareTheirNumber(wanted, customer));
  if (matches.length === 0) return null;
  const names = matches.map(({ called }) => called).join(', ');
  const fields = [{ field: 'taxRegistration', rule: 'unique', message: `In ${erp} ${names} has the tax registration ${taxRegistration}` }];
  if (matches.length > 1)
    throw new Problem('conflict', `Several customers in ${erp} have the tax registration ${taxRegistration}: ${names}.`, {
      code: 'customer-ambiguous',
      fields,
    });
  const [match] = matches;
  if (match.externalId !== undefined && match.externalId !== id)
    throw new Problem(
      'conflict',
      `The customer in ${erp} with the tax registration ${taxRegistration}, ${names}, bears the external id ${match.externalId} already.`,
      { code: 'customer-taken', fields },
    );
  return match;
}
