import { Decimal } from 'decimal.js';
import { percentOf, sum } from './amounts.js';
import { linesOf } from './billing.rules.js';
import { userError } from './errors.js';
import type { Invoices } from './invoices.js';
import type { Records } from './records.js';
import type { NetsuiteRow, Values } from './row.js';

export type MilestoneAmounts = 'percentage' | 'amount';

/**
 * A part of a project's amount that is billed by itself: the initial amount, number 0, or a
 * milestone.
 */
interface Part {
  number: number;
  amount: number;
  description: string;
}

/**
 * Projects billed by milestones. The part of the project's amount that the milestones leave is the
 * initial amount, which is billed first, at once; a milestone is billed when it is completed.
 */
export class MilestoneBilling {
  constructor(
    private readonly records: Records,
    private readonly invoices: Invoices,
    private readonly milestoneAmounts: MilestoneAmounts,
  ) {}

  /** A billing schedule as it is kept: with its initial amount, which nobody enters. */
  saved(values: Values): Values {
    if (values.scheduleType !== 'FBM') return values;
    const initialAmountPercent = this.#initialPercent(values);
    if (initialAmountPercent !== undefined && initialAmountPercent < 0)
      throw userError('Error while accessing a resource. The milestones exceed the total project amount.', 'milestone');
    return { ...values, initialAmountPercent };
  }

  /** Makes the invoice of the next due part, as finance does with Next Bill. */
  billNext(job: NetsuiteRow): void {
    const schedule = this.records.get('billingSchedule', String(job.values.billingSchedule));
    const billed = (job.values.billedParts as number[] | undefined) ?? [];
    const next = schedule && this.#due(schedule.values, job.values).find(({ number }) => !billed.includes(number));
    if (!next) throw userError('There is nothing to bill for this project.');
    const type = this.records.schema.type('invoice');
    const item = job.values.jobItem ?? this.records.all('serviceSaleItem')[0]?.id;
    const line = { item, quantity: 1, rate: next.amount, amount: next.amount, description: next.description };
    const draft = { id: this.records.nextId(type), values: { job: job.id, entity: job.values.parent, item: [line] } };
    this.records.put(type, { ...draft, values: this.invoices.invoiced(draft, undefined, {}) }, 'create');
    this.records.mark('job', { ...job, values: { ...job.values, billedParts: [...billed, next.number] } });
  }

  #initialPercent({ milestone, job }: Values): number | undefined {
    const total = new Decimal(sum(linesOf(milestone).map(({ milestoneAmount }) => milestoneAmount)));
    if (this.milestoneAmounts === 'percentage') return new Decimal(100).minus(total).toNumber();
    const price = Number(this.records.get('job', String(job))?.values.jobPrice ?? 0);
    return price === 0 ? undefined : new Decimal(100).minus(total.times(100).dividedBy(price)).toNumber();
  }

  /** The parts that may be billed by now, in order; parts of zero are left out. */
  #due({ initialAmountPercent, milestone }: Values, { jobPrice, currency }: Values): Part[] {
    const symbol = String(this.records.get('currency', String(currency))!.values.symbol);
    const share = (percent: unknown) => percentOf(jobPrice ?? 0, percent ?? 0, symbol);
    const parts = [
      { number: 0, amount: share(initialAmountPercent), description: 'Initial amount' },
      ...linesOf(milestone)
        .filter(({ milestoneCompleted }) => milestoneCompleted === true)
        .map(({ milestoneId, milestoneAmount, comments }) => ({
          number: Number(milestoneId),
          amount: this.milestoneAmounts === 'percentage' ? share(milestoneAmount) : Number(milestoneAmount),
          description: String(comments ?? ''),
        })),
    ];
    return parts.filter(({ amount }) => amount !== 0);
  }
}
