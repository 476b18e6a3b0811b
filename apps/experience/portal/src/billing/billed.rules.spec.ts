import { describe, expect, it } from 'vitest';
import { mintId } from '#canonical';
import { daysOfMonth, daysOfWeek, isOfLines, monthId, periodOf, scopeOf, weekId } from './billed.rules.js';

const worker = mintId('worker', 'w');
const project = mintId('project', 'p');

describe('an ISO week', () => {
  it.each([
    ['2026-W46', '2026-11-09', '2026-11-15'],
    ['2026-W01', '2025-12-29', '2026-01-04'],
    ['2026-W53', '2026-12-28', '2027-01-03'],
    ['2024-W01', '2024-01-01', '2024-01-07'],
    ['2027-W01', '2027-01-04', '2027-01-10'],
    ['2020-W53', '2020-12-28', '2021-01-03'],
  ])('%s is from %s to %s', (week, from, to) => {
    expect(daysOfWeek(week)).toEqual({ from, to });
  });

  it.each(['2026-W00', '2026-W54', '2025-W53', '2026-46', 'W46', '2026-W1', '0000-W01', ''])('is not %s', week => {
    expect(daysOfWeek(week)).toBeUndefined();
  });
});

describe('a month', () => {
  it.each([
    ['2026-11', '2026-11-01', '2026-11-30'],
    ['2024-02', '2024-02-01', '2024-02-29'],
    ['2026-12', '2026-12-01', '2026-12-31'],
  ])('%s is from %s to %s', (month, from, to) => {
    expect(daysOfMonth(month)).toEqual({ from, to });
  });

  it.each(['2026-13', '2026-00', '2026-1', '2026-11-01', '0000-01', ''])('is not %s', month => {
    expect(daysOfMonth(month)).toBeUndefined();
  });
});

describe('an id', () => {
  it('of a period states its owner and its days', () => {
    expect(periodOf(weekId(worker, '2026-W46'))).toEqual({ scope: 'week', of: worker, name: '2026-W46', from: '2026-11-09', to: '2026-11-15' });
    expect(periodOf(monthId(project, '2026-11'))).toMatchObject({ scope: 'month', of: project, from: '2026-11-01', to: '2026-11-30' });
  });

  it.each([`worker:${worker}:2026-11`, `worker:${worker}`, `project:${project}:2026-W46`, `project:${project}:`])('%s is a malformed period', id => {
    expect(periodOf(id)).toBe('malformed');
    expect(scopeOf(id)).toBeUndefined();
  });

  it.each([`worker:${project}:2026-W46`, 'worker:4711:2026-W46', `customer:${worker}:2026-W46`, `worker:${worker}:2026-W46:x`, '4711', worker])(
    '%s is another id',
    id => {
      expect(periodOf(id)).toBeUndefined();
    },
  );

  it.each([
    [mintId('time-entry', 'x'), 'line', true],
    [mintId('expense', 'x'), 'line', true],
    [mintId('timesheet', 'x'), 'submission', true],
    [mintId('expense-report', 'x'), 'submission', true],
    [mintId('invoice', 'x'), 'invoice', true],
    [worker, 'worker', true],
    [weekId(worker, '2026-W46'), 'week', true],
    [monthId(project, '2026-11'), 'month', true],
    [project, 'project', false],
    [mintId('deal', 'x'), 'deal', false],
    [mintId('customer', 'x'), 'customer', false],
    [mintId('staffing-request', 'x'), undefined, false],
    ['4711', undefined, false],
  ])('%s stands for lines of a %s', (id, scope, ofLines) => {
    expect([scopeOf(id), isOfLines(id)]).toEqual([scope, ofLines]);
  });
});
