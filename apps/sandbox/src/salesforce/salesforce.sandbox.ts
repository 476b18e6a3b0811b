import type { Tenant, TenantPlace } from '../kit/index.js';
import { createSalesforce } from './salesforce.js';
import { NEWEST_VERSION, type SalesforceOptions } from './salesforce-options.js';

interface SalesforceEndpoint {
  loginUrl: string;
  clientId: string;
  clientSecret: string;
  apiVersion: string;
}

const CREDENTIALS = { clientId: 'throughline-integration', clientSecret: 'salesforce-sample-secret' };

export const openSalesforce = async ({ account }: TenantPlace): Promise<Tenant<SalesforceOptions, SalesforceEndpoint>> => ({
  create: (store, ledger, firm, options) => createSalesforce(store, ledger, firm, { ...CREDENTIALS, orgId: account, ...options }),
  endpoint: loginUrl => ({ loginUrl, ...CREDENTIALS, apiVersion: `${NEWEST_VERSION}.0` }),
  settings: ({ loginUrl, clientId, clientSecret, apiVersion }) => ({
    SALESFORCE_LOGIN_URL: loginUrl,
    SALESFORCE_CLIENT_ID: clientId,
    SALESFORCE_CLIENT_SECRET: clientSecret,
    SALESFORCE_API_VERSION: apiVersion,
    SALESFORCE_ACCOUNT: account,
  }),
});
