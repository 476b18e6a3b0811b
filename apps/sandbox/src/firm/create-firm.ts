import { canonicalId } from './canonical-id.js';
import { fromCents, toCents } from './cents.js';
import { createConsultants } from './create-consultants.js';
import { createCustomers, createCustomersAbroad } from './create-customers.js';
import { BILLING_METHODS, createDeal, milestones, rateCardVersion, type DealSketch, type Vocabulary } from './create-deals.js';
import { newYear, plusDays } from './days.js';
import { Dice } from './dice.js';
import type { Firm, FirmConsultant, FirmCustomer, FirmDeal, FirmProject, FirmRateCard } from './firm.js';
import { COST_CENTRES, ENTITIES, EXPENSE_CATEGORIES, LEVEL, ROLES, TAX_CODES, TERMS } from './vocabulary.js';

export { approvedTime } from './approved-time.js';
export { createDeals } from './create-deals.js';

export interface FirmOptions {
  seed?: number;
  /** The number of consultants. */
  size?: number;
  /** The day it is set up as of. */
  asOf?: string;
  /** How many approved lines of time the PSA has at the start. */
  approvedLines?: number;
}

/**
 * The sample firm. The same seed, size and day give the same firm. `deals[0]` is clean, `deals[1]`
 * has a customer without tax registration, `deals[2]` is sold by a legal entity without a mapping;
 * the others are clean and cover every billing method and entity.
 */
export function createFirm({ seed = 1, size = 60, asOf = '2026-11-01', approvedLines = 0 }: FirmOptions = {}): Firm {
  const vocabulary: Vocabulary = {
    seed,
    asOf,
    entities: ENTITIES,
    roles: ROLES.map(({ code, name, productCode, skills }) => ({ code, name, productCode, skills })),
    costCentres: COST_CENTRES,
    taxCodes: TAX_CODES,
    terms: TERMS,
    expenseCategories: EXPENSE_CATEGORIES,
    consultants: createConsultants(seed, size, asOf),
    customers: createCustomers(seed),
    rateCards: rateCards(asOf),
  };
  const projects = [...runningProjects(vocabulary), ...specialProjects(vocabulary)];
  const abroad = createCustomersAbroad(seed);
  const free = freePeople(vocabulary, projects);
  return structuredClone({
    ...vocabulary,
    customers: [...vocabulary.customers, ...abroad],
    deals: openDeals(vocabulary),
    projects: [...projects, ...projectsAbroad(vocabulary, abroad, free), projectOfAnotherEntity(vocabulary, free)],
    approvedLines,
  });
}

/**
 * Per entity one card with this year's rates and next year's, 4 % up, in whole units of its
 * currency.
 */
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
  // Customers whose deals show a special case: adopted in the ERP, a child of a parent, reverse
  // charge, export.
  const special = ['Castlegate Retail', 'Rheintal Service', 'Atelier Lumière', 'Harborview Analytics'].map((name, index) => ({
    customer: named(name),
    billingMethod: BILLING_METHODS[index],
  }));
  return [...samples, ...everyMethod, ...special].map((sketch, index) =>
    createDeal(firm, { ...sketch, number: `D-${String(index + 1).padStart(4, '0')}` }, dice),
  );
}

/**
 * Up to this many consultants the firm runs eight projects with a team of four; beyond it both grow
 * with the firm.
 */
const SMALL_FIRM = 80;

/**
 * At least two projects per entity, with every billing method, for customers in the ERP, and half
 * finished on `asOf`. One for each ten consultants, but never fewer than eight. In a larger firm,
 * all employees are on the team of a project without a cap.
 */
function runningProjects(firm: Vocabulary): FirmProject[] {
  const dice = new Dice(firm.seed * 7919 + 41);
  const customers = firm.customers.filter(customer => customer.inErp);
  const projects = Array.from({ length: Math.max(8, Math.floor(firm.consultants.length / 10)) }, (_, index) => {
    const customer = customers[index % customers.length];
    // Shifted with each round of eight, so that in a larger firm every entity has every method.
    const billingMethod = BILLING_METHODS[(Math.floor(index / 2) + Math.floor(index / 8)) % BILLING_METHODS.length];
    return runningProject(firm, { number: projectNumber(index + 1), customer, billingMethod }, dice);
  });
  // The cap of the second is so low that one week of its team exceeds it.
  const [first, second] = projects;
  projects[0] = { ...first, notToExceed: fromCents(Math.ceil((toCents(first.budget) * 1.1) / 100_000) * 100_000) };
  projects[1] = { ...second, notToExceed: '10000.00' };
  return firm.consultants.length > SMALL_FIRM ? everybodyOnATeam(firm, projects) : projects;
}

const projectNumber = (n: number): string => `P-${String(n).padStart(4, '0')}`;

/**
 * Spreads who is on no team, or on teams of capped projects only, evenly over the other projects of
 * their entity.
 */
function everybodyOnATeam(firm: Vocabulary, projects: FirmProject[]): FirmProject[] {
  const open = projects.filter(project => project.notToExceed === null);
  const placed = new Set(open.flatMap(project => project.team));
  const joining = new Map(projects.map(project => [project.number, [...project.team]]));
  const turns = new Map<string, number>();
  for (const { entity, employeeNumber } of employed(firm)) {
    if (placed.has(employeeNumber)) continue;
    const choices = open.filter(project => project.entity === entity);
    const turn = turns.get(entity) ?? 0;
    turns.set(entity, turn + 1);
    joining.get(choices[turn % choices.length].number)!.push(employeeNumber);
  }
  return projects.map(project => ({ ...project, team: joining.get(project.number)! }));
}

const employed = ({ consultants, asOf }: Vocabulary): FirmConsultant[] => consultants.filter(one => one.terminatedOn === null && one.hiredOn <= asOf);

/**
 * Projects besides the planned ones, all by time and materials and without a cap: one without
 * assignments, on which anybody may book; one that ended a month ago and is closed in the ERP; and
 * one for each entity that bills no time yet in a small firm.
 */
function specialProjects(firm: Vocabulary): FirmProject[] {
  const dice = new Dice(firm.seed * 7919 + 43);
  const customerOf = (entity: string) => firm.customers.find(one => one.inErp && one.entity === entity)!;
  const byTime = (number: string, entity: string, suffix?: string) =>
    runningProject(firm, { number, customer: customerOf(entity), billingMethod: 'T&M', suffix }, dice);
  const unassigned = byTime('P-9001', 'LF-UK', ' (nobody assigned)');
  const closed = byTime('P-9002', 'LF-UK', ' (closed)');
  const endDate = plusDays(firm.asOf, -30);
  return [
    { ...unassigned, team: [] },
    { ...closed, startDate: plusDays(endDate, -90), endDate, closedOn: endDate },
    byTime('P-9003', 'LF-US'),
    byTime('P-9004', 'LF-DE'),
  ];
}

/**
 * Approximate value of one unit of a foreign currency in hundredths of the entity's currency, for
 * estimating budgets.
 */
const ABROAD: { number: string; currency: string; unitsPerHundred: number; lentBy?: string }[] = [
  { number: 'P-9005', currency: 'JPY', unitsPerHundred: 19_000, lentBy: 'LF-DE' },
  { number: 'P-9006', currency: 'KWD', unitsPerHundred: 33 },
  { number: 'P-9007', currency: 'USD', unitsPerHundred: 100 },
];

/**
 * One project for each foreign customer in the ERP, by time and materials, in the customer's
 * currency. Its people are on no other project, as far as the firm has such people.
 */
function projectsAbroad(firm: Vocabulary, customers: FirmCustomer[], free: FreePeople): FirmProject[] {
  const dice = new Dice(firm.seed * 7919 + 47);
  const known = customers.filter(({ inErp }) => inErp);
  return ABROAD.map(({ number, currency, unitsPerHundred, lentBy }, index) => {
    const customer = known[index];
    const project = runningProject(firm, { number, customer, billingMethod: 'T&M' }, dice);
    const units = Math.round((toCents(project.budget) * unitsPerHundred) / 10_000);
    return {
      ...project,
      currency,
      budget: String(units),
      team: [...free(customer.entity, 2), ...(lentBy === undefined ? [] : free(lentBy, 1))],
    };
  });
}

/**
 * By time and materials, by LF-UK for a customer of LF-DE: two legal entities bill this customer.
 */
function projectOfAnotherEntity(firm: Vocabulary, free: FreePeople): FirmProject {
  const dice = new Dice(firm.seed * 7919 + 53);
  const entity = 'LF-UK';
  const customer = { ...firm.customers.find(({ name }) => name === 'Rheintal Maschinenbau')!, entity };
  const project = runningProject(firm, { number: 'P-9008', customer, billingMethod: 'T&M', suffix: ` (by ${entity})` }, dice);
  return { ...project, team: free(entity, 1) };
}

/** Takes full-time people of an entity, each once: those of no team first. */
type FreePeople = (entity: string, count: number) => string[];

function freePeople(firm: Vocabulary, others: FirmProject[]): FreePeople {
  const busy = new Set(others.flatMap(({ team }) => team));
  const taken = new Set<string>();
  const away = (one: FirmConsultant) => one.leave.some(({ from, to }) => from <= firm.asOf && (to === null || to >= plusDays(firm.asOf, -14)));
  return (entity, count) => {
    const there = employed(firm).filter(one => one.entity === entity && one.weeklyHours === 40 && !away(one) && !taken.has(one.employeeNumber));
    const chosen = [...there.filter(one => !busy.has(one.employeeNumber)), ...there.filter(one => busy.has(one.employeeNumber))]
      .slice(0, count)
      .map(one => one.employeeNumber);
    for (const number of chosen) taken.add(number);
    return chosen;
  };
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
  const id = canonicalId('project', 'firm', sketch.number);
  const planned = sold.milestones.length > 0 ? milestones(budget, startDate, endDate, dice) : [];
  return {
    id,
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
    notToExceed: null,
    closedOn: null,
    tasks: sold.lines.map(({ role, hours }) => ({
      id: canonicalId('task', id, role),
      title: firm.roles.find(({ code }) => code === role)!.name,
      role,
      hours,
    })),
    milestones: planned.map((milestone, index) => ({ id: canonicalId('milestone', id, String(index + 1)), ...milestone })),
    team: dice.some(staff, Math.min(4, staff.length)).map(one => one.employeeNumber),
  };
}
