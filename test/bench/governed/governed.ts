import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { putConsumer } from '#auth';
import { dataSourceFor, prepareDatabase } from '#persistence';
import { type Plan, putPlan } from '#throttling';
import { AUDIENCE, startIssuer, type Issuer } from '../../../apps/platform/src/issuer/issuer.js';
import { makeIssuerKeys } from '../../../apps/platform/src/issuer/issuer-keys.js';
import { databaseEnvironment, makeTestRoles, TEST_ROLES, urlAs } from '../../../libs/testing/src/test-roles.js';
import { Cluster } from '../../faults/seeds/cluster.js';
import { cpuSeconds, postgresSeconds } from '../billing/processes.js';
import { quantile } from '../throttling/plans-load.js';
import { Connections, requestOf } from './connections.js';
import { ENTITIES, INSERT_PARCELS, migrations, parcelId, roles, rows } from './parcel-app.js';
import { Side, type StageTimes } from './side.js';

const DATABASE = 'bench';
const CONSUMER = 'partner';
/** Far more than can be asked of one process, so that permits are leased and never spent. */
const PLAN: Plan = { name: 'bench', rate: 100_000_000, windowSeconds: 60, burst: 10_000_000, concurrency: 1_000, dailyQuota: null };
const PARCELS = 40_000;
const REQUESTS = 1_000;
const AT_ONCE = [1, 16, 64] as const;
const WARM_MS = 500;
/** Requests after which a side's code has been compiled and optimised. */
const WARM_REQUESTS = 20_000;
/** Usage is switched in short turns, so that what else the machine does falls on both alike. */
const USAGE_TURN_MS = 250;

/** What one measurement of one side found. CPU in microseconds of a request. */
export interface Measured {
  perSecond: number;
  p50: number;
  p99: number;
  cpu: number;
  postgresCpu: number;
}

export interface GovernedResult {
  /** By connections at once: medians of the rounds, and of the ratios within a round: of requests a second, and of CPU (bare : governed). */
  sides: Record<number, { governed: Measured; bare: Measured; ratio: number; cpuRatio: number }>;
  stages: Record<'governed' | 'bare', StageTimes>;
  /** Of the governed side with usage and without it, in pairs: CPU and requests a second, with : without. */
  usage: { pairs: number; cpu: number; cpuQuartiles: [number, number]; perSecond: number };
}

/**
 * One read of a row, governed and bare, each in a process of its own, measured one after the other
 * in alternating order; the load comes from this process.
 */
export async function governed(o: { rounds: number; seconds: number }, say: (what: string) => void): Promise<GovernedResult> {
  const directory = mkdtempSync(join(tmpdir(), 'throughline-bench-'));
  chmodSync(directory, 0o755);
  const cluster = await Cluster.open(directory, { durable: true });
  const issuer = await startIssuer({ keys: await makeIssuerKeys(), port: 0 });
  const children: ChildProcess[] = [];
  const end = async (): Promise<void> => {
    for (const child of children) child.kill('SIGKILL');
    await cluster.close();
    await issuer.close();
    rmSync(directory, { recursive: true, force: true });
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end().finally(() => process.exit(143)));
  try {
    const environment = { ...(await filled(cluster)), ISSUER_URL: issuer.url, LOG_FILE: join(directory, 'log') };
    const start = async (timed: boolean): Promise<Pair> => ({
      governed: await Side.start('governed', { environment, timed }, children),
      bare: await Side.start('bare', { environment, timed }, children),
    });
    const bench = new Bench(await tokenOf(issuer), cluster.pid, o);
    const sides = await start(false);
    await bench.refuseDifferences(sides);
    return {
      sides: await bench.compare(sides, say),
      usage: await bench.usage(sides.governed, say),
      stages: await bench.stages(await start(true), say),
    };
  } finally {
    await end();
  }
}

type Pair = Record<'governed' | 'bare', Side>;

class Bench {
  constructor(
    private readonly token: string,
    private readonly postmaster: number,
    private readonly o: { rounds: number; seconds: number },
  ) {}

  /** Both sides must answer the same, and to both, rows of other entities must not be there. */
  async refuseDifferences(sides: Pair): Promise<void> {
    for (const n of [0, 1, PARCELS - ENTITIES.length]) {
      const [governed, bare] = await Promise.all(
        [sides.governed, sides.bare].map(async ({ url }) => {
          const answer = await fetch(url + pathOf(n), { headers: this.#headers });
          return { status: answer.status, body: answer.status === 200 ? await answer.text() : '' };
        }),
      );
      const seen = n % ENTITIES.length === 0 ? 200 : 404;
      if (governed.status !== seen || bare.status !== seen || governed.body !== bare.body)
        throw new Error(`the sides differ in parcel ${n}: ${JSON.stringify({ governed, bare })}`);
    }
  }

  async compare(sides: Pair, say: (what: string) => void): Promise<GovernedResult['sides']> {
    say('both sides warm up');
    for (const side of [sides.governed, sides.bare]) await this.#warm(side);
    const found = AT_ONCE.map(connections => ({ connections, governed: [] as Measured[], bare: [] as Measured[] }));
    for (let round = 0; round < this.o.rounds; round++) {
      say(`round ${round + 1} of ${this.o.rounds}`);
      for (const at of found)
        for (const name of round % 2 === 0 ? (['governed', 'bare'] as const) : (['bare', 'governed'] as const))
          at[name].push(await this.#measure(sides[name], at.connections));
    }
    const entries = found.map(({ connections, governed, bare }) => {
      const ratio = median(governed.map(({ perSecond }, round) => perSecond / bare[round].perSecond));
      const cpuRatio = median(governed.map(({ cpu }, round) => bare[round].cpu / cpu));
      return [connections, { governed: mediansOf(governed), bare: mediansOf(bare), ratio, cpuRatio }] as const;
    });
    return Object.fromEntries(entries);
  }

  async usage(side: Side, say: (what: string) => void): Promise<GovernedResult['usage']> {
    const pairs = Math.ceil((this.o.rounds * this.o.seconds * 1_000) / USAGE_TURN_MS);
    say(`usage counted and not, ${pairs} times each`);
    const open = await Connections.open(side.url, 16);
    const turn = async (counted: boolean): Promise<{ cpu: number; requests: number }> => {
      await side.countUsage(counted);
      const before = await side.cpu();
      const { length: requests } = await open.run(this.#requestsTo(side), USAGE_TURN_MS);
      return { cpu: ((await side.cpu()) - before) / requests, requests };
    };
    try {
      await open.run(this.#requestsTo(side), WARM_MS);
      const ratios: { cpu: number; perSecond: number }[] = [];
      for (let pair = 0; pair < pairs; pair++) {
        const first = await turn(pair % 2 === 0);
        const second = await turn(pair % 2 !== 0);
        const [counted, not] = pair % 2 === 0 ? [first, second] : [second, first];
        ratios.push({ cpu: counted.cpu / not.cpu, perSecond: counted.requests / not.requests });
      }
      const cpu = ratios.map(ratio => ratio.cpu);
      return {
        pairs,
        cpu: median(cpu),
        cpuQuartiles: [quantile(0.25, cpu), quantile(0.75, cpu)],
        perSecond: median(ratios.map(ratio => ratio.perSecond)),
      };
    } finally {
      open.close();
      await side.countUsage(true);
    }
  }

  /** At one connection: only there are requests not mixed. */
  async stages(sides: Pair, say: (what: string) => void): Promise<GovernedResult['stages']> {
    say('the stages, at one connection');
    const read = async (side: Side): Promise<StageTimes> => {
      await this.#warm(side);
      await side.stages();
      await this.#measure(side, 1, this.o.seconds * 2_000);
      return side.stages();
    };
    return { governed: await read(sides.governed), bare: await read(sides.bare) };
  }

  async #measure(side: Side, connections: number, forMs = this.o.seconds * 1_000): Promise<Measured> {
    const requests = this.#requestsTo(side);
    const open = await Connections.open(side.url, connections);
    try {
      await open.run(requests, WARM_MS);
      const cpu = (): [side: number, postgres: number] => [cpuSeconds(side.pid), postgresSeconds(this.postmaster)];
      const [before, beganAt] = [cpu(), performance.now()];
      const took = await open.run(requests, forMs);
      const [after, seconds] = [cpu(), (performance.now() - beganAt) / 1_000];
      const each = (i: number): number => ((after[i] - before[i]) * 1_000_000) / took.length;
      return { perSecond: took.length / seconds, p50: quantile(0.5, took), p99: quantile(0.99, took), cpu: each(0), postgresCpu: each(1) };
    } finally {
      open.close();
    }
  }

  async #warm(side: Side): Promise<void> {
    const open = await Connections.open(side.url, 16);
    try {
      for (let answered = 0; answered < WARM_REQUESTS;) answered += (await open.run(this.#requestsTo(side), WARM_MS)).length;
    } finally {
      open.close();
    }
  }

  #requestsTo({ url }: Side): Buffer[] {
    return Array.from({ length: REQUESTS }, (_, n) => requestOf(url, pathOf((n * ENTITIES.length * 37) % PARCELS), this.#headers));
  }

  get #headers(): Record<string, string> {
    return { authorization: `Bearer ${this.token}` };
  }
}

const pathOf = (n: number): string => `/system/parcels/v1/parcels/${parcelId(n)}?prices=true`;

const median = (values: readonly number[]): number => quantile(0.5, values);

const mediansOf = (all: readonly Measured[]): Measured => {
  const of = (name: keyof Measured): number => median(all.map(one => one[name]));
  return { perSecond: of('perSecond'), p50: of('p50'), p99: of('p99'), cpu: of('cpu'), postgresCpu: of('postgresCpu') };
};

/** A database with the parcels, and with an agreement with who asks for them; the settings that reach it. */
async function filled(cluster: Cluster): Promise<Record<string, string>> {
  await cluster.create(DATABASE);
  const url = cluster.urlOf(DATABASE);
  await makeTestRoles(url);
  await prepareDatabase({ roles, rows, ownerUrl: urlAs(TEST_ROLES.owner, url), migrations });
  const database = await dataSourceFor({ name: 'bench', migrations: [] }, url).initialize();
  await database.query(INSERT_PARCELS, [PARCELS]);
  await database.query('vacuum analyze bench.parcel');
  await database.transaction(async em => {
    await putPlan(em, PLAN);
    await putConsumer(em, { clientId: CONSUMER, name: CONSUMER, contact: `${CONSUMER}@example.com`, plan: PLAN.name, state: 'active' });
  });
  await database.destroy();
  return databaseEnvironment(url, ['parcels']);
}

async function tokenOf(issuer: Issuer): Promise<string> {
  const authorization = `Basic ${Buffer.from(`${CONSUMER}:${issuer.secretOf(CONSUMER)}`).toString('base64')}`;
  const body = new URLSearchParams({ grant_type: 'client_credentials', resource: AUDIENCE, scope: 'crm.read' });
  const answer = await fetch(`${issuer.url}/token`, { method: 'POST', headers: { authorization }, body });
  return ((await answer.json()) as { access_token: string }).access_token;
}
