import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from '#apis';
import type { Customer, Deal } from '#canonical';
import { eventually } from '#testing';
import { RunningCrm } from '../crm.fixture.js';

let crm: RunningCrm;
let deals: Deal[];
let customers: Customer[];

beforeAll(async () => {
  crm = await RunningCrm.start();
  await crm.map('Larkfield Ltd', 'LF-UK');
  await crm.map('Larkfield Inc', 'LF-US');
  const all =
    <T>(path: string) =>
    async () => {
      const { body } = await crm.get<Page<T>>(`${path}?limit=200`);
      return body.items.length > 0 && body.items;
    };
  deals = await eventually(all<Deal>('/v1/deals'));
  customers = await eventually(all<Customer>('/v1/customers'));
});
afterAll(() => crm.close());

describe('GET /v1/customers', () => {
  it('answers the customers as their deals name them', async () => {
    for (const { customer } of deals) expect(customers.find(({ id }) => id === customer.id)).toEqual(customer);
    expect((await crm.get<Customer>(`/v1/customers/${customers[0].id}`)).body).toEqual(customers[0]);
  });

  it('says which customer a customer belongs to', () => {
    const children = customers.filter(customer => customer.parentId !== undefined);
    expect(children.length).toBeGreaterThan(0);
    for (const { parentId } of children) expect(customers.map(({ id }) => id)).toContain(parentId);
  });

  it('shows to people of one legal entity the customers it sells to, by list and look-up alike', async () => {
    const partner = { client: 'partner' }; // LF-UK
    const [british, american] = ['Larkfield Ltd', 'Larkfield Inc'].map(
      word => new Set(deals.filter(deal => deal.legalEntity === word).map(deal => deal.customer.id)),
    );
    const listed = (await crm.get<Page<Customer>>('/v1/customers?limit=200', partner)).body.items;
    expect(listed.map(({ id }) => id)).toEqual([...british].sort());
    const other = [...american].find(id => !british.has(id))!;
    for (const query of ['', '?fresh=true']) {
      expect((await crm.get(`/v1/customers/${[...british][0]}${query}`, partner)).status).toBe(200);
      expect((await crm.get(`/v1/customers/${other}${query}`, partner)).status).toBe(404);
      expect((await crm.get(`/v1/customers/${other}${query}`)).status).toBe(200);
    }
  });

  it('pages by cursor without losing or repeating any', async () => {
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body }: { body: Page<Customer> } = await crm.get(`/v1/customers?limit=5${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.nextCursor;
    }
    expect(seen).toEqual(customers.map(({ id }) => id));
  });

  it('reads Salesforce now when asked to', async () => {
    await crm.pause(true);
    const [customer] = customers;
    await crm.people.sobject('Account').update({ Id: customer.refs[0].nativeId, Payment_Terms__c: 'Net 99' });
    expect((await crm.get<Customer>(`/v1/customers/${customer.id}`)).body.paymentTerms).toBe(customer.paymentTerms);
    expect((await crm.get<Customer>(`/v1/customers/${customer.id}?fresh=true`)).body.paymentTerms).toBe('Net 99');
    await crm.pause(false);
  });

  it('says whom a merged customer was merged into, through another merge too, and itself of the others', async () => {
    const made = async (Name: string) => ((await crm.people.sobject('Account').create({ Name })) as { id: string }).id;
    const [first, second, third] = [await made('Merged first'), await made('Merged second'), await made('Winner')];
    await crm.poll();
    const idOf = async (nativeId: string) =>
      (await crm.get<Page<Customer>>('/v1/customers?limit=200')).body.items.find(({ refs }) => refs[0].nativeId === nativeId)!.id;
    const [merged, winner] = [await idOf(first), await idOf(third)];
    expect((await crm.get(`/v1/customers/${merged}/survivor`)).body).toEqual({ id: merged });
    await crm.merge(second, first);
    await crm.merge(third, second);
    expect((await crm.get(`/v1/customers/${merged}/survivor`)).body).toEqual({ id: winner });
    expect((await crm.get(`/v1/customers/${winner}/survivor`)).body).toEqual({ id: winner });
    expect((await crm.get(`/v1/customers/cus_nobody/survivor`)).status).toBe(404);
  });

  it('says whom a customer was merged into after the CRM showed it as deleted, but not to people of one legal entity', async () => {
    const made = async (Name: string) => ((await crm.people.sobject('Account').create({ Name })) as { id: string }).id;
    const [gone, deleted, winner] = [await made('Merged, then read as deleted'), await made('Only deleted'), await made('Winner of one')];
    await crm.poll();
    const { items } = (await crm.get<Page<Customer>>('/v1/customers?limit=200')).body;
    const [merged, nobody, survivor] = [gone, deleted, winner].map(id => items.find(({ refs }) => refs[0].nativeId === id)!.id);
    await crm.merge(winner, gone);
    await crm.people.sobject('Account').destroy(deleted);
    await crm.sweep();
    expect((await crm.get(`/v1/customers/${merged}`)).status).toBe(404);
    expect((await crm.get(`/v1/customers/${merged}/survivor`)).body).toEqual({ id: survivor });
    expect((await crm.get(`/v1/customers/${nobody}/survivor`)).status).toBe(404);
    expect((await crm.get(`/v1/customers/${merged}/survivor`, { client: 'partner' })).status).toBe(404);
  });

  it('does not say whom a customer was merged into to people who may not see that one', async () => {
    const partner = { client: 'partner' }; // LF-UK
    const made = async (Name: string) => ((await crm.people.sobject('Account').create({ Name })) as { id: string }).id;
    const [loser, winner] = [await made('Sold to by one entity'), await made('Sold to by nobody yet')];
    await crm.people.sobject('Opportunity').create({
      Name: 'Of the loser',
      AccountId: loser,
      StageName: 'Qualification',
      CloseDate: '2026-12-01',
      CurrencyIsoCode: 'GBP',
      Legal_Entity__c: 'Larkfield Ltd',
    });
    await crm.poll();
    const { items } = (await crm.get<Page<Customer>>('/v1/customers?limit=200')).body;
    const [merged, survivor] = [loser, winner].map(id => items.find(({ refs }) => refs[0].nativeId === id)!.id);
    expect((await crm.get(`/v1/customers/${merged}/survivor`, partner)).body).toEqual({ id: merged });
    await crm.pause(true);
    await crm.merge(winner, loser);
    expect((await crm.get(`/v1/customers/${merged}`, partner)).status).toBe(200);
    expect((await crm.get(`/v1/customers/${merged}/survivor`)).body).toEqual({ id: survivor });
    expect((await crm.get(`/v1/customers/${merged}/survivor`, partner)).status).toBe(404);
    await crm.pause(false);
  });

  it('says of no account that it is the survivor that was merged itself, by however many merges, or deleted', async () => {
    const made = async (Name: string) => ((await crm.people.sobject('Account').create({ Name })) as { id: string }).id;
    const chain: string[] = [];
    for (let n = 0; n < 13; n++) chain.push(await made(`Chain ${n}`));
    await crm.poll();
    const { items } = (await crm.get<Page<Customer>>('/v1/customers?limit=200')).body;
    const [first, second, third] = chain.slice(0, 3).map(id => items.find(({ refs }) => refs[0].nativeId === id)!.id);
    for (const [n, id] of chain.entries()) if (n > 0) await crm.merge(id, chain[n - 1]);
    const last = items.find(({ refs }) => refs[0].nativeId === chain.at(-1))!.id;
    const survivorOf = async (id: string) => (await crm.get<{ id: string }>(`/v1/customers/${id}/survivor`)).body.id;
    expect([await survivorOf(first), await survivorOf(second), await survivorOf(third)]).toEqual([first, second, last]);
    await crm.people.sobject('Account').destroy(chain.at(-1)!);
    expect(await survivorOf(third)).toBe(third);
  });

  it('says of no account that it is the survivor where two were merged into each other, one after the other, and both are gone', async () => {
    const made = async (Name: string) => ((await crm.people.sobject('Account').create({ Name })) as { id: string }).id;
    const [first, second] = [await made('Circle one'), await made('Circle two')];
    await crm.poll();
    const { items } = (await crm.get<Page<Customer>>('/v1/customers?limit=200')).body;
    const [one, two] = [first, second].map(id => items.find(({ refs }) => refs[0].nativeId === id)!.id);
    const survivorOf = async (id: string) => (await crm.get<{ id: string }>(`/v1/customers/${id}/survivor`)).body.id;
    await crm.merge(second, first);
    await crm.undelete(first);
    await crm.merge(first, second);
    expect(await survivorOf(two)).toBe(one);
    await crm.people.sobject('Account').destroy(first);
    expect([await survivorOf(one), await survivorOf(two)]).toEqual([one, two]);
  });

  it('answers 401 without a token and 403 without the scope', async () => {
    expect((await crm.get('/v1/customers', null)).status).toBe(401);
    expect((await crm.get('/v1/customers', { client: 'operations', scopes: ['psa.read'] })).status).toBe(403);
  });
});
