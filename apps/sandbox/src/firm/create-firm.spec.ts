import { stdnum, type Validator } from 'stdnum';
import { describe, expect, it } from 'vitest';
import { mintId } from '#canonical';
import { toCents } from './cents.js';
import { approvedTime, createDeals, createFirm } from './create-firm.js';
import { isWorkDay, plusDays } from './days.js';
import { rateCardVersion } from './create-deals.js';
import type { Firm, FirmDeal } from './firm.js';

const REGISTRATION: Record<string, RegExp> = { GB: /^GB\d{9}$/, DE: /^DE\d{9}$/, US: /^\d{2}-\d{7}$/, FR: /^FR\d{11}$/ };
const CHECKED: Record<string, Validator> = { GB: stdnum.GB.vat, DE: stdnum.DE.vat, US: stdnum.US.ein, FR: stdnum.FR.tva };

/** Everything that would keep a deal from winning cleanly, in words. */
function faultsOf(deal: FirmDeal, firm: Firm): string[] {
  const faults: string[] = [];
  const customer = firm.customers.find(({ number }) => number === deal.customerNumber)!;
  const entity = firm.entities.find(({ name }) => name === deal.entityName);
  const card = firm.rateCards.find(({ code }) => code === deal.rateCard)!;
  if (!REGISTRATION[customer.country].test(customer.taxRegistration ?? '')) faults.push('tax registration');
  if (customer.country === 'US' && !customer.state) faults.push('state');
  if (!entity) faults.push('entity');
  else if (entity.currency !== deal.currency) faults.push('currency of the entity');
  if (entity && !firm.taxCodes.some(code => code.entity === entity.code && [customer.country, '*'].includes(code.customerCountry)))
    faults.push('tax code');
  if (card.currency !== deal.currency) faults.push('currency of the rate card');
  if (!firm.costCentres.some(({ practice }) => practice === deal.practice)) faults.push('practice');
  if (deal.closeDate >= deal.startDate || deal.startDate >= deal.endDate || deal.closeDate < firm.asOf) faults.push('dates');
  const rates = rateCardVersion(card, deal.startDate).rates;
  if (deal.lines.length === 0) faults.push('no lines');
  for (const line of deal.lines) {
    if (rates.find(rate => rate.role === line.role)?.ratePerHour !== line.ratePerHour) faults.push(`rate of ${line.role}`);
    if (line.startDate < deal.startDate || line.endDate > deal.endDate || line.hours <= 0) faults.push(`line ${line.role}`);
  }
  const total = deal.lines.reduce((sum, line) => sum + toCents(line.ratePerHour) * line.hours, 0);
  const planned = deal.milestones.reduce((sum, one) => sum + toCents(one.amount), 0);
  const needsMilestones = deal.billingMethod === 'Fixed price' || deal.billingMethod === 'Milestone';
  if (planned !== (needsMilestones ? total : 0)) faults.push('milestones');
  if (deal.milestones.some(one => one.dueDate < deal.startDate || one.dueDate > deal.endDate)) faults.push('milestone dates');
  if (deal.notToExceed !== null && toCents(deal.notToExceed) < total) faults.push('not to exceed');
  if (deal.name.length > 80 && !deal.name.includes('(')) faults.push('name');
  return faults;
}

describe('the sample firm', () => {
  const firm = createFirm();

  it('is the same for the same seed, and another for another', () => {
    expect(createFirm()).toEqual(firm);
    expect(createFirm({ seed: 2 })).not.toEqual(firm);
    expect(createDeals(createFirm(), 50, 9)).toEqual(createDeals(firm, 50, 9));
  });

  it('belongs to nobody else: changing one copy leaves the next as it was', () => {
    createFirm().entities[0].name = 'changed';
    expect(createFirm().entities[0].name).toBe('Larkfield Inc');
  });

  it('has two sample deals with the fault their names announce, and every other deal wins cleanly', () => {
    const faulty = firm.deals.map(deal => faultsOf(deal, firm));
    expect(faulty[0]).toEqual([]);
    expect(faulty[1]).toEqual(['tax registration']);
    expect(firm.deals[1].name).toMatch(/\(no tax registration\)$/);
    expect(faulty[2]).toEqual(['entity']);
    expect(firm.deals[2].name).toMatch(/\(Larkfield Nordics AB, not mapped\)$/);
    expect(faulty.slice(3).flat()).toEqual([]);
  });

  it.each([1, 2, 3, 4, 5])('has tax registrations with the check digits of their countries, seed %i', seed => {
    const { customers, entities } = createFirm({ seed });
    const registered = [...customers, ...entities].filter(one => one.taxRegistration !== null);
    const wrong = registered.filter(({ country, taxRegistration }) => !CHECKED[country].validate(taxRegistration!).isValid);
    expect(wrong.map(({ taxRegistration }) => taxRegistration)).toEqual([]);
  });

  it('offers every billing method by every entity, before and after the new rates', () => {
    const clean = firm.deals.slice(3);
    expect(clean.length).toBeGreaterThanOrEqual(12);
    const pairs = new Set(clean.map(deal => `${deal.entityName} ${deal.billingMethod}`));
    expect(pairs.size).toBe(12);
    expect(new Set(clean.map(deal => deal.startDate < '2027-01-01')).size).toBe(2);
  });

  it('makes any number of further clean deals with numbers of their own', () => {
    const deals = createDeals(firm, 500, 3);
    expect(deals.flatMap(deal => faultsOf(deal, firm))).toEqual([]);
    expect(new Set([...firm.deals, ...deals].map(deal => deal.number)).size).toBe(firm.deals.length + 500);
    expect(new Set(deals.map(deal => deal.billingMethod)).size).toBe(4);
  });

  it('stays clean under other seeds', () => {
    for (let seed = 2; seed < 30; seed++) {
      const other = createFirm({ seed });
      expect(other.deals.slice(3).flatMap(deal => faultsOf(deal, other))).toEqual([]);
    }
  });

  it('runs projects of every billing method whose milestones sum to their budget, for customers in the ERP', () => {
    expect(new Set(firm.projects.map(project => project.billingMethod)).size).toBe(4);
    expect(new Set(firm.projects.map(project => project.entity)).size).toBe(3);
    for (const project of firm.projects) {
      const planned = project.milestones.reduce((sum, one) => sum + toCents(one.amount), 0);
      expect([0, toCents(project.budget)]).toContain(planned);
      expect(firm.customers.find(({ number }) => number === project.customerNumber)!.inErp).toBe(true);
    }
    for (const project of firm.projects.filter(({ number }) => !['P-9001', 'P-9002'].includes(number))) {
      expect(project.startDate < firm.asOf && firm.asOf < project.endDate).toBe(true);
      expect(project.team.length).toBeGreaterThan(0);
      expect(project.closedOn).toBeNull();
    }
  });

  it('knows its projects, their tasks and milestones by the ids that we would mint', () => {
    for (const { id, number, tasks, milestones } of firm.projects) {
      expect(id).toBe(mintId('project', 'firm', number));
      expect(tasks.map(task => task.id)).toEqual(tasks.map(({ role }) => mintId('task', id, role)));
      expect(milestones.map(milestone => milestone.id)).toEqual(milestones.map((_, index) => mintId('milestone', id, String(index + 1))));
    }
  });

  it('caps two projects by time and materials, runs one on which nobody is assigned, and has closed one', () => {
    const capped = firm.projects.filter(({ notToExceed }) => notToExceed !== null);
    expect(capped.map(({ billingMethod }) => billingMethod)).toEqual(['T&M', 'T&M']);
    const [unassigned, closed, ...byTime] = firm.projects.filter(({ number }) => number >= 'P-9001' && number <= 'P-9004');
    expect(byTime).toMatchObject(['LF-US', 'LF-DE'].map(entity => ({ entity, billingMethod: 'T&M', notToExceed: null })));
    expect(unassigned).toMatchObject({ number: 'P-9001', team: [], closedOn: null, billingMethod: 'T&M', notToExceed: null });
    expect(closed).toMatchObject({ number: 'P-9002', closedOn: closed.endDate, billingMethod: 'T&M', notToExceed: null });
    expect(closed.endDate < firm.asOf && closed.startDate < closed.endDate).toBe(true);
    expect(closed.team.length).toBeGreaterThan(0);
  });

  it.each([
    [60, 1],
    [60, 400],
    [5000, 50_000],
  ])('of %i consultants has %i approved lines over two weeks, each by somebody at work on a project of their team', (size, count) => {
    const larkfield = createFirm({ size, approvedLines: count });
    const lines = approvedTime(larkfield, count);
    expect(lines).toHaveLength(count);
    expect(approvedTime(larkfield, count)).toEqual(lines);
    const people = new Map(larkfield.consultants.map(one => [one.employeeNumber, one]));
    const projects = new Map(larkfield.projects.map(project => [project.id, project]));
    const minutes = new Map<string, number>();
    for (const { employeeNumber, projectId, date, week, taskId, minutes: worked } of lines) {
      const [one, project] = [people.get(employeeNumber)!, projects.get(projectId)!];
      const day = `${employeeNumber} ${date}`;
      minutes.set(day, (minutes.get(day) ?? 0) + worked);
      const well =
        project.team.includes(employeeNumber) &&
        project.closedOn === null &&
        project.notToExceed === null &&
        project.startDate <= date &&
        one.hiredOn <= date &&
        one.terminatedOn === null &&
        one.leave.every(({ from, to }) => from > date || (to !== null && to < date)) &&
        project.tasks.some(({ id }) => id === taskId) &&
        isWorkDay(date) &&
        date < larkfield.asOf &&
        plusDays(larkfield.asOf, -14) <= date &&
        week <= date &&
        date < plusDays(week, 5);
      if (!well || worked <= 0) expect.fail(`${day} on ${project.number}`);
    }
    expect(Math.max(...minutes.values())).toBeLessThanOrEqual(480);
  });

  it('works abroad: in yen and dinars, for customers without postal codes, with somebody lent, each a line of the approved time', () => {
    const { projects, customers, consultants } = firm;
    const abroad = projects.filter(({ number }) => number > 'P-9004' && number < 'P-9008');
    expect(abroad.map(({ currency, entity, budget }) => [currency, entity, Number(budget) > 0])).toEqual([
      ['JPY', 'LF-UK', true],
      ['KWD', 'LF-DE', true],
      ['USD', 'LF-US', true],
    ]);
    expect(customers.filter(({ postalCode }) => postalCode === null).map(({ country }) => country)).toEqual(['AE', 'QA']);
    const entityOf = new Map(consultants.map(one => [one.employeeNumber, one.entity]));
    expect(abroad[0].team.map(number => entityOf.get(number))).toEqual(['LF-UK', 'LF-UK', 'LF-DE']);
    const others = new Set(projects.filter(project => !abroad.includes(project)).flatMap(({ team }) => team));
    const team = abroad.flatMap(project => project.team);
    expect([new Set(team).size, team.some(number => others.has(number))]).toEqual([7, false]);
    const lines = approvedTime(firm, 120).filter(({ projectId }) => abroad.some(({ id }) => id === projectId));
    expect(lines.map(({ employeeNumber }) => employeeNumber)).toEqual(team);
  });

  it.each([1, 2, 3])('has a customer of one legal entity that another bills too, for a line of the approved time, seed %i', seed => {
    const larkfield = createFirm({ seed });
    const { customers, consultants, projects } = larkfield;
    const ownOf = new Map(customers.map(({ number, entity }) => [number, entity]));
    const [project, ...others] = projects.filter(({ customerNumber, entity }) => ownOf.get(customerNumber) !== entity);
    expect(others).toEqual([]);
    expect(project).toMatchObject({ number: 'P-9008', entity: 'LF-UK', currency: 'GBP', rateCard: 'RC-UK', billingMethod: 'T&M', notToExceed: null });
    expect(new Set(projects.filter(one => one.customerNumber === project.customerNumber).map(one => one.entity))).toEqual(
      new Set(['LF-DE', 'LF-UK']),
    );
    const lines = approvedTime(larkfield, 120).filter(({ projectId }) => projectId === project.id);
    expect(lines.map(({ employeeNumber }) => employeeNumber)).toEqual(project.team);
    expect(project.team.map(number => consultants.find(one => one.employeeNumber === number)!.entity)).toEqual(['LF-UK']);
  });

  it('has part-time people, who work on the first days of a week', () => {
    const partTime = new Set(firm.consultants.filter(({ weeklyHours }) => weeklyHours < 40).map(one => one.employeeNumber));
    const lines = approvedTime(firm, 400).filter(({ employeeNumber }) => partTime.has(employeeNumber));
    expect([partTime.size, lines.length > 0]).toEqual([6, true]);
    expect(lines.filter(({ date, week }) => date >= plusDays(week, 3))).toEqual([]);
  });

  it('has expense categories billed in every way, with limits and receipts by policy, and one without a name in the ERP', () => {
    expect(new Set(firm.expenseCategories.map(({ billing }) => billing))).toEqual(new Set(['at-cost', 'per-unit', 'mark-up']));
    expect(firm.expenseCategories.filter(({ erpCode }) => erpCode === null).map(({ name }) => name)).toEqual(['Entertainment']);
    expect(firm.expenseCategories.some(({ limit }) => limit === null) && firm.expenseCategories.some(({ limit }) => limit !== null)).toBe(true);
  });

  it.each([200, 5000])('runs a project for each ten of %i consultants, and everybody employed is on the team of one without a cap', size => {
    const { projects, consultants, asOf } = createFirm({ size });
    expect(projects).toHaveLength(size / 10 + 8);
    expect(new Set(projects.map(({ number }) => number)).size).toBe(projects.length);
    const placed = new Set(projects.filter(project => project.closedOn === null && project.notToExceed === null).flatMap(project => project.team));
    const missing = consultants.filter(one => one.terminatedOn === null && one.hiredOn <= asOf && !placed.has(one.employeeNumber));
    expect(missing).toEqual([]);
    const methods = projects.map(({ entity, billingMethod }) => `${entity} ${billingMethod}`);
    expect(new Set(methods).size).toBe(12);
    const entityOf = new Map(consultants.map(one => [one.employeeNumber, one.entity]));
    for (const { entity, team } of projects.filter(({ number }) => number !== 'P-9005')) {
      expect(new Set(team).size).toBe(team.length);
      expect(team.filter(number => entityOf.get(number) !== entity)).toEqual([]);
    }
  });

  it('has an open deal for a customer that the ERP knows, for a child of a parent, and by reverse charge and export', () => {
    const customersOf = firm.deals.slice(3).map(deal => firm.customers.find(({ number }) => number === deal.customerNumber)!);
    expect(customersOf.some(customer => customer.inErp)).toBe(true);
    expect(customersOf.some(customer => customer.parentNumber !== null)).toBe(true);
    expect(customersOf.some(customer => customer.entity === 'LF-DE' && customer.country === 'FR')).toBe(true);
    expect(customersOf.some(customer => customer.entity === 'LF-UK' && customer.country === 'US')).toBe(true);
  });

  it('has people whose names are not ASCII, and whose addresses are', () => {
    const { consultants } = createFirm();
    const spelt = consultants.map(({ firstName, lastName }) => `${firstName} ${lastName}`);
    expect(spelt.filter(name => /[^ -~]/.test(name)).length).toBeGreaterThanOrEqual(5);
    expect(consultants.map(({ email }) => email).filter(email => !/^[a-z]+\.[a-z]+\d*@larkfield\.example$/.test(email))).toEqual([]);
  });

  it.each([60, 5000])('has %i consultants: leavers, starters, people on leave, cost rates that follow each other', size => {
    const { consultants, asOf } = createFirm({ size });
    expect(new Set(consultants.map(one => one.employeeNumber)).size).toBe(size);
    expect(new Set(consultants.map(one => one.email)).size).toBe(size);
    expect(consultants.some(one => one.terminatedOn !== null)).toBe(true);
    expect(consultants.some(one => one.hiredOn > asOf)).toBe(true);
    expect(consultants.some(one => one.leave.some(({ from }) => from <= asOf))).toBe(true);
    expect(consultants.some(one => one.leave.some(({ from }) => from > asOf))).toBe(true);
    for (const one of consultants) {
      expect(one.costRates[0].from).toBe(one.hiredOn);
      expect(one.costRates.map(rate => rate.from)).toEqual([...new Set(one.costRates.map(rate => rate.from))].sort());
      if (one.terminatedOn) expect(one.terminatedOn > one.hiredOn).toBe(true);
      if (one.managerNumber) expect(consultants.find(other => other.employeeNumber === one.managerNumber)?.entity).toBe(one.entity);
      for (const { from, to } of one.leave) if (to) expect(to > from).toBe(true);
    }
  });

  it('has somebody active for each role of each entity', () => {
    for (const entity of firm.entities)
      for (const role of firm.roles)
        expect(
          firm.consultants.some(one => one.entity === entity.code && one.role === role.code && !one.terminatedOn && one.hiredOn <= firm.asOf),
        ).toBe(true);
  });
});
