import type { BillingCustomer, FieldFault } from '#canonical';

/** NetSuite's fields of a customer that people's text goes into, with where it comes from. */
const FIELDS: Record<string, { field: string; of: (customer: BillingCustomer) => string | undefined }> = {
  companyName: { field: 'name', of: ({ name }) => name },
  addressee: { field: 'legalName', of: ({ legalName }) => legalName },
  email: { field: 'billingEmail', of: ({ billingEmail }) => billingEmail },
  addr1: { field: 'billingAddress.street', of: ({ billingAddress }) => billingAddress.street },
  city: { field: 'billingAddress.city', of: ({ billingAddress }) => billingAddress.city },
  state: { field: 'billingAddress.state', of: ({ billingAddress }) => billingAddress.state },
  zip: { field: 'billingAddress.postalCode', of: ({ billingAddress }) => billingAddress.postalCode },
};

export const LENGTH_OF_FIELD = new RegExp(`^(${Object.keys(FIELDS).join('|')})=[1-9]\\d{0,4}$`);

/** What is longer than NetSuite's field: it cuts nothing and refuses it, after what was asked for before it was made. */
export function lengthFaults(customer: BillingCustomer, lengths: string[]): FieldFault[] {
  return lengths.flatMap(pair => {
    const [name, most] = pair.split('=');
    const { field, of } = FIELDS[name];
    const length = of(customer)?.length ?? 0;
    if (length <= Number(most)) return [];
    return [{ field, rule: 'length', message: `NetSuite's ${name} takes ${most} characters; ${field} has ${length}` }];
  });
}
