import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#testing';
import { createFirm } from '../../apps/sandbox/src/firm/create-firm.js';
import { House } from '../house/house.js';
import { liveProjects, reached } from '../house/reading.js';
import { Sales } from '../house/sales.js';

const QUERIES = 1_000;

let house: House;

beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house?.close());

/** Pauses, or resumes, every feed of every system app. */
async function pauseFeeds(paused: boolean): Promise<void> {
  for (const kind of ['crm', 'psa', 'hcm', 'erp']) {
    const { body } = await house.rest<{ items: { name: string }[] }>('GET', `/system/${kind}/v1/feeds`);
    expect(body.items.length).toBeGreaterThan(0);
    for (const { name } of body.items) expect((await house.rest('PUT', `/system/${kind}/v1/feeds/${name}`, { body: { paused } })).status).toBe(200);
  }
}

const callsSeen = async (): Promise<string> => JSON.stringify(await house.control.calls());

describe('the portal', () => {
  it('shows the customer of every project, also of those that ran before it came', async () => {
    const { projects, customers } = createFirm();
    const nameOf = (number: string) => customers.find(customer => customer.number === number)!.name;
    await eventually(
      async () => {
        const { data } = await house.graphql<{ projects: { nodes: { title: string; customer: { name: string } | null }[] } }>(
          '{ projects(first: 100) { nodes { title customer { name } } } }',
        );
        const shown = new Map(data.projects.nodes.map(({ title, customer }) => [title, customer?.name]));
        expect(projects.map(({ name }) => shown.get(name))).toEqual(projects.map(({ customerNumber }) => nameOf(customerNumber)));
        return true;
      },
      { withinMs: 60_000 },
    );
  });

  it(`answers ${QUERIES} queries, checked against the sandboxes, without one call to a vendor`, async () => {
    const firm = createFirm();
    const opportunity = await house.sales.opportunity(Sales.cleanDealNames()[0]);
    await house.sales.win(opportunity.Id);
    await reached(house, opportunity.Id, 'journey.project-active');
    await house.quiet();
    const { records: deals } = await house.sales.salesforce.query<{ Id: string; Name: string; Account: { Name: string } }>(
      'SELECT Id, Name, Account.Name FROM Opportunity',
    );
    const workspaces = (await liveProjects(house)).kantata;
    const workersExpected = new Map(firm.consultants.map(person => [person.employeeNumber, `${person.firstName} ${person.lastName}`]));
    await eventually(
      async () => {
        const { data } = await house.graphql<{ deals: { totalCount: { value: number } }; workers: { totalCount: { value: number } } }>(
          '{ deals { totalCount { value } } workers { totalCount { value } } }',
        );
        expect([data.deals.totalCount.value, data.workers.totalCount.value]).toEqual([deals.length, firm.consultants.length]);
        return true;
      },
      { withinMs: 60_000 },
    );
    await pauseFeeds(true);
    await house.quiet();
    const before = await callsSeen();

    for (let n = 0; n < QUERIES; n++) {
      const deal = deals[n % deals.length];
      switch (n % 4) {
        case 0: {
          const { data } = await house.graphql<{ find: { nodes: { subject: { title: string } }[] } | { subject: { title: string } }[] }>(
            'query ($text: String!) { find(text: $text) { subject { title } } }',
            { text: deal.Id },
          );
          expect([data.find].flat().map(match => (match as { subject: { title: string } }).subject.title)).toContain(deal.Name);
          break;
        }
        case 1: {
          const { data } = await house.graphql<{ deals: { nodes: { title: string; customer: { title: string } | null }[] } }>(
            'query ($text: String!) { deals(first: 5, filter: { text: $text }) { nodes { title customer { title } } } }',
            { text: deal.Name },
          );
          const found = data.deals.nodes.find(node => node.title === deal.Name);
          expect(found?.customer?.title).toBe(deal.Account.Name);
          break;
        }
        case 2: {
          const [number, name] = [...workersExpected][n % workersExpected.size];
          const { data } = await house.graphql<{ workers: { nodes: { employeeNumber: string; name: string }[] } }>(
            'query ($text: String!) { workers(filter: { text: $text }) { nodes { employeeNumber name } } }',
            { text: name },
          );
          expect(data.workers.nodes.map(worker => worker.employeeNumber)).toContain(number);
          break;
        }
        default: {
          const { data } = await house.graphql<{ projects: { nodes: { id: string; refs: { system: string; nativeId: string }[] }[] } }>(
            '{ projects(first: 200) { nodes { id refs { system nativeId } } } }',
          );
          for (const [projectId, [workspaceId]] of workspaces) {
            expect(data.projects.nodes.find(project => project.id === projectId)?.refs).toContainEqual({ system: 'kantata', nativeId: workspaceId });
          }
        }
      }
    }
    expect(await callsSeen()).toBe(before);
    await pauseFeeds(false);
  }, 300_000);
});
