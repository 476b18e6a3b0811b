import { describe, expect, it } from 'vitest';
import { money, type Effect } from '#canonical';
import { planOf, rowsOf } from './plan.rules.js';

const effect = (over: Partial<Effect>): Effect => ({
  system: 'psa',
  account: '7001',
  operation: 'create',
  noun: 'project',
  externalId: 'prj_1',
  before: null,
  after: null,
  money: null,
  ...over,
});

describe("an effect's rows", () => {
  it('show each field with its type, before and after', () => {
    const before = { title: 'Old', status: 'active', budget: money('100', 'GBP'), tasks: [{ title: 'Design', minutes: 60, billable: true }] };
    const after = {
      title: 'New',
      status: 'active',
      budget: money('200', 'GBP'),
      tasks: [{ title: 'Design', minutes: 90, billable: true }],
      startDate: '2026-12-01',
    };
    expect(rowsOf({ before, after })).toEqual([
      { field: 'title', type: 'text', before: 'Old', after: 'New', changed: true },
      { field: 'status', type: 'text', before: 'active', after: 'active', changed: false },
      { field: 'budget', type: 'money', before: '100.00 GBP', after: '200.00 GBP', changed: true },
      { field: 'tasks[0].title', type: 'text', before: 'Design', after: 'Design', changed: false },
      { field: 'tasks[0].minutes', type: 'number', before: '60', after: '90', changed: true },
      { field: 'tasks[0].billable', type: 'boolean', before: 'true', after: 'true', changed: false },
      { field: 'startDate', type: 'date', before: null, after: '2026-12-01', changed: true },
    ]);
  });

  it('have no before for a new record, and no after for a deleted one', () => {
    expect(rowsOf({ before: null, after: { name: 'A' } })).toEqual([{ field: 'name', type: 'text', before: null, after: 'A', changed: true }]);
    expect(rowsOf({ before: { name: 'A' }, after: null })).toEqual([{ field: 'name', type: 'text', before: 'A', after: null, changed: true }]);
  });

  it('leave out empty lists and nulls', () => {
    expect(rowsOf({ before: null, after: { tasks: [], note: null, at: '2026-11-02T10:00:00Z' } })).toEqual([
      { field: 'at', type: 'instant', before: null, after: '2026-11-02T10:00:00Z', changed: true },
    ]);
  });
});

describe('a plan', () => {
  it("sums a project's money once, not again with its parts", () => {
    const plan = planOf({
      hash: 'h',
      dealId: 'dea_1',
      createdAt: '2026-11-02T10:00:00Z',
      effects: [
        effect({ money: money('300', 'GBP') }),
        effect({ noun: 'milestone', money: money('100', 'GBP') }),
        effect({ system: 'erp', noun: 'financial-project', money: money('300', 'GBP') }),
      ],
    });
    expect(plan.money).toEqual([{ amount: '300.00', currency: 'GBP', items: 1, estimated: false }]);
    expect(plan.effects.map(({ noun, money: carried }) => [noun, carried?.amount])).toEqual([
      ['project', '300.00'],
      ['milestone', '100.00'],
      ['financial-project', '300.00'],
    ]);
  });
});
