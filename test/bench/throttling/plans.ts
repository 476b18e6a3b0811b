import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { putConsumer } from '#auth';
import { dataSourceFor } from '#persistence';
import { type Plan, putPlan } from '#throttling';
import { AUDIENCE, startIssuer, type Issuer } from '../../../apps/platform/src/issuer/issuer.js';
import { makeIssuerKeys } from '../../../apps/platform/src/issuer/issuer-keys.js';
import { serviceClients } from '../../../apps/platform/src/issuer/sample-identities.js';
import { installedIn, makeTestRoles } from '../../../libs/testing/src/test-roles.js';
import { Cluster } from '../../faults/seeds/cluster.js';
import type { FromReplica, ToReplica } from './plans-replica.js';
import { load, mostIn, type Offer, quantile, type Seen } from './plans-load.js';

const DATABASE = 'bench';
const WINDOW_S = 10;

const shared = { windowSeconds: WINDOW_S, concurrency: 100, dailyQuota: null };
/** Leased permits; asked for twice what it allows, half by GraphQL. */
const BUSY: Plan = { ...shared, name: 'busy', rate: 600, burst: 300 };
/** To the call: 20 in any window, 60 in the day. */
const SMALL: Plan = { ...shared, name: 'small', rate: 20, burst: 20, dailyQuota: 60 };
const OTHER: Plan = { ...shared, name: 'other', rate: 6_000, burst: 2_000 };

const [BUSY_CLIENT, SMALL_CLIENT, OTHER_CLIENT] = ['operations', 'person-governance', 'portal'];
const GRAPHQL = '/experience/portal/graphql';
const REST = { kind: 'rest', path: '/governance/v1/plans', units: 1 } as const;
const graphql = (fields: number, units: number) =>
  ({
    kind: 'graphql',
    path: GRAPHQL,
    body: JSON.stringify({ query: `{ ${Array.from({ length: fields }, (_, n) => `a${n}: viewer { roles }`).join(' ')} }` }),
    units,
  }) as const;

export interface PlansResult {
  rows: [what: string, figure: string, aim?: string][];
  phases: Record<string, { calls: number; units: number; p50: number; p99: number }>;
}

/** Two replicas in processes of their own, three consumers, one Postgres: whether each promise of decision 0035 holds, and what others feel of one at its limit. */
export async function plans(seconds: number, say: (what: string) => void): Promise<PlansResult> {
  const directory = mkdtempSync(join(tmpdir(), 'throughline-bench-'));
  const cluster = await Cluster.open(directory, { durable: true });
  const issuer = await startIssuer({ keys: await makeIssuerKeys(), port: 0 });
  const replicas: ChildProcess[] = [];
  const end = async (): Promise<void> => {
    for (const replica of replicas) replica.kill('SIGKILL');
    await cluster.close();
    await issuer.close();
    rmSync(directory, { recursive: true, force: true });
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end().finally(() => process.exit(143)));
  try {
    await cluster.create(DATABASE);
    const url = cluster.urlOf(DATABASE);
    await makeTestRoles(url);
    const environment = { ...(await installedIn(url)), ...environmentOf(issuer) };
    await agree(url);
    say('two replicas start');
    const urls = await Promise.all([0, 1].map(() => started(replicas, environment)));
    return await measured(urls, issuer, seconds, say);
  } finally {
    await end();
  }
}

async function measured(urls: string[], issuer: Issuer, seconds: number, say: (what: string) => void): Promise<PlansResult> {
  const token = (client: string, scope: string) => tokenOf(issuer, client, scope);
  const busy = await token(BUSY_CLIENT, 'governance.read portal.read');
  const operation = graphql(40, await costOf(urls[0], busy, graphql(40, 0).body));
  say(`an operation of 40 fields counts as ${operation.units} calls`);
  const offers = {
    // As many units by REST as by GraphQL, together twice the plan.
    busy: offerOf(busy, [...Array.from({ length: operation.units }, () => REST), operation], (BUSY.rate / WINDOW_S) * 2),
    small: { token: await token(SMALL_CLIENT, 'governance.read'), perSecond: 8, calls: [REST] },
    other: { token: await token(OTHER_CLIENT, 'portal.read'), perSecond: 40, calls: [graphql(1, 1)] },
  };
  const half = { ...offers.busy, perSecond: offers.busy.perSecond / 4 };
  const forMs = seconds * 1000;
  await load(urls, offers.other, 3_000);
  say(`the other consumer alone, ${seconds} s`);
  const alone = await load(urls, offers.other, forMs);
  say(`beside one at half of its plan, ${seconds} s`);
  const [calm] = await Promise.all([load(urls, offers.other, forMs), load(urls, half, forMs)]);
  await new Promise(resolve => setTimeout(resolve, WINDOW_S * 1_100));
  say(`beside one at its limit and a small one, ${2 * seconds} s`);
  const [beside, atLimit, small] = await Promise.all([
    load(urls, offers.other, 2 * forMs),
    load(urls, offers.busy, 2 * forMs),
    load(urls, offers.small, 2 * forMs),
  ]);
  return tableOf({ alone, calm, beside, atLimit, small });
}

/** Calls a second so that they count for `units` a second. */
function offerOf(token: string, calls: Offer['calls'], units: number): Offer {
  const each = calls.reduce((sum, call) => sum + call.units, 0) / calls.length;
  return { token, calls, perSecond: units / each };
}

function tableOf(phases: Record<'alone' | 'calm' | 'beside' | 'atLimit' | 'small', Seen[]>): PlansResult {
  const { alone, calm, beside, atLimit, small } = phases;
  const windowMs = WINDOW_S * 1000;
  const begun = Math.min(...atLimit.map(({ at }) => at));
  const windows = Math.max(0, Math.floor((Math.max(...atLimit.map(({ at }) => at)) - begun) / windowMs) - 1);
  const steady = unitsOf(atLimit.filter(({ at }) => at >= begun + windowMs && at < begun + windowMs * (1 + windows)));
  const byGraphql = unitsOf(atLimit.filter(({ kind }) => kind === 'graphql')) / unitsOf(atLimit);
  const p99 = (seen: Seen[]) =>
    quantile(
      0.99,
      seen.map(({ ms }) => ms),
    );
  const wrong = [...alone, ...calm, ...beside].filter(({ status }) => status !== 200).map(({ status }) => status);
  const rows: PlansResult['rows'] = [
    [`most of any ${WINDOW_S} s, plan ${BUSY.rate}, by leases`, String(mostIn(windowMs, atLimit)), `<= ${BUSY.rate}`],
    [`most of any second, burst ${BUSY.burst}`, String(mostIn(1_000, atLimit)), `<= ${BUSY.burst}`],
    [
      `steady use of it, over ${windows} windows`,
      windows === 0 ? 'too short a run' : `${((steady / (BUSY.rate * windows)) * 100).toFixed(1)} %`,
      '>= 98 %',
    ],
    ['  of that by GraphQL, at the same time', `${(byGraphql * 100).toFixed(0)} %`],
    [`most of any ${WINDOW_S} s, plan ${SMALL.rate}, to the call`, String(mostIn(windowMs, small)), `<= ${SMALL.rate}`],
    [
      `  let in during the first window, of ${small.filter(({ at }) => at < begun + windowMs).length} calls`,
      String(unitsOf(small.filter(({ at }) => at < begun + windowMs))),
      `= ${SMALL.rate}`,
    ],
    [`  let in of its day, quota ${SMALL.dailyQuota}, of ${small.length} calls`, String(unitsOf(small)), `= ${SMALL.dailyQuota}`],
    ['p99 of the other consumer: alone (baseline)', `${p99(alone).toFixed(1)} ms`],
    ['  beside one at half of its plan', `${p99(calm).toFixed(1)} ms`],
    ['  beside one that asks twice its plan', `${p99(beside).toFixed(1)} ms`],
    ['calls of the other that were not answered 200', wrong.join(' ') || '0', '= 0'],
    ['p99 of a refusal', `${p99(atLimit.filter(({ status }) => status === 429)).toFixed(1)} ms`],
  ];
  const told = Object.entries(phases).map(([name, seen]) => {
    const times = seen.map(({ ms }) => ms);
    return [name, { calls: seen.length, units: unitsOf(seen), p50: quantile(0.5, times), p99: quantile(0.99, times) }];
  });
  return { rows, phases: Object.fromEntries(told) as PlansResult['phases'] };
}

const unitsOf = (seen: readonly Seen[]): number => seen.reduce((sum, { units }) => sum + units, 0);

/** What an operation counts for: by how much less is left after it. */
async function costOf(url: string, token: string, body: string): Promise<number> {
  const left = async (): Promise<number> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(url + GRAPHQL, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return Number(/r=(\d+)/.exec(answer.headers.get('ratelimit')!)![1]);
  };
  const before = await left();
  return before - (await left());
}

async function started(replicas: ChildProcess[], environment: ToReplica): Promise<string> {
  const replica = fork(join(import.meta.dirname, 'plans-replica.js'), [], { execArgv: [] });
  replicas.push(replica);
  replica.send(environment);
  const [{ url }] = (await Promise.race([
    once(replica, 'message'),
    once(replica, 'exit').then(() => {
      throw new Error('a replica ended before it listened');
    }),
  ])) as [FromReplica];
  return url;
}

function environmentOf(issuer: Issuer): ToReplica {
  const credentials = serviceClients.flatMap(({ name, clientId }) => {
    const prefix = name.toUpperCase().replaceAll('-', '_');
    return [
      [`${prefix}_CLIENT_ID`, clientId],
      [`${prefix}_CLIENT_SECRET`, issuer.secretOf(clientId)],
    ];
  });
  return { ...(Object.fromEntries(credentials) as ToReplica), ISSUER_URL: issuer.url, LOG_LEVEL: 'error' };
}

async function agree(url: string): Promise<void> {
  const database = await dataSourceFor({ name: 'bench', migrations: [] }, url).initialize();
  const clients = [
    [BUSY_CLIENT, BUSY],
    [SMALL_CLIENT, SMALL],
    [OTHER_CLIENT, OTHER],
  ] as const;
  await database.transaction(async em => {
    for (const [clientId, plan] of clients) {
      await putPlan(em, plan);
      await putConsumer(em, { clientId, name: clientId, contact: `${clientId}@example.com`, plan: plan.name, state: 'active' });
    }
  });
  await database.destroy();
}

async function tokenOf(issuer: Issuer, clientId: string, scope: string): Promise<string> {
  const authorization = `Basic ${Buffer.from(`${clientId}:${issuer.secretOf(clientId)}`).toString('base64')}`;
  const body = new URLSearchParams({ grant_type: 'client_credentials', resource: AUDIENCE, scope });
  const answer = await fetch(`${issuer.url}/token`, { method: 'POST', headers: { authorization }, body });
  return ((await answer.json()) as { access_token: string }).access_token;
}
