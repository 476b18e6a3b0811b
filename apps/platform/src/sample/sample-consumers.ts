import { apiPath, type Endpoints } from '../endpoints.js';
import { sampleClients, samplePeople } from '../issuer/sample-identities.js';
import type { ThroughlineApi } from './throughline-api.js';

/** The firm's own programs and people ask much; a partner has a plan as one would agree it. */
const PLANS = {
  house: { rate: 30_000, windowSeconds: 60, burst: 10_000, concurrency: 500 },
  partner: { rate: 3_000, windowSeconds: 60, burst: 300, concurrency: 20, dailyQuota: 500_000 },
};

/** Registers the sample firm's clients, each with a plan. */
export async function setConsumers(api: ThroughlineApi, endpoints: Endpoints): Promise<void> {
  const path = apiPath(endpoints, 'governance');
  const reason = "The sample firm's own consumers";
  for (const [name, plan] of Object.entries(PLANS)) await api.put(`${path}/plans/${name}`, { ...plan, reason });
  await Promise.all(
    [...sampleClients, ...samplePeople].map(({ clientId, name }) => {
      const plan = clientId === 'partner' ? 'partner' : 'house';
      return api.put(`${path}/consumers/${clientId}`, { name, contact: `${clientId}@larkfield.example`, plan, state: 'active', reason });
    }),
  );
}
