import { Client } from 'pg';
import { createFirm } from '../../../apps/sandbox/src/firm/create-firm.js';
import { mappingPath, type SampleMapping } from '../../../apps/platform/src/sample/sample-mappings.js';
import type { SandboxEndpoints } from '../../../apps/sandbox/src/sandboxes.js';
import type { Sales } from '../../house/sales.js';
import { CAPPED, SOLD, WITHOUT_RATE } from './load-plan.js';
import { patiently, until } from './waiting.js';

// What is so in the house that every seed's is copied from.

interface House {
  databaseUrl: string;
  rest(method: string, path: string, o?: { body?: unknown }): Promise<{ status: number; body: unknown }>;
}

export const cappedProject = createFirm().projects.find(({ number }) => number === CAPPED.project)!.id;

/** Deals whose projects run when a seed begins. */
export async function win(house: House, sales: Sales): Promise<void> {
  const deals = await Promise.all(Object.values(SOLD).map(name => sales.opportunity(name)));
  await sales.win(...deals.map(({ Id }) => Id));
  const why = await until(() => notRunning(house.databaseUrl, deals.length), 90_000);
  if (why) throw new Error(`the deals' projects do not run: ${why}`);
}

export async function set(house: House, mapping: SampleMapping): Promise<void> {
  const { status, body } = await patiently(() =>
    house.rest('PUT', `/process/project-initiation/v1/${mappingPath(mapping)}`, { body: { target: mapping.target, reason: 'set up' } }),
  );
  if (status !== 200) throw new Error(`${mapping.kind} ${mapping.source}: ${status} ${JSON.stringify(body)}`);
}

/** One rate that somebody forgot to enter: lines of that role on its projects have no price. */
export async function withoutOneRate({ loginUrl, clientId, clientSecret, apiVersion }: SandboxEndpoints['salesforce']): Promise<void> {
  const login = await fetch(`${loginUrl}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }),
  });
  const { access_token, instance_url } = (await login.json()) as { access_token: string; instance_url: string };
  const headers = { authorization: `Bearer ${access_token}` };
  const base = `${instance_url}/services/data/v${apiVersion}`;
  const where = `Name = '${WITHOUT_RATE.role}' AND Rate_Card__r.Code__c = '${WITHOUT_RATE.card}'`;
  const found = await fetch(`${base}/query?q=${encodeURIComponent(`SELECT Id FROM Rate_Card_Rate__c WHERE ${where}`)}`, { headers });
  const { records } = (await found.json()) as { records: { Id: string }[] };
  if (!records?.length) throw new Error(`no rate to forget: ${JSON.stringify(records)}`);
  for (const { Id } of records) {
    const answer = await fetch(`${base}/sobjects/Rate_Card_Rate__c/${Id}`, { method: 'DELETE', headers });
    if (answer.status !== 204) throw new Error(`the rate was not taken out: ${answer.status} ${await answer.text()}`);
  }
}

async function notRunning(databaseUrl: string, deals: number): Promise<string | undefined> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ key: string; state: string }>('select key, state from flow.turn');
    const done = rows.filter(({ state }) => state === 'done').length;
    if (done >= deals && done === rows.length) return notAtRest(databaseUrl);
    return `${done} of ${deals} are done, ${rows.map(({ state }) => state).join(', ')}`;
  } finally {
    await client.end();
  }
}

/** Why a house that was just opened isn't at rest: feeds unread, events unread, undefined when it is. */
export async function notAtRest(databaseUrl: string): Promise<string | undefined> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows: feeds } = await client.query<{ name: string }>(`select system || ' ' || name as name from capture.feed where not loaded`);
    if (feeds.length > 0) return `not read yet: ${feeds.map(({ name }) => name).join(', ')}`;
    const { rows: behind } = await client.query<{ name: string }>(
      `select s.name from events.subscription s where exists (select 1 from events.event e where (e.xid, e.pos) > (s.last_xid, s.last_pos))`,
    );
    if (behind.length > 0) return `events not read yet by ${behind.map(({ name }) => name).join(', ')}`;
    return undefined;
  } finally {
    await client.end();
  }
}
