import { describe, expect, it } from 'vitest';
import { money, type TimeEntry } from '#canonical';
import { assessTime } from './assess.rules.js';
import type { LineFacts } from '../facts/line-facts.js';
import { anAssignment, aPeriod, aPolicy, aRate, aTimeEntry, PROJECT, TASK, theFacts, theProject, theWorker } from '../facts/line-facts.fixture.js';
import { faultsOf, lines, pricedOf, projectWith } from './assessed.fixture.js';

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

describe('what is wrong with a line of time', () => {
  it('is told all at once', () => {
    const facts = theFacts({
      project: theProject({ status: 'archived', timeAllowed: false, endDate: '2026-11-01' }),
      worker: { matches: 1, worker: theWorker({ status: 'terminated' }) },
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
