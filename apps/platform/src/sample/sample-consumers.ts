import { apiPath, type Endpoints } from '../endpoints.js';
import { sampleClients, samplePeople } from '../issuer/sample-identities.js';
import { PARTNER_CLIENTS } from './sample-partners.js';
import type { ThroughlineApi } from './throughline-api.js';

/** The firm's own programs and people ask much; a partner has a plan as one would agree it. */
const HOUSE = { rate: 30_000, windowSeconds: 60, burst: 10_000 };
const PARTNER = { rate: 3_000, windowSeconds: 60, burst: 300, concurrency: 20, dailyQuota: 500_000 };

/**
 * Registers the sample firm's clients, each with a plan. The house comes first: until its own
 * clients are registered, theirs is the smallest plan that there is.
 */
export async function setConsumers(api: ThroughlineApi, endpoints: Endpoints): Promise<void> {
  const path = apiPath(endpoints, 'governance');
  const reason = "The sample firm's own consumers";
  const register = (clientId: string, name: string, plan: string) =>
    api.put(`${path}/consumers/${clientId}`, { name, contact: `${clientId}@larkfield.example`, plan, state: 'active', reason });
  const everybody = [...sampleClients.filter(({ clientId }) => !PARTNER_CLIENTS.includes(clientId)), ...samplePeople];
  await api.put(`${path}/plans/house`, { ...HOUSE, reason });
  await Promise.all(everybody.map(({ clientId, name }) => register(clientId, name, 'house')));
  await api.put(`${path}/plans/partner`, { ...PARTNER, reason });
  await register('partner', 'partner', 'partner');
}
