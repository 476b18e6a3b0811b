import { describe, expect, it } from 'vitest';
import type { WorkerVersion } from './worker-record.js';
import { changedAttributes, legalEntitiesOf, recordOn, mergedVersions, statusAt } from './worker-record.rules.js';

const version = (from: string, over: Partial<WorkerVersion> = {}): WorkerVersion => ({
  from,
  name: 'A',
  hiredOn: '2024-03-01',
  role: 'ARCHITECT',
  skills: [],
  legalEntity: 'LF-UK',
  ...over,
});
const record = (versions: WorkerVersion[], today = '2026-11-21') =>
  recordOn({ id: 'wrk_1', employeeNumber: '1', refs: [], leave: [], costRates: [], versions }, today);

describe('versions', () => {
  it('come in order, and those that say the same are one', () => {
    const versions = mergedVersions([
      version('2026-05-01'),
      version('2026-01-01', { role: 'DEVELOPER' }),
      version('2026-03-01', { role: 'DEVELOPER' }),
    ]);
    expect(versions.map(({ from, role }) => [from, role])).toEqual([
      ['2024-03-01', 'DEVELOPER'],
      ['2026-05-01', 'ARCHITECT'],
    ]);
  });

  it('begin with the hire, however late the first was read', () => {
    expect(mergedVersions([version('2026-01-01')])[0].from).toBe('2024-03-01');
    expect(mergedVersions([version('2024-03-01'), version('2025-01-01', { role: 'DEVELOPER' })])[0].from).toBe('2024-03-01');
  });

  it('know the end of an employment before it is entered to take effect, but not that of the next', () => {
    const [before] = mergedVersions([version('2024-03-01'), version('2027-01-31', { terminatedOn: '2027-01-31' })]);
    expect(before.terminatedOn).toBe('2027-01-31');
    const [first] = mergedVersions([version('2024-03-01'), version('2027-01-31', { hiredOn: '2027-01-31', terminatedOn: '2027-12-31' })]);
    expect(first.terminatedOn).toBeUndefined();
  });
});

describe('status', () => {
  it.each([
    ['2024-02-29', 'not-started'],
    ['2024-03-01', 'active'],
    ['2026-06-30', 'active'],
    ['2026-07-01', 'terminated'],
  ])('on %s is %s', (day, status) => {
    expect(statusAt({ hiredOn: '2024-03-01', terminatedOn: '2026-06-30' }, day)).toBe(status);
  });

  it('of a hire that was rescinded is never active', () => {
    const rescinded = { hiredOn: '2026-03-01', terminatedOn: '2026-02-28' };
    for (const day of ['2026-02-27', '2026-02-28', '2026-03-01', '2027-01-01']) expect(statusAt(rescinded, day)).not.toBe('active');
  });
});

describe('what changed', () => {
  it('is nothing between equal records, whatever they cost', () => {
    const rated = { ...record([version('2024-03-01')]), costRates: [{ from: '2026-01-01', rate: { amount: '80.00', currency: 'GBP' } }] };
    expect(changedAttributes(record([version('2024-03-01')]), rated)).toEqual([]);
  });

  it('is an attribute that appears, disappears or differs, now or on a day to come', () => {
    const plain = record([version('2024-03-01')]);
    expect(changedAttributes(plain, record([version('2024-03-01', { location: 'Leeds' })]))).toEqual(['location']);
    expect(changedAttributes(record([version('2024-03-01', { managerId: 'wrk_2' })]), plain)).toEqual(['managerId']);
    expect(changedAttributes(plain, record([version('2024-03-01'), version('2028-01-01', { skills: ['SQL'] })]))).toEqual(['skills']);
    expect(changedAttributes(plain, { ...plain, leave: [{ from: '2026-12-01', type: 'Sabbatical' }] })).toEqual(['leave']);
  });
});

describe('legal entities', () => {
  it('are those of today and of days to come, not past ones', () => {
    const versions = [version('2024-03-01', { legalEntity: 'LF-US' }), version('2025-01-01'), version('2028-01-01', { legalEntity: 'LF-DE' })];
    expect(legalEntitiesOf(record(versions))).toEqual(['LF-DE', 'LF-UK']);
  });

  it('are none where none is known', () => {
    expect(legalEntitiesOf(record([version('2024-03-01', { legalEntity: '' })]))).toEqual([]);
  });
});
