import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, type Candidate, type Customer, type FinancialProject } from '#canonical';
import { aCustomer, aDeal, aFinancialProject, aProject, aStaffingRequest, aWorker } from '#testing';
import { anEvent, mapped, testPortal, type TestPortal } from '../portal.fixture.js';

let portal: TestPortal;
beforeAll(async () => {
  portal = await testPortal();
  await portal.publish(mapped('Larkfield Ltd', 'LF-UK'), mapped('Larkfield GmbH', 'LF-DE'));
});
afterAll(() => portal?.close());

const kantata = (nativeId: string) => ({ system: 'kantata', account: '7001', type: 'workspace', nativeId });
const netsuite = (type: string, nativeId: string) => ({ system: 'netsuite', account: '7654321_SB1', type, nativeId });

describe('the read model', () => {
  it('combines what the CRM and the ERP state about a customer, each for what it owns', async () => {
    const customer = aCustomer({ id: mintId('customer', 'both'), name: 'Both Sides plc' });
    const inErp: Customer = {
      ...customer,
      name: 'BOTH SIDES PLC',
      taxRegistration: 'GB999999973',
      paymentTerms: 'Net 45',
      billingEmail: 'ledger@both.example',
      refs: [netsuite('customer', '77')],
    };
    await portal.publish(
      anEvent('billing-customer.changed.v1', customer.id, { state: inErp, changed: [] }),
      anEvent('customer.changed.v1', customer.id, { state: customer, changed: [] }),
    );
    const { customer: seen } = await portal.ask(
      `{ customer(id: "${customer.id}") { name title taxRegistration paymentTerms billingEmail refs { system nativeId } } }`,
    );
    expect(seen).toEqual({
      name: 'Both Sides plc',
      title: 'Both Sides plc',
      taxRegistration: 'GB999999973',
      paymentTerms: 'Net 45',
      billingEmail: 'accounts@northwind.example',
      refs: [
        { system: 'netsuite', nativeId: '77' },
        { system: 'salesforce', nativeId: '001LF0000000001AAA' },
      ],
    });
  });

  it('shows how a customer is invoiced as finance states, else as the CRM does; a purchase order is required when either says so', async () => {
    const [head, hall, invoiced] = ['head', 'hall', 'invoiced'].map(name => aCustomer({ id: mintId('customer', 'invoiced', name), name, refs: [] }));
    const show = async () =>
      (await portal.ask(`{ customer(id: "${invoiced.id}") { billTo { name } reverseCharge purchaseOrderRequired } }`)).customer as object;
    await portal.publish(
      ...[head, hall].map(state => anEvent('customer.changed.v1', state.id, { state, changed: [] })),
      anEvent('customer.changed.v1', invoiced.id, {
        state: { ...invoiced, billToId: head.id, reverseCharge: true, purchaseOrderRequired: true },
        changed: [],
      }),
    );
    expect(await show()).toEqual({ billTo: { name: 'head' }, reverseCharge: true, purchaseOrderRequired: true });
    const inErp = { ...invoiced, billToId: hall.id, reverseCharge: false, purchaseOrderRequired: false };
    await portal.publish(anEvent('billing-customer.changed.v1', invoiced.id, { state: inErp, changed: [] }));
    expect(await show()).toEqual({ billTo: { name: 'hall' }, reverseCharge: false, purchaseOrderRequired: true });
  });

  it("combines delivery's and finance's view of a project, with its ids in both", async () => {
    const project = aProject();
    await portal.publish(
      anEvent('financial-project.changed.v1', project.id, { state: { ...aFinancialProject(), refs: [netsuite('job', '8801')] }, changed: [] }),
      anEvent('project.changed.v1', project.id, { state: { ...project, timeBooked: true, refs: [kantata('4711')] }, changed: [] }),
      anEvent(
        'project.activated.v1',
        project.id,
        { projectId: project.id, dealId: project.dealId, customerId: project.customerId, refs: [] },
        { time: '2026-11-03T00:00:00.000Z' },
      ),
    );
    const { project: seen } =
      await portal.ask(`{ project(id: "${project.id}") { title status timeBooked activatedAt refs { system nativeId } budget { amount } tasks { title estimatedMinutes }
      finance { billingMethod price { amount currency } dimensions { legalEntity costCentre taxCode } billingSchedule { type frequency milestones { title dueDate amount { amount } } } } } }`);
    expect(seen).toMatchObject({
      status: 'ACTIVE',
      timeBooked: true,
      activatedAt: '2026-11-03T00:00:00.000Z',
      refs: [kantata('4711'), netsuite('job', '8801')].map(({ system, nativeId }) => ({ system, nativeId })),
      finance: {
        billingMethod: 'FIXED_PRICE',
        price: { amount: '32000.00' },
        dimensions: { taxCode: 'GB-S20' },
        billingSchedule: { type: 'fixed-milestone', milestones: [{ dueDate: '2027-01-15' }, {}] },
      },
    });
  });

  it.each([
    ['finance first', [0, 1]],
    ['delivery first', [1, 0]],
  ])('shows the customer and the deal of a project that only finance states, %s, and follows when they change', async (name, order) => {
    const [id, deal] = [mintId('project', 'before us', name), aDeal({ id: mintId('deal', 'before us', name) })];
    const [customer, other] = ['one', 'other'].map(which =>
      aCustomer({ id: mintId('customer', 'netsuite', name, which), refs: [netsuite('customer', '1002')] }),
    );
    const ofFinance = (customerId: string) =>
      anEvent('financial-project.changed.v1', id, {
        state: { ...aFinancialProject({ id, customerId, dealId: deal.id }), refs: [netsuite('job', '5')] },
        changed: [],
      });
    const events = [
      ofFinance(customer.id),
      anEvent('project.changed.v1', id, {
        state: { ...aProject({ id, customerId: '', dealId: '' }), timeBooked: true, refs: [kantata('5')] },
        changed: [],
      }),
    ];
    await portal.publish(
      anEvent('deal.won.v1', deal.id, { state: deal, changed: [] }),
      ...[customer, other].map(state => anEvent('billing-customer.changed.v1', state.id, { state, changed: [] })),
      ...order.map(place => events[place]),
    );
    const shown = async () => (await portal.ask(`{ project(id: "${id}") { customer { id } deal { id } } }`)).project;
    expect(await shown()).toEqual({ customer: { id: customer.id }, deal: { id: deal.id } });
    await portal.publish(ofFinance(other.id));
    expect(await shown()).toEqual({ customer: { id: other.id }, deal: { id: deal.id } });
  });

  it('shows a project that a back end holds incomplete as it is, incomplete', async () => {
    const id = mintId('project', 'kantata', '7001', '9');
    const bare = {
      ...aProject({ id }),
      dealId: '',
      customerId: '',
      legalEntity: '',
      startDate: '',
      endDate: '',
      costCentre: undefined,
      milestones: [{ ...aProject().milestones[0], dueDate: '' }],
      timeBooked: false,
      refs: [kantata('9')],
    };
    const bareErp = { id, title: 'Bare', refs: [netsuite('job', '9')], dimensions: {}, status: 'active' } as unknown as FinancialProject & {
      refs: [];
    };
    await portal.publish(
      anEvent('project.changed.v1', id, { state: bare, changed: [] }, { legalEntities: ['LF-UK'] }),
      anEvent('financial-project.changed.v1', id, { state: bareErp, changed: [] }),
    );
    const { project } = await portal.ask(
      `{ project(id: "${id}") { deal { id } customer { id } startDate legalEntities milestones { title dueDate } finance { price { amount } dimensions { taxCode } billingSchedule { type } timeAllowed } } }`,
      { person: 'finance-uk' },
    );
    expect(project).toEqual({
      deal: null,
      customer: null,
      startDate: null,
      legalEntities: ['LF-UK'],
      milestones: [{ title: 'Design accepted', dueDate: null }],
      finance: { price: null, dimensions: { taxCode: null }, billingSchedule: null, timeAllowed: null },
    });
  });

  it('keeps requests of one project separate although their events share its key, with the answer to who could take them', async () => {
    const worker = aWorker();
    const [one, two] = ['1', '2'].map(line =>
      aStaffingRequest({ id: mintId('staffing-request', 'kept', line), projectId: 'prj_kept', role: `ROLE_${line}` }),
    );
    const candidates: Candidate[] = [
      {
        workerId: worker.id,
        name: worker.name,
        eligible: false,
        reasons: [
          { code: 'leave', params: { from: '2026-12-01', to: '2026-12-24' } },
          { code: 'skill', params: { skill: 'cobol' } },
        ],
      },
    ];
    await portal.publish(
      anEvent('worker.changed.v1', worker.id, { state: worker, changed: [] }),
      anEvent('staffing-request.raised.v1', one.id, { state: { ...one, candidates }, refs: [] }, { time: '2026-11-02T10:00:00.000Z' }),
      anEvent('staffing-request.changed.v1', 'prj_kept', {
        state: { ...one, status: 'staffed', refs: [netsuite('resource', 'r1')] },
        changed: ['status'],
      }),
      anEvent('staffing-request.changed.v1', 'prj_kept', { state: { ...two, refs: [] }, changed: [] }),
    );
    const { staffingRequests } =
      await portal.ask(`{ staffingRequests(filter: { project: ["prj_kept"] }, order: { by: ROLE }) { nodes { role status title refs { nativeId }
      eligibility { answeredAt eligible ineligible candidates { nodes { name eligible reasons { code text } worker { employeeNumber } } } } } } }`);
    expect(staffingRequests.nodes).toEqual([
      {
        role: 'ROLE_1',
        status: 'STAFFED',
        title: 'ROLE_1',
        refs: [{ nativeId: 'r1' }],
        eligibility: {
          answeredAt: '2026-11-02T10:00:00.000Z',
          eligible: 0,
          ineligible: 1,
          candidates: {
            nodes: [
              {
                name: 'Alex Morgan',
                eligible: false,
                worker: { employeeNumber: 'E0001' },
                reasons: [
                  { code: 'eligibility.leave', text: 'On leave from 2026-12-01 until 2026-12-24.' },
                  { code: 'eligibility.skill', text: 'Lacks the skill cobol.' },
                ],
              },
            ],
          },
        },
      },
      expect.objectContaining({
        role: 'ROLE_2',
        status: 'REQUESTED',
        eligibility: expect.objectContaining({ answeredAt: null, ineligible: 0 }) as object,
      }),
    ]);
  });

  it('moves a deal with its customer to the entity that sells it now, and hides it from the former one', async () => {
    const deal = aDeal({ id: mintId('deal', 'moves'), customer: aCustomer({ id: mintId('customer', 'moves'), name: 'Mover', refs: [] }), refs: [] });
    const query = `{ deal(id: "${deal.id}") { legalEntities customer { legalEntities } } }`;
    await portal.publish(anEvent('deal.won.v1', deal.id, { state: deal, changed: [] }, { legalEntities: ['LF-UK'] }));
    expect((await portal.ask(query, { person: 'finance-uk' })).deal).toEqual({ legalEntities: ['LF-UK'], customer: { legalEntities: ['LF-UK'] } });
    await portal.publish(
      anEvent(
        'deal.changed.v1',
        deal.id,
        { state: { ...deal, legalEntity: 'Larkfield GmbH' }, changed: ['legalEntity'] },
        { legalEntities: ['LF-DE'] },
      ),
    );
    expect((await portal.ask(query, { person: 'finance-uk' })).deal).toBeNull();
    expect((await portal.ask(query, { person: 'sales-de' })).deal).toEqual({ legalEntities: ['LF-DE'], customer: { legalEntities: ['LF-DE'] } });
  });

  it('hides a worker from their former entity, although the event about that concerns both', async () => {
    const worker = aWorker({ employeeNumber: 'E-moved', name: 'Mo Ved' });
    await portal.publish(
      anEvent(
        'worker.changed.v1',
        worker.id,
        { state: { ...worker, legalEntity: 'LF-DE' }, changed: ['legalEntity'] },
        { legalEntities: ['LF-DE', 'LF-UK'] },
      ),
    );
    expect((await portal.ask(`{ worker(id: "${worker.id}") { name } }`, { person: 'finance-uk' })).worker).toBeNull();
    expect((await portal.ask(`{ worker(id: "${worker.id}") { name } }`, { person: 'sales-de' })).worker).toEqual({ name: 'Mo Ved' });
  });

  it('removes deleted records from the lists', async () => {
    const deal = aDeal({ id: mintId('deal', 'gone'), name: 'Soon gone', refs: [] });
    const count = async (): Promise<number> =>
      (await portal.ask('{ deals(filter: { text: "Soon gone" }) { totalCount { value } } }')).deals.totalCount.value;
    await portal.publish(anEvent('deal.changed.v1', deal.id, { state: deal, changed: [] }));
    expect(await count()).toBe(1);
    await portal.publish(anEvent('deal.changed.v1', deal.id, { state: deal, changed: [], deleted: true }));
    expect(await count()).toBe(0);
  });
});
