import { apiPath, type Endpoints } from '../endpoints.js';
import type { ThroughlineApi } from './throughline-api.js';

const AGENCY_CLIENT = 'lending-agency';
const BILLED_CLIENT = 'billed-client';

/** The clients of the embedded issuer by which the sample firm's partners call. */
export const PARTNER_CLIENTS = [AGENCY_CLIENT, BILLED_CLIENT];

const CUSTOMER = `query Customer($name: String!) { deals(filter: { text: $name }, first: 5) { nodes { name customer { id name } } } }`;

interface DealsOfCustomer {
  deals: { nodes: { name: string; customer: { id: string; name: string } | null }[] };
}

/**
 * Registers the sample firm's partners: an agency that lends it people, and the customer of one of
 * its deals. Each calls by a client of the embedded issuer.
 */
export async function setPartners(api: ThroughlineApi, endpoints: Endpoints, dealName: string): Promise<void> {
  const path = `${apiPath(endpoints, 'governance')}/partners`;
  const reason = "The sample firm's own partners";
  const { deals } = await api.graphql<DealsOfCustomer>(CUSTOMER, { name: dealName });
  const customer = deals.nodes.find(({ name }) => name === dealName)?.customer;
  if (!customer) throw new Error(`the portal knows no customer of ${dealName}`);
  const both = { plan: 'partner', legalEntities: ['LF-UK', 'LF-US', 'LF-DE'], reason };
  const bind = (partner: string, client: string) => api.put(`${path}/${partner}/issuers/house/clients/${client}`, { reason });
  await api.put(`${path}/par_quayside`, {
    ...both,
    kind: 'agency',
    name: 'Quayside Talent',
    contact: 'it@quayside.example',
    scopes: ['partner.read', 'partner.write'],
    agency: 'quayside',
  });
  await bind('par_quayside', AGENCY_CLIENT);
  await api.put(`${path}/par_client`, {
    ...both,
    kind: 'client',
    name: customer.name,
    contact: 'it@client.example',
    scopes: ['partner.read'],
    customerIds: [customer.id],
  });
  await bind('par_client', BILLED_CLIENT);
}
