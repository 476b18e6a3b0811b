import { describe, expect, it } from 'vitest';
import { money, text, type ExpenseEntry, type FinancialProject, type TimeEntry } from '#canonical';
import { cureOf } from '#work';
import { NEEDS } from '../needs.js';
import { assessExpense, assessLines, assessTime, JustAssessed } from './assess.rules.js';
import type { Assessment, ExpenseTerm, LineFacts, PricedLine } from './line-facts.js';
import {
  anAssignment,
  anExchangeRate,
  anExpense,
  aPeriod,
  aPolicy,
  aRate,
  aTimeEntry,
  EMAIL,
  PROJECT,
  TASK,
  theFacts,
  theProject,
  theWorker,
} from './line-facts.fixture.js';

const faultsOf = (assessment: Assessment) => ('faults' in assessment ? assessment.faults : []);

function pricedOf(assessment: Assessment): PricedLine {
  if ('faults' in assessment) throw new Error(assessment.faults.map(({ reason }) => text(reason)).join(' '));
  return assessment.priced;
}

const lines = ({ explanation }: PricedLine): string[] => explanation.map(coded => text(coded));

const unfilled = /\{\w+\}/;
const projectWith = (financial: Partial<FinancialProject>) => theFacts({ project: theProject(financial) });
const aTerm = (over: Partial<ExpenseTerm>): ExpenseTerm => ({
  id: 'term-1',
  level: 'contract',
  subject: PROJECT,
  category: null,
  treatment: 'at-cost',
  from: '2026-01-01',
  ...over,
});

describe('a clean line of time', () => {
  it('is priced by its rate and carries all that the ERP needs', () => {
    const priced = pricedOf(assessTime(aTimeEntry(), theFacts()));
    expect(priced.transaction).toEqual({
      kind: 'time',
      projectId: PROJECT,
      taskId: TASK,
      employeeNumber: 'EMP-117',
      legalEntity: 'LF-UK',
      costCentre: 'CC-210',
      taxCode: 'GB-S20',
      workDate: '2026-11-18',
      postingDate: '2026-11-18',
      billable: true,
      minutes: 450,
      role: 'ARCHITECT',
      ratePerHour: money('160', 'GBP'),
      amount: money('1200', 'GBP'),
      memo: 'Design workshop',
    });
    expect(priced).toMatchObject({ intercompany: null, workerName: 'Ada Abbott', customerId: 'cus_00000000000000000001', capped: false });
    expect(lines(priced)).toEqual([
      '160.00 GBP per hour by row RC-UK:2026-01-01:ARCHITECT (contract RC-UK, ARCHITECT), since 2026-01-01.',
      '450 minutes at 160.00 GBP an hour are 1200.00 GBP.',
      'The ERP taxes it by GB-S20.',
    ]);
  });

  it('counts against the cap of a project that has one', () => {
    expect(pricedOf(assessTime(aTimeEntry(), projectWith({ notToExceed: money('5000', 'GBP') }))).capped).toBe(true);
  });

  it('takes its role from the assignment, and else from HCM, when it names none', () => {
    const entry = aTimeEntry({ role: undefined });
    const manager = [aRate({ id: 'manager', role: 'PROJECT_MANAGER', amount: '140' }), aRate()];
    const assigned = theFacts({ assignments: [anAssignment({ role: 'PROJECT_MANAGER' })], rates: manager });
    expect(pricedOf(assessTime(entry, assigned)).transaction).toMatchObject({ role: 'PROJECT_MANAGER', amount: money('1050', 'GBP') });
    const unassigned = theFacts({ assignments: [], projectStaffed: false, rates: manager });
    expect(pricedOf(assessTime(entry, unassigned)).transaction).toMatchObject({ role: 'ARCHITECT', amount: money('1200', 'GBP') });
  });

  it('keeps its work date when it is posted later', () => {
    const priced = pricedOf(assessTime(aTimeEntry(), theFacts({ periods: [aPeriod('2026-11', false), aPeriod('2026-12')] })));
    expect(priced.transaction).toMatchObject({ workDate: '2026-11-18', postingDate: '2026-12-01' });
    expect(lines(priced)).toContain('Worked on 2026-11-18, posted on 2026-12-01: the first day that LF-UK has open.');
  });

  it('is on the project alone when the ERP does not have its task', () => {
    const priced = pricedOf(assessTime(aTimeEntry({ taskId: 'tsk_of_the_psa_only' }), theFacts()));
    expect(priced.transaction).not.toHaveProperty('taskId');
    expect(lines(priced)).toContain('The ERP does not have the task, so the line is on the project.');
  });

  it('is looked up as of its work date when a rate changes in mid-week', () => {
    const rates = [aRate(), aRate({ id: 'RC-UK:2026-11-18:ARCHITECT', amount: '170.00', from: '2026-11-18' })];
    const on = (workDate: string) => pricedOf(assessTime(aTimeEntry({ workDate, workedMinutes: 60 }), theFacts({ rates })));
    expect(['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19'].map(day => on(day).transaction.amount.amount)).toEqual([
      '160.00',
      '160.00',
      '170.00',
      '170.00',
    ]);
    expect(lines(on('2026-11-17'))[0]).toContain('from 2026-01-01 to 2026-11-17');
  });

  it('bills overtime by the general rate where none speaks of it, and says so; by policy it is asked', () => {
    const overtime = (over: Partial<TimeEntry>, facts: Partial<LineFacts> = {}) =>
      assessTime(aTimeEntry({ overtime: true, ...over }), theFacts(facts));
    const said = 'No rate speaks of overtime there, so overtime is billed by the general one.';
    expect(pricedOf(overtime({})).transaction.amount).toEqual(money('1200', 'GBP'));
    expect(lines(pricedOf(overtime({})))).toContain(said);
    expect(lines(pricedOf(overtime({ overtime: false })))).not.toContain(said);
    const own = [aRate(), aRate({ id: 'overtime', overtime: true, amount: '240' })];
    const ask = aPolicy({ overtimeRate: 'ask' });
    expect(lines(pricedOf(overtime({}, { rates: own, policy: ask })))).not.toContain(said);
    expect(pricedOf(overtime({}, { rates: own, policy: ask })).transaction.amount).toEqual(money('1800', 'GBP'));
    expect(faultsOf(overtime({ billable: false }, { policy: ask }))).toEqual([]);
    expect(faultsOf(overtime({ overtime: false }, { policy: ask }))).toEqual([]);
  });

  it('falls to the next agreement when all rates of one have ended, and says so; by policy it is asked', () => {
    const rates = [aRate({ id: 'sold', subject: PROJECT, amount: '150.00', to: '2026-11-17' }), aRate()];
    const priced = pricedOf(assessTime(aTimeEntry(), theFacts({ rates })));
    expect(priced.transaction.amount).toEqual(money('1200', 'GBP'));
    expect(lines(priced)).toContain(`Row sold (contract ${PROJECT}, 150.00 GBP per hour) ended on 2026-11-17, so the next agreement holds.`);
    const ask = (workDate: string, entry: Partial<TimeEntry> = {}) =>
      faultsOf(assessTime(aTimeEntry({ workDate, ...entry }), theFacts({ rates, policy: aPolicy({ endedRate: 'ask' }) }))).map(
        one => one.reason.code,
      );
    expect([ask('2026-11-17'), ask('2026-11-18'), ask('2026-11-18', { billable: false })]).toEqual([[], ['rate.ended'], []]);
  });

  it('of a lent worker that neither rate nor cost tells the worth of says that its transfer price is unknown, or has finance asked', () => {
    const lent = (over: Partial<LineFacts> = {}) =>
      theFacts({
        project: theProject({ billingMethod: 'fixed-price' }),
        rates: [],
        worker: { matches: 1, worker: theWorker({ legalEntity: 'LF-DE', costRate: undefined }) },
        ...over,
      });
    const priced = pricedOf(assessTime(aTimeEntry(), lent()));
    expect(priced.intercompany).toEqual({
      owningEntity: 'LF-UK',
      lendingEntity: 'LF-DE',
      owningUnbilledSale: money('0', 'GBP'),
      owningCost: null,
      lendingSale: null,
      lendingCost: null,
    });
    expect(lines(priced)).toContain('What LF-UK pays LF-DE for it is not known: there is neither a rate nor a cost of the worker.');
    const asked = assessTime(aTimeEntry(), lent({ policy: aPolicy({ transferUnknown: 'ask' }) }));
    expect('faults' in asked && asked.faults.map(({ reason, desk, need }) => [reason.code, desk, need])).toEqual([
      ['transfer.unknown', 'finance', 'rate:LF-UK:ARCHITECT:GBP'],
    ]);
  });

  it('tells the four facts of an intercompany week', () => {
    const facts = theFacts({
      worker: { matches: 1, worker: theWorker({ legalEntity: 'LF-DE', costRate: money('100.80', 'EUR') }) },
    });
    expect(pricedOf(assessTime(aTimeEntry(), facts)).intercompany).toEqual({
      owningEntity: 'LF-UK',
      lendingEntity: 'LF-DE',
      owningUnbilledSale: money('1200', 'GBP'),
      owningCost: money('960', 'GBP'),
      lendingSale: money('960', 'GBP'),
      lendingCost: money('756', 'EUR'),
    });
  });
});

describe('time that is not billed', () => {
  const examples: [string, TimeEntry, LineFacts, string][] = [
    [
      'a fixed price',
      aTimeEntry(),
      projectWith({ billingMethod: 'fixed-price' }),
      'The contract is billed by fixed-price, so the line is recorded and not billed.',
    ],
    [
      'milestones',
      aTimeEntry(),
      projectWith({ billingMethod: 'milestone' }),
      'The contract is billed by milestone, so the line is recorded and not billed.',
    ],
    [
      'a retainer',
      aTimeEntry(),
      projectWith({ billingMethod: 'retainer' }),
      'The contract is billed by retainer, so the line is recorded and not billed.',
    ],
    ['a line that is not billable', aTimeEntry({ billable: false }), theFacts(), 'The line is not billable.'],
  ];

  it.each(examples)('is posted with no money and its worth explained: %s', (_, entry, facts, why) => {
    const priced = pricedOf(
      assessTime(entry, { ...facts, project: { ...facts.project!, financial: { ...facts.project!.financial, notToExceed: money('1', 'GBP') } } }),
    );
    expect(priced.transaction).toMatchObject({ billable: false, minutes: 450, ratePerHour: money('0', 'GBP'), amount: money('0', 'GBP') });
    expect(priced.capped).toBe(false);
    expect(lines(priced)).toEqual(expect.arrayContaining([why, 'It would be worth 1200.00 GBP.']));
  });

  it('waits for no rate, and for no agreement with the PSA', () => {
    const facts = theFacts({ rates: [], project: theProject({ billingMethod: 'fixed-price' }), policy: aPolicy({ rateDifference: 'exception' }) });
    const priced = pricedOf(assessTime(aTimeEntry({ psaRate: money('1', 'GBP') }), facts));
    expect(priced.transaction.amount).toEqual(money('0', 'GBP'));
    expect(lines(priced)).toContain('There is no rate to tell what it would be worth.');
  });

  it('is paid for between entities all the same', () => {
    const facts = theFacts({
      project: theProject({ billingMethod: 'fixed-price' }),
      worker: { matches: 1, worker: theWorker({ legalEntity: 'LF-DE' }) },
    });
    expect(pricedOf(assessTime(aTimeEntry(), facts)).intercompany).toMatchObject({
      owningUnbilledSale: money('0', 'GBP'),
      owningCost: money('960', 'GBP'),
    });
  });
});

describe('a project that its owner ended', () => {
  const ended = (endedOn?: string) => theFacts({ project: theProject({ status: 'archived' }, endedOn === undefined ? {} : { endedOn }) });

  it.each([
    ['is billed for work until the day of its end', '2026-11-18', []],
    ['is asked about for work after it', '2026-11-17', ['project.not-active']],
    ['is asked about where nobody knows when it ended', undefined, ['project.not-active']],
  ])('%s', (_, endedOn, codes) => {
    const assessment = assessTime(aTimeEntry(), ended(endedOn));
    expect('faults' in assessment ? assessment.faults.map(({ reason }) => reason.code) : []).toEqual(codes);
  });
});

describe('what is wrong with a line of time', () => {
  const gone = { matches: 1, worker: theWorker({ status: 'terminated' as const }) };
  const examples: [string, TimeEntry, LineFacts, string, string, string][] = [
    [
      'project.unknown',
      aTimeEntry(),
      theFacts({ project: null }),
      `Nothing is known of the project ${PROJECT}.`,
      'pmo',
      `project:${PROJECT}:erp-active`,
    ],
    [
      'project.not-in-erp',
      aTimeEntry(),
      theFacts({ project: theProject({}, { financial: null }) }),
      'Northwind grid analytics is not in the ERP.',
      'pmo',
      `project:${PROJECT}:erp-active`,
    ],
    [
      'project.not-active',
      aTimeEntry(),
      projectWith({ status: 'archived' }),
      'Northwind grid analytics is not active in the ERP.',
      'pmo',
      `project:${PROJECT}:erp-active`,
    ],
    [
      'project.time-not-allowed',
      aTimeEntry(),
      projectWith({ timeAllowed: false }),
      'Northwind grid analytics is not open for time in the ERP.',
      'pmo',
      `project:${PROJECT}:time-allowed`,
    ],
    [
      'contract.not-active',
      aTimeEntry(),
      projectWith({ startDate: '2026-11-19' }),
      'The contract of Northwind grid analytics runs from 2026-11-19 to 2027-03-31; Ada Abbott booked on 2026-11-18.',
      'finance',
      `contract:${PROJECT}:dates`,
    ],
    [
      'contract.not-active',
      aTimeEntry(),
      projectWith({ endDate: '2026-11-17' }),
      'The contract of Northwind grid analytics runs from 2026-10-01 to 2026-11-17; Ada Abbott booked on 2026-11-18.',
      'finance',
      `contract:${PROJECT}:dates`,
    ],
    [
      'contract.dates-missing',
      aTimeEntry(),
      projectWith({ endDate: undefined }),
      'The contract of Northwind grid analytics has no start or no end in the ERP.',
      'finance',
      `contract:${PROJECT}:dates`,
    ],
    [
      'project.tax-code-missing',
      aTimeEntry(),
      projectWith({ dimensions: { legalEntity: 'LF-UK', costCentre: 'CC-210', taxCode: '' } }),
      'The tax code of Northwind grid analytics is not decided.',
      'finance',
      `project:${PROJECT}:dimensions`,
    ],
    [
      'project.cost-centre-missing',
      aTimeEntry(),
      projectWith({ dimensions: { legalEntity: 'LF-UK', costCentre: '', taxCode: 'GB-S20' } }),
      'Northwind grid analytics has no cost centre in the ERP.',
      'finance',
      `project:${PROJECT}:dimensions`,
    ],
    [
      'project.legal-entity-missing',
      aTimeEntry(),
      projectWith({ dimensions: { legalEntity: '', costCentre: 'CC-210', taxCode: 'GB-S20' } }),
      'Northwind grid analytics has no legal entity in the ERP.',
      'finance',
      `project:${PROJECT}:dimensions`,
    ],
    [
      'project.billing-method-missing',
      aTimeEntry(),
      projectWith({ billingMethod: undefined }),
      'Northwind grid analytics has no billing method in the ERP.',
      'finance',
      `project:${PROJECT}:billing-method`,
    ],
    [
      'project.currency-missing',
      aTimeEntry(),
      projectWith({ currency: undefined }),
      'Northwind grid analytics has no currency in the ERP.',
      'finance',
      `project:${PROJECT}:currency`,
    ],
    [
      'project.not-to-exceed-currency',
      aTimeEntry(),
      projectWith({ notToExceed: money('5000', 'EUR') }),
      'The not-to-exceed of Northwind grid analytics is in another currency than its contract.',
      'finance',
      `project:${PROJECT}:currency`,
    ],
    [
      'worker.unknown',
      aTimeEntry(),
      theFacts({ worker: { matches: 0 } }),
      `HCM has no worker with the e-mail ${EMAIL}.`,
      'hr-operations',
      `worker:${EMAIL}:known`,
    ],
    [
      'worker.ambiguous',
      aTimeEntry(),
      theFacts({ worker: { matches: 2 } }),
      'HCM has 2 workers with the e-mail of Ada Abbott.',
      'hr-operations',
      `worker:${EMAIL}:known`,
    ],
    [
      'worker.email-missing',
      aTimeEntry({ person: { email: '', name: 'Ada Abbott' } }),
      theFacts({ worker: { matches: 0 } }),
      'The PSA has no e-mail of Ada Abbott, so nobody can tell who that is.',
      'pmo',
      'line:tim_00000000000000000001:corrected',
    ],
    [
      'worker.terminated',
      aTimeEntry(),
      theFacts({ worker: gone }),
      'Ada Abbott was no longer employed on 2026-11-18.',
      'hr-operations',
      'worker:wrk_00000000000000000001:employed',
    ],
    [
      'worker.not-started',
      aTimeEntry(),
      theFacts({ worker: { matches: 1, worker: theWorker({ status: 'not-started' }) } }),
      'Ada Abbott was not yet employed on 2026-11-18.',
      'hr-operations',
      'worker:wrk_00000000000000000001:employed',
    ],
    [
      'worker.role-differs',
      aTimeEntry(),
      theFacts({ worker: { matches: 1, worker: theWorker({ role: 'CONSULTANT' }) } }),
      'Ada Abbott booked as ARCHITECT on 2026-11-18, but was CONSULTANT in HCM.',
      'hr-operations',
      'worker:wrk_00000000000000000001:role:ARCHITECT',
    ],
    [
      'assignment.missing',
      aTimeEntry(),
      theFacts({ assignments: [anAssignment({ endDate: '2026-11-17' })] }),
      'Ada Abbott is not assigned to Northwind grid analytics on 2026-11-18.',
      'pmo',
      `assignment:${PROJECT}:${EMAIL}`,
    ],
    [
      'assignment.other-role',
      aTimeEntry(),
      theFacts({ assignments: [anAssignment({ role: 'DEVELOPER' }), anAssignment({ id: 'asg_2', role: 'CONSULTANT' })] }),
      'Ada Abbott is assigned to Northwind grid analytics on 2026-11-18 as CONSULTANT, DEVELOPER, not as ARCHITECT.',
      'pmo',
      `assignment:${PROJECT}:${EMAIL}`,
    ],
    [
      'assignment.project-unstaffed',
      aTimeEntry(),
      theFacts({ assignments: [], projectStaffed: false, policy: aPolicy({ unstaffedProject: 'nobody' }) }),
      'Ada Abbott booked on Northwind grid analytics on 2026-11-18, but nobody is assigned to it, and then nobody may.',
      'pmo',
      `assignment:${PROJECT}:${EMAIL}`,
    ],
    [
      'period.closed',
      aTimeEntry(),
      theFacts({ periods: [aPeriod('2026-11', false), aPeriod('2026-12')], policy: aPolicy({ closedPeriod: 'hold' }) }),
      'LF-UK has closed its books for 2026-11-18, and no later day is to be used or open.',
      'finance',
      'period:LF-UK:2026-11',
    ],
    ['period.unknown', aTimeEntry(), theFacts({ periods: [] }), 'LF-UK has no accounting period for 2026-11-18.', 'finance', 'period:LF-UK:2026-11'],
    [
      'rate.missing',
      aTimeEntry(),
      theFacts({ rates: [] }),
      'There is no rate for ARCHITECT of LF-UK in GBP on 2026-11-18.',
      'finance',
      'rate:LF-UK:ARCHITECT:GBP',
    ],
    [
      'rate.overtime-missing',
      aTimeEntry({ overtime: true }),
      theFacts({ rates: [aRate({ overtime: false })] }),
      'There is no rate for overtime of ARCHITECT of LF-UK in GBP on 2026-11-18.',
      'finance',
      'rate:LF-UK:ARCHITECT:GBP',
    ],
    [
      'rate.ended',
      aTimeEntry(),
      theFacts({ rates: [aRate({ to: '2026-11-17' })], policy: aPolicy({ endedRate: 'ask' }) }),
      'The rate of ARCHITECT by row RC-UK:2026-01-01:ARCHITECT (contract RC-UK, 160.00 GBP per hour) ended on 2026-11-17, and none holds on 2026-11-18 in its place.',
      'finance',
      'rate:LF-UK:ARCHITECT:GBP',
    ],
    [
      'rate.psa-differs',
      aTimeEntry({ psaRate: money('150', 'GBP') }),
      theFacts({ policy: aPolicy({ rateDifference: 'exception' }) }),
      'For ARCHITECT on 2026-11-18 the PSA has 150.00 GBP an hour, our rate is 160.00 GBP.',
      'finance',
      `psa-rate:${PROJECT}:ARCHITECT`,
    ],
    [
      'exchange-rate.missing',
      aTimeEntry(),
      theFacts({ rates: [aRate({ currency: 'EUR' })], exchangeRates: [anExchangeRate('GBP', 'EUR', '1.15')] }),
      'There is no exchange rate from EUR to GBP on 2026-11-18.',
      'finance',
      'exchange-rate:EUR:GBP:2026-11',
    ],
    [
      'exchange-rate.too-old',
      aTimeEntry(),
      theFacts({
        rates: [aRate({ currency: 'EUR' })],
        exchangeRates: [{ ...anExchangeRate('EUR', 'GBP', '0.86', '2025-10-31'), goodForDays: 366 }],
      }),
      'The newest exchange rate from EUR to GBP is of 2025-10-31 and may be used until 2026-11-01, not on 2026-11-18.',
      'finance',
      'exchange-rate:EUR:GBP:2026-11',
    ],
    [
      'rate.overtime-missing',
      aTimeEntry({ overtime: true }),
      theFacts({ policy: aPolicy({ overtimeRate: 'ask' }) }),
      'There is no rate for overtime of ARCHITECT of LF-UK in GBP on 2026-11-18.',
      'finance',
      'rate:LF-UK:ARCHITECT:GBP',
    ],
    [
      'time.over-day',
      aTimeEntry(),
      theFacts({ otherMinutesThatDay: 511 }),
      'Ada Abbott booked 961 minutes on 2026-11-18; 960 is the most.',
      'pmo',
      'line:tim_00000000000000000001:corrected',
    ],
    [
      'time.none',
      aTimeEntry({ workedMinutes: 0 }),
      theFacts(),
      'The line of Ada Abbott on 2026-11-18 has no time.',
      'pmo',
      'line:tim_00000000000000000001:corrected',
    ],
  ];

  it.each(examples)('%s', (code, entry, facts, sentence, desk, need) => {
    const faults = faultsOf(assessTime(entry, facts));
    expect(faults.map(fault => [fault.reason.code, text(fault.reason), fault.desk, fault.need])).toEqual([[code, sentence, desk, need]]);
    expect(faults[0].reason.field).toBeTruthy();
    expect(text(cureOf(faults[0], NEEDS))).not.toMatch(unfilled);
    expect(text(cureOf(faults[0], NEEDS))).not.toContain('cure.');
  });

  it('is told all at once', () => {
    const facts = theFacts({
      project: theProject({ status: 'archived', timeAllowed: false, endDate: '2026-11-01' }),
      worker: gone,
      assignments: [],
      rates: [],
      periods: [],
      otherMinutesThatDay: 800,
    });
    expect(faultsOf(assessTime(aTimeEntry(), facts)).map(({ reason }) => reason.code)).toEqual([
      'project.not-active',
      'project.time-not-allowed',
      'contract.not-active',
      'worker.terminated',
      'assignment.missing',
      'period.unknown',
      'time.over-day',
      'rate.missing',
    ]);
  });

  it('lets an assignment give a role where the policy says so', () => {
    const facts = theFacts({
      worker: { matches: 1, worker: theWorker({ role: 'SENIOR_CONSULTANT' }) },
      policy: aPolicy({ roleBy: 'hcm-or-assignment' }),
    });
    expect(pricedOf(assessTime(aTimeEntry(), facts)).transaction.role).toBe('ARCHITECT');
  });

  it('takes an assignment without role or dates for any role on any day', () => {
    const open = anAssignment({ role: undefined, startDate: undefined, endDate: undefined });
    expect(faultsOf(assessTime(aTimeEntry(), theFacts({ assignments: [open] })))).toEqual([]);
  });

  it('does not say that a rate is missing while nobody knows who employs the worker', () => {
    const facts = theFacts({ worker: { matches: 0 }, rates: [aRate({ resourcingEntity: 'LF-UK' })] });
    expect(faultsOf(assessTime(aTimeEntry(), facts)).map(({ reason }) => reason.code)).toEqual(['worker.unknown']);
  });

  it("is only told in the price when the policy explains the PSA's rate", () => {
    const priced = pricedOf(assessTime(aTimeEntry({ psaRate: money('150', 'GBP') }), theFacts()));
    expect(priced.transaction.amount).toEqual(money('1200', 'GBP'));
    expect(lines(priced)).toContain('The PSA has 150.00 GBP an hour, our rate is 160.00 GBP.');
    expect(lines(pricedOf(assessTime(aTimeEntry({ psaRate: money('160', 'GBP') }), theFacts()))).join()).not.toContain('PSA');
  });
});

describe('lines of time that are assessed again, since another of their batch could not be', () => {
  it('are none of their own others', () => {
    const facts = theFacts({ rates: [aRate({ unit: 'day', amount: '999' })], policy: aPolicy({ dayRate: 'whole-days' }) });
    const day = [240, 180].map((workedMinutes, n) => aTimeEntry({ id: `tim_0000000000000000000${n}`, workedMinutes }));
    const together = day.map(entry => ({ id: entry.id, kind: 'time' as const, entry }));
    const before = new JustAssessed();
    const amounts = () => [...assessLines(together, () => facts, before).values()].map(one => pricedOf(one).transaction.amount.amount);
    expect([amounts(), amounts()]).toEqual([
      ['999.00', '0.00'],
      ['999.00', '0.00'],
    ]);
  });
});

describe('the estimate of time that has no price', () => {
  const estimate = (entry: TimeEntry, facts: LineFacts) => {
    const assessment = assessTime(entry, facts);
    return 'faults' in assessment ? assessment.estimate : undefined;
  };
  const closed = { periods: [] };

  it('is its price where only something else is wrong', () => {
    expect(estimate(aTimeEntry(), theFacts(closed))).toEqual(money('1200', 'GBP'));
  });

  it('is the last rate known for the role, of the resourcing entity where there is one', () => {
    const rates = [
      aRate({ id: 'old', from: '2025-01-01', to: '2025-12-31', amount: '140' }),
      aRate({ id: 'uk', from: '2024-01-01', to: '2024-12-31', amount: '100', resourcingEntity: 'LF-UK' }),
      aRate({ id: 'any', role: null, from: '2026-01-01', to: '2026-06-30', amount: '90' }),
    ];
    expect(estimate(aTimeEntry(), theFacts({ rates }))).toEqual(money('750', 'GBP'));
    expect(estimate(aTimeEntry(), theFacts({ rates: [rates[0], rates[2]] }))).toEqual(money('1050', 'GBP'));
    expect(estimate(aTimeEntry(), theFacts({ rates: [rates[2]] }))).toEqual(money('675', 'GBP'));
  });

  it('is in its own currency while there is no exchange rate', () => {
    expect(estimate(aTimeEntry(), theFacts({ rates: [aRate({ currency: 'EUR', unit: 'day', amount: '1200' })] }))).toEqual(money('1125', 'EUR'));
    const exchangeRates = [anExchangeRate('EUR', 'GBP', '0.8')];
    expect(estimate(aTimeEntry(), theFacts({ ...closed, rates: [aRate({ currency: 'EUR' })], exchangeRates }))).toEqual(money('960', 'GBP'));
  });

  it("is the PSA's own rate where we know none, and else nothing", () => {
    expect(estimate(aTimeEntry({ psaRate: money('150', 'GBP') }), theFacts({ rates: [] }))).toEqual(money('1125', 'GBP'));
    expect(estimate(aTimeEntry(), theFacts({ rates: [] }))).toBeNull();
  });

  it('is zero of what is not billed', () => {
    expect(estimate(aTimeEntry({ billable: false }), theFacts(closed))).toEqual(money('0', 'GBP'));
  });
});

describe('an amount of more digits than are kept and sent', () => {
  const told = (assessment: Assessment) =>
    'faults' in assessment && { faults: assessment.faults.map(({ reason, need }) => [reason.code, need]), estimate: assessment.estimate };
  const huge = '999999999999999.999999';

  it('of time is a fault of its rate, billed or not, and no estimate of anything', () => {
    const facts = theFacts({ rates: [aRate({ amount: huge })] });
    const fault = ['rate.too-large', 'rate:LF-UK:ARCHITECT:GBP'];
    expect(told(assessTime(aTimeEntry(), facts))).toEqual({ faults: [fault], estimate: null });
    expect(told(assessTime(aTimeEntry({ billable: false }), facts))).toMatchObject({ faults: [fault] });
    expect(told(assessTime(aTimeEntry(), { ...facts, periods: [] }))).toMatchObject({ estimate: null });
    expect('priced' in assessTime(aTimeEntry({ workedMinutes: 60 }), theFacts({ rates: [aRate({ amount: '999999999999999.99' })] }))).toBe(true);
  });

  it('of an expense is a fault of its terms, and it is worth what was spent', () => {
    const perUnit = aTerm({ treatment: 'per-unit', unit: 'cost', unitRate: money(huge, 'GBP'), unitCost: { amount: '0.000001', currency: 'GBP' } });
    const assessment = assessExpense(anExpense(), theFacts({ expenseTerms: [perUnit] }));
    expect(told(assessment)).toEqual({ faults: [['expense.too-large', `expense-term:${PROJECT}:Travel`]], estimate: money('84.20', 'GBP') });
    for (const fault of faultsOf(assessment)) for (const told of [fault.reason, cureOf(fault, NEEDS)]) expect(text(told)).not.toMatch(unfilled);
  });

  it('by an exchange rate of nothing is one too', () => {
    const perUnit = aTerm({ treatment: 'per-unit', unit: 'cost', unitRate: money('1', 'GBP'), unitCost: money('1', 'EUR') });
    const assessment = assessExpense(anExpense(), theFacts({ expenseTerms: [perUnit], exchangeRates: [anExchangeRate('EUR', 'GBP', '0')] }));
    expect(told(assessment)).toMatchObject({ faults: [['expense.too-large', `expense-term:${PROJECT}:Travel`]] });
  });
});

describe('an expense', () => {
  it('at cost in the currency of the contract is an expense of the ERP', () => {
    const priced = pricedOf(assessExpense(anExpense(), theFacts()));
    expect(priced.transaction).toEqual({
      kind: 'expense',
      projectId: PROJECT,
      employeeNumber: 'EMP-117',
      legalEntity: 'LF-UK',
      costCentre: 'CC-210',
      taxCode: 'GB-S20',
      workDate: '2026-11-18',
      postingDate: '2026-11-18',
      billable: true,
      category: 'TRAVEL',
      spent: money('84.20', 'GBP'),
      asSpent: true,
      amount: money('84.20', 'GBP'),
      memo: 'Train to Bristol',
    });
    expect(lines(priced)).toEqual([
      '84.20 GBP are billed at cost (terms house).',
      'Nobody knows whether the firm gets tax in it back, so it is billed with what tax there is.',
      'The ERP taxes it by GB-S20.',
    ]);
  });

  it('with mark-up in another currency is a charge of ours, with its exchange rate told', () => {
    const facts = theFacts({
      expenseTerms: [aTerm({ treatment: 'mark-up', percent: '7.5' })],
      exchangeRates: [anExchangeRate('EUR', 'GBP', '0.8612'), anExchangeRate('EUR', 'GBP', '0.87', '2026-11-19')],
    });
    const priced = pricedOf(assessExpense(anExpense({ amount: money('131.40', 'EUR') }), facts));
    expect(priced.transaction).toMatchObject({ kind: 'charge', amount: money('121.65', 'GBP'), spent: money('131.40', 'EUR'), billable: true });
    expect(lines(priced)).toEqual([
      '131.40 EUR are billed with 7.5 % mark-up (terms term-1, contract, from 2026-01-01).',
      'Nobody knows whether the firm gets tax in it back, so it is billed with what tax there is.',
      'One EUR is 0.8612 GBP, the rate since 2026-11-01.',
      '121.648806 is rounded half up to 121.65 GBP.',
      'The ERP taxes it by GB-S20.',
    ]);
  });

  const records: [string, LineFacts, Partial<ExpenseEntry>, ...[kind: string, billable: boolean, costApart: boolean | undefined]][] = [
    ['at cost', theFacts(), {}, 'expense', true, undefined],
    ['at cost under a cap', projectWith({ notToExceed: money('1000', 'GBP') }), {}, 'charge', true, true],
    ['with a mark-up', theFacts({ expenseTerms: [aTerm({ treatment: 'mark-up', percent: '10' })] }), {}, 'charge', true, true],
    ['at cost less tax', theFacts(), { tax: { amount: '14.03', recoverable: true } }, 'charge', true, true],
    ['not billable', theFacts(), { billable: false }, 'expense', false, undefined],
    ['of a fixed price', projectWith({ billingMethod: 'fixed-price' }), {}, 'expense', false, undefined],
  ];

  it.each(records)(
    '%s is recorded at its cost once, apart from what is billed unless that is the same',
    (_, facts, over, kind, billable, costApart) => {
      const priced = pricedOf(assessExpense(anExpense(over), facts));
      expect([priced.transaction.kind, priced.transaction.billable, priced.costApart]).toEqual([kind, billable, costApart]);
      const elsewhere = pricedOf(assessExpense(anExpense(over), { ...facts, policy: aPolicy({ expenseCost: 'elsewhere' }) }));
      expect([elsewhere.transaction.kind, elsewhere.transaction.billable, elsewhere.costApart]).toEqual(['charge', billable, undefined]);
    },
  );

  it('of a lent worker is passed on between the entities as it was spent', () => {
    const facts = theFacts({
      worker: { matches: 1, worker: theWorker({ legalEntity: 'LF-DE' }) },
      expenseTerms: [aTerm({ treatment: 'mark-up', percent: '10' })],
    });
    expect(pricedOf(assessExpense(anExpense(), facts)).intercompany).toEqual({
      owningEntity: 'LF-UK',
      lendingEntity: 'LF-DE',
      owningUnbilledSale: money('92.62', 'GBP'),
      owningCost: money('84.20', 'GBP'),
      lendingSale: money('84.20', 'GBP'),
      lendingCost: money('84.20', 'GBP'),
    });
  });

  it('of a lent worker in a currency that the day has no rate from is passed on in that currency', () => {
    const facts = theFacts({
      worker: { matches: 1, worker: theWorker({ legalEntity: 'LF-DE' }) },
      expenseTerms: [aTerm({ treatment: 'per-unit', unit: 'item', unitRate: money('45', 'GBP') })],
    });
    expect(pricedOf(assessExpense(anExpense({ amount: money('40', 'EUR') }), facts)).intercompany).toMatchObject({
      owningUnbilledSale: money('45', 'GBP'),
      owningCost: money('40', 'EUR'),
      lendingSale: money('40', 'EUR'),
    });
    const taxed = anExpense({ amount: money('40', 'EUR'), tax: { amount: '6.39', recoverable: true } });
    expect(pricedOf(assessExpense(taxed, facts)).intercompany).toMatchObject({
      owningCost: money('33.61', 'EUR'),
      lendingSale: money('33.61', 'EUR'),
    });
  });

  it.each([
    ['84.20', '84.21'],
    ['84.20', '-14.03'],
    ['-84.20', '14.03'],
    ['-84.20', '-84.21'],
  ])('of %s can not hold a tax of %s, whoever gets it back', (amount, tax) => {
    for (const recoverable of [true, false, undefined]) {
      const assessment = assessExpense(anExpense({ amount: money(amount, 'GBP'), tax: { amount: tax, recoverable } }), theFacts());
      expect('faults' in assessment && assessment.faults).toMatchObject([
        { reason: { code: 'expense.tax-not-within', field: 'tax.amount' }, category: 'validation', desk: 'pmo' },
      ]);
      expect(assessment).toMatchObject({ estimate: money(amount, 'GBP') });
    }
  });

  it.each([
    ['84.20', '84.20'],
    ['84.20', '0'],
    ['-84.20', '-14.03'],
    ['-84.20', '0'],
  ])('of %s may hold a tax of %s', (amount, tax) => {
    const entry = anExpense({ amount: money(amount, 'GBP'), tax: { amount: tax, recoverable: false } });
    expect(pricedOf(assessExpense(entry, theFacts())).transaction.amount).toEqual(money(amount, 'GBP'));
  });

  it('on a fixed price is billed only where the contract speaks of expenses', () => {
    const fixed = theProject({ billingMethod: 'fixed-price' });
    expect(pricedOf(assessExpense(anExpense(), theFacts({ project: fixed }))).transaction).toMatchObject({
      kind: 'expense',
      billable: false,
      amount: money('0', 'GBP'),
      spent: money('84.20', 'GBP'),
    });
    const agreed = theFacts({ project: fixed, expenseTerms: [aTerm({})] });
    expect(pricedOf(assessExpense(anExpense(), agreed)).transaction).toMatchObject({ billable: true, amount: money('84.20', 'GBP') });
    const house = theFacts({ project: fixed, expenseTerms: [aTerm({ level: 'legal-entity', subject: 'LF-UK' })] });
    expect(pricedOf(assessExpense(anExpense(), house)).transaction.billable).toBe(false);
  });
});

describe('expenses that are billed by the item', () => {
  const item = (over: Partial<ExpenseTerm> = {}) => aTerm({ treatment: 'per-unit', unit: 'item', unitRate: money('45', 'GBP'), ...over });
  const billed = amountsOf([item()]);

  it('are each one unit, and a refund takes one back, never more than was billed', () => {
    expect(billed(['a', '31.75'], ['b', '-31.75'])).toEqual(['45.00', '-45.00']);
    expect(billed(['a', '31.75'], ['b', '20'], ['c', '-31.75'])).toEqual(['45.00', '45.00', '-45.00']);
    expect(billed(['a', '31.75'], ['b', '-31.75'], ['c', '-31.75'])).toEqual(['45.00', '-45.00', '0.00']);
    expect(billed(['a', '-31.75'])).toEqual(['0.00']);
    // What was refunded is found by what is billed and not by the order of names.
    expect(billed(['a', '-31.75'], ['b', '31.75'])).toEqual(['-45.00', '45.00']);
    expect(billed(['a', '31.75', '2026-11-18'], ['b', '-31.75', '2026-11-17'])).toEqual(['45.00', '0.00']);
  });

  it('are taken back at what the unit was billed at, the newest first', () => {
    const two = amountsOf([item(), item({ id: 'dearer', from: '2026-11-10', unitRate: money('50', 'GBP') })]);
    const bought: Spent[] = [
      ['a', '30', '2026-11-09'],
      ['b', '30', '2026-11-10'],
    ];
    expect(two(...bought, ['c', '-30', '2026-11-12'])).toEqual(['45.00', '50.00', '-50.00']);
    expect(two(...bought, ['c', '-30', '2026-11-12'], ['d', '-30', '2026-11-13'])).toEqual(['45.00', '50.00', '-50.00', '-45.00']);
    expect(two(...bought, ['c', '-30', '2026-11-09'], ['d', '-30', '2026-11-13'])).toEqual(['45.00', '50.00', '-45.00', '-50.00']);
  });

  it('of others, other categories and what is not billable are not taken back', () => {
    expect(billed(['a', '31.75', '2026-11-18', { billable: false }], ['b', '-31.75'])).toEqual(['0.00', '0.00']);
    const ofCategory = amountsOf([item({ category: 'Travel' }), item({ id: 'miles', category: 'Mileage' })]);
    expect(ofCategory(['a', '31.75', '2026-11-18', { category: 'Mileage' }], ['b', '-31.75'])).toEqual(['45.00', '0.00']);
    const another = { person: { email: 'other@larkfield.example', name: 'O' } };
    expect(billed(['a', '31.75', '2026-11-18', another], ['b', '-31.75'])).toEqual(['45.00', '0.00']);
  });

  it('hang on what was billed before, and say so', () => {
    const facts = theFacts({ expenseTerms: [item()], otherExpenses: [{ entry: spent('a', '31.75'), billed: money('45', 'GBP') }] });
    const priced = pricedOf(assessExpense(spent('b', '-31.75'), facts));
    expect(priced.transaction).toMatchObject({ kind: 'charge', amount: money('-45', 'GBP'), billable: true });
    expect(lines(priced)[0]).toBe('45.00 GBP that were billed for a unit are taken back.');
    const nothing = pricedOf(assessExpense(spent('b', '-31.75'), { ...facts, otherExpenses: [] }));
    expect(nothing).toMatchObject({ transaction: { amount: money('0', 'GBP'), billable: false }, capped: false });
    expect(lines(nothing)[0]).toBe('Nothing is billed that it could take back.');
  });
});

describe('expenses that are billed by the day', () => {
  const day = (over: Partial<ExpenseTerm> = {}) => aTerm({ treatment: 'per-unit', unit: 'day', unitRate: money('45', 'GBP'), ...over });
  const billed = amountsOf([day()]);

  it('are billed once per person, project and day, on the first line', () => {
    expect(billed(['a', '10'], ['b', '20'], ['c', '1.75'])).toEqual(['45.00', '0.00', '0.00']);
    expect(billed(['a', '10'], ['b', '20', '2026-11-19'])).toEqual(['45.00', '45.00']);
    expect(billed(['a', '10'], ['b', '20', '2026-11-18', { person: { email: 'other@larkfield.example', name: 'O' } }])).toEqual(['45.00', '45.00']);
    expect(billed(['a', '10', '2026-11-18', { billable: false }], ['b', '20'])).toEqual(['0.00', '45.00']);
    expect(billed(['a', '10', '2026-11-18', { category: 'Unheard' }], ['b', '20'])).toEqual([undefined, '45.00']);
  });

  it('are taken back when no positive line of the day is left', () => {
    expect(billed(['a', '10'], ['b', '20'], ['c', '-10'])).toEqual(['45.00', '0.00', '0.00']);
    expect(billed(['a', '10'], ['b', '20'], ['c', '-10'], ['d', '-20'])).toEqual(['45.00', '0.00', '-45.00', '0.00']);
    expect(billed(['a', '10'], ['b', '-10'], ['c', '-10'])).toEqual(['45.00', '-45.00', '0.00']);
    expect(billed(['a', '10', '2026-11-17'], ['b', '-10'])).toEqual(['45.00', '0.00']);
  });

  it('hang on what was billed before, and say so', () => {
    const facts = theFacts({ expenseTerms: [day()], otherExpenses: [{ entry: spent('z', '31.75'), billed: money('45', 'GBP') }] });
    expect(lines(pricedOf(assessExpense(spent('a', '10'), facts)))[0]).toBe('Another line of 2026-11-18 is billed for the day.');
    const refunded = { ...facts, otherExpenses: [...facts.otherExpenses, { entry: spent('y', '3'), billed: money('0', 'GBP') }] };
    expect(lines(pricedOf(assessExpense(spent('a', '-3'), refunded)))[0]).toBe('Other lines of 2026-11-18 are left, so the day stays billed.');
  });

  it('have a first and a last day of a trip at a percentage', () => {
    const trip = amountsOf([day({ tripEndsPercent: '75' })]);
    const days: Spent[] = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-20'].map((date, n) => [`${n}`, '10', date]);
    expect(trip(...days)).toEqual(['33.75', '45.00', '33.75', '33.75']);
    expect(trip(['a', '10', '2026-11-17'], ['b', '5', '2026-11-18'], ['c', '-10', '2026-11-17'])).toEqual(['33.75', '33.75', '-33.75']);
    const priced = pricedOf(assessExpense(spent('a', '10'), theFacts({ expenseTerms: [day({ tripEndsPercent: '75' })] })));
    expect(lines(priced).slice(0, 2)).toEqual([
      '1 units are billed at 45.00 GBP each (terms term-1, contract, from 2026-01-01).',
      'The first or last day of a trip, 2026-11-18, is billed at 75 %.',
    ]);
  });
});

/** Id, amount and day, and what else is said. */
type Spent = [id: string, amount: string, date?: string, over?: Partial<ExpenseEntry>];

const spent = (...[id, amount, date = '2026-11-18', over = {}]: Spent): ExpenseEntry =>
  anExpense({ id: `exp_${id}`, amount: money(amount, 'GBP'), expenseDate: date, ...over });

/** What expenses that are assessed together are billed at, in the order given; undefined where something is wrong with one. */
function amountsOf(expenseTerms: ExpenseTerm[]): (...expenses: Spent[]) => (string | undefined)[] {
  const facts = theFacts({ expenseTerms, projectStaffed: false });
  return (...expenses) => {
    const entries = expenses.map(one => spent(...one));
    const among = assessLines(
      entries.map(entry => ({ id: entry.id, kind: 'expense', entry })),
      () => ({ ...facts, assignments: [] }),
    );
    return entries.map(({ id }) => {
      const assessment = among.get(id)!;
      return 'priced' in assessment ? assessment.priced.transaction.amount.amount : undefined;
    });
  };
}

describe('what is wrong with an expense', () => {
  const corrected = 'line:exp_00000000000000000001:corrected';
  const examples: [string, ExpenseEntry, LineFacts, string, string, string][] = [
    [
      'project.expense-not-allowed',
      anExpense(),
      projectWith({ expensesAllowed: false }),
      'Northwind grid analytics takes no expenses in the ERP.',
      'pmo',
      `project:${PROJECT}:expenses-allowed`,
    ],
    [
      'mapping.expense-category-missing',
      anExpense({ category: 'Team: lunch' }),
      theFacts(),
      'The expense category "Team: lunch" has no mapping.',
      'finance',
      'mapping:expense-category:Team: lunch',
    ],
    [
      'expense.receipt-missing',
      anExpense({ receiptAttached: false }),
      theFacts(),
      '84.20 GBP for Travel on 2026-11-18 needs a receipt from Ada Abbott: it is above 25.00 GBP.',
      'pmo',
      corrected,
    ],
    [
      'expense.over-policy',
      anExpense(),
      theFacts({ expenseTerms: [aTerm({ maxAmount: money('80', 'GBP') })] }),
      '84.20 GBP for Travel on 2026-11-18 is more than the 80.00 GBP that policy allows Ada Abbott.',
      'pmo',
      corrected,
    ],
    [
      'exchange-rate.missing',
      anExpense({ amount: money('20', 'CHF') }),
      theFacts({ expenseTerms: [aTerm({ maxAmount: money('80', 'GBP') })] }),
      'There is no exchange rate from CHF to GBP on 2026-11-18.',
      'finance',
      'exchange-rate:CHF:GBP:2026-11',
    ],
    [
      'expense.term-incomplete',
      anExpense(),
      theFacts({ expenseTerms: [aTerm({ treatment: 'mark-up' })] }),
      'The terms say that Travel is billed by mark-up, but not at what.',
      'finance',
      `expense-term:${PROJECT}:Travel`,
    ],
    [
      'expense.term-invalid',
      anExpense(),
      theFacts({ expenseTerms: [aTerm({ treatment: 'mark-up', percent: '-150' })] }),
      'Nothing for Travel can be billed by the terms term-1: percent must not be negative.',
      'finance',
      `expense-term:${PROJECT}:Travel`,
    ],
    [
      'expense.none',
      anExpense({ amount: money('0', 'GBP') }),
      theFacts(),
      'The expense of Ada Abbott on 2026-11-18 has no amount.',
      'pmo',
      corrected,
    ],
    [
      'worker.terminated',
      anExpense(),
      theFacts({ worker: { matches: 1, worker: theWorker({ status: 'terminated' }) } }),
      'Ada Abbott was no longer employed on 2026-11-18.',
      'hr-operations',
      'worker:wrk_00000000000000000001:employed',
    ],
  ];

  it.each(examples)('%s', (code, entry, facts, sentence, desk, need) => {
    const faults = faultsOf(assessExpense(entry, facts));
    expect(faults.map(fault => [fault.reason.code, text(fault.reason), fault.desk, fault.need])).toEqual([[code, sentence, desk, need]]);
    expect(text(cureOf(faults[0], NEEDS))).not.toMatch(unfilled);
    expect(text(cureOf(faults[0], NEEDS))).not.toContain('cure.');
  });

  const receipts: [string, ExpenseEntry, LineFacts, boolean][] = [
    ['below the house limit', anExpense({ amount: money('25', 'GBP'), receiptAttached: false }), theFacts(), false],
    ['just above it', anExpense({ amount: money('25.01', 'GBP'), receiptAttached: false }), theFacts(), true],
    [
      'under a limit of the terms',
      anExpense({ receiptAttached: false }),
      theFacts({ expenseTerms: [aTerm({ receiptOver: money('100', 'GBP') })] }),
      false,
    ],
    [
      'in a currency of the house',
      anExpense({ amount: money('30', 'EUR'), receiptAttached: false }),
      theFacts({ exchangeRates: [anExchangeRate('EUR', 'GBP', '0.86')] }),
      false,
    ],
    [
      'in another currency, by its exchange rate',
      anExpense({ amount: money('40', 'USD'), receiptAttached: false }),
      theFacts({ exchangeRates: [anExchangeRate('USD', 'GBP', '0.75')] }),
      true,
    ],
  ];

  it.each(receipts)('a receipt is asked for as the limits say: %s', (_, entry, facts, asked) => {
    expect(faultsOf(assessExpense(entry, facts)).some(({ reason }) => reason.code === 'expense.receipt-missing')).toBe(asked);
  });

  it('is worth what was spent while it has no price', () => {
    const estimate = (entry: ExpenseEntry) => assessExpense(entry, theFacts({ periods: [] }));
    expect(estimate(anExpense())).toMatchObject({ estimate: money('84.20', 'GBP') });
    expect(estimate(anExpense({ amount: money('20', 'CHF') }))).toMatchObject({ estimate: money('20', 'CHF') });
    expect(estimate(anExpense({ billable: false }))).toMatchObject({ estimate: money('0', 'GBP') });
  });
});
