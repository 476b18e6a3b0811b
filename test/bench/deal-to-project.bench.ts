import { cpus } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '#testing';
import { House } from '../house/house.js';
import { Sales } from '../house/sales.js';
import { RecordingProxy, type RecordedCall } from './recording-proxy.js';

const DEALS = Number(process.env.BENCH_DEALS ?? 60);
const AT_ONCE = 40;

let house: House;
const proxies: Record<string, RecordingProxy> = {};

beforeAll(async () => {
  house = await House.open({
    environment: async endpoints => {
      proxies.kantata = new RecordingProxy(endpoints.kantata.baseUrl);
      proxies.netsuite = new RecordingProxy(endpoints.netsuite.baseUrl);
      return {
        KANTATA_BASE_URL: await proxies.kantata.listen(),
        NETSUITE_BASE_URL: await proxies.netsuite.listen(),
        PSA_POLL_MS: '60000',
        ERP_POLL_MS: '60000',
        // as in production
        ANSWER_CHECK_SAMPLE: '0.01',
      };
    },
  });
});
afterAll(async () => {
  await house?.close();
  for (const proxy of Object.values(proxies)) await proxy.close();
});

const callsOf = async (): Promise<number> =>
  Object.entries(await house.control.calls())
    .flatMap(([, byName]) => Object.entries(byName))
    .filter(([name]) => !name.startsWith('auth'))
    .reduce((sum, [, n]) => sum + n, 0);

/** Transactions of the platform's database so far, reads of their own included. */
async function commits(): Promise<number> {
  const [row] = await house.sql<{ n: string }>('select xact_commit n from pg_stat_database where datname = current_database()');
  return Number(row.n);
}

async function winAndWait(ids: string[]): Promise<number> {
  const startedAt = performance.now();
  await house.sales.win(...ids);
  await eventually(
    async () => {
      const [{ done }] = await house.sql<{ done: string }>(`select count(*) done from initiation.engagement where status = 'active'`);
      return Number(done) >= expected;
    },
    { withinMs: 600_000, everyMs: 100 },
  );
  return (performance.now() - startedAt) / 1000;
}

let expected = 0;

it('takes deals to projects, beside a plain loop that makes the same calls with nothing durable', async () => {
  const [sample, ...deals] = Sales.moreDeals(DEALS + 1);
  const ids: string[] = [];
  for (const deal of deals) ids.push(await house.sales.enter(deal));
  const first = await house.sales.enter(sample);
  // One deal alone, to write down what is asked of the vendors for it.
  for (const proxy of Object.values(proxies)) proxy.calls.length = 0;
  expected = 1;
  const alone = await winAndWait([first]);
  await house.quiet();
  const script = [
    ...proxies.kantata.calls.map(call => ({ to: house.sandboxes.endpoints.kantata.baseUrl, call })),
    ...proxies.netsuite.calls.map(call => ({ to: house.sandboxes.endpoints.netsuite.baseUrl, call })),
  ];

  const before = await callsOf();
  const commitsBefore = await commits();
  expected = DEALS + 1;
  const seconds = await winAndWait(ids);
  const calls = (await callsOf()) - before;
  const committed = (await commits()) - commitsBefore;

  const loopSeconds = await plainLoop(script);
  const rate = DEALS / seconds;
  const loopRate = DEALS / loopSeconds;
  console.log(
    [
      `cores: ${cpus().length} x ${cpus()[0].model}`,
      `one deal alone: ${alone.toFixed(2)} s from won to active`,
      `flows: ${DEALS} deals in ${seconds.toFixed(1)} s, ${rate.toFixed(2)} flows/s, ${(calls / DEALS).toFixed(1)} vendor calls and ${(committed / DEALS).toFixed(0)} commits a deal`,
      `plain loop, the same ${script.length + 1} calls a deal, ${AT_ONCE} at once: ${loopSeconds.toFixed(1)} s, ${loopRate.toFixed(2)} deals/s`,
      `ratio ${(rate / loopRate).toFixed(2)}`,
    ].join('\n'),
  );
  expect(rate).toBeGreaterThan(0);
}, 900_000);

/** The recorded calls of one deal, for each deal anew, straight at the sandboxes: same requests, other references. */
async function plainLoop(script: { to: string; call: RecordedCall }[]): Promise<number> {
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < DEALS) {
        const mark = `b${next++}`;
        await house.sales.salesforce.query(
          'SELECT Id, Name, Account.Name, (SELECT Id, Quantity, UnitPrice FROM OpportunityLineItems) FROM Opportunity LIMIT 1',
        );
        for (const { to, call } of script) {
          const rename = (text: string) =>
            text.replace(/\b((?:prj|tsk|mil|stf)_[0-9a-z]{14})[0-9a-z]{6}/g, (_, head: string) => `${head}${mark.padEnd(6, '0')}`);
          const { 'content-length': _, host: __, connection: ___, ...headers } = call.headers;
          const answer = await fetch(to + rename(call.path), {
            method: call.method,
            headers,
            body: call.method === 'GET' ? undefined : rename(call.body),
          });
          await answer.arrayBuffer();
        }
      }
    }),
  );
  return (performance.now() - startedAt) / 1000;
}
