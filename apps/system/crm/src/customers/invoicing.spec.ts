import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Page } from '#apis';
import type { Customer } from '#canonical';
import { eventually } from '#testing';
import { RunningCrm } from '../crm.fixture.js';

let crm: RunningCrm;
beforeAll(async () => {
  crm = await RunningCrm.start({
    env: {
      SALESFORCE_FIELD_BILL_TO: 'Bill_To__c',
      SALESFORCE_FIELD_REVERSE_CHARGE: 'Reverse_Charge__c',
      SALESFORCE_FIELD_PO_REQUIRED: 'PO_Required__c',
    },
  });
});
afterAll(() => crm?.close());

it('how a customer is invoiced is read from the fields that the firm names', async () => {
  const [branch, head] = await eventually(async () => {
    const { items } = (await crm.get<Page<Customer>>('/v1/customers?limit=200')).body;
    return items.length > 1 && items;
  });
  const [branchIn, headIn] = [branch, head].map(({ refs }) => refs[0].nativeId);
  const now = async () => (await crm.get<Customer>(`/v1/customers/${branch.id}?fresh=true`)).body;
  expect(await now()).toMatchObject({ reverseCharge: false, purchaseOrderRequired: false });
  expect(await now()).not.toHaveProperty('billToId');
  await crm.people.sobject('Account').update({ Id: branchIn, Bill_To__c: headIn, Reverse_Charge__c: true, PO_Required__c: true });
  expect(await now()).toMatchObject({ billToId: head.id, reverseCharge: true, purchaseOrderRequired: true });
  await crm.people.sobject('Account').update({ Id: branchIn, Bill_To__c: branchIn });
  expect(await now()).not.toHaveProperty('billToId');
});
