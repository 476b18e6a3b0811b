import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectIdOf } from '#canonical';
import { eventually } from '#testing';
import { House } from '../house/house.js';
import { dealOf, journeyOf, kindsOf, liveProjects, reached } from '../house/reading.js';
import { Sales } from '../house/sales.js';

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house?.close());

describe('a deal won through jsforce', () => {
  it('is read with relationships and paging, upserted by external id, won, and becomes an active project in Kantata and NetSuite', async () => {
    const { salesforce } = house.sales;
    const names: string[] = [];
    const query = salesforce.query<{ Name: string; Account: { Name: string }; OpportunityLineItems: { records: object[] } | null }>(
      'SELECT Id, Name, Account.Name, (SELECT Id, Product2.ProductCode, Quantity FROM OpportunityLineItems) FROM Opportunity ORDER BY Name',
    );
    await query
      .run({ autoFetch: true, maxFetch: 10_000 })
      .then(({ records }) => records.forEach(record => names.push(`${record.Account.Name}: ${record.Name}`)));
    expect(names.length).toBeGreaterThan(10);
    const upserted = await salesforce
      .sobject('Account')
      .upsert({ Ext_Id__c: 'SPEC-1', Name: 'Spec Industries', BillingCountry: 'United Kingdom' } as never, 'Ext_Id__c');
    expect([upserted].flat()[0].success).toBe(true);

    const opportunity = await house.sales.opportunity(Sales.cleanDealNames()[0]);
    await house.sales.win(opportunity.Id);
    const journey = await reached(house, opportunity.Id, 'journey.project-active');
    expect(
      kindsOf(journey)
        .filter(kind => !kind.startsWith('journey.waiting'))
        .map(kind => kind.replace('-already', '')),
    ).toEqual([
      'journey.deal-won',
      'journey.checked',
      'journey.customer-ensured',
      'journey.project-in-psa',
      'journey.project-in-erp',
      'journey.outcome-checked',
      'journey.staffing-requested',
      'journey.project-active',
    ]);
    const projectId = projectIdOf(await dealOf(house, opportunity.Id));
    const live = await liveProjects(house);
    expect([live.kantata.get(projectId)?.length, live.netsuite.get(projectId)?.length]).toEqual([1, 1]);
    const workspaceId = live.kantata.get(projectId)![0];
    expect(kindsOf(await journeyOf(house, workspaceId))).toEqual(kindsOf(journey));
    expect(kindsOf(await journeyOf(house, projectId))).toEqual(kindsOf(journey));
  });

  it('changed while it runs is applied after it; reopened it is undone in reverse; won again the same projects come back', async () => {
    const opportunity = await house.sales.opportunity(Sales.cleanDealNames()[1]);
    const projectId = projectIdOf(await dealOf(house, opportunity.Id));
    await house.sales.win(opportunity.Id);
    await house.sales.change(opportunity.Id, { Name: 'A better name' });
    await reached(house, opportunity.Id, 'journey.project-active');
    await eventually(
      async () => {
        const { body } = await house.rest<{ title: string }>('GET', `/system/erp/v1/projects/${projectId}?fresh=true`);
        expect(body.title).toBe('A better name');
        return true;
      },
      { withinMs: 60_000 },
    );
    const before = await liveProjects(house);

    await house.sales.reopen(opportunity.Id);
    await reached(house, opportunity.Id, 'journey.project-undone');
    const undone = await liveProjects(house);
    expect([undone.kantata.get(projectId), undone.netsuite.get(projectId)]).toEqual([undefined, undefined]);

    await house.sales.win(opportunity.Id);
    await eventually(
      async () => {
        const journey = await journeyOf(house, opportunity.Id);
        expect(kindsOf(journey).filter(kind => kind === 'journey.project-active').length).toBeGreaterThan(1);
        expect(kindsOf(journey).at(-1)).toBe('journey.project-active');
        return true;
      },
      { withinMs: 60_000 },
    );
    const again = await liveProjects(house);
    expect([again.kantata.get(projectId), again.netsuite.get(projectId)]).toEqual([before.kantata.get(projectId), before.netsuite.get(projectId)]);
  });
});

describe('a deal with a fault', () => {
  it('waits for its tax registration, and goes on when it is entered in the CRM', async () => {
    const { createFirm } = await import('../../apps/sandbox/src/firm/create-firm.js');
    const opportunity = await house.sales.opportunity(createFirm().deals[1].name);
    await house.sales.win(opportunity.Id);
    const blocked = await eventually(
      async () => {
        const journey = await journeyOf(house, opportunity.Id);
        expect(journey?.blocking).toHaveLength(1);
        return journey!;
      },
      { withinMs: 60_000 },
    );
    expect(blocked.blocking[0].needs[0].need).toMatch(/^customer:cus_.*:tax-registration$/);
    await house.sales.salesforce.sobject('Account').update({ Id: opportunity.AccountId, Tax_Registration__c: 'GB999999973' } as never);
    const journey = await reached(house, opportunity.Id, 'journey.project-active');
    expect(journey.blocking).toEqual([]);
  });

  it('waits for a mapping, and goes on when finance sets it in the portal', async () => {
    const { createFirm } = await import('../../apps/sandbox/src/firm/create-firm.js');
    const opportunity = await house.sales.opportunity(createFirm().deals[2].name);
    await house.sales.win(opportunity.Id);
    await eventually(
      async () =>
        expect((await journeyOf(house, opportunity.Id))?.blocking[0]?.needs.map(need => need.need)).toContain(
          'mapping:legal-entity:Larkfield Nordics AB',
        ),
      { withinMs: 60_000 },
    );
    const { data, errors } = await house.graphql<{ setMapping: { problems: object[] } }>(
      `mutation { setMapping(kind: "legal-entity", source: "Larkfield Nordics AB", target: "LF-DE", reason: "sold for the German entity", idempotencyKey: "nordics-1") { problems { code } } }`,
      {},
      { person: 'finance' },
    );
    expect(errors).toBeUndefined();
    expect(data.setMapping.problems).toEqual([]);
    await reached(house, opportunity.Id, 'journey.project-active');
  });
});
