import { sandboxRow, type Tenant, type TenantPlace } from '../../../apps/sandbox/src/kit/index.js';
import { MadeUp } from './made-up.js';

const KEY = 'made-up-sample-key';

interface MadeUpEndpoint {
  baseUrl: string;
  key: string;
}

const openMadeUp = async ({ account }: TenantPlace): Promise<Tenant<object, MadeUpEndpoint>> => ({
  create: (store, ledger) => new MadeUp(store, ledger, KEY),
  endpoint: baseUrl => ({ baseUrl, key: KEY }),
  settings: ({ baseUrl, key }) => ({ MADE_UP_BASE_URL: baseUrl, MADE_UP_KEY: key, MADE_UP_ACCOUNT: account }),
});

/** Its row, as `apps/sandbox/src/vendors.ts` has one of each vendor. */
export const MADE_UP = { 'made-up': sandboxRow({ title: 'Made-up PSA', account: 'studio-1', open: openMadeUp }) };
