import type { Fault } from '#apis';
import { addMoney, money, type BillableKind, type BillableTransaction, type Money } from '#canonical';
import { needs } from '../needs.js';
import { nameOf, reversalIdOf } from './billable-transaction.rules.js';

/**
 * A part of a line that is in the ERP, of any version. Reversals are parts too; removed and
 * credited ones are not.
 */
export interface PartInForce {
  externalId: string;
  kind: BillableKind;
  amount: Money;
  /** `unbilled`: can still be removed; `posted`: in the books; `billed`: on an invoice. */
  state: 'unbilled' | 'posted' | 'billed';
}

/** What the ERP should hold by the newest version. */
export type Desired =
  | { state: 'priced'; parts: Pick<BillableTransaction, 'externalId'>[] }
  | { state: 'withdrawn' }
  /** Not priced yet, or not to be posted as it is; older parts are wrong in any case. */
  | { state: 'blocked'; parts?: Pick<BillableTransaction, 'externalId'>[] };

export type NextOperation =
  | { operation: 'post'; externalId: string }
  | { operation: 'remove'; externalId: string }
  | { operation: 'reverse'; externalId: string; reversalId: string }
  | { operation: 'need-credit'; externalIds: string[]; money: Money }
  | { operation: 'nothing' };

/**
 * The one next step for a line, given its parts in force. Supersede, don't edit: every part of an
 * older version is out before the newer one is sent. Unbilled parts are removed; posted and billed
 * ones are reversed where the ERP allows it, and else wait for a credit by finance. A blocked
 * version has its older parts removed at once, before an invoice takes them, but nothing is
 * reversed until its replacement is known. Newer parts are treated first, so that asking twice
 * gives the same answer.
 */
export function nextOperation(inForce: PartInForce[], desired: Desired, { reversalsAllowed }: { reversalsAllowed: boolean }): NextOperation {
  const wanted = 'parts' in desired ? (desired.parts ?? []).map(({ externalId }) => externalId) : [];
  const stale = unsettled(inForce).filter(({ externalId }) => !wanted.includes(externalId));
  const removable = stale.find(({ state }) => state === 'unbilled');
  if (removable) return { operation: 'remove', externalId: removable.externalId };
  if (stale.length > 0) return desired.state === 'blocked' ? { operation: 'nothing' } : takeBack(stale, reversalsAllowed);
  const there = new Set(inForce.map(({ externalId }) => externalId));
  const missing = wanted.find(externalId => !there.has(externalId));
  return missing === undefined ? { operation: 'nothing' } : { operation: 'post', externalId: missing };
}

/** The parts that still count: neither reversed, nor the reversal of a part that is in force. */
function unsettled(inForce: PartInForce[]): PartInForce[] {
  const there = new Set(inForce.map(({ externalId }) => externalId));
  return inForce
    .filter(({ externalId }) => !there.has(reversalIdOf(externalId)) && nameOf(externalId)?.reversal !== true)
    .sort((a, b) => rank(b.externalId) - rank(a.externalId));
}

/** Orders by version, then by the part of its overage. */
const rank = (externalId: string): number => {
  const name = nameOf(externalId);
  return name ? name.version * 10_000 + name.overage : 0;
};

function takeBack(stale: PartInForce[], reversalsAllowed: boolean): NextOperation {
  if (reversalsAllowed) return { operation: 'reverse', externalId: stale[0].externalId, reversalId: reversalIdOf(stale[0].externalId) };
  return {
    operation: 'need-credit',
    externalIds: stale.map(({ externalId }) => externalId),
    money: addMoney(money(0, stale[0].amount.currency), ...stale.map(({ amount }) => amount)),
  };
}

/** The exception for billed parts that only finance can take back. We never void an invoice. */
export function creditFault(
  { lineId, version, person, workDate }: { lineId: string; version: number; person: string; workDate: string },
  { money: { amount, currency }, externalIds }: Extract<NextOperation, { operation: 'need-credit' }>,
): Fault {
  return {
    reason: { code: 'credit.needed', params: { person, date: workDate, amount, currency, transactions: externalIds.join(', ') } },
    category: 'conflict',
    desk: 'finance',
    need: needs.credit(lineId, version),
  };
}
