import { describe, expect, it } from 'vitest';
import { aDeal } from '#testing';
import type { CheckedDeal } from './deal-to-project.rules.js';
import { desiredState, intentsOf, outcomeFaults } from './desired-state.rules.js';

const checked = (over: Partial<CheckedDeal> = {}): CheckedDeal => ({
  deal: aDeal(),
  legalEntity: 'LF-UK',
  costCentre: 'CC-210',
  taxCode: 'GB-S20',
  billingMethod: 'fixed-price',
  startDate: '2026-12-01',
  endDate: '2027-03-31',
  notToExceed: null,
  roles: new Map([
    ['SVC-ARCHITECT', 'ARCHITECT'],
    ['SVC-CONSULTANT', 'CONSULTANT'],
  ]),
  ...over,
});

describe('what a deal is to look like everywhere', () => {
  it('has the same ids each time it is worked out', () => {
    expect(desiredState(checked(), 'active')).toEqual(desiredState(checked(), 'active'));
  });

  it('is made in the order customer, delivery, finance, people, and undone in reverse without the customer', () => {
    const parts = (status: 'active' | 'archived') => intentsOf(desiredState(checked(), status)).map(intent => intent.part.split(':')[0]);
    expect(parts('active')).toEqual(['customer', 'project', 'financial-project', 'staffing', 'staffing']);
    expect(parts('archived')).toEqual(['staffing', 'staffing', 'financial-project', 'project']);
  });

  it.each([
    ['time-and-materials', 'time-and-materials', 0, undefined],
    ['retainer', 'fixed-interval', 0, undefined],
    ['fixed-price', 'fixed-milestone', 2, '32000.00'],
    ['milestone', 'fixed-milestone', 2, '32000.00'],
  ] as const)('bills %s by a %s schedule', (billingMethod, type, milestones, price) => {
    const { financialProject } = desiredState(checked({ billingMethod }), 'active');
    expect(financialProject.billingSchedule).toMatchObject({ type });
    expect(financialProject.billingSchedule.milestones).toHaveLength(milestones);
    expect(financialProject.price?.amount).toBe(price);
  });

  it('is wanted back as it was asked for', () => {
    const desired = desiredState(checked(), 'active');
    expect(outcomeFaults(desired, { project: desired.project, financialProject: desired.financialProject })).toEqual([]);
  });

  it('is not there when the ERP kept a project without billing attributes, although every call went well', () => {
    const desired = desiredState(checked(), 'active');
    const { billingSchedule: _, billingMethod: __, ...bare } = desired.financialProject;
    expect(outcomeFaults(desired, { project: desired.project, financialProject: bare }).map(fault => fault.field)).toEqual([
      'billingMethod',
      'billingSchedule.type',
      'billingSchedule.milestones',
    ]);
  });

  it('is not there when a system has no such project', () => {
    const desired = desiredState(checked(), 'active');
    expect(outcomeFaults(desired, { project: null, financialProject: null }).map(fault => fault.params.system)).toEqual(['psa', 'erp']);
  });
});
