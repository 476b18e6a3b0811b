import { describe, expect, it } from 'vitest';
import { money } from '#canonical';
import { aBillingSchedule, aFinancialProject } from '#testing';
import { recordsOf, type CurrentRecords } from './project-records.js';
import { projectChanges, projectInErp, type ErpOrder } from './project.rules.js';

const needsProject: ErpOrder = { scheduleNeedsProject: ({ type }) => type === 'fixed-milestone' };
const nothing: CurrentRecords = { project: null, schedule: null, tasks: [] };
const byTime = aFinancialProject({
  billingMethod: 'time-and-materials',
  price: undefined,
  billingSchedule: aBillingSchedule({ type: 'time-and-materials', frequency: 'monthly', milestones: [] }),
});
const byMilestones = aFinancialProject();

const told = (desired: typeof byTime, current: CurrentRecords) =>
  projectChanges(recordsOf(desired), current, needsProject).map(({ operation, noun }) => `${operation} ${noun}`);
const there = (project: typeof byTime): CurrentRecords => recordsOf(project);

describe('the order in which a financial project is written', () => {
  it('is schedule, project, tasks, so that every reference exists', () => {
    expect(told(byTime, nothing)).toEqual(['create billing-schedule', 'create financial-project', 'create financial-task', 'create financial-task']);
  });

  it('is project, schedule, project again where the schedule must belong to it', () => {
    expect(told(byMilestones, nothing)).toEqual([
      'create financial-project',
      'create billing-schedule',
      'update financial-project',
      'create financial-task',
      'create financial-task',
    ]);
  });

  it('goes on where a killed process left it', () => {
    const { project, schedule } = recordsOf(byMilestones);
    const { billingSchedule: _, ...bare } = project;
    expect(told(byMilestones, { project: bare, schedule: null, tasks: [] }).slice(0, 2)).toEqual([
      'create billing-schedule',
      'update financial-project',
    ]);
    expect(told(byMilestones, { project: bare, schedule, tasks: [] })[0]).toBe('update financial-project');
    expect(told(byTime, { project: null, schedule: recordsOf(byTime).schedule, tasks: [] })[0]).toBe('create financial-project');
  });
});

describe('what differs', () => {
  it('is nothing when all is so already', () => {
    expect(told(byMilestones, there(byMilestones))).toEqual([]);
  });

  it.each([
    ['the title', { title: 'Other' }, ['update financial-project']],
    ['a dimension', { dimensions: { ...byMilestones.dimensions, costCentre: 'CC-100' } }, ['update financial-project']],
    [
      'a milestone',
      { billingSchedule: aBillingSchedule({ milestones: [{ ...aBillingSchedule().milestones[0], amount: money('1', 'GBP') }] }) },
      ['update billing-schedule'],
    ],
    ['a task', { tasks: [{ ...byMilestones.tasks[0], estimatedMinutes: 30 }, byMilestones.tasks[1]] }, ['update financial-task']],
    ['a task that is no longer wanted', { tasks: [byMilestones.tasks[0]] }, ['delete financial-task']],
  ])('is written as one change of one record: %s', (_, over, changes) => {
    expect(told({ ...byMilestones, ...over }, there(byMilestones))).toEqual(changes);
  });

  it('carries before, after and the money of the record', () => {
    const [change] = projectChanges(recordsOf({ ...byMilestones, title: 'Other' }), there(byMilestones), needsProject);
    expect(change).toMatchObject({
      externalId: byMilestones.id,
      before: { title: byMilestones.title },
      after: { title: 'Other' },
      money: byMilestones.price,
    });
  });
});

describe('closing', () => {
  it('touches the project alone and keeps the rest of it as it is there', () => {
    const current = there({ ...byMilestones, title: 'As finance calls it' });
    const [change, ...others] = projectChanges(recordsOf({ ...byMilestones, status: 'archived' }), current, needsProject);
    expect(others).toEqual([]);
    expect(change).toMatchObject({ operation: 'archive', after: { title: 'As finance calls it', status: 'archived' } });
  });

  it('is nothing for a project that is closed or was never made', () => {
    const closed = { ...byMilestones, status: 'archived' as const };
    expect([told(closed, nothing), told(closed, there(closed))]).toEqual([[], []]);
  });

  it('is taken back by the same record', () => {
    expect(told(byMilestones, there({ ...byMilestones, status: 'archived' }))).toEqual(['reactivate financial-project']);
  });
});

describe('a project as the ERP holds it', () => {
  const { project, schedule, tasks } = recordsOf(byMilestones);

  it('has the attached schedule', () => {
    expect(projectInErp({ project, schedule, tasks }, [])).toMatchObject({ billingSchedule: byMilestones.billingSchedule });
  });

  it.each([
    ['no schedule is attached', { ...project, billingSchedule: undefined }],
    ['another is attached', { ...project, billingSchedule: 'other' }],
    ['the project has no billing type', { ...project, billingType: undefined }],
  ])('has none when %s', (_, changed) => {
    expect(projectInErp({ project: changed, schedule, tasks }, [])).not.toHaveProperty('billingSchedule');
  });
});
