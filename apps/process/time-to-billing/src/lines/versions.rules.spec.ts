import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { money, type ExpenseEntry, type TimeEntry } from '#canonical';
import { anExpense, aTimeEntry } from '../facts/line-facts.fixture.js';
import { contentHashOf, isWanted, memoOf, versionAfter, type KnownVersion, type LineNotice } from './versions.rules.js';

const notice = (sequence: number, over: Partial<TimeEntry> = {}, deleted = false): LineNotice => ({ sequence, entry: aTimeEntry(over), deleted });
const after = (notices: LineNotice[]) => notices.reduce<KnownVersion | null>(versionAfter, null);

describe('what makes a new version', () => {
  const time: [string, Partial<TimeEntry>][] = [
    ['another project', { projectId: 'prj_2' }],
    ['another task', { taskId: 'tsk_2' }],
    ['another person', { person: { email: 'ben@larkfield.example' } }],
    ['another day', { workDate: '2026-11-19' }],
    ['other hours', { workedMinutes: 451 }],
    ['another role', { role: 'CONSULTANT' }],
    ['not billable', { billable: false }],
    ['overtime', { overtime: true }],
    ['another note, which customers read', { note: 'Design review' }],
  ];

  it.each(time)('of time: %s', (_, over) => {
    expect(contentHashOf(aTimeEntry(over))).not.toBe(contentHashOf(aTimeEntry()));
  });

  const expense: [string, Partial<ExpenseEntry>][] = [
    ['another amount', { amount: money('84.21', 'GBP') }],
    ['another currency', { amount: money('84.20', 'EUR') }],
    ['another category', { category: 'Mileage' }],
    ['another day', { expenseDate: '2026-11-19' }],
    ['no receipt', { receiptAttached: false }],
    ['not billable', { billable: false }],
    ['another project', { projectId: 'prj_2' }],
    ['tax in it that was not known', { tax: { amount: '14.03' } }],
  ];

  it.each(expense)('of an expense: %s', (_, over) => {
    expect(contentHashOf(anExpense(over))).not.toBe(contentHashOf(anExpense()));
  });

  it('of an expense: whether its tax comes back', () => {
    const tax = { amount: '14.03', recoverable: true };
    expect(contentHashOf(anExpense({ tax }))).not.toBe(contentHashOf(anExpense({ tax: { ...tax, recoverable: false } })));
  });

  const same: [string, TimeEntry | ExpenseEntry, TimeEntry | ExpenseEntry][] = [
    ['a later approval', aTimeEntry(), aTimeEntry({ approvedAt: '2026-12-01T00:00:00Z' })],
    ['another timesheet', aTimeEntry(), aTimeEntry({ timesheetId: 'tsh_2' })],
    ["the PSA's own rate", aTimeEntry(), aTimeEntry({ psaRate: money('150', 'GBP') })],
    ['the person’s name', aTimeEntry(), aTimeEntry({ person: { email: 'ADA@larkfield.example', name: 'Ada A.' } })],
    ['blanks in the note', aTimeEntry(), aTimeEntry({ note: '  Design \n workshop ' })],
    ['what of the note is beyond a memo', aTimeEntry({ note: `${'x'.repeat(300)}a` }), aTimeEntry({ note: `${'x'.repeat(300)}b` })],
    ['how an amount is written', anExpense(), anExpense({ amount: { amount: '84.2', currency: 'GBP' } })],
    ['whether it is paid back', anExpense(), anExpense({ reimbursable: false })],
  ];

  it.each(same)('is not: %s', (_, one, other) => {
    expect(contentHashOf(one)).toBe(contentHashOf(other));
  });

  it('is not the order in which fields were written', () => {
    const reversed = Object.fromEntries(Object.entries(aTimeEntry()).reverse()) as unknown as TimeEntry;
    expect(contentHashOf(reversed)).toBe(contentHashOf(aTimeEntry()));
  });
});

describe('a line', () => {
  it('is wanted in the ERP while it is approved, not deleted, and of some time or money', () => {
    expect(isWanted(aTimeEntry(), false)).toBe(true);
    expect(isWanted(anExpense({ amount: money('-5', 'GBP') }), false)).toBe(true);
    expect(isWanted(aTimeEntry(), true)).toBe(false);
    for (const approval of ['pending', 'rejected', 'cancelled', 'none'] as const) expect(isWanted(aTimeEntry({ approval }), false)).toBe(false);
    expect(isWanted(aTimeEntry({ workedMinutes: 0 }), false)).toBe(false);
    expect(isWanted(anExpense({ amount: money('0', 'GBP') }), false)).toBe(false);
  });

  it('has its note as memo, on one line and as long as the ERP accepts', () => {
    expect(memoOf({ note: ' Design\n\tworkshop ' })).toBe('Design workshop');
    expect(memoOf({ note: 'x'.repeat(300) })).toBe('x'.repeat(300));
    expect(memoOf({ note: `${'x'.repeat(298)} yz` })).toBe(`${'x'.repeat(298)}…`);
    expect(memoOf({})).toBe('');
  });
});

describe('the versions of a line', () => {
  const examples: [string, LineNotice[], number | undefined, boolean][] = [
    ['a first approval', [notice(1)], 1, true],
    ['the same again', [notice(1), notice(2), notice(2)], 1, true],
    ['a correction', [notice(1), notice(2, { workedMinutes: 60 })], 2, true],
    ['back to what it was is a version again', [notice(1), notice(2, { workedMinutes: 60 }), notice(3)], 3, true],
    ['an approval taken back', [notice(1), notice(2, { approval: 'rejected' })], 2, false],
    ['taken back twice', [notice(1), notice(2, { approval: 'rejected' }), notice(3, { approval: 'none' })], 2, false],
    ['given again', [notice(1), notice(2, { approval: 'rejected' }), notice(3)], 3, true],
    ['deleted', [notice(1), notice(2, {}, true)], 2, false],
    ['of no time any more', [notice(1), notice(2, { workedMinutes: 0 })], 2, false],
    ['one that nobody ever approved', [notice(1, { approval: 'pending' }), notice(2, {}, true)], undefined, false],
    ['an older notice that comes late', [notice(2, { workedMinutes: 60 }), notice(1)], 1, true],
  ];

  it.each(examples)('%s', (_, notices, version, wanted) => {
    const known = after(notices);
    expect(known?.version).toBe(version);
    expect(typeof known?.hash === 'string').toBe(wanted);
  });

  const anyNotice = (sequence: number) =>
    fc
      .record({
        workedMinutes: fc.constantFrom(0, 60, 450),
        approval: fc.constantFrom('approved' as const, 'rejected' as const),
        deleted: fc.constantFrom(false, false, true),
      })
      .map(({ deleted, ...over }) => notice(sequence, over, deleted));
  /** A line is first published when it is approved; then anything may come. */
  const history = fc
    .integer({ min: 0, max: 7 })
    .chain(length => fc.tuple(fc.constant(notice(1)), ...Array.from({ length }, (_, index) => anyNotice(index + 2))));

  it('are idempotent: a repeated notice, at once or later, changes nothing', () => {
    fc.assert(
      fc.property(history, fc.nat(), (notices, pick) => {
        const known = after(notices);
        const again = notices[pick % notices.length];
        expect(versionAfter(known, again)).toEqual(known);
        expect(after(notices.flatMap(one => [one, one]))).toEqual(known);
      }),
    );
  });

  it('only grow, by one at a time, and only when the content changed', () => {
    fc.assert(
      fc.property(history, notices => {
        let known: KnownVersion | null = null;
        for (const one of notices) {
          const next = versionAfter(known, one);
          const step = (next?.version ?? 0) - (known?.version ?? 0);
          expect(step).toBe((next?.hash ?? null) === (known?.hash ?? null) ? 0 : 1);
          known = next;
        }
      }),
    );
  });

  it('end with the newest notice, in whatever order corrections come', () => {
    fc.assert(
      fc.property(
        history.chain(all => fc.tuple(fc.constant(all), fc.shuffledSubarray(all.slice(1), { minLength: all.length - 1 }))),
        ([all, shuffled]) => {
          expect(after([all[0], ...shuffled])?.hash).toBe(after(all)?.hash);
        },
      ),
    );
  });
});
