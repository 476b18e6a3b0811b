import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { money } from '#canonical';
import { aFinancialProject } from '#testing';
import { recordsOf } from '../../../projects/project-records.js';
import { statesOf } from '../netsuite-history.fixture.js';
import type { Codes } from '../netsuite.references.js';
import { MILESTONE_AMOUNTS } from './milestones.js';
import { billingTypeIds, jobBody, projectOf, scheduleBody, scheduleOf, taskBody, taskOf } from './projects.mapper.js';
import { readBillingSchedule, readJob, readProjectTask } from './projects.wire.js';

const types = billingTypeIds(['time-and-materials=TM', 'fixed-interval=2', 'fixed-milestone=FBM']);
const settings = {
  costCentreField: 'custentity_cc',
  taxCodeField: 'custentity_tax',
  dealIdField: 'custentity_deal',
  billingMethodField: 'custentity_method',
  notToExceedField: 'custentity_nte',
  taskRoleField: 'custevent_role',
  activeStatus: '2',
  closedStatus: '1',
};
const external = (reference: { externalId?: string } | undefined) => reference?.externalId;
/** Internal ids that read as codes, so that a body can be read back without a NetSuite. */
const byId = (reference: { id: string } | undefined) => reference?.id;
const codes: Codes = {
  legalEntity: byId,
  costCentre: byId,
  taxCode: byId,
  terms: byId,
  currency: byId,
  customer: external,
  schedule: external,
  project: external,
};
const stored = (body: object, id: string) => ({ id: '1', externalId: id, ...(JSON.parse(JSON.stringify(body)) as object) });
/** References that we send by external id come back with an internal one too. */
const answered = (body: object) =>
  JSON.parse(JSON.stringify(body), (_, value: unknown) => (isReference(value) ? { id: '9', ...value } : value)) as object;
const isReference = (value: unknown): value is { externalId: string } =>
  typeof value === 'object' && value !== null && 'externalId' in value && !('id' in value);

describe('what is written reads back as it was', () => {
  it.each(MILESTONE_AMOUNTS)('a project, its schedule by %s and its tasks', milestoneAmounts => {
    const wanted = aFinancialProject({ notToExceed: money('50000.5', 'GBP') });
    const { project, schedule, tasks } = recordsOf(wanted);
    const { legalEntity, costCentre, taxCode } = wanted.dimensions;
    const job = answered(
      jobBody(project, null, { subsidiary: legalEntity, department: costCentre, taxItem: taxCode, currency: 'GBP' }, settings, types),
    );
    expect(projectOf(readJob(stored(job, project.id), settings), codes, types, '1')).toEqual(project);
    const bs = answered(scheduleBody(schedule, null, wanted, types, milestoneAmounts));
    expect(scheduleOf(readBillingSchedule(stored(bs, schedule.id)), { currency: 'GBP', price: wanted.price, milestoneAmounts }, types)).toEqual(
      schedule,
    );
    for (const task of tasks)
      expect(taskOf(readProjectTask(stored(answered(taskBody(task, null, settings)), task.id), settings), codes)).toEqual(task);
  });

  it('minutes, whatever they are, even when NetSuite keeps two decimals of the hours', () => {
    const [task] = recordsOf(aFinancialProject()).tasks;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000_000 }), estimatedMinutes => {
        const body = taskBody({ ...task, estimatedMinutes }, null, settings) as { estimatedWork: number };
        const kept = { ...body, project: { id: '9', externalId: task.projectId }, estimatedWork: Math.round(body.estimatedWork * 100) / 100 };
        expect(taskOf(readProjectTask(stored(kept, task.id), settings), codes).estimatedMinutes).toBe(estimatedMinutes);
      }),
    );
  });

  it('amounts to the minor unit', () => {
    const { project } = recordsOf(aFinancialProject());
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000_000_000 }), cents => {
        const price = money(cents / 100, 'GBP');
        const body = stored(
          answered(jobBody({ ...project, price }, { ...project, price: undefined, currency: undefined }, { currency: 'GBP' }, settings, types)),
          project.id,
        );
        expect(projectOf(readJob(body, settings), codes, types, '1').price).toEqual(price);
      }),
    );
  });
});

describe('what is sent', () => {
  const { project } = recordsOf(aFinancialProject());

  it('is only what differs, and null for what goes', () => {
    const before = { ...project, notToExceed: money('1', 'GBP') };
    expect(jobBody({ ...project, title: 'Other' }, before, {}, settings, types)).toEqual({ companyName: 'Other', custentity_nte: null });
  });

  it('closes and opens by flag and status', () => {
    expect(jobBody({ ...project, status: 'archived' }, project, {}, settings, types)).toEqual({ isInactive: true, entityStatus: { id: '1' } });
    expect(jobBody(project, { ...project, status: 'archived' }, {}, settings, types)).toEqual({ isInactive: false, entityStatus: { id: '2' } });
  });

  it('uses the account’s own ids of the billing types', () => {
    expect(types.idOf('fixed-interval')).toBe('2');
    expect(types.typeOf('2')).toBe('fixed-interval');
    expect(types.typeOf('CB')).toBeUndefined();
  });
});

describe('what is read', () => {
  const job = { id: '7', externalId: 'prj_1', companyName: 'X', jobBillingType: { id: 'FBM' }, custentity_method: 'fixed-price' };

  it('takes the billing method from the billing type, and from the firm’s field only which of those it is', () => {
    const methodOf = (over: object) => projectOf(readJob({ ...job, ...over }, settings), codes, types, '1').billingMethod;
    expect(methodOf({})).toBe('fixed-price');
    expect(methodOf({ custentity_method: 'time-and-materials' })).toBe('milestone');
    expect(methodOf({ jobBillingType: undefined })).toBeUndefined();
  });

  it('leaves absent what is absent', () => {
    expect(projectOf(readJob({ id: '7', externalId: 'prj_1', companyName: 'X' }, settings), codes, types, '1')).toEqual({
      id: 'prj_1',
      title: 'X',
      status: 'active',
      dimensions: {},
      timeAllowed: false,
      expensesAllowed: false,
    });
  });

  it('gives a milestone that people entered an id of its own', () => {
    const schedule = {
      id: '3',
      externalId: 'prj_1-bs',
      scheduleType: 'FBM',
      milestone: { items: [{ milestoneId: 1, milestoneAmount: 10.5, milestoneDate: '2027-01-01', comments: 'Go live' }] },
    };
    const [milestone] = scheduleOf(readBillingSchedule(schedule), { currency: 'GBP', milestoneAmounts: 'amount' }, types).milestones;
    expect(milestone).toMatchObject({ id: expect.stringMatching(/^mil_/), title: 'Go live', amount: { amount: '10.50', currency: 'GBP' } });
  });

  it.each([
    ['no object', 'job'],
    ['a record without an id', { companyName: 'X' }],
    ['a flag that is no flag', { id: '1', isInactive: 'T' }],
    ['a number that is none', { id: '1', jobPrice: 'much' }],
    ['a reference without an id', { id: '1', parent: { refName: 'X' } }],
  ])('is refused when it is %s', (_, json) => {
    expect(() => readJob(json, settings)).toThrow(expect.objectContaining({ kind: 'vendor-unavailable', code: 'malformed-answer' }));
  });
});

it('leaves rows of other types out of the history', () => {
  expect(statesOf([{ type: 'employee', id: '1', externalId: 'E-1', before: null, after: { id: '1' } }], settings, types)).toEqual([]);
});
