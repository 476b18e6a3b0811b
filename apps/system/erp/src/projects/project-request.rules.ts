import { addMoney, shortened, Problem, sameMoney, type FieldFault, type FinancialProject } from '#canonical';

/** Faults of a financial project that no single field's rule finds; all at once. */
export function projectFaults(id: string, project: FinancialProject): FieldFault[] {
  const { startDate, endDate, tasks, billingSchedule } = project;
  const ids = [...tasks, ...billingSchedule.milestones].map(record => record.id);
  const sequences = billingSchedule.milestones.map(({ sequence }) => sequence);
  return [
    ...(id === project.id ? [] : [fault('id', 'same-id', `must be the id in the path, ${id}`)]),
    ...(startDate <= endDate ? [] : [fault('endDate', 'order', `must not be before startDate ${startDate}`)]),
    ...currencyFaults(project),
    ...(new Set(ids).size === ids.length ? [] : [fault('tasks', 'unique', 'must not name an id twice, milestones included')]),
    ...(new Set(sequences).size === sequences.length ? [] : [fault('billingSchedule.milestones', 'unique', 'must not have a sequence number twice')]),
    ...scheduleFaults(project),
    ...sumFaults(project),
  ];
}

function currencyFaults({ currency, price, notToExceed, billingSchedule }: FinancialProject): FieldFault[] {
  const amounts = {
    ...(price ? { price } : {}),
    ...(notToExceed ? { notToExceed } : {}),
    ...Object.fromEntries(billingSchedule.milestones.map(({ amount }, index) => [`billingSchedule.milestones[${index}].amount`, amount])),
  };
  return Object.entries(amounts).flatMap(([field, amount]) =>
    amount.currency === currency ? [] : [fault(`${field}.currency`, 'currency', `must be the project's currency ${currency}`)],
  );
}

/**
 * Which schedules suit which methods. A schedule by milestones has milestones; any other has none.
 */
function scheduleFaults({ billingMethod, billingSchedule: { type, frequency, milestones } }: FinancialProject): FieldFault[] {
  const byMilestones = type === 'fixed-milestone';
  const fits = {
    'time-and-materials': 'time-and-materials',
    retainer: 'fixed-interval',
    milestone: 'fixed-milestone',
    'fixed-price': byMilestones ? 'fixed-milestone' : 'fixed-interval',
  };
  return [
    ...(fits[billingMethod] === type ? [] : [fault('billingSchedule.type', 'method', `must fit the billing method ${billingMethod}`)]),
    ...(byMilestones === (frequency === 'milestones') ? [] : [fault('billingSchedule.frequency', 'type', `must fit the type ${type}`)]),
    ...(byMilestones === milestones.length > 0
      ? []
      : [fault('billingSchedule.milestones', 'type', byMilestones ? 'must not be empty' : `must be empty for ${type}`)]),
  ];
}

/**
 * The milestones must sum to the price: an ERP bills the rest at once. A project is closed as it
 * is.
 */
function sumFaults({ status, price, billingSchedule: { milestones } }: FinancialProject): FieldFault[] {
  const [first, ...rest] = milestones.map(({ amount }) => amount);
  if (status === 'archived' || !first) return [];
  if (!price) return [fault('price', 'present', 'must be there for a schedule by milestones')];
  if ([first, ...rest].some(({ currency }) => currency !== price.currency)) return [];
  const sum = addMoney(first, ...rest);
  return sameMoney(sum, price) ? [] : [fault('billingSchedule.milestones', 'sum', `must sum to the price ${price.amount}, not ${sum.amount}`)];
}

const AN_ID = /^[A-Za-z0-9_-]{1,80}$/;

/** An id from a path, fit to be asked of a vendor; anything else names nothing. */
export function idInPath(id: string): string {
  if (!AN_ID.test(id)) throw new Problem('not-found', `There is nothing with the id ${shortened(id, 80)}.`);
  return id;
}

const fault = (field: string, rule: string, says: string): FieldFault => ({ field, rule, message: `${field} ${says}` });
