import type { Change } from '#verdict';
import { covers, type Approval, type Base } from '../approvals/approval.js';
import type { Past } from './history.js';

/** The changelog's file, in the checkout. */
export const CHANGELOG = 'openapi/CHANGELOG.md';

const HEAD = `# What changed in the APIs

REST, GraphQL and events, the newest release of each first. Written by \`npm run api -- release\` from the documents in
\`openapi/released\`.
`;

/** The changelog of some APIs, in Markdown. */
export const changelogOf = (histories: readonly Past[][], approvals: readonly Approval[]): string =>
  [HEAD, ...histories.flatMap(history => [`## ${history[0]?.api}\n`, ...history.map(past => releaseOf(past, approvals))])].join('\n');

function releaseOf(past: Past, approvals: readonly Approval[]): string {
  const title = `### ${past.version}${past.on ? ` (${past.on})` : ''}\n`;
  if (!past.since) return `${title}\nThe first release of version ${majorOf(past.number)}.\n`;
  const { changes } = past.since.report;
  const moves = majorOf(past.since.number) !== majorOf(past.number);
  const lead = moves ? `\nThe first release of version ${majorOf(past.number)}. For those who move from ${past.since.number}:\n` : '';
  if (changes.length === 0) return `${title}${lead}\nOther words; nothing changed for callers.\n`;
  const base = { api: past.api, version: past.since.number };
  const sentences = Map.groupBy(changes, change => sentenceOf(change, approvals, base));
  return `${title}${lead}\n${[...sentences].map(([sentence, same]) => `- ${whereOf(same)}${sentence}\n`).join('')}`;
}

const majorOf = (number: string): string => number.split('.', 1).join();

/** The operations that a sentence is about: `GET /v1/deals`, `GET /v1/deals/{id}`: */
function whereOf(changes: readonly Change[]): string {
  const operations = [...new Set(changes.flatMap(({ operation }) => (operation ? [`\`${operation}\``] : [])))];
  return operations.length > 0 ? `${operations.join(', ')}: ` : '';
}

function sentenceOf(change: Change, approvals: readonly Approval[], base: Base): string {
  if (change.severity !== 'breaking') return oneLine(change.text);
  const approval = approvals.find(one => covers(one, base, change));
  return oneLine(`**Breaking.** ${change.text}${approval ? ` Approved by ${approval.who}: ${approval.why}` : ''}`);
}

const oneLine = (text: string): string => text.trim().replaceAll(/\s+/g, ' ');
