import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectIdOf } from '#canonical';
import { eventually } from '#testing';
import { House } from '../house/house.js';
import { dealOf, liveProjects, reached } from '../house/reading.js';
import { Sales } from '../house/sales.js';

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house?.close());

interface Running {
  opportunityId: string;
  accountId: string;
  dealId: string;
  projectId: string;
  customerId: string;
}

interface ExceptionSeen {
  id: string;
  desk: string;
  keys: { deal: string };
  reasons: { code: string }[];
}

/** The running project of the firm's nth clean deal. */
async function running(index: number): Promise<Running> {
  const { Id: opportunityId, AccountId: accountId } = await house.sales.opportunity(Sales.cleanDealNames()[index]);
  await house.sales.win(opportunityId);
  await reached(house, opportunityId, 'journey.project-active');
  await house.quiet();
  const dealId = await dealOf(house, opportunityId);
  const projectId = projectIdOf(dealId);
  return { opportunityId, accountId, dealId, projectId, customerId: (await erpProject(projectId)).customerId };
}

const erpProject = async (projectId: string) =>
  (await house.rest<{ customerId: string; title: string }>('GET', `/system/erp/v1/projects/${projectId}?fresh=true`)).body;

const asked = (dealId: string, code: string): Promise<ExceptionSeen> =>
  eventually(
    async () => {
      const { body } = await house.rest<{ items: ExceptionSeen[] }>('GET', '/process/project-initiation/v1/exceptions?state=open&limit=100');
      return body.items.find(({ keys, reasons }) => keys.deal === dealId && reasons.some(reason => reason.code === code));
    },
    { withinMs: 60_000 },
  );

async function answer({ id }: ExceptionSeen, action: string): Promise<void> {
  // Once the portal has it, and offers to answer it.
  await eventually(
    async () => {
      const { data } = await house.graphql<{ exception: { actions: { name: string; allowed: boolean }[] } | null }>(
        `{ exception(id: "${id}") { actions { name allowed } } }`,
      );
      return data.exception?.actions.some(({ name, allowed }) => name === 'answerException' && allowed);
    },
    { withinMs: 60_000 },
  );
  const { data } = await house.graphql<{ answerException: { problems: object[] } }>(
    `mutation { answerException(id: "${id}", answer: ${action}, reason: "agreed by both desks", idempotencyKey: "${id}-${action}") { problems { kind detail } } }`,
  );
  expect(data.answerException.problems).toEqual([]);
}

const renamed = async ({ opportunityId, projectId }: Running, name: string) => {
  await house.sales.change(opportunityId, { Name: name });
  await eventually(
    async () => {
      expect((await erpProject(projectId)).title).toBe(name);
      return true;
    },
    { withinMs: 60_000 },
  );
};

const openOf = async (dealId: string): Promise<ExceptionSeen[]> => {
  await house.quiet();
  const { body } = await house.rest<{ items: ExceptionSeen[] }>('GET', '/process/project-initiation/v1/exceptions?state=open&limit=100');
  return body.items.filter(({ keys }) => keys.deal === dealId);
};

describe('the customer of a running project that the CRM changed', () => {
  it('is decided once, and no rename asks again', async () => {
    const deal = await running(0);
    const { salesforce } = house.sales;
    const account = (await salesforce.sobject('Account').retrieve(deal.accountId)) as unknown as Record<string, unknown>;
    const copied = ['BillingStreet', 'BillingCity', 'BillingState', 'BillingPostalCode', 'BillingCountry', 'Billing_Email__c', 'Payment_Terms__c'];
    const survivor = (await salesforce.sobject('Account').create({
      ...Object.fromEntries(copied.map(field => [field, account[field]]).filter(([, value]) => value !== null && value !== undefined)),
      Name: 'Survivor of a merge',
      CurrencyIsoCode: account.CurrencyIsoCode as string,
      Tax_Registration__c: 'GB999999973',
    })) as unknown as { success: boolean; id: string };
    if (!survivor.success) throw new Error(JSON.stringify(survivor));
    await house.sales.change(deal.opportunityId, { AccountId: survivor.id });
    await answer(await asked(deal.dealId, 'deal.change-needs-decision'), 'KEEP');
    await reached(house, deal.opportunityId, 'journey.exception-kept');
    await renamed(deal, 'Kept with its first customer');
    expect([(await erpProject(deal.projectId)).customerId, await openOf(deal.dealId)]).toEqual([deal.customerId, []]);
  });
});

describe('the end of a thing', () => {
  it('that is a customer finance made inactive is asked about, and a rename does not bring it back', async () => {
    const deal = await running(1);
    await house.finance.deactivateCustomer(deal.customerId);
    // Told before the rename: its news would have the question tried once more while it is answered.
    expect((await house.rest('POST', '/system/erp/v1/feeds/customers/polls')).status).toBeLessThan(300);
    await house.sales.change(deal.opportunityId, { Name: 'Of a customer that finance closed' });
    const exception = await asked(deal.dealId, 'deal.ended-elsewhere');
    expect([exception.desk, (await house.finance.read('customer', `eid:${deal.customerId}`)).isInactive]).toEqual(['finance', true]);
    await answer(exception, 'KEEP');
    await renamed(deal, 'Renamed once more');
    expect([(await house.finance.read('customer', `eid:${deal.customerId}`)).isInactive, await openOf(deal.dealId)]).toEqual([true, []]);
  });

  it('that is a won deal, deleted in the CRM, is its loss: both projects go', async () => {
    const deal = await running(2);
    await house.sales.salesforce.sobject('Opportunity').destroy(deal.opportunityId);
    expect((await house.rest('POST', '/system/crm/v1/feeds/deals/sweeps')).status).toBeLessThan(300);
    await reached(house, deal.dealId, 'journey.project-undone');
    const live = await liveProjects(house);
    expect([live.kantata.get(deal.projectId), live.netsuite.get(deal.projectId)]).toEqual([undefined, undefined]);
    expect(await openOf(deal.dealId)).toEqual([]);
  });
});

describe('payment terms that the ERP does not know', () => {
  it('hold the deal with nothing made, and are released by their correction in the CRM', async () => {
    // What the ERP knows already keeps its terms there.
    const unknown = new Set(house.firm.customers.filter(({ inErp }) => !inErp).map(({ number }) => number));
    const deal = house.firm.deals.findLast(({ name, customerNumber }) => unknown.has(customerNumber) && !name.includes('('))!;
    const { Id, AccountId } = await house.sales.opportunity(deal.name);
    const account = (await house.sales.salesforce.sobject('Account').retrieve(AccountId)) as unknown as { Payment_Terms__c: string };
    await house.sales.salesforce.sobject('Account').update({ Id: AccountId, Payment_Terms__c: 'Net 33' });
    const projectId = projectIdOf(await dealOf(house, Id));
    await house.sales.win(Id);
    await asked(await dealOf(house, Id), 'system.refuses');
    expect((await liveProjects(house)).kantata.get(projectId)).toBeUndefined();
    await house.sales.salesforce.sobject('Account').update({ Id: AccountId, Payment_Terms__c: account.Payment_Terms__c });
    await reached(house, Id, 'journey.project-active');
  });
});
