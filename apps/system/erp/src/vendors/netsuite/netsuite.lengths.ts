import type { BillingCustomer, FieldFault } from '#canonical';
import type { ProjectRecord } from '../../projects/project-records.js';

/** A field of ours and its text, by the field of NetSuite's that it goes into. */
type Texts = Record<string, [field: string, text: string | undefined]>;

const FIELDS = ['companyName', 'addressee', 'email', 'addr1', 'city', 'state', 'zip'];
export const LENGTH_OF_FIELD = new RegExp(`^(${FIELDS.join('|')})=[1-9]\\d{0,4}$`);

export const textsOfCustomer = ({ name, legalName, billingEmail, billingAddress }: BillingCustomer): Texts => ({
  companyName: ['name', name],
  addressee: ['legalName', legalName],
  email: ['billingEmail', billingEmail],
  addr1: ['billingAddress.street', billingAddress.street],
  city: ['billingAddress.city', billingAddress.city],
  state: ['billingAddress.state', billingAddress.state],
  zip: ['billingAddress.postalCode', billingAddress.postalCode],
});

export const textsOfProject = ({ title }: ProjectRecord): Texts => ({ companyName: ['title', title] });

/** What is longer than NetSuite's field: it cuts nothing and refuses it, after what was asked for before it was made. */
export function lengthFaults(texts: Texts, lengths: string[]): FieldFault[] {
  return lengths.flatMap(pair => {
    const [name, most] = pair.split('=');
    const [field, text = ''] = texts[name] ?? [];
    if (field === undefined || text.length <= Number(most)) return [];
    return [{ field, rule: 'length', message: `NetSuite's ${name} takes ${most} characters; ${field} has ${text.length}` }];
  });
}
