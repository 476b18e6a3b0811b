import { compact } from '#canonical';
import { recordOf, type NetsuiteReference, type WireRecord } from '../netsuite.wire.js';

export interface NetsuiteAddress {
  addressee?: string;
  addr1?: string;
  city?: string;
  state?: string;
  zip?: string;
  country?: NetsuiteReference;
}

export interface NetsuiteAddressLine {
  id?: number;
  defaultBilling: boolean;
  address: NetsuiteAddress;
  /** The whole line as it came, to send it back among those that replace the list. */
  line: Record<string, unknown>;
}

export interface NetsuiteTaxRegistration {
  nexusCountry?: NetsuiteReference;
  taxRegistrationNumber?: string;
  line: Record<string, unknown>;
}

export interface NetsuiteCustomer {
  id: string;
  externalId?: string;
  entityId?: string;
  companyName: string;
  email?: string;
  isInactive: boolean;
  subsidiary?: NetsuiteReference;
  currency?: NetsuiteReference;
  terms?: NetsuiteReference;
  parent?: NetsuiteReference;
  billTo?: NetsuiteReference;
  reverseCharge?: boolean;
  purchaseOrderRequired?: boolean;
  addressBook: NetsuiteAddressLine[];
  taxRegistration: NetsuiteTaxRegistration[];
}

/** The names of the firm's own fields of customers; empty where it has none. */
export interface CustomerFields {
  billToField: string;
  reverseChargeField: string;
  purchaseOrderRequiredField: string;
}

export const NO_CUSTOMER_FIELDS: CustomerFields = { billToField: '', reverseChargeField: '', purchaseOrderRequiredField: '' };

export function readRelationship(json: unknown): { entity?: NetsuiteReference; subsidiary?: NetsuiteReference } {
  const record = recordOf(json, 'customerSubsidiaryRelationship');
  return { entity: record.reference('entity'), subsidiary: record.reference('subsidiary') };
}

/** Reads an expanded customer; throws a `RecordFault` that names what is missing. */
export function readCustomer(json: unknown, fields: CustomerFields): NetsuiteCustomer {
  const record = recordOf(json, 'customer');
  const own = <T>(name: string, read: (name: string) => T): T | undefined => (name === '' ? undefined : read(name));
  return compact({
    id: record.string('id'),
    externalId: record.text('externalId'),
    entityId: record.text('entityId'),
    companyName: record.text('companyName') ?? '',
    email: record.text('email'),
    isInactive: record.flag('isInactive'),
    subsidiary: record.reference('subsidiary'),
    currency: record.reference('currency'),
    terms: record.reference('terms'),
    parent: record.reference('parent'),
    billTo: own(fields.billToField, name => record.reference(name)),
    reverseCharge: own(fields.reverseChargeField, name => record.flag(name)),
    purchaseOrderRequired: own(fields.purchaseOrderRequiredField, name => record.flag(name)),
    addressBook: record.lines('addressBook').map(addressLine),
    taxRegistration: record
      .lines('taxRegistration')
      .map(line =>
        compact({ nexusCountry: line.reference('nexusCountry'), taxRegistrationNumber: line.text('taxRegistrationNumber'), line: line.bare() }),
      ),
  });
}

function addressLine(line: WireRecord): NetsuiteAddressLine {
  const address = line.part('addressBookAddress');
  const read = compact({
    addressee: address.text('addressee'),
    addr1: address.text('addr1'),
    city: address.text('city'),
    state: address.text('state'),
    zip: address.text('zip'),
    country: address.reference('country'),
  });
  return compact({ id: line.number('id'), defaultBilling: line.flag('defaultBilling'), address: read, line: line.bare() });
}
