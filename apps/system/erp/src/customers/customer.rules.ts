import { canonicalJson, Problem, type BillingCustomer, type Effect } from '#canonical';
import { attributesWith, ownedByTarget } from '#ownership';

export type CustomerChange = Omit<Effect, 'system' | 'account'>;

/** What finance keeps once it has it: asking for something else changes nothing there. */
const KEPT_BY_THE_ERP = attributesWith('ignore', 'customer', 'crm', 'erp') as (keyof BillingCustomer)[];
/** What finance may say where nobody else does. */
const SAID_IN_THE_ERP = ownedByTarget('customer', 'crm', 'erp') as (keyof BillingCustomer)[];

/**
 * The customer as it is to be, given what is there: name, address and contact follow what is asked for; legal entity, currency, tax
 * registration and terms belong to the ERP from the moment it has them; so does how it is invoiced where nobody asks for something else.
 */
export function settledCustomer(desired: BillingCustomer, current: Partial<BillingCustomer> | null): BillingCustomer {
  if (!current) return desired;
  const kept = [...KEPT_BY_THE_ERP, ...SAID_IN_THE_ERP.filter(name => desired[name] === undefined)]
    .filter(name => current[name] !== undefined)
    .map(name => [name, current[name]]);
  return { ...desired, ...(Object.fromEntries(kept) as Partial<BillingCustomer>) };
}

/** The one write that makes it so, or none. `current` without an id is a customer that doesn't bear our id yet: adopting it is an update. */
export function customerChange(desired: BillingCustomer, current: Partial<BillingCustomer> | null): CustomerChange | null {
  const after = settledCustomer(desired, current);
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

/** Whether two customers are of one firm, a branch and its head or two branches, and so may have one tax registration. */
export const shareTheirNumber = (one: Pick<BillingCustomer, 'id' | 'parentId'>, other: Partial<BillingCustomer>): boolean =>
  other.id !== undefined &&
  other.id !== one.id &&
  (other.id === one.parentId || other.parentId === one.id || (one.parentId !== undefined && other.parentId === one.parentId));

/** A customer of the ERP with the tax registration of one that is wanted. */
export interface Namesake {
  customer: Partial<BillingCustomer>;
  /** The id that it bears already, if any. */
  externalId?: string;
  /** What people call it there. */
  called: string;
}

/**
 * The one of those with its tax registration, if it is free to bear our id; null: there is none. A branch has that of its firm, and is no match
 * for it. Throws `conflict`: `customer-ambiguous`, `customer-taken`.
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
