import { describe, expect, it } from 'vitest';
import { loadConfig } from '#service';
import { aProject } from '#testing';
import { KantataConfig, namesOf } from '../kantata.config.js';
import type { KantataReference } from '../kantata-envelope.js';
import { roleNameOf, roleOf, type KantataIds } from '../kantata-names.js';
import { isRetired, ourId, retiredReference } from '../kantata.references.js';
import { headOf, holdable, milestoneBody, workspaceBody } from './projects.mapper.js';
import type { KantataWorkspace } from './projects.wire.js';

const config = (env: Record<string, string> = {}) => loadConfig(KantataConfig, { KANTATA_TOKEN: 't', KANTATA_ACCOUNT: '7001', ...env });
const names = namesOf(config({ KANTATA_ROLES: 'ARCHITECT=Solution Architect', KANTATA_EXTENSION_FIELDS: 'purchaseOrder=PO, region=Sales Region' }));
const ids: KantataIds = {
  customField: () => '1',
  role: () => '2',
  rateCard: () => '3',
  rateCardTitle: id => (id === '3' ? 'RC-UK' : undefined),
  approver: () => '4',
};

const workspace = (over: Partial<KantataWorkspace> = {}): KantataWorkspace => ({
  id: '41',
  created_at: '2026-11-01T10:00:00.000Z',
  updated_at: '2026-11-01T10:00:00.000Z',
  title: 'Tide',
  archived: false,
  currency: 'GBP',
  currency_base_unit: 100,
  price_in_cents: 3_200_050,
  rate_card_id: 3,
  start_date: null,
  due_date: null,
  custom_field_values: [],
  external_references: [],
  ...over,
});

describe('Kantata’s words and ours', () => {
  it('reads a project that people made themselves: an id of its own, no deal, time and materials, dated by its making', () => {
    const head = headOf(workspace(), names, ids);
    expect(head).toMatchObject({
      dealId: '',
      legalEntity: '',
      billingMethod: 'time-and-materials',
      startDate: '2026-11-01',
      endDate: '2026-11-01',
      rateCard: 'RC-UK',
    });
    expect(head.budget).toEqual({ amount: '32000.50', currency: 'GBP' });
    expect(head.id).toBe(headOf(workspace({ title: 'Renamed' }), names, ids).id);
    expect(head).not.toHaveProperty('costCentre');
  });

  it('knows customer and deal by our ids alone: a number that people keep in the field names nobody', () => {
    const said = (customer: string, deal: string) =>
      headOf(
        workspace({
          custom_field_values: [
            { custom_field_name: 'Customer Id', value: customer },
            { custom_field_name: 'Deal Id', value: deal },
          ] as KantataWorkspace['custom_field_values'],
        }),
        names,
        ids,
      );
    const { customerId, dealId } = aProject();
    expect(said('C-0004', 'D-0017')).toMatchObject({ customerId: '', dealId: '' });
    expect(said(customerId, dealId)).toMatchObject({ customerId, dealId });
  });

  it('reads money at the currency’s own unit', () => {
    expect(headOf(workspace({ currency: 'JPY', currency_base_unit: 1, price_in_cents: 1_200_000 }), names, ids).budget.amount).toBe('1200000');
  });

  it('carries the firm’s own fields both ways, and leaves out what has no field', () => {
    const project = aProject({ extensions: { purchaseOrder: 'PO-1', region: 'North', mood: 'good' } });
    const held = holdable(project, names);
    expect(held.extensions).toEqual({ purchaseOrder: 'PO-1', region: 'North' });
    const values = [
      { custom_field_name: 'PO', value: 'PO-1' },
      { custom_field_name: 'Sales Region', value: 'North' },
    ];
    expect(headOf(workspace({ custom_field_values: values }), names, ids).extensions).toEqual(held.extensions);
    expect(holdable(aProject({ extensions: { mood: 'good' } }), names)).not.toHaveProperty('extensions');
  });

  it('clears a field that is absent now', () => {
    const { costCentre: _, rateCard: __, ...project } = aProject();
    const { tasks: ___, milestones: ____, ...head } = project;
    const body = workspaceBody(head, names, ids) as { rate_card_id: unknown; custom_fields: { value: unknown }[] };
    expect(body.rate_card_id).toBeNull();
    expect(body.custom_fields.map(({ value }) => value)).toContain(null);
  });

  it('sends a milestone’s money in the smallest unit, as a fixed fee', () => {
    const milestone = {
      id: 'mil_1',
      projectId: 'prj_1',
      title: 'Go live',
      sequence: 2,
      dueDate: '2027-01-01',
      amount: { amount: '19.99', currency: 'GBP' },
      status: 'active' as const,
    };
    expect(milestoneBody(milestone, { projectId: 'prj_1', currency: 'GBP', currency_base_unit: 100 }, names, ids)).toMatchObject({
      budget_estimate_in_cents: 1999,
      fixed_fee: true,
      story_type: 'milestone',
    });
  });

  it.each([
    ['PROJECT_MANAGER', 'Project Manager'],
    ['ARCHITECT', 'Solution Architect'],
    ['DEVELOPER', 'Developer'],
  ])('calls %s %s', (code, name) => {
    expect([roleNameOf(code, names), roleOf(name, names)]).toEqual([name, code]);
  });

  it('knows a retired duplicate, and finds it under no key of ours', () => {
    const refs = [retiredReference('project', 'prj_1') as unknown as KantataReference];
    expect([isRetired(refs), ourId(refs, 'project')]).toEqual([true, undefined]);
  });
});
