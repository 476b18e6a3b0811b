import { centsIn, expenseLine, factsOf, sumOf } from './amounts.js';
import type { Caps } from './caps.js';
import type { Fields, Finding, Held, Known, Overage } from './evidence.js';
import type { Wanted } from './wanted-lines.js';

export const names = (held: Held[]): string => held.map(({ externalId }) => externalId).join(', ');

/** What the PSA and the ERP disagree on. */
export function differences(line: Wanted, { externalId, type, record }: Held, { currencies }: Known): Finding[] {
  const found: Finding[] = [];
  const compare = (what: string, expected: unknown, is: unknown) => {
    if (expected !== is) found.push({ rule: 'content', line: line.id, detail: `${externalId}: ${what} is ${String(is)}, not ${String(expected)}` });
  };
  const said = factsOf(type, record);
  compare('project', line.projectId, said.projectId);
  compare('worker', line.employeeNumber, said.employeeNumber);
  compare('day', line.date, said.date);
  // Time has none of its own: it is its project's.
  if (type !== 'timeBill' && !isUnbilledReport(type, record)) compare('currency', line.currency, currencies.get(String(said.currency)));
  return found;
}

/** What was spent is in the books once, in the currency of that, whatever is billed. */
export function wrongCost(line: Wanted, held: Held[], { currencies }: Known): Finding[] {
  if (!line.spent) return [];
  const reports = held.filter(({ type }) => type === 'expenseReport');
  const booked = reports.map(
    ({ type, record }) => `${centsIn(expenseLine(record).amount)} ${currencies.get(String(factsOf(type, record).currency))}`,
  );
  const spent = `${line.spent.cents} ${line.spent.currency}`;
  if (booked.length === 1 && booked[0] === spent) return [];
  return [{ rule: 'cost', line: line.id, detail: `${spent} were spent, ${booked.join(' and ') || 'nothing'} is booked: ${names(held)}` }];
}

const isUnbilledReport = (type: string, record: Fields): boolean => type === 'expenseReport' && expenseLine(record).isBillable === false;

/** What is in force of a line, less what waits for room, is the line: in cents, and in minutes of time. */
export function wrongQuantity(line: Wanted, held: Held[], over: Overage | undefined): Finding[] {
  const found: Finding[] = [];
  const minutes = line.minutes === null ? null : minutesIn(held);
  const due = line.minutes === null ? null : line.minutes - (over?.minutes ?? 0);
  if (minutes !== due) found.push({ rule: 'content', line: line.id, detail: `${names(held)}: minutes is ${minutes}, not ${due}` });
  const cents = sumOf(held);
  const worth = line.cents === undefined ? undefined : line.cents - (over?.cents ?? 0n);
  if (cents !== worth)
    found.push({ rule: 'amount', line: line.id, detail: `${names(held)}: ${cents} cents, not ${worth ?? 'known to anybody'} (${line.currency})` });
  return found;
}

const minutesIn = (held: Held[]): number => held.reduce((sum, { type, record }) => sum + (factsOf(type, record).minutes ?? 0), 0);

/** Parts of one version, each another one of what was released of it. */
export const areParts = (held: Held[]): boolean => new Set(held.map(({ version }) => version)).size === 1;

/** Only under a cap anything waits for room, and never more than the line. */
export function wrongOverage(line: Wanted, held: Held[], { cents, minutes }: Overage, caps: Caps): Finding[] {
  const whole = cents > 0n && cents <= (line.cents ?? 0n) && (minutes === null) === (line.minutes === null);
  const all = held.length > 0 || (cents === line.cents && minutes === line.minutes);
  if (caps.of(line.projectId) && whole && all) return [];
  const said = `${cents} cents and ${minutes} minutes are told to be over the cap`;
  return [{ rule: 'overage', line: line.id, detail: `${said} of ${line.cents} and ${line.minutes}; the cap is ${caps.of(line.projectId)}` }];
}
