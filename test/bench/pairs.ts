import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { eachFeedRead } from '../../apps/platform/src/sample/feeds.js';
import { readJourney } from '../../apps/platform/src/sample/journeys.js';
import { setMappings } from '../../apps/platform/src/sample/sample-mappings.js';
import type { FirmDeal } from '../../apps/sandbox/src/firm/firm.js';
import { testPlatform, type TestPlatform } from '../../libs/testing/src/test-platform.js';
import { until } from '../faults/seeds/waiting.js';
import { earlierTree } from '../upgrade/earlier-tree.js';
import { cpuSeconds, postgresSeconds } from './billing/processes.js';

const TOP = join(import.meta.dirname, '../../..');
const DEALS = 40;
const REST_LIMIT_MS = 180_000;
/** Enough lines for a figure; what the bench measures besides is kept short. */
const LINES = ['--lines', '20000', '--slow-lines', '500', '--flow-lines', '200', '--alone', '3'];

const COSTS = ['platform, per 1,000 lines', 'Postgres, per 1,000 lines', 'platform, per deal', 'Postgres, per deal'] as const;
type Cost = (typeof COSTS)[number];
/** CPU seconds. */
type Costs = Record<Cost, number>;

export interface Pairs {
  earlier: string;
  pairs: { before: Costs; now: Costs }[];
}

/** What a line and a deal cost in the tree that users upgrade from and in this one, one after the other, `count` times. */
export async function costPairs(count: number, say: (what: string) => void): Promise<Pairs> {
  say('the earlier tree is checked out and compiled');
  const earlier = await earlierTree(TOP);
  const pairs: Pairs['pairs'] = [];
  try {
    const deals = await dealsOf(earlier.path);
    for (let n = 1; n <= count; n++) {
      // Who begins takes turns, so that a machine that grows slower or quicker favours neither.
      const measured: Partial<Record<'before' | 'now', Costs>> = {};
      for (const which of n % 2 === 1 ? (['before', 'now'] as const) : (['now', 'before'] as const)) {
        measured[which] = await costsOf(which === 'before' ? earlier.path : TOP, deals);
        say(`pair ${n}, ${which}: ${COSTS.map(cost => `${measured[which]![cost].toFixed(3)} ${cost}`).join('; ')}`);
      }
      pairs.push(measured as Required<typeof measured>);
    }
    return { earlier: earlier.commit, pairs };
  } finally {
    await earlier.close();
  }
}

/** One line a cost: medians with their spread, and what this tree's is of the other's. */
export function pairsTable({ pairs }: Pairs): string[] {
  const seconds = (list: number[]) => `${median(list).toFixed(3)} (${Math.min(...list).toFixed(3)} to ${Math.max(...list).toFixed(3)})`;
  return COSTS.map(cost => {
    const [before, now] = [pairs.map(pair => pair.before[cost]), pairs.map(pair => pair.now[cost])];
    const change = (median(now) / median(before) - 1) * 100;
    return `${cost.padEnd(28)} before ${seconds(before).padEnd(26)} now ${seconds(now).padEnd(26)} ${change >= 0 ? '+' : ''}${change.toFixed(1)} %`;
  });
}

async function costsOf(tree: string, won: FirmDeal[]): Promise<Costs> {
  const lines = await lineCosts(tree);
  const deals = await dealCosts(tree, won);
  return {
    'platform, per 1,000 lines': lines.platform,
    'Postgres, per 1,000 lines': lines.postgres,
    'platform, per deal': deals.platform,
    'Postgres, per deal': deals.postgres,
  };
}

/** By the tree's own bench of lines. */
async function lineCosts(tree: string): Promise<{ platform: number; postgres: number }> {
  await promisify(execFile)(process.execPath, ['dist/test/bench/main.js', '--only', 'billing', ...LINES], { cwd: tree, maxBuffer: 1 << 26 });
  const folder = join(tree, '.data', 'bench');
  const newest = readdirSync(folder)
    .filter(name => name.startsWith('time-to-billing-'))
    .sort()
    .at(-1)!;
  const { fast } = JSON.parse(readFileSync(join(folder, newest), 'utf8')) as { fast: { cpuSeconds: { platform: number; postgres: number } } };
  return fast.cpuSeconds;
}

/** The sample firm as a compiled tree has it. */
async function firmOf(tree: string) {
  const of = <T>(file: string) => import(pathToFileURL(join(tree, 'dist', file)).href) as Promise<T>;
  const [{ Sales }, { createFirm }, { sampleMappings }] = await Promise.all([
    of<typeof import('../house/sales.js')>('test/house/sales.js'),
    of<typeof import('../../apps/sandbox/src/firm/create-firm.js')>('apps/sandbox/src/firm/create-firm.js'),
    of<typeof import('../../apps/platform/src/sample/sample-mappings.js')>('apps/platform/src/sample/sample-mappings.js'),
  ]);
  return { Sales, mappings: sampleMappings(createFirm()) };
}

/** Deals that the tree can make projects of: those sold by a legal entity that is mapped. Both trees know what an earlier one sells. */
async function dealsOf(tree: string): Promise<FirmDeal[]> {
  const { Sales, mappings } = await firmOf(tree);
  const entities = new Set(mappings.filter(({ kind }) => kind === 'legal-entity').map(({ source }) => source));
  return Sales.moreDeals(2 * DEALS)
    .filter(({ entityName }) => entities.has(entityName))
    .slice(0, DEALS + 1);
}

/** Deals won at once on a platform of the tree, from the winning until the last is a running project. */
async function dealCosts(top: string, won: FirmDeal[]): Promise<{ platform: number; postgres: number }> {
  const platform = await testPlatform({ top, env: { RATE_LIMIT_PER_MINUTE: '100000000' } });
  try {
    const { Sales, mappings } = await firmOf(top);
    await Promise.all([setMappings(platform.api, platform.endpoints, mappings), eachFeedRead(platform.api, platform.endpoints)]);
    const sales = await Sales.logIn(platform.endpoints.sandboxes.salesforce);
    const ids: string[] = [];
    for (const deal of won) ids.push(await sales.enter(deal));
    const [warm, ...deals] = ids;
    await sales.win(warm);
    await complete(platform, [warm]);
    const before = usage(platform);
    await sales.win(...deals);
    await complete(platform, deals);
    const after = usage(platform);
    return { platform: (after.platform - before.platform) / DEALS, postgres: (after.postgres - before.postgres) / DEALS };
  } finally {
    await platform.close();
  }
}

/** One deal after the other, so that looking costs little beside what is measured. One that has to be helped costs something else. */
async function complete(platform: TestPlatform, deals: string[]): Promise<void> {
  for (const deal of deals) {
    const look = async () => {
      const { code, text } = (await readJourney(platform.api, deal))?.summary ?? { code: '', text: 'nothing is known of it' };
      return code === 'summary.complete' ? undefined : text;
    };
    const why = await until(look, REST_LIMIT_MS, 500);
    if (why) throw new Error(`deal ${deal} is no project: ${why}`);
  }
}

/** All processes of the platform but the vendors' stand-ins. */
function usage(platform: TestPlatform): { platform: number; postgres: number } {
  const { postgres, sandboxes: _, ...ours } = platform.processes();
  return {
    platform: Object.values(ours).reduce((sum, pid: number) => sum + cpuSeconds(pid), 0),
    postgres: postgres === undefined ? 0 : postgresSeconds(postgres),
  };
}

function median(list: number[]): number {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
