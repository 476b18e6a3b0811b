import { compact, countryCode, shortened, UNKNOWN_COUNTRY, type Address, type Customer } from '#canonical';
import { customerIdOf, refTo, to18, type Org } from '../salesforce.references.js';
import { filled } from '../salesforce.wire.js';
import type { SalesforceAccount } from './customers.wire.js';

export function customerOf(account: SalesforceAccount, org: Org): Customer {
  return compact({
    id: customerIdOf(org, account.id),
    name: account.name,
    legalName: account.legalName,
    parentId: account.parentId && customerIdOf(org, account.parentId),
    billingAddress: addressOf(account, org),
    billingEmail: account.billingEmail,
    taxRegistration: account.taxRegistration,
    currency: account.currency,
    paymentTerms: account.paymentTerms,
    purchaseOrderRequired: account.purchaseOrderRequired,
    billToId: account.billTo && to18(account.billTo) !== to18(account.id) ? customerIdOf(org, account.billTo) : undefined,
    reverseCharge: account.reverseCharge,
    active: true,
    refs: [refTo(org, 'Account', account.id)],
    extensions: filled(account.extensions),
  });
}

/** Undefined where every part is empty. An unknown country is kept as it is written. */
function addressOf({ street, city, state, postalCode, country }: SalesforceAccount, { languages }: Org): Address | undefined {
  const written = country?.trim() ?? '';
  const code = countryCode(written, languages);
  if (code === undefined && ![street, city, state, postalCode, written].some(part => part?.trim())) return undefined;
  const told = code === undefined ? { country: UNKNOWN_COUNTRY, ...(written ? { countryName: shortened(written, 80) } : {}) } : { country: code };
  return compact<Address>({ street, city, state, postalCode, ...told });
}
