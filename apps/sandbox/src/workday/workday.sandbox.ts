import type { Tenant, TenantPlace } from '../kit/index.js';
import { createWorkday, type WorkdayOptions } from './index.js';

interface WorkdayEndpoint {
  wsdl: string;
  username: string;
  password: string;
}

const CREDENTIALS = { username: 'ISU_Throughline@larkfield', password: 'workday-sample-password' };

export const openWorkday = async ({ account }: TenantPlace): Promise<Tenant<WorkdayOptions, WorkdayEndpoint>> => ({
  create: (store, ledger, firm, options) => createWorkday(store, ledger, firm, { tenant: account, ...CREDENTIALS, ...options }),
  endpoint: baseUrl => ({ wsdl: `${baseUrl}/ccx/service/${account}/Human_Resources/v44.2?wsdl`, ...CREDENTIALS }),
  settings: ({ wsdl, username, password }) => ({
    WORKDAY_BASE_URL: new URL(wsdl).origin,
    WORKDAY_TENANT: account,
    WORKDAY_USERNAME: username,
    WORKDAY_PASSWORD: password,
  }),
});
