import { expect, it } from 'vitest';
import { House } from '../house/house.js';
import { reached } from '../house/reading.js';
import { Sales } from '../house/sales.js';
it('x', async () => {
  const house = await House.open();
  try {
    const names = Sales.cleanDealNames();
    const opportunity = await house.sales.opportunity(names[0]!);
    await house.sales.win(opportunity.Id);
    await reached(house, opportunity.Id, 'journey.project-active');
    const other = await house.sales.opportunity(names[1]!);
    const q = async (query: string, v: object = {}) => { const a = await house.graphql<any>(query, v as never); if (a.errors) console.log(JSON.stringify(a.errors)); return a.data; };
    console.log(JSON.stringify(await q(`{ journey(of: "${opportunity.Id}") { summary { code text } next { text } subject { id legalEntities ... on Deal { actions { name allowed reason } project { id title status activatedAt refs { system type nativeId } finance { dimensions { taxCode costCentre legalEntity } price { amount } } staffingRequests(first: 5) { nodes { role status eligibility { answeredAt eligible ineligible candidates(first: 3) { nodes { name eligible reasons { text } worker { name costRate { amount } } } } } } } } } } steps(first: 50) { nodes { at kind text system outcome refs { system nativeId } runId } } freshness { system feed state readTo polledAt } } }`), null, 1));
    const { find } = await q(`{ find(text: "${other.Id}") { id } }`);
    const { createPlan } = await q(`mutation { createPlan(dealId: "${find[0].id}", idempotencyKey: "k") { result { hash money { amount currency items } effects { system noun operation externalId rows { field type before after changed } money { amount currency } } } problems { kind detail } } }`);
    console.log(JSON.stringify(createPlan).slice(0, 3000));
    const { plan } = await q(`{ plan(hash: "${createPlan.result.hash}") { hash createdAt deal { name } effects { noun } } }`);
    console.log(JSON.stringify(plan));
    expect(plan.effects.length).toBeGreaterThan(3);
  } finally { await house.close(); }
});
