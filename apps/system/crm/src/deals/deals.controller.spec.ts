import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from '#apis';
import { mintId, type Changed, type Customer, type Deal } from '#canonical';
import { eventually, type TokenRequest } from '#testing';
import { RunningCrm } from '../crm.fixture.js';

const ORG = '00DLF00000000012AA';
const NORDICS = 'Larkfield Nordics AB';

let crm: RunningCrm;
let deals: Deal[];

beforeAll(async () => {
  // Mapped before anything is read: else the first reading announces deals again, as each word is mapped.
  crm = await RunningCrm.start({ mapped: { 'Larkfield Inc': 'LF-US', 'Larkfield Ltd': 'LF-UK', 'Larkfield GmbH': 'LF-DE' } });
  deals = await eventually(async () => {
    const { body } = await crm.get<Page<Deal>>('/v1/deals?limit=200');
    return body.items.length > 0 && body.items;
  });
});
afterAll(() => crm.close());

const of = (word: string) => deals.filter(deal => deal.legalEntity === word);
const nativeId = (deal: Deal) => deal.refs[0].nativeId;
const change = (deal: Deal, fields: Record<string, unknown>) => crm.people.sobject('Opportunity').update({ Id: nativeId(deal), ...fields });
const lastEvent = async (deal: Deal) =>
  (await crm.events(deal.id)).at(-1)! as { type: string; legalEntities: string[]; data: Changed<Deal>; key: string; actor: unknown };

describe('GET /v1/deals', () => {
  it('answers every open deal of the sample firm', () => {
    expect(deals.every(deal => deal.stage === 'open')).toBe(true);
    expect(of(NORDICS)).toHaveLength(1);
    expect(deals.length).toBeGreaterThan(10);
  });

  it('pages by cursor without losing or repeating any', async () => {
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body }: { body: Page<Deal> } = await crm.get(`/v1/deals?limit=4${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...body.items.map(deal => deal.id));
      cursor = body.nextCursor;
    }
    expect(seen).toEqual(deals.map(deal => deal.id));
  });

  it('filters by stage', async () => {
    expect((await crm.get<Page<Deal>>('/v1/deals?stage=lost')).body.items).toEqual([]);
    expect((await crm.get<Page<Deal>>('/v1/deals?stage=open&limit=200')).body.items).toHaveLength(deals.length);
  });

  it('shows a deal whose seller is spelt differently only to people of its seller', async () => {
    const [deal] = of('Larkfield Ltd');
    await crm.database.dataSource.query(
      `update capture.shadow set state = state || '{"legalEntity": "LARKFIELD  ltd\u200b"}' where noun = 'deal' and id = $1`,
      [deal.id],
    );
    const sees = async (wish: TokenRequest) => {
      const { items } = (await crm.get<Page<Deal>>('/v1/deals?limit=200', wish)).body;
      return [items.some(({ id }) => id === deal.id), (await crm.get(`/v1/deals/${deal.id}`, wish)).status];
    };
    expect(await sees({ person: 'finance-uk' })).toEqual([true, 200]);
    expect(await sees({ person: 'sales-de' })).toEqual([false, 404]);
    expect(await sees({ person: 'hr' })).toEqual([true, 200]);
    const { body } = await crm.get<Customer>(`/v1/customers/${deal.customer.id}`, { person: 'finance-uk' });
    expect(body.id).toBe(deal.customer.id);
    await crm.database.dataSource.query(
      `update capture.shadow set state = state || '{"legalEntity": "Larkfield Ltd"}' where noun = 'deal' and id = $1`,
      [deal.id],
    );
  });

  it.each(['?stage=signed', '?cursor=nonsense', '?limit=0', '?owner=me'])('refuses %s by name', async query => {
    const { status, body } = await crm.get<{ type: string; fields: { field: string }[] }>(`/v1/deals${query}`);
    expect(status).toBe(400);
    expect(body.fields[0].field).toBe(/\?(\w+)=/.exec(query)![1]);
  });
});

describe('who may see a deal', () => {
  it.each([
    [null, 401],
    [{ client: 'operations', expired: true }, 401],
    [{ client: 'operations', wrongAudience: true }, 401],
    [{ client: 'operations', scopes: ['psa.read'] }, 403],
    [{ client: 'operations' }, 200],
  ])('with %o it is %i', async (wish, status) => {
    expect((await crm.get('/v1/deals', wish)).status).toBe(status);
    expect((await crm.get(`/v1/deals/${deals[0].id}`, wish)).status).toBe(status);
  });

  it('is somebody of the legal entity that sells it, by list, look-up and fresh look-up alike', async () => {
    const partner = { client: 'partner' }; // LF-UK
    const listed = (await crm.get<Page<Deal>>('/v1/deals?limit=200', partner)).body.items;
    expect(listed.map(deal => deal.id)).toEqual(of('Larkfield Ltd').map(deal => deal.id));
    const [own, other] = [of('Larkfield Ltd')[0], of('Larkfield Inc')[0]];
    for (const query of ['', '?fresh=true']) {
      expect((await crm.get(`/v1/deals/${own.id}${query}`, partner)).status).toBe(200);
      const refused = await crm.get<{ detail: string }>(`/v1/deals/${other.id}${query}`, partner);
      expect(refused.status).toBe(404);
      expect(refused.body.detail).toBe(`There is no deal ${other.id}.`);
      expect((await crm.get(`/v1/deals/${other.id}${query}`)).status).toBe(200);
    }
  });

  it('is nobody without the unassigned right while no mapping says who sells it, and its seller as soon as one does', async () => {
    const [deal] = of(NORDICS);
    const [staff, german] = [{ person: 'hr' }, { person: 'sales-de' }];
    expect((await crm.get(`/v1/deals/${deal.id}`, staff)).status).toBe(404);
    expect((await crm.get(`/v1/deals/${deal.id}`)).status).toBe(200);
    await crm.map(NORDICS, 'LF-DE');
    expect((await crm.get(`/v1/deals/${deal.id}`, staff)).status).toBe(200);
    expect((await crm.get(`/v1/deals/${deal.id}?fresh=true`, german)).status).toBe(200);
    expect((await crm.get(`/v1/deals/${deal.id}`, { client: 'partner' })).status).toBe(404);
  });
});

describe('GET /v1/deals/{id}', () => {
  it('answers the last known state without asking Salesforce, and with fresh=true the current one', async () => {
    const [deal] = of('Larkfield Ltd');
    await crm.pause(true);
    await change(deal, { PO_Number__c: 'PO-FRESH' });
    const before = (await crm.sandboxes.control.calls()).salesforce;
    expect((await crm.get<Deal>(`/v1/deals/${deal.id}`)).body).toEqual(deal);
    for (let n = 0; n < 20; n++) await crm.get('/v1/deals');
    expect((await crm.sandboxes.control.calls()).salesforce).toEqual(before);
    expect((await crm.get<Deal>(`/v1/deals/${deal.id}?fresh=true`)).body).toMatchObject({ id: deal.id, purchaseOrder: 'PO-FRESH' });
    await crm.pause(false);
  });

  it('finds with fresh=true a deal that is newer than the last poll', async () => {
    const { id } = await crm.people.sobject('Opportunity').create({ Name: 'Just made', StageName: 'Proposal', CloseDate: '2027-01-31' });
    const answer = await crm.get<Deal>(`/v1/deals/${mintId('deal', 'salesforce', ORG, id!)}?fresh=true`);
    expect(answer).toMatchObject({ status: 200, body: { name: 'Just made' } });
  });

  it('answers 404 for a deal that does not exist, and 400 for a malformed id', async () => {
    expect((await crm.get('/v1/deals/dea_00000000000000000000?fresh=true')).status).toBe(404);
    expect((await crm.get('/v1/deals/%20')).status).toBe(400);
  });
});

describe('the events of a deal', () => {
  const happens = async (deal: Deal, fields: Record<string, unknown>) => {
    const before = (await crm.events(deal.id)).length;
    await change(deal, fields);
    await eventually(async () => (await crm.events(deal.id)).length > before);
    return lastEvent(deal);
  };

  it('begin with the initial load, which wins nothing', async () => {
    const first = (await crm.events()).filter(event => deals.some(deal => deal.id === event.key)).slice(0, deals.length);
    expect(new Set(first.map(event => event.type))).toEqual(new Set(['deal.changed.v1']));
  });

  it('publish won, changed, reopened, won again and lost, each once, with the whole state and its legal entity', async () => {
    const deal = of('Larkfield Ltd').at(-1)!;
    expect(await happens(deal, { StageName: 'Signed' })).toMatchObject({
      type: 'deal.won.v1',
      key: deal.id,
      legalEntities: ['LF-UK'],
      actor: { kind: 'system', id: 'salesforce' },
      data: { state: { id: deal.id, stage: 'won', stageName: 'Signed', roles: deal.roles }, previous: { stage: 'open' } },
    });
    const changed = await happens(deal, { PO_Number__c: 'PO-2' });
    expect(changed).toMatchObject({
      type: 'deal.changed.v1',
      data: { previous: { purchaseOrder: deal.purchaseOrder }, state: { purchaseOrder: 'PO-2' } },
    });
    expect(changed.data.changed).toContain('purchaseOrder');
    expect((await happens(deal, { StageName: 'Negotiation' })).type).toBe('deal.reopened.v1');
    expect((await happens(deal, { StageName: 'Signed', PO_Number__c: 'PO-3' })).type).toBe('deal.won.v1');
    expect((await happens(deal, { StageName: 'Lost' })).type).toBe('deal.lost.v1');
    await crm.poll();
    await crm.sweep();
    expect((await crm.events(deal.id)).map(event => event.type)).toEqual([
      'deal.changed.v1',
      'deal.won.v1',
      'deal.changed.v1',
      'deal.reopened.v1',
      'deal.won.v1',
      'deal.lost.v1',
    ]);
  });

  it('say nothing when nothing but the time of the last change moved', async () => {
    const [deal] = of('Larkfield GmbH');
    const before = await crm.events(deal.id);
    await change(deal, { NextStep: 'call again' });
    await crm.poll();
    expect(await crm.events(deal.id)).toEqual(before);
  });

  it('publish a deal that is first seen won as won', async () => {
    const { id } = await crm.people.sobject('Opportunity').create({ Name: 'Won at once', StageName: 'Signed', CloseDate: '2027-01-31' });
    const key = mintId('deal', 'salesforce', ORG, id!);
    const [event] = await eventually(async () => {
      const events = await crm.events(key);
      return events.length > 0 && events;
    });
    expect(event.type).toBe('deal.won.v1');
  });

  it('publish a changed customer by itself and in its deals', async () => {
    const [deal] = of('Larkfield Inc');
    await crm.people.sobject('Account').update({ Id: deal.customer.refs[0].nativeId, Tax_Registration__c: '98-7654321' });
    const event = await eventually(async () => {
      const told = await lastEvent(deal);
      return told.data.changed.includes('customer') && told;
    });
    expect(event.data.state.customer.taxRegistration).toBe('98-7654321');
    const customer = await eventually(async () => {
      const told = (await crm.events(deal.customer.id)).at(-1) as { type: string; legalEntities: string[]; data: Changed<Customer> } | undefined;
      return told?.data.state.taxRegistration === '98-7654321' && told;
    });
    expect(customer).toMatchObject({ type: 'customer.changed.v1', legalEntities: ['LF-US'], data: { changed: ['taxRegistration'] } });
  });

  it('publish by a sweep what was deleted: a won deal as lost', async () => {
    const deal = of('Larkfield GmbH').at(-1)!;
    await happens(deal, { StageName: 'Signed' });
    await crm.people.sobject('Opportunity').destroy(nativeId(deal));
    await crm.poll();
    expect((await lastEvent(deal)).type).toBe('deal.won.v1');
    await crm.sweep();
    expect(await lastEvent(deal)).toMatchObject({ type: 'deal.lost.v1', data: { deleted: true, state: { id: deal.id } } });
    expect((await crm.get(`/v1/deals/${deal.id}`)).status).toBe(404);
  });
});
