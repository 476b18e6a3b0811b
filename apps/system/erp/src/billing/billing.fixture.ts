import { mintId, money, priceOf, type BillableTransaction, type BillingBatch } from '#canonical';
import { createFirm } from '../../../../sandbox/src/firm/create-firm.js';

const firm = createFirm();
const running = firm.projects.filter(({ billingMethod, closedOn }) => billingMethod === 'T&M' && closedOn === null);
/** A running project of Larkfield Ltd, and somebody who works there. */
export const project = running.find(({ entity }) => entity === 'LF-UK') ?? running[0];
export const closedProject = firm.projects.find(({ closedOn }) => closedOn !== null)!;
export const consultant = firm.consultants.find(({ terminatedOn }) => terminatedOn === null)!;
/** A day in a month that is open. */
export const today = firm.asOf;

let serial = 0;

/** A line of time that the ERP takes; each of its own. */
export function aLine(over: Partial<BillableTransaction> = {}): BillableTransaction {
  const { currency } = project;
  const minutes = over.minutes ?? 455;
  const ratePerHour = over.ratePerHour ?? money('150', currency);
  return {
    externalId: `tl-${mintId('time-entry', 'spec', String(process.pid), String(serial++))}-v1`,
    kind: 'time',
    projectId: project.id,
    employeeNumber: consultant.employeeNumber,
    legalEntity: project.entity,
    costCentre: project.costCentre,
    taxCode: firm.taxCodes.find(({ entity }) => entity === project.entity)!.code,
    workDate: today,
    postingDate: today,
    billable: true,
    minutes,
    role: consultant.role,
    ratePerHour,
    amount: priceOf(ratePerHour, minutes),
    memo: 'Design workshop',
    ...over,
  };
}

export function anExpense(over: Partial<BillableTransaction> = {}): BillableTransaction {
  const { minutes: _, role: __, ratePerHour: ___, ...line } = aLine();
  const amount = over.amount ?? money('84.5', project.currency);
  return { ...line, externalId: line.externalId.replace('tim_', 'exp_'), kind: 'expense', category: 'LODGING', spent: amount, amount, ...over };
}

/** Priced, not at cost. */
export const aCharge = (over: Partial<BillableTransaction> = {}): BillableTransaction =>
  anExpense({ kind: 'charge', spent: money('100', 'EUR'), amount: money('97.75', project.currency), ...over });

export const post = (...transactions: BillableTransaction[]): BillingBatch => ({
  operation: 'post',
  kind: transactions[0].kind,
  transactions,
  externalIds: [],
});

export const remove = (...lines: BillableTransaction[]): BillingBatch => ({
  operation: 'remove',
  kind: lines[0].kind,
  transactions: [],
  externalIds: lines.map(({ externalId }) => externalId),
});
