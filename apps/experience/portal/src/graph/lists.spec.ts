import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, money } from '#canonical';
import { aCustomer, aDeal } from '#testing';
import { anEvent, mapped, testPortal, type TestPortal } from '../portal.fixture.js';

let portal: TestPortal;
beforeAll(async () => {
  portal = await testPortal();
  await portal.publish(mapped('Larkfield Ltd', 'LF-UK'), mapped('Larkfield GmbH', 'LF-DE'), ...Array.from({ length: 25 }, (_, i) => dealEvent(i)));
});
afterAll(() => portal?.close());

const idOf = (i: number): string => mintId('deal', 'salesforce', 'lists', String(i));

/** Deals 0..24 close a day apart; every third is German and in euros, every fifth still open. */
function dealEvent(i: number, over: Parameters<typeof aDeal>[0] = {}) {
  const german = i % 3 === 0;
  const deal = aDeal({
    id: idOf(i),
    name: `Deal ${String(i).padStart(2, '0')}`,
    closeDate: `2026-10-${String((i % 28) + 1).padStart(2, '0')}`,
    stage: i % 5 === 0 ? 'open' : 'won',
    legalEntity: german ? 'Larkfield GmbH' : 'Larkfield Ltd',
    currency: german ? 'EUR' : 'GBP',
    amount: money('100.10', german ? 'EUR' : 'GBP'),
    refs: [{ system: 'salesforce', account: 'lists', type: 'Opportunity', nativeId: `006${i}` }],
    ...over,
  });
  return anEvent('deal.changed.v1', deal.id, { state: deal, changed: [] });
}

interface Deals {
  deals: {
    nodes: { name: string }[];
    edges: { cursor: string; node: { name: string } }[];
    pageInfo: { hasNextPage: boolean; endCursor: string };
    totalCount: { value: number; exact: boolean };
    totals: { amount: string; currency: string; items: number; estimated: boolean }[];
    facets: { name: string; values: { value: string; count: number }[] }[];
  };
}

const names = ({ deals }: Deals): string[] => deals.nodes.map(node => node.name);

describe('a list of the portal', () => {
  it('gives pages that together are complete, with each row once', async () => {
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const page: Deals = await portal.ask(
        'query ($after: String) { deals(first: 7, after: $after) { nodes { name } pageInfo { hasNextPage endCursor } } }',
        undefined,
        { after },
      );
      seen.push(...names(page));
      if (!page.deals.pageInfo.hasNextPage) break;
      after = page.deals.pageInfo.endCursor;
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => `Deal ${String(24 - i).padStart(2, '0')}`));
  });

  it('continues from its cursor after rows were inserted before and after it', async () => {
    const order = 'order: { by: NAME }';
    const first = await portal.ask<Deals>(`{ deals(first: 10, ${order}) { nodes { name } pageInfo { endCursor } } }`);
    await portal.publish(dealEvent(100, { name: 'Deal 04 and a half' }), dealEvent(101, { name: 'Deal 12 and a half' }));
    const second = await portal.ask<Deals>(`query ($after: String) { deals(first: 5, after: $after, ${order}) { nodes { name } } }`, undefined, {
      after: first.deals.pageInfo.endCursor,
    });
    expect(names(first).at(-1)).toBe('Deal 09');
    expect(names(second)).toEqual(['Deal 10', 'Deal 11', 'Deal 12', 'Deal 12 and a half', 'Deal 13']);
    await portal.publish(...[100, 101].map(i => anEvent('deal.changed.v1', idOf(i), { state: aDeal({ id: idOf(i) }), changed: [], deleted: true })));
  });

  it('breaks ties by id, so that equal values are neither lost nor doubled between pages', async () => {
    const query = 'query ($after: String) { deals(first: 10, after: $after, order: { by: AMOUNT }) { nodes { name } pageInfo { endCursor } } }';
    const first = await portal.ask<Deals>(query);
    const second = await portal.ask<Deals>(query, undefined, { after: first.deals.pageInfo.endCursor });
    const third = await portal.ask<Deals>(query, undefined, { after: second.deals.pageInfo.endCursor });
    expect(new Set([...names(first), ...names(second), ...names(third)]).size).toBe(25);
  });

  it('counts all filtered rows, sums them per currency and shows how they split', async () => {
    const { deals } = await portal.ask<Deals>(`{ deals(first: 2, filter: { stage: [WON] }) {
      totalCount { value exact } totals { amount currency items estimated } facets(by: [STAGE]) { name values { value count } } } }`);
    expect(deals.totalCount).toEqual({ value: 20, exact: true });
    expect(deals.totals).toEqual([
      { amount: '700.70', currency: 'EUR', items: 7, estimated: false },
      { amount: '1301.30', currency: 'GBP', items: 13, estimated: false },
    ]);
    // A facet ignores its own filter, so that the other values stay selectable.
    expect(deals.facets).toEqual([
      {
        name: 'stage',
        values: [
          { value: 'WON', count: 20 },
          { value: 'OPEN', count: 5 },
        ],
      },
    ]);
  });

  it('filters by day, text, entity and id', async () => {
    const asked = (filter: string) => portal.ask<Deals>(`{ deals(filter: ${filter}, order: { by: NAME }) { nodes { name } } }`).then(names);
    expect(await asked('{ closeDate: { from: "2026-10-03", to: "2026-10-05" } }')).toEqual(['Deal 02', 'Deal 03', 'Deal 04']);
    expect(await asked('{ text: "deal 1", legalEntity: ["LF-DE"] }')).toEqual(['Deal 12', 'Deal 15', 'Deal 18']);
    expect(await asked(`{ ids: ["${idOf(7)}", "dea_nobody"] }`)).toEqual(['Deal 07']);
    expect(await asked('{ stage: [] }')).toEqual([]);
  });

  it('gives the same rows with their cursors as edges', async () => {
    const { deals } = await portal.ask<Deals>('{ deals(first: 3) { nodes { name } edges { cursor node { name } } pageInfo { endCursor } } }');
    expect(deals.edges.map(edge => edge.node)).toEqual(deals.nodes);
    expect(deals.edges.at(-1)!.cursor).toBe(deals.pageInfo.endCursor);
  });

  it.each([0, -1, 201])('refuses a page of %i rows, naming the field', async first => {
    const { errors } = await portal.answer(`{ deals(first: ${first}) { nodes { id } } }`);
    expect(errors).toEqual([expect.objectContaining({ message: `A page has 1 to 200 rows, not ${first}.`, path: ['deals'] })]);
    expect(errors![0].extensions).toMatchObject({ code: 'INVALID', fields: [{ field: 'first' }] });
  });

  it('refuses a malformed cursor, and one of a list in another order', async () => {
    const bad = await portal.answer('{ deals(after: "nonsense") { nodes { id } } }');
    expect(bad.errors![0].message).toBe('The cursor is not a cursor of this API.');
    const { deals } = await portal.ask<Deals>('{ deals(first: 1) { pageInfo { endCursor } } }');
    const other = await portal.answer('query ($after: String) { deals(after: $after, order: { by: NAME }) { nodes { id } } }', undefined, {
      after: deals.pageInfo.endCursor,
    });
    expect(other.errors![0].message).toBe('The cursor belongs to a list ordered by closeDate descending, not by name ascending.');
  });

  it('reads nested lists of all parents in one statement each, however many parents there are', async () => {
    const customers = Array.from({ length: 12 }, (_, i) =>
      aCustomer({ id: mintId('customer', 'lists', String(i)), name: `Customer ${i}`, refs: [] }),
    );
    await portal.publish(
      ...customers.map((customer, i) => dealEvent(200 + i, { customer, name: `Nested ${i}`, refs: [] })),
      ...customers.map((customer, i) => dealEvent(300 + i, { customer, name: `Nested too ${i}`, refs: [] })),
    );
    const nested = (first: number) => `{ customers(first: ${first}, filter: { text: "Customer" }) { nodes { name
      deals(first: 5, order: { by: NAME }) { nodes { name customer { name } project { id } journey { summary { code } steps(first: 3) { nodes { id } } } } totalCount { value } }
      exceptions(first: 2) { nodes { id } } } } }`;
    const statements = async (first: number): Promise<number> => {
      const { extensions } = await portal.answer(nested(first), { client: 'operations' });
      return extensions.statements;
    };
    const answer = await portal.ask<{
      customers: { nodes: { name: string; deals: { nodes: { name: string; customer: { name: string } }[]; totalCount: { value: number } } }[] };
    }>(nested(12));
    for (const { name, deals } of answer.customers.nodes) {
      expect(deals.nodes.map(deal => deal.customer.name)).toEqual([name, name]);
      expect(deals.totalCount.value).toBe(2);
    }
    expect(await statements(12)).toBe(await statements(2));
    expect(await statements(12)).toBeLessThanOrEqual(10);
  });

  it('shows one moment: the rows, the count and the sums of an answer agree while rows arrive', async () => {
    const pouring = (async () => {
      for (let i = 0; i < 10; i++) await portal.publish(dealEvent(400 + i, { name: `Pour ${i}`, refs: [] }));
    })();
    let asked = 0;
    let done = false;
    void pouring.then(() => (done = true));
    while (!done || asked < 5) {
      const { deals } = await portal.ask<Deals>(
        '{ deals(first: 200, filter: { text: "Pour" }) { nodes { name } totalCount { value } totals { items } facets(by: [STAGE]) { values { count } } } }',
      );
      const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);
      expect([deals.totalCount.value, sum(deals.totals.map(total => total.items)), sum(deals.facets[0].values.map(value => value.count))]).toEqual(
        Array(3).fill(deals.nodes.length),
      );
      asked++;
    }
    await pouring;
  });
});
