import { IntersectionType, OmitType, PickType } from '@nestjs/swagger';
import { ExpenseEntry, Nested, Problem, Text, TimeEntry, type PersonInPsa } from '#canonical';
import type { ItemProblem } from '../item-problem.js';
import { olderVersion } from '../older-version.js';
import { operations, post } from '../operation.js';
import { CheckedDays, CheckedEntry, checks, type DayToCheck, type DaysToCheck, type ExpenseOfDay, type TimeOfDay } from './checks.js';

/** Time while it is entered: nothing of it is approved yet. */
export class TimeToCheck extends OmitType(TimeEntry, ['approval', 'approvedAt', 'timesheetId', 'refs'] as const) {}

export class ExpenseToCheck extends OmitType(ExpenseEntry, ['approval', 'approvedAt', 'expenseReportId', 'refs'] as const) {}

export class CheckBody {
  @Nested(() => TimeToCheck, { list: true, optional: true }) time?: TimeToCheck[];
  @Nested(() => ExpenseToCheck, { list: true, optional: true }) expenses?: ExpenseToCheck[];
}

class WithId {
  @Text({ max: 80 }) id: string;
}

export class CheckedLine extends IntersectionType(WithId, OmitType(CheckedEntry, ['id', 'problem'] as const)) {}

class WithLines {
  @Nested(() => CheckedLine, { list: true }) lines: CheckedLine[];
}

export class CheckView extends IntersectionType(PickType(CheckedDays, ['ready'] as const), WithLines) {}

interface Placed<Entry> {
  person: PersonInPsa;
  date: string;
  entry: Entry;
}

const timeOf = ({ person, workDate, ...entry }: TimeToCheck): Placed<TimeOfDay> => ({ person, date: workDate, entry });

function expenseOf({ person, expenseDate, tax, ...entry }: ExpenseToCheck): Placed<ExpenseOfDay> {
  const { currency } = entry.amount;
  return { person, date: expenseDate, entry: { ...entry, ...(tax ? { tax: { ...tax, amount: { amount: tax.amount, currency } } } : {}) } };
}

/** Puts neighbours of one person and date into one day, and no others: lines keep their order. */
function daysOf<Entry>(placed: Placed<Entry>[]): { person: PersonInPsa; date: string; entries: Entry[] }[] {
  const days: { person: PersonInPsa; date: string; entries: Entry[] }[] = [];
  for (const { person, date, entry } of placed) {
    const last = days.at(-1);
    if (last && last.date === date && last.person.email === person.email && last.person.name === person.name) last.entries.push(entry);
    else days.push({ person, date, entries: [entry] });
  }
  return days;
}

/** Version 1 has flat lists of time and expenses, each with its person and date, and the amount of a tax without its currency. */
export function up({ body: { time, expenses } }: { body: CheckBody }): { body: DaysToCheck } {
  const days: DayToCheck[] = [
    ...daysOf((time ?? []).map(timeOf)).map(({ entries, ...day }) => ({ ...day, time: entries })),
    ...daysOf((expenses ?? []).map(expenseOf)).map(({ entries, ...day }) => ({ ...day, expenses: entries })),
  ];
  return { body: { days } };
}

/** It answers a flat list of lines, time first, and refuses all of them for a bad one. */
export function down({ ready, days }: CheckedDays): CheckView {
  days.forEach(({ problem }) => refuse(problem));
  return { ready, lines: [...days.flatMap(({ time }) => time), ...days.flatMap(({ expenses }) => expenses)].map(lineOf) };
}

function lineOf({ problem, ...line }: CheckedEntry): CheckedLine {
  refuse(problem);
  return line;
}

function refuse(problem: ItemProblem | undefined): void {
  if (problem) throw new Problem('invalid', problem.detail, { code: problem.code, fields: problem.fields });
}

const DATES = { time: 'workDate', expenses: 'expenseDate' };

export function fieldOf(path: string, request: { body: CheckBody }): string {
  const [, at, rest = ''] = /^days\[(\d+)\]\.?(.*)$/.exec(path) ?? [];
  if (at === undefined) return path === 'days' ? 'time' : path;
  const { days } = up(request).body;
  const kind = days[Number(at)]?.expenses ? 'expenses' : 'time';
  const first = days.slice(0, Number(at)).reduce((count, day) => count + (day[kind]?.length ?? 0), 0);
  const [, index = '0', field = `.${rest === 'date' ? DATES[kind] : rest}`] = /^(?:time|expenses)\[(\d+)\](.*)$/.exec(rest) ?? [];
  return `${kind}[${first + Number(index)}]${field.replace('tax.amount.amount', 'tax.amount')}`;
}

export const checksV1 = operations('checks', {
  checksCheck: olderVersion(
    post('checks', {
      scope: 'time-to-billing.check',
      summary: 'Whether time or expenses could be billed as they are, with all faults and the price',
      body: CheckBody,
      answer: CheckView,
      writesNothing: true,
    }),
    { of: checks.checksCheck, up, down, fieldOf },
  ),
});
