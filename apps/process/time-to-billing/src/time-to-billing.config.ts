import { IsIn, ValidateBy } from 'class-validator';
import { isCurrency } from '#canonical';
import { LONGEST_WAIT_MS, Setting, WorkingDay } from '#service';

const AMOUNT = /^\d{1,12}(\.\d{1,4})? ([A-Z]{3})$/;
const isAmount = (text: unknown): boolean => typeof text === 'string' && isCurrency(AMOUNT.exec(text)?.[2] ?? '');

/** Settings of time to billing: finance's policies, and how much is sent at once. */
export class TimeToBillingConfig {
  @Setting({
    env: 'TIME_TO_BILLING_CLOSED_PERIOD',
    default: 'next-open',
    description: 'A line whose work date lies in a closed period: `next-open` posts it on the first open day, `hold` makes it an exception.',
  })
  @IsIn(['next-open', 'hold'])
  closedPeriod: 'next-open' | 'hold';

  @Setting({
    env: 'TIME_TO_BILLING_RATE_DIFFERENCE',
    default: 'explain',
    description: "A PSA rate that differs from ours: `explain` notes it in the line's price, `exception` asks finance.",
  })
  @IsIn(['explain', 'exception'])
  rateDifference: 'explain' | 'exception';

  @Setting({
    env: 'TIME_TO_BILLING_ENDED_RATE',
    default: 'fall',
    description: 'All rates of an agreement have ended: `fall` prices by the agreement below and says so, `ask` makes it an exception.',
  })
  @IsIn(['fall', 'ask'])
  endedRate: 'fall' | 'ask';

  @Setting({
    env: 'TIME_TO_BILLING_OVERTIME_RATE',
    default: 'general',
    description: 'Overtime by a rate that does not speak of overtime: `general` bills it by that rate and says so, `ask` makes it an exception.',
  })
  @IsIn(['general', 'ask'])
  overtimeRate: 'general' | 'ask';

  @Setting({
    env: 'TIME_TO_BILLING_EXCHANGE_RATE_DAYS',
    default: 366,
    within: [0, 36_500],
    description: 'How many days an exchange rate may be old, counted from the day it is of; 0: however old, as the ERP itself has it.',
  })
  exchangeRateDays: number;

  @Setting({
    env: 'TIME_TO_BILLING_UNSTAFFED_PROJECT',
    default: 'anybody',
    description: 'Who may book on a project without any assignment: `anybody` or `nobody`.',
  })
  @IsIn(['anybody', 'nobody'])
  unstaffedProject: 'anybody' | 'nobody';

  @Setting({
    env: 'TIME_TO_BILLING_DAY_LIMIT_MINUTES',
    default: 960,
    within: [1, 1440],
    description: 'The most a person may book on one day, over all projects.',
  })
  dayLimitMinutes: number;

  @WorkingDay()
  minutesPerDay: number;

  @Setting({
    env: 'TIME_TO_BILLING_DAY_RATE',
    default: 'pro-rata',
    description:
      'Part of a day at a day rate: `pro-rata` by the minute, `half-days` every half day begun, `whole-days` every day begun. A person’s lines of a day, project and rate count together.',
  })
  @IsIn(['pro-rata', 'half-days', 'whole-days'])
  dayRate: 'pro-rata' | 'half-days' | 'whole-days';

  @Setting({
    env: 'TIME_TO_BILLING_LONGER_DAY',
    default: 'pro-rata',
    description: 'What is worked beyond the day of a day rate: `pro-rata` is billed like the rest, `capped` is not billed.',
  })
  @IsIn(['pro-rata', 'capped'])
  longerDay: 'pro-rata' | 'capped';

  @Setting({
    env: 'TIME_TO_BILLING_LINE_ROUNDING',
    default: 'line',
    description:
      'Lines of one person, day, project and rate: `line` rounds each by itself, `day` rounds them together, and the line that comes last has what is left. What is priced keeps its price.',
  })
  @IsIn(['line', 'day'])
  lineRounding: 'line' | 'day';

  @Setting({
    env: 'TIME_TO_BILLING_FOREIGN_RATE',
    default: 'hour',
    description: 'A rate in another currency than the contract: `hour` rounds the converted rate of an hour (or day), `line` only the line.',
  })
  @IsIn(['hour', 'line'])
  foreignRate: 'hour' | 'line';

  @Setting({
    env: 'TIME_TO_BILLING_RECEIPT_OVER',
    default: ['25 USD', '25 GBP', '25 EUR'],
    description: 'Above which amount an expense needs a receipt, per currency; expense terms may say otherwise.',
  })
  @ValidateBy(
    { name: 'amounts', validator: { validate: isAmount } },
    { each: true, message: 'TIME_TO_BILLING_RECEIPT_OVER must be amounts and their currencies, like 25 USD' },
  )
  receiptOver: string[];

  @Setting({
    env: 'TIME_TO_BILLING_EXPENSE_COST',
    description:
      "Who books what an expense costs. `record`: Throughline does, as the ERP's own expense record in the currency that was spent, once, whatever is billed. `elsewhere`: the firm's expense tool does, and the ERP gets from here what is billed and nothing else. Nobody but the firm can say: with both it pays twice, with neither not at all.",
  })
  @IsIn(['record', 'elsewhere'])
  expenseCost: 'record' | 'elsewhere';

  @Setting({
    env: 'TIME_TO_BILLING_TRANSFER_PERCENT',
    default: 80,
    within: [0, 1_000],
    description: "What the owning entity of a project pays the entity that lent it a worker, in percent of the line's sale.",
  })
  transferPercent: number;

  @Setting({
    env: 'TIME_TO_BILLING_TRANSFER_UNKNOWN',
    default: 'mark',
    description:
      'An hour of a worker lent by another entity of which neither a rate nor the cost is known: `mark` posts it and says that its transfer price is unknown, `ask` has finance state a rate first.',
  })
  @IsIn(['mark', 'ask'])
  transferUnknown: 'mark' | 'ask';

  @Setting({
    env: 'TIME_TO_BILLING_CORRECTED_PRICE',
    default: 're-rate',
    description:
      'A rate, card or term that is corrected after lines were priced by it: `re-rate` bills those that are on no invoice at the new price, as a newer version, and asks finance about the others; `ask` asks about all. Each is listed with the difference.',
  })
  @IsIn(['re-rate', 'ask'])
  correctedPrice: 're-rate' | 'ask';

  @Setting({
    env: 'TIME_TO_BILLING_FREED_ROOM',
    default: 'oldest-first',
    description:
      'Who takes room under a not-to-exceed while overage waits for it: `oldest-first` keeps a younger line over the cap until the overage before it is billed, `first-come` gives what room there is to the line that comes.',
  })
  @IsIn(['oldest-first', 'first-come'])
  freedRoom: 'oldest-first' | 'first-come';

  @Setting({
    env: 'TIME_TO_BILLING_BATCHES',
    default: 10,
    within: [1, 1_000],
    description: 'Batches that this process has on their way to the ERP at once.',
  })
  batches: number;

  @Setting({
    env: 'TIME_TO_BILLING_BATCH_SIZE',
    default: 100,
    within: [1, 100],
    description: 'Lines in one batch at most; fewer where the ERP says that it takes fewer.',
  })
  batchSize: number;

  @Setting({
    env: 'TIME_TO_BILLING_LINGER_MS',
    default: 150,
    within: [0, LONGEST_WAIT_MS],
    description: 'How long a batch that is not full waits for more lines, in ms.',
  })
  lingerMs: number;

  @Setting({
    env: 'TIME_TO_BILLING_LEASE_MS',
    default: 15_000,
    within: [500, LONGEST_WAIT_MS],
    description: 'After how long the batches of a process that died are taken over.',
  })
  leaseMs: number;

  @Setting({
    env: 'TIME_TO_BILLING_GRACE_MS',
    default: 10_000,
    within: [0, LONGEST_WAIT_MS],
    description:
      'How long a line that lacks something another system may be about to tell (a project, a worker, a rate) waits before it is an exception.',
  })
  graceMs: number;

  @Setting({
    env: 'TIME_TO_BILLING_PROBE_MS',
    default: 5_000,
    within: [100, LONGEST_WAIT_MS],
    description:
      'How often it is looked whether what blocked lines lack has arrived unheard, in ms, while anything happens; while nothing does, up to a minute apart.',
  })
  probeMs: number;

  @Setting({
    env: 'TIME_TO_BILLING_DUE_MS',
    default: 28_800_000,
    within: [1_000, LONGEST_WAIT_MS],
    description: 'How long a desk has to decide an exception.',
  })
  dueMs: number;

  @Setting({
    env: 'TIME_TO_BILLING_STATUS_BACK_MS',
    default: 5_000,
    within: [0, LONGEST_WAIT_MS],
    description: 'How long changes of one timesheet, expense report or invoice are gathered before the PSA is told.',
  })
  statusBackMs: number;
}
