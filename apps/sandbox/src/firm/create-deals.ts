import { fromCents, shares, toCents } from './cents.js';
import { mondayFrom, monthStart, plusDays } from './days.js';
import { Dice } from './dice.js';
import type { Firm, FirmCustomer, FirmDeal, FirmRateCard } from './firm.js';

export type Vocabulary = Omit<Firm, 'deals' | 'projects' | 'approvedLines'>;
type BillingMethod = FirmDeal['billingMethod'];

export const BILLING_METHODS: BillingMethod[] = ['T&M', 'Fixed price', 'Milestone', 'Retainer'];

const UNDERTAKINGS = [
  'Cloud landing zone',
  'Data platform',
  'Order portal',
  'Finance transformation',
  'Claims automation',
  'Asset tracking',
  'Customer 360',
  'Payroll migration',
  'Warehouse rollout',
  'API programme',
  'Service desk',
  'Field mobility',
  'Planning model',
  'Master data clean-up',
  'Reporting suite',
  'Contract archive',
];
const STAGES = ['Discovery signed off', 'Design accepted', 'Build complete', 'Go-live'];

export interface DealSketch {
  number: string;
  customer: FirmCustomer;
  billingMethod: BillingMethod;
  /**
   * Put behind the deal's name, and the entity's name as the CRM has it, where they are to differ.
   */
  suffix?: string;
  entityName?: string;
}

/** One deal that wins cleanly by construction (unless its customer or entity name is the fault). */
export function createDeal(firm: Vocabulary, sketch: DealSketch, dice: Dice): FirmDeal {
  const { customer, billingMethod } = sketch;
  const entity = firm.entities.find(({ code }) => code === customer.entity)!;
  const card = firm.rateCards.find(({ entity: of }) => of === entity.code)!;
  const { startDate, endDate } = period(firm.asOf, billingMethod, dice);
  const lines = soldLines(firm, card, startDate, endDate, billingMethod, dice);
  const total = lines.reduce((sum, line) => sum + toCents(line.ratePerHour) * line.hours, 0);
  const undertaking = dice.pick(UNDERTAKINGS);
  return {
    number: sketch.number,
    name: `${customer.name} ${undertaking} ${sketch.number}${sketch.suffix ?? ''}`,
    customerNumber: customer.number,
    entityName: sketch.entityName ?? entity.name,
    billingMethod,
    practice: dice.pick(firm.costCentres).practice,
    currency: entity.currency,
    rateCard: card.code,
    startDate,
    endDate,
    closeDate: plusDays(startDate, -dice.whole(7, 28)),
    notToExceed: billingMethod === 'T&M' && dice.whole(0, 1) === 0 ? fromCents(Math.ceil((total * 1.1) / 100_000) * 100_000) : null,
    purchaseOrder: `PO-${dice.digits(6)}`,
    ownerEmail: dice.pick(['rowan.ellis@larkfield.example', 'mira.stone@larkfield.example']),
    lines,
    milestones: hasMilestones(billingMethod) ? milestones(total, startDate, endDate, dice) : [],
  };
}

const hasMilestones = (method: BillingMethod) => method === 'Fixed price' || method === 'Milestone';

/**
 * Retainers run over whole months, the rest from a Monday over whole weeks; both before and after
 * the year's new rates.
 */
function period(asOf: string, method: BillingMethod, dice: Dice): { startDate: string; endDate: string } {
  if (method === 'Retainer') {
    const months = dice.whole(1, 4);
    return { startDate: monthStart(asOf, months), endDate: plusDays(monthStart(asOf, months + dice.pick([3, 6, 12])), -1) };
  }
  const startDate = mondayFrom(plusDays(asOf, dice.whole(30, 130)));
  return { startDate, endDate: plusDays(startDate, dice.whole(8, 30) * 7 - 3) };
}

function soldLines(firm: Vocabulary, card: FirmRateCard, startDate: string, endDate: string, method: BillingMethod, dice: Dice): FirmDeal['lines'] {
  const rates = rateCardVersion(card, startDate).rates;
  return dice.some(firm.roles, method === 'Retainer' ? 1 : dice.whole(2, 4)).map(role => ({
    role: role.code,
    skills: dice.some(role.skills, dice.whole(0, 1)),
    hours: dice.whole(4, 40) * 8,
    ratePerHour: rates.find(rate => rate.role === role.code)!.ratePerHour,
    startDate,
    endDate,
  }));
}

/** The version in force on `date`. */
export function rateCardVersion(card: FirmRateCard, date: string): FirmRateCard['versions'][number] {
  return card.versions.findLast(({ effectiveFrom }) => effectiveFrom <= date)!;
}

/**
 * Two to four milestones over the period, the last on its last day, summing exactly to `total`
 * cents.
 */
export function milestones(total: number, startDate: string, endDate: string, dice: Dice): FirmDeal['milestones'] {
  const names = dice.some(STAGES, dice.whole(2, 4));
  const amounts = shares(
    total,
    names.map(() => dice.whole(2, 5)),
  );
  const days = (Date.parse(endDate) - Date.parse(startDate)) / 86_400_000;
  return names.map((name, index) => ({
    name,
    dueDate: plusDays(startDate, Math.round((days * (index + 1)) / names.length)),
    amount: fromCents(amounts[index]),
  }));
}

/**
 * `n` more clean deals, for load: over all billing methods and registered customers. The same firm,
 * n and seed give the same deals.
 */
export function createDeals(firm: Firm, n: number, seed: number): FirmDeal[] {
  const dice = new Dice(seed * 7919 + 53);
  const customers = firm.customers.filter(customer => customer.taxRegistration !== null);
  return Array.from({ length: n }, (_, index) =>
    createDeal(
      firm,
      {
        number: `D-${seed}${String(index + 1).padStart(5, '0')}`,
        customer: customers[index % customers.length],
        billingMethod: BILLING_METHODS[Math.floor(index / customers.length) % BILLING_METHODS.length],
      },
      dice,
    ),
  );
}
