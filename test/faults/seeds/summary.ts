import { cpus } from 'node:os';
import { MONEY_KINDS, type MoneyKind } from './checker/evidence.js';
import { nameOf, type Record, type Tree } from './run-state.js';
import { FAULT_KINDS, type FaultKind } from './schedule.js';

export interface Summary {
  text: string;
  ok: boolean;
}

/** Of so many reruns this many have to fail for a failing seed to be called failing and not flaky. */
export const FAILS_AGAIN = 8;
/** A run of fewer seeds says nothing about which faults are never delivered. */
const ENOUGH_SEEDS = 24;
const STRAIGHT_THROUGH_PERCENT = 97;

export function summaryOf(tree: Tree, records: Record[]): Summary {
  const results = records.map(({ result }) => result);
  const sum = (of: (result: (typeof results)[number]) => number) => results.reduce((total, result) => total + of(result), 0);
  const delivered = new Map(FAULT_KINDS.map((kind): [FaultKind, number] => [kind, sum(result => result.delivered[kind] ?? 0)]));
  const money = new Map(MONEY_KINDS.map((kind): [MoneyKind, number] => [kind, sum(result => result.money[kind] ?? 0)]));
  const never = [...delivered, ...money].filter(([, count]) => count === 0).map(([kind]) => kind);
  const seconds = results.map(result => result.seconds).sort((a, b) => a - b);
  const failed = records.filter(({ result }) => !result.ok);
  const [failing, flaky] = [failed.filter(isFailing), failed.filter(record => !isFailing(record))];
  const [clean, cleanPosted] = [sum(({ counts }) => counts.clean), sum(({ counts }) => counts.cleanPosted)];
  const judged = results.length >= ENOUGH_SEEDS;
  const text = [
    `commit ${nameOf(tree)}; ${cpus().length} cores`,
    `${results.length} distinct seeds (${range(results.map(({ seed }) => seed))}): ${results.length - failed.length} right, ${failing.length} failing, ${flaky.length} flaky`,
    `${sum(({ counts }) => counts.lines)} lines approved at some time, ${sum(({ counts }) => counts.approved)} at the end, ${sum(({ counts }) => counts.posted)} of them posted, in ${sum(({ counts }) => counts.versions)} versions`,
    `${sum(({ counts }) => counts.corrections)} corrections; ${sum(({ counts }) => counts.planted)} lines with a planted business fault; ${sum(({ counts }) => counts.exceptions)} exceptions open at the end`,
    `of ${clean} lines with nothing wrong ${cleanPosted} posted with nobody acting: ${percent(cleanPosted, clean)}`,
    `${results.filter(({ workers }) => workers === 2).length} seeds with two workers`,
    `seconds a seed: median ${at(seconds, 0.5)}, p95 ${at(seconds, 0.95)}, longest ${at(seconds, 1)}`,
    'faults delivered:',
    ...counted(delivered),
    'kinds of money that are right in the ERP:',
    ...counted(money),
    ...(judged && never.length > 0 ? [`FAILED: never delivered: ${never.join(', ')}`] : []),
    ...failing.map(({ result, history }) => `FAILING seed ${result.seed}${history ? `, reruns ${history}` : ''}: ${first(result.findings)}`),
    ...flaky.map(({ result, history }) => `FLAKY seed ${result.seed}, reruns ${history}: ${first(result.findings)}`),
  ].join('\n');
  const straight = cleanPosted * 100 >= clean * STRAIGHT_THROUGH_PERCENT;
  return { text, ok: failed.length === 0 && straight && (!judged || never.length === 0) };
}

const counted = (counts: Map<string, number>): string[] => [...counts].map(([kind, count]) => `  ${kind.padEnd(30)}${String(count).padStart(6)}`);

const isFailing = ({ history }: Record): boolean => history === undefined || [...history].filter(one => one === 'F').length >= FAILS_AGAIN;

const first = (findings: { rule: string; line: string; detail: string }[]): string =>
  findings
    .slice(0, 2)
    .map(({ rule, line, detail }) => `${rule} ${line}: ${detail}`)
    .join('; ');

const at = (sorted: number[], part: number): string =>
  sorted.length === 0 ? '-' : sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))].toFixed(1);

const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(2)} %`);

const range = (seeds: number[]): string => (seeds.length === 0 ? 'none' : `${Math.min(...seeds)} to ${Math.max(...seeds)}`);
