import { randomUUID } from 'node:crypto';
import { Decimal } from 'decimal.js';
import { money, type BillingLine, type IntercompanyFacts, type LineState, type Money, type TimeEntry } from '#canonical';
import type { NewEvent } from '#events';
import { submissionOf, workDateOf, type Line } from './line.js';

/**
 * States that a line passes through when nothing holds it up: announced only when it stays in one
 * (line-announcer.ts).
 */
export const PASSING: ReadonlySet<LineState> = new Set(['received', 'ready', 'correcting']);

export function linesChanged(lines: Line[]): NewEvent<'billing-lines.changed.v1'> {
  const id = randomUUID();
  return {
    id,
    type: 'billing-lines.changed.v1',
    key: `billing-lines:${id}`,
    data: { lines: lines.map(announced) },
    legalEntities: [...new Set(lines.flatMap(line => line.legalEntities))].sort(),
  };
}

/** A line as it is announced to readers. */
export function announced(line: Line): BillingLine {
  const current = line.postings.filter(({ version, reverses }) => version === line.version && reverses === null);
  const { entry } = line;
  const currency = line.priced?.transaction.amount.currency ?? '';
  return {
    id: line.id,
    kind: line.kind,
    version: line.version,
    revision: line.revision,
    state: line.state,
    since: line.since,
    projectId: entry.projectId,
    timesheetId: submissionOf(line),
    workerId: line.workerId,
    workerName: line.priced?.workerName ?? entry.person.name ?? entry.person.email,
    workDate: workDateOf(line),
    minutes: line.kind === 'time' ? (entry as TimeEntry).workedMinutes : null,
    billable: entry.billable,
    money: billedMoneyOf(line),
    overage: line.overage ? { minutes: line.overage.minutes, money: { amount: line.overage.amount, currency } } : null,
    postingDate: line.priced?.transaction.postingDate ?? null,
    invoice: current.find(({ invoice }) => invoice !== null)?.invoice ?? null,
    explanation: line.priced?.explanation ?? [],
    intercompany: intercompanyOf(line),
    block:
      line.faults && line.exceptionId
        ? {
            exceptionId: line.exceptionId,
            desk: line.faults[0].desk,
            reasons: line.faults.map(({ reason: { code, params } }) => ({ code, params })),
          }
        : null,
    legalEntities: line.legalEntities,
    refs: [...entry.refs, ...current.flatMap(({ ref }) => (ref ? [ref] : []))],
    approvedAt: line.approvedAt,
    postedAt: line.postedAt,
  };
}

export const moneyOf = (line: Line) => line.priced?.transaction.amount ?? line.estimate;

/** Without the part over the cap. */
function billedMoneyOf(line: Line): Money | null {
  const whole = moneyOf(line);
  return whole && line.overage ? money(new Decimal(whole.amount).minus(line.overage.amount), whole.currency) : whole;
}

/**
 * The owner's sale is what is billed. The owner bears what is over the cap, so the transfer price
 * and both costs are those of all the work.
 */
function intercompanyOf(line: Line): IntercompanyFacts | null {
  const facts = line.priced?.intercompany ?? null;
  return facts && line.overage ? { ...facts, owningUnbilledSale: billedMoneyOf(line)! } : facts;
}
