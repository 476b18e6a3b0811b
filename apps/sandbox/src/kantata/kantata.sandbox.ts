import type { Tenant, TenantPlace } from '../kit/index.js';
import { createKantata, type KantataOptions } from './kantata.js';

interface KantataEndpoint {
  baseUrl: string;
  accessToken: string;
}

const TOKEN = 'kantata-sample-token';

export const openKantata = async ({ account }: TenantPlace): Promise<Tenant<KantataOptions, KantataEndpoint>> => ({
  create: (store, ledger, firm, options) => createKantata(store, ledger, firm, { account, token: TOKEN, ...options }),
  endpoint: baseUrl => ({ baseUrl, accessToken: TOKEN }),
  settings: ({ baseUrl, accessToken }) => ({
    KANTATA_BASE_URL: baseUrl,
    KANTATA_APP_URL: baseUrl,
    KANTATA_TOKEN: accessToken,
    KANTATA_ACCOUNT: account,
  }),
});
