import { Decimal } from 'decimal.js';
import type { LedgerRow } from '../../apps/sandbox/src/kit/index.js';

/** Whoever shows what NetSuite committed: the house of a suite, or a platform. */
export interface ErpLedger {
  ledger(vendor: 'netsuite'): Promise<LedgerRow[]>;
}

/** One record of our billing that NetSuite holds, by what its own ledger says. */
export interface HeldBilling {
  externalId: string;
  lineId: string;
  version: number;
  type: 'timeBill' | 'charge' | 'expenseReport';
  /** Our id of the project. */
  projectId: string;
  employeeNumber: string;
  date: string;
  minutes: number | null;
  /** Per hour, of time. */
  rate: string | null;
  /** Of time as NetSuite computes it: rate times hours, half up at the cent. */
  amount: string;
  currency: string | null;
}

interface Reference {
  id: string;
  externalId?: string;
  refName?: string;
}

interface Snapshot {
  employee?: Reference;
  customer?: Reference;
  tranDate?: string;
  hours?: string;
  rate?: number;
  billTo?: Reference;
  chargeEmployee?: Reference;
  chargeDate?: string;
  amount?: number;
  currency?: Reference;
  entity?: Reference;
  expensereportcurrency?: Reference;
  expense?:
    { amount: number; customer?: Reference; expensedate?: string }[] | { items: { amount: number; customer?: Reference; expensedate?: string }[] };
}

const OURS = /^tl-((?:tim|exp)_[^-]+)-v(\d+)/;
const TYPES = new Set(['timeBill', 'charge', 'expenseReport']);

/** Everything of ours that is there now, oldest first: what was removed isn't. */
export async function heldBillings(house: ErpLedger): Promise<HeldBilling[]> {
  const live = new Map<string, HeldBilling>();
  for (const { type, id, externalId, after } of await house.ledger('netsuite')) {
    if (!TYPES.has(type) || !externalId?.startsWith('tl-')) continue;
    if (after === null) live.delete(`${type} ${id}`);
    else live.set(`${type} ${id}`, heldAs(type as HeldBilling['type'], externalId, after as Snapshot));
  }
  return [...live.values()];
}

export const heldOf = async (house: ErpLedger, ...lineIds: string[]): Promise<HeldBilling[]> =>
  (await heldBillings(house)).filter(({ lineId }) => lineIds.includes(lineId));

export const sumOf = (held: { amount: string }[]): string => held.reduce((sum, { amount }) => sum.plus(amount), new Decimal(0)).toFixed(2);

function heldAs(type: HeldBilling['type'], externalId: string, snapshot: Snapshot): HeldBilling {
  const [, lineId, version] = OURS.exec(externalId) ?? [];
  return { externalId, lineId, version: Number(version), type, ...contentOf(type, snapshot) };
}

function contentOf(type: HeldBilling['type'], s: Snapshot): Omit<HeldBilling, 'externalId' | 'lineId' | 'version' | 'type'> {
  switch (type) {
    case 'timeBill': {
      const minutes = minutesOf(s.hours!);
      return {
        projectId: s.customer?.externalId ?? '',
        employeeNumber: s.employee?.externalId ?? '',
        date: s.tranDate ?? '',
        minutes,
        rate: new Decimal(s.rate ?? 0).toFixed(2),
        amount: new Decimal(s.rate ?? 0).times(minutes).div(60).toFixed(2, Decimal.ROUND_HALF_UP),
        currency: null,
      };
    }
    case 'charge':
      return {
        projectId: s.billTo?.externalId ?? '',
        employeeNumber: s.chargeEmployee?.externalId ?? '',
        date: s.chargeDate ?? '',
        minutes: null,
        rate: null,
        amount: new Decimal(s.amount ?? 0).toFixed(2),
        currency: s.currency?.refName ?? null,
      };
    case 'expenseReport': {
      const rows = Array.isArray(s.expense) ? s.expense : (s.expense?.items ?? []);
      return {
        projectId: rows[0]?.customer?.externalId ?? '',
        employeeNumber: s.entity?.externalId ?? '',
        date: rows[0]?.expensedate ?? s.tranDate ?? '',
        minutes: null,
        rate: null,
        amount: rows.reduce((sum, { amount }) => sum.plus(amount), new Decimal(0)).toFixed(2),
        currency: s.expensereportcurrency?.refName ?? null,
      };
    }
  }
}

/** `7:30`, or `-7:30` where the account takes negative time. */
function minutesOf(hours: string): number {
  const [, sign, whole, rest = '0'] = /^(-?)(\d+)(?::(\d+))?$/.exec(hours) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(whole) * 60 + Number(rest));
}
