import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, projectIdOf } from '#canonical';
import { aDeal, aProject, aStaffingRequest, aWorker } from '#testing';
import { anEvent, anException, aStep, mapped, raised, stepped, testPortal, type TestPortal } from './portal.fixture.js';

let portal: TestPortal;
beforeAll(async () => {
  portal = await testPortal({ env: { LOG_LEVEL: 'error' } });
});
afterAll(() => portal?.close());

describe('the portal', () => {
  it('smoke', async () => {
    const deal = aDeal();
    const project = { ...aProject(), timeBooked: false, refs: [{ system: 'kantata', account: '7001', type: 'workspace', nativeId: '4711' }] };
    const worker = aWorker();
    await portal.told(
      mapped('Larkfield Ltd', 'LF-UK'),
      anEvent('deal.won.v1', deal.id, { state: deal, changed: [] }),
      anEvent('project.changed.v1', project.id, { state: project, changed: [] }),
      anEvent('worker.changed.v1', worker.id, { state: worker, changed: [] }),
      anEvent('staffing-request.raised.v1', aStaffingRequest().id, { state: { ...aStaffingRequest(), candidates: [{ workerId: worker.id, name: worker.name, eligible: false, reasons: [{ code: 'leave', params: { from: '2026-12-01' } }] }] }, refs: [] }),
      stepped(aStep({ subject: deal.id, related: [project.id, deal.customer.id] })),
      raised(anException({ id: mintId('exception', 'x'), subject: deal.id })),
    );
    console.log(JSON.stringify(await portal.ask(`{
      viewer { person { name kind } roles legalEntities deniedFields }
      freshness { system feed readTo polledAt state }
      deals(first: 3) { nodes { id title kind refs { system nativeId } legalEntities stage amount { amount currency } customer { name legalEntities deals { totalCount { value exact } } } project { id title staffingRequests(first: 2) { nodes { role eligibility { eligible ineligible candidates(first: 5) { nodes { name eligible reasons { text } worker { name costRate { amount } deniedFields } } } } } } }
        exceptions(first: 5) { nodes { id reasons { text } needs { need met cure { text } } } totals { amount currency items estimated } }
        journey { summary { text } next { text } blocking { id } steps { nodes { at kind text system } totalCount { value exact } } } actions { name allowed reason { text } } }
        totalCount { value exact } totals { amount currency items } facets(by: [STAGE, OWNER]) { name values { value count } } pageInfo { endCursor hasNextPage } }
      exceptionGroups(by: NEED) { nodes { need items oldest owner cure { text } money { amount currency items } actions { name allowed } exceptions { nodes { id } } } }
      find(text: "northwind") { id kind matchedOn { what exact value } subject { title } }
      j: journey(of: "4711") { subject { id kind ... on Project { status } } ambiguous matches { id matchedOn { system type } } steps { nodes { kind } } }
    }`), null, 1));
    expect(projectIdOf(deal.id)).toBe(project.id);
  });
});
