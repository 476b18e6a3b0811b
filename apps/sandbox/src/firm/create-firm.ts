import { fromCents, toCents } from './cents.js';
import { createConsultants } from './create-consultants.js';
import { createCustomers } from './create-customers.js';
import { BILLING_METHODS, createDeal, milestones, rateCardVersion, type DealSketch, type Vocabulary } from './create-deals.js';
import { newYear, plusDays } from './days.js';
import { Dice } from './dice.js';
import type { Firm, FirmDeal, FirmProject, FirmRateCard } from './firm.js';
import { COST_CENTRES, ENTITIES, LEVEL, ROLES, TAX_CODES, TERMS } from './vocabulary.js';

export { createDeals } from './create-deals.js';

export interface FirmOptions {
  seed?: number;
  /** How many consultants. */
  size?: number;
  /** The day it is set up as of. */
  asOf?: string;
}

/**
 * The sample firm. One seed, size and day give one firm. `deals[0]` is clean, `deals[1]` has a customer without tax registration,
 * `deals[2]` is sold by a legal entity that nothing maps; the rest are clean, every billing method by every entity.
 */
export function createFirm({ seed = 1, size = 60, asOf = '2026-11-01' }: FirmOptions = {}): Firm {
  const vocabulary: Vocabulary = {
    seed,
    asOf,
    entities: ENTITIES,
    roles: ROLES.map(({ code, name, productCode, skills }) => ({ code, name, productCode, skills })),
    costCentres: COST_CENTRES,
    taxCodes: TAX_CODES,
    terms: TERMS,
    consultants: createConsultants(seed, size, asOf),
    customers: createCustomers(seed),
    rateCards: rateCards(asOf),
  };
  return structuredClone({ ...vocabulary, deals: openDeals(vocabulary), projects: runningProjects(vocabulary) });
}

/** Per entity one card with this year's rates and next year's, 4 % up, in whole units of its currency. */
function rateCards(asOf: string): FirmRateCard[] {
  return ENTITIES.map(({ code, currency }) => ({
    code: code.replace('LF-', 'RC-'),
    entity: code,
    currency,
    versions: [100, 104].map((percent, index) => ({
      effectiveFrom: newYear(asOf, index),
      rates: ROLES.map(role => ({ role: role.code, ratePerHour: fromCents(Math.round((role.rate * LEVEL[code] * percent) / 10_000) * 100) })),
    })),
  }));
}

function openDeals(firm: Vocabulary): FirmDeal[] {
  const dice = new Dice(firm.seed * 7919 + 31);
  const named = (name: string) => firm.customers.find(customer => customer.name === name)!;
  const samples: Omit<DealSketch, 'number'>[] = [
    { customer: named('Northwind Energy'), billingMethod: 'Fixed price' },
    { customer: firm.customers.find(customer => customer.taxRegistration === null)!, billingMethod: 'T&M', suffix: ' (no tax registration)' },
    {
      customer: named('Nordlicht Versicherung'),
      billingMethod: 'T&M',
      suffix: ' (Larkfield Nordics AB, not mapped)',
      entityName: 'Larkfield Nordics AB',
    },
  ];
  const registered = firm.customers.filter(customer => customer.taxRegistration !== null);
  const everyMethod = ENTITIES.flatMap(({ code }) => {
    const customers = registered.filter(customer => customer.entity === code);
    return BILLING_METHODS.map((billingMethod, index) => ({ customer: customers[index % customers.length], billingMethod }));
  });
  // Those whose deal shows something of its own: adopted in the ERP, a child of a parent, reverse charge, export.
  const special = ['Castlegate Retail', 'Rheintal Service', 'Atelier Lumière', 'Harborview Analytics'].map((name, index) => ({
    customer: named(name),
    billingMethod: BILLING_METHODS[index],
  }));
  return [...samples, ...everyMethod, ...special].map((sketch, index) =>
    createDeal(firm, { ...sketch, number: `D-${String(index + 1).padStart(4, '0')}` }, dice),
  );
}

/** Two projects per entity at least, every billing method, for customers that the ERP knows; half way through on `asOf`. */
function runningProjects(firm: Vocabulary): FirmProject[] {
  const dice = new Dice(firm.seed * 7919 + 41);
  const customers = firm.customers.filter(customer => customer.inErp);
  return Array.from({ length: 8 }, (_, index) => {
    const customer = customers[index % customers.length];
    const billingMethod = BILLING_METHODS[Math.floor(index / 2) % BILLING_METHODS.length];
    const number = `P-${String(index + 1).padStart(4, '0')}`;
    return runningProject(firm, { number, customer, billingMethod }, dice);
  });
}

function runningProject(firm: Vocabulary, sketch: DealSketch, dice: Dice): FirmProject {
  const sold = createDeal(firm, sketch, dice);
  const entity = sketch.customer.entity;
  const startDate = plusDays(firm.asOf, -dice.whole(40, 120));
  const endDate = plusDays(firm.asOf, dice.whole(60, 180));
  const rates = rateCardVersion(
    firm.rateCards.find(card => card.entity === entity)!,
    startDate,
  ).rates;
  const budget = sold.lines.reduce((sum, line) => sum + toCents(rates.find(({ role }) => role === line.role)!.ratePerHour) * line.hours, 0);
  const staff = firm.consultants.filter(one => one.entity === entity && one.terminatedOn === null && one.hiredOn <= startDate);
  return {
    number: sketch.number,
    name: sold.name,
    customerNumber: sketch.customer.number,
    entity,
    costCentre: firm.costCentres.find(({ practice }) => practice === sold.practice)!.code,
    billingMethod: sketch.billingMethod,
    currency: sold.currency,
    rateCard: sold.rateCard,
    startDate,
    endDate,
    budget: fromCents(budget),
    tasks: sold.lines.map(line => ({ title: firm.roles.find(({ code }) => code === line.role)!.name, role: line.role, hours: line.hours })),
    milestones: sold.milestones.length > 0 ? milestones(budget, startDate, endDate, dice) : [],
    team: dice.some(staff, Math.min(4, staff.length)).map(one => one.employeeNumber),
  };
}
