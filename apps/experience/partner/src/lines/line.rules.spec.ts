import { describe, expect, it } from 'vitest';
import { LINE_STATES } from '#canonical';
import { agencyOf, type BillingSide, blocksOf, type Employment, type EntrySide, stateOf } from './line.rules.js';

const entry = (over: Partial<EntrySide> = {}): EntrySide => ({
  seq: 1,
  kind: 'time',
  projectId: 'prj_1',
  email: 'ada@quayside.example',
  workDate: '2026-11-16',
  approval: 'approved',
  gone: false,
  legalEntities: [],
  ...over,
});
const billing = (state: BillingSide['state']): BillingSide => ({
  revision: 1,
  state,
  kind: 'time',
  projectId: 'prj_1',
  workerId: null,
  person: 'Ada Quinn',
  workDate: '2026-11-16',
  minutes: 480,
  blocks: [],
  legalEntities: [],
});

describe('the state that an agency is told', () => {
  it('is that of approval until the line is approved, whatever became of an older version', () => {
    expect((['none', 'pending', 'rejected', 'cancelled'] as const).map(approval => stateOf(entry({ approval }), billing('posted')))).toEqual([
      'in-psa',
      'submitted',
      'rejected',
      'withdrawn',
    ]);
    expect([stateOf(entry(), undefined), stateOf(entry({ gone: true }), billing('posted'))]).toEqual(['approved', 'withdrawn']);
  });

  it('does not tell whether an approved line is invoiced, paid, over the cap or not to be billed', () => {
    const told = Object.fromEntries(LINE_STATES.map(state => [state, stateOf(entry(), billing(state))]));
    expect(told).toEqual({
      received: 'approved',
      blocked: 'blocked',
      ready: 'accepted-for-billing',
      posted: 'accepted-for-billing',
      billed: 'accepted-for-billing',
      paid: 'accepted-for-billing',
      overage: 'accepted-for-billing',
      correcting: 'approved',
      'needs-credit': 'approved',
      skipped: 'approved',
      withdrawn: 'approved',
    });
    expect(stateOf(undefined, billing('withdrawn'))).toBe('withdrawn');
  });

  it('is blocked for reasons of the agency where there are any, else for one that says nothing of ours', () => {
    expect(blocksOf(['rate.missing', 'expense.receipt-missing', 'worker.unknown', 'worker.ambiguous'])).toEqual([
      'partner.blocked.person',
      'partner.blocked.receipt',
    ]);
    expect(blocksOf(['rate.missing', 'credit.needed', 'of-another-release'])).toEqual(['partner.blocked.with-us']);
    expect(blocksOf([])).toEqual(['partner.blocked.with-us']);
  });
});

describe('whose person it was', () => {
  const EMAIL = 'ada@quayside.example';
  const lent = (worker: string, from: string, agency: string | null): Employment => ({ workerId: worker, from, email: EMAIL, agency });
  const on = (workDate: string, employments: Employment[], worker: string | null = null) =>
    agencyOf({ workerId: worker, email: EMAIL, workDate }, employments);

  it('is decided by the day of work', () => {
    const employments = [lent('w1', '2026-12-01', 'OTHER'), lent('w1', '2026-01-01', 'QUAYSIDE'), lent('w1', '2027-01-01', null)];
    expect(['2025-12-31', '2026-01-01', '2026-11-30', '2026-12-01', '2027-01-01'].map(day => on(day, employments))).toEqual([
      null,
      'QUAYSIDE',
      'QUAYSIDE',
      'OTHER',
      null,
    ]);
  });

  it('is nobody while two people have the e-mail, until the line names one of them', () => {
    const employments = [lent('w1', '2026-01-01', 'QUAYSIDE'), lent('w2', '2026-01-01', 'OTHER')];
    expect([on('2026-11-16', employments), on('2026-11-16', employments, 'w2'), on('2026-11-16', employments, 'w3')]).toEqual([null, 'OTHER', null]);
  });
});
