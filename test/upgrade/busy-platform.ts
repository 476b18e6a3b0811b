import { createFirm } from '../../apps/sandbox/src/firm/create-firm.js';
import type { Money } from '#canonical';
import { eventually, type TestPlatform } from '#testing';
import { Delivery, workdays } from '../house/delivery.js';
import { Sales } from '../house/sales.js';

const BILLING = '/process/time-to-billing/v1';
const KEY = 'upgrade-1';
export const STATED_RATE = {
  level: 'legal-entity',
  subject: 'LF-UK',
  role: 'ARCHITECT',
  unit: 'hour',
  amount: '55.00',
  currency: 'GBP',
  from: '2027-01-01',
};

/** Two rows of one scope of which the dated one lies inside the other. What holds when it has ended, the releases don't agree about. */
const NESTED_RATES = [
  { amount: '101.00', from: '2026-10-05', to: '2026-10-09' },
  { amount: '91.00', from: '2026-10-06', to: '2026-10-06' },
];

/** A line that was posted by the earlier tree's rules, at what, and what today's rules say. */
export interface EarlierPrice {
  lineId: string;
  was: Money;
  now: Money;
}

/** Decomposed letters, more than an ERP's memo takes, characters of two code units, tabs and line ends. */
const NOTES = [
  'Ate\u0301lier re\u0301union',
  `long ${'x'.repeat(1_200)}`,
  `${'a'.repeat(990)} \u{1F600}\u{1F600}\u{1F600}`,
  'one\ttwo\r\nthree',
  ' blanks ',
];

/** An answer as it was stored under its key. */
export interface KeyedAnswer {
  status: number;
  body: string;
}

/** States a rate under an Idempotency-Key: said again, the first answer comes back and nothing is done. */
export async function stateRateOnce(platform: TestPlatform): Promise<KeyedAnswer> {
  const answer = await fetch(`${platform.endpoints.gateway}${BILLING}/rates/upgrade`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${await platform.api.token()}`, 'content-type': 'application/json', 'idempotency-key': KEY },
    body: JSON.stringify(STATED_RATE),
  });
  return { status: answer.status, body: await answer.text() };
}

/**
 * Brings a platform into the middle of everything: deals in flight, a held deal with a turn parked
 * behind it, lines blocked, postings whose answer was lost, a batch that commits late.
 */
export async function makeBusy(platform: TestPlatform): Promise<{ lines: string[]; deals: string[] }> {
  const { control, endpoints } = platform;
  const firm = createFirm();
  const sales = await Sales.logIn(endpoints.sandboxes.salesforce);
  const delivery = await Delivery.logIn(endpoints.sandboxes.kantata, firm);

  const { name } = firm.deals[1];
  const held = await sales.opportunity(name);
  await parked(platform, name, 0);
  await sales.reopen(held.Id);
  await parked(platform, name, 1);
  await sales.win(held.Id);

  // Posted before, with notes as people write them: no rule on texts may make them be posted anew.
  const people = firm.projects.find(({ number }) => number === 'P-9003')!.team.slice(0, 6);
  const written = await delivery.approved(
    workdays('2026-10-05', NOTES.length).map((date, n) => ({ project: 'P-9003', person: people[0], date, minutes: 480, notes: NOTES[n] })),
  );
  await eventually(
    async () => {
      const lines = await Promise.all(written.lines.map(({ lineId }) => platform.api.get<{ state: string }>(`${BILLING}/lines/${lineId}`)));
      return lines.every(({ state }) => state === 'posted');
    },
    { withinMs: 60_000 },
  );

  await control.planFault({ match: { vendor: 'netsuite', kind: 'write', type: 'timeBill' }, action: { do: 'lose-answer' }, nth: [1] });
  await control.planFault({ match: { vendor: 'netsuite', kind: 'write', type: 'timeBill' }, action: { do: 'late-commit', ms: 1_500 }, nth: [2] });
  await control.planFault({ match: { vendor: 'netsuite', kind: 'write' }, action: { do: 'latency', ms: 700 } });
  await control.planFault({ match: { vendor: 'kantata', kind: 'write' }, action: { do: 'latency', ms: 400 } });
  const days = workdays('2026-10-12', 5);
  const { lines } = await delivery.approved([
    ...people.flatMap(person => days.map(date => ({ project: 'P-9003', person, date, minutes: 450, notes: 'Workshop' }))),
    // Nobody has agreed to more than a day's hours: these stay blocked.
    { project: 'P-9003', person: people[0], date: '2026-11-02', minutes: 1_380 },
  ]);
  const deals: string[] = [];
  for (const deal of Sales.moreDeals(3)) deals.push(await sales.enter(deal));
  await sales.win(...deals);
  return { lines: lines.map(({ lineId }) => lineId), deals };
}

/** Waits until a deal is held and so many of its later events at least wait behind it. */
async function parked(platform: TestPlatform, dealName: string, behind: number): Promise<void> {
  interface Held {
    keys: { dealName?: string };
    parkedBehind: number;
  }
  await eventually(
    async () => {
      const { items } = await platform.api.get<{ items: Held[] }>('/process/project-initiation/v1/exceptions?state=open&limit=200');
      return items.some(({ keys, parkedBehind }) => keys.dealName === dealName && parkedBehind >= behind);
    },
    { withinMs: 60_000 },
  );
}

/** A line that today's rules price otherwise than the last release, which takes a row that has ended for the end of its whole scope. */
export async function priceByEarlierRules(platform: TestPlatform): Promise<EarlierPrice> {
  const firm = createFirm();
  const project = firm.projects.find(({ number }) => number === 'P-9004')!;
  for (const [n, rate] of NESTED_RATES.entries()) {
    const answer = await fetch(`${platform.endpoints.gateway}${BILLING}/rates/nested-${n}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${await platform.api.token()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ level: 'contract', subject: project.id, unit: 'hour', currency: project.currency, ...rate }),
    });
    if (!answer.ok) throw new Error(`the rate was answered ${answer.status}: ${await answer.text()}`);
  }
  const delivery = await Delivery.logIn(platform.endpoints.sandboxes.kantata, firm);
  const { lines } = await delivery.approved([{ project: project.number, person: project.team[0], date: '2026-10-07', minutes: 480 }]);
  const [{ lineId }] = lines;
  const was = await eventually(
    async () => {
      const line = await platform.api.get<{ state: string; money: Money }>(`${BILLING}/lines/${lineId}`);
      return line.state === 'posted' && line.money;
    },
    { withinMs: 60_000 },
  );
  return { lineId, was, now: { amount: '808.00', currency: project.currency } };
}

/** Waits until some of the lines are with the ERP and some deals are on their way, so that a kill hits them there. */
export async function inTheMiddle(platform: TestPlatform, deals: string[]): Promise<void> {
  await eventually(
    async () => {
      const { journey } = await platform.api.graphql<{ journey: { steps: { nodes: unknown[] } } | null }>(
        'query ($of: ID!) { journey(of: $of) { steps(first: 50) { nodes { id } } } }',
        { of: deals[0] },
      );
      const lost = (await platform.control.faults()).filter(({ action }) => ['lose-answer', 'late-commit'].includes(action.do));
      return (journey?.steps.nodes.length ?? 0) > 0 && lost.some(({ delivered }) => delivered > 0);
    },
    { withinMs: 60_000, everyMs: 50 },
  );
}
