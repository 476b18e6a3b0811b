import { setTimeout as sleep } from 'node:timers/promises';
import { bold, dim, say } from './story.js';
import type { ThroughlineApi } from './throughline-api.js';

interface Lines {
  totalCount: { value: number };
  nodes: {
    id: string;
    workerName: string;
    workDate: string;
    minutes: number;
    money: { amount: string; currency: string } | null;
    explanation: { text: string }[];
    refs: { system: string; type: string; nativeId: string }[];
  }[];
}

const LINES = `{ billingLines(first: 100, filter: { state: [POSTED] }) {
  totalCount { value }
  nodes { id workerName workDate minutes money { amount currency } explanation { text } refs { system type nativeId } }
} }`;

/**
 * Shows the result for the time that was approved in the sandbox Kantata before the first start:
 * how much of it is in NetSuite's billing, and for one line how its price came about. Shows nothing
 * when there is none.
 */
export async function showApprovedTime(api: ThroughlineApi, expected: number, withinMs: number): Promise<void> {
  if (expected === 0) return;
  const lines = await posted(api, expected, Date.now() + withinMs);
  const line = lines.nodes.find(({ money }) => money !== null && Number(money.amount) > 0);
  say();
  say(`${bold('Approved time')}  ${dim('Two weeks of it, approved in Kantata before the first start.')}`);
  say(`  ${lines.totalCount.value} of ${expected} lines are in NetSuite's billing.`);
  if (!line) return;
  const native = line.refs.find(({ system }) => system === 'netsuite');
  say(
    `  ${line.workerName}, ${line.workDate}, ${line.minutes} minutes: ${line.money?.amount} ${line.money?.currency}${dim(native ? `  ${native.type} ${native.nativeId}` : '')}`,
  );
  for (const { text } of line.explanation) say(`    ${dim(text)}`);
  say(`  ${dim('in GraphiQL:')} ${bold(`{ journey(of: "${line.id}") { summary { text } billingLines { nodes { state } } } }`)}`);
}

/**
 * All of it, or as much as is posted when the time is over: lines that can't be posted are on
 * somebody's desk.
 */
async function posted(api: ThroughlineApi, expected: number, giveUpAt: number): Promise<Lines> {
  for (;;) {
    const { billingLines } = await api.graphql<{ billingLines: Lines }>(LINES);
    if (billingLines.totalCount.value >= expected || Date.now() > giveUpAt) return billingLines;
    await sleep(200);
  }
}
