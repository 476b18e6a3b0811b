import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from '#apis';
import type { Changed, DatedRateCard, Deal, RateCard } from '#canonical';
import { eventually } from '#testing';
import { createFirm } from '../../../../sandbox/src/firm/create-firm.js';
import { RunningCrm } from '../crm.fixture.js';

const firm = createFirm();
const partner = { client: 'partner' }; // LF-UK

let crm: RunningCrm;
let deals: Deal[];
let cards: DatedRateCard[];

beforeAll(async () => {
  const mapped = { 'Larkfield Ltd': 'LF-UK', 'Larkfield Inc': 'LF-US' };
  crm = await RunningCrm.start({ env: { CRM_RATE_CARD_POLL_MS: '100' }, mapped });
  const all =
    <T>(path: string) =>
    async () => {
      const { body } = await crm.get<Page<T>>(`${path}?limit=200`);
      return body.items.length > 0 && body.items;
    };
  deals = await eventually(all<Deal>('/v1/deals'));
  cards = await eventually(all<DatedRateCard>('/v1/rate-cards'));
});
afterAll(() => crm.close());

describe('GET /v1/rate-cards/{code}', () => {
  const british = () => deals.find(deal => deal.legalEntity === 'Larkfield Ltd')!.rateCard!;

  it('answers the version in force on the day asked for', async () => {
    const card = british();
    const { body } = await crm.get<RateCard>(`/v1/rate-cards/${card.code}?asOf=${card.effectiveFrom}`);
    expect(body).toEqual(card);
    const before = await crm.get(`/v1/rate-cards/${card.code}?asOf=1999-01-01`);
    expect(before.status).toBe(404);
  });

  it("is for people of the card's legal entity", async () => {
    const american = deals.find(deal => deal.legalEntity === 'Larkfield Inc')!.rateCard!;
    expect((await crm.get(`/v1/rate-cards/${british().code}`, { client: 'partner' })).status).toBe(200);
    expect((await crm.get(`/v1/rate-cards/${american.code}`, { client: 'partner' })).status).toBe(404);
    expect((await crm.get(`/v1/rate-cards/${american.code}`)).status).toBe(200);
  });

  it('answers 404 for an unknown card and 400 for a malformed day', async () => {
    expect((await crm.get('/v1/rate-cards/NONE')).status).toBe(404);
    expect((await crm.get(`/v1/rate-cards/${british().code}?asOf=tomorrow`)).status).toBe(400);
  });
});

describe('GET /v1/rate-cards', () => {
  const told = (of: Pick<DatedRateCard, 'code' | 'currency' | 'effectiveFrom'>[]) =>
    of.map(({ code, currency, effectiveFrom }) => `${code} ${currency} ${effectiveFrom}`).sort();
  const inFirm = (fits: (card: (typeof firm.rateCards)[0]) => boolean) =>
    told(
      firm.rateCards.filter(fits).flatMap(({ code, currency, versions }) => versions.map(({ effectiveFrom }) => ({ code, currency, effectiveFrom }))),
    );

  it('answers every version of every card, with the rates per role in the words of the CRM', () => {
    expect(told(cards)).toEqual(inFirm(() => true));
    const products = new Map(firm.roles.map(({ code, productCode }) => [code, productCode]));
    for (const { code, versions } of firm.rateCards) {
      for (const { effectiveFrom, rates } of versions) {
        const card = cards.find(one => one.code === code && one.effectiveFrom === effectiveFrom)!;
        const words = rates.map(({ role, ratePerHour }) => `${products.get(role)} ${ratePerHour}`).sort();
        expect(card.rates.map(({ role, ratePerHour }) => `${role} ${ratePerHour.amount}`).sort()).toEqual(words);
      }
    }
  });

  it('narrows to one card, and pages without losing or repeating any', async () => {
    const [{ code }] = firm.rateCards;
    const { body } = await crm.get<Page<DatedRateCard>>(`/v1/rate-cards?code=${code}`);
    expect(told(body.items)).toEqual(inFirm(card => card.code === code));
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { body: Page<DatedRateCard> } = await crm.get(`/v1/rate-cards?limit=4${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...page.body.items.map(({ id }) => id));
      cursor = page.body.nextCursor;
    }
    expect(seen).toEqual(cards.map(({ id }) => id));
  });

  it('shows to people of one legal entity its own cards, and those of nobody to the unassigned right only', async () => {
    const listed = async (who: Parameters<RunningCrm['get']>[1]) =>
      told((await crm.get<Page<DatedRateCard>>('/v1/rate-cards?limit=200', who)).body.items);
    expect(await listed(partner)).toEqual(inFirm(({ entity }) => entity === 'LF-UK'));
    // Larkfield GmbH is not mapped yet.
    expect(await listed({ person: 'hr' })).toEqual(inFirm(({ entity }) => entity !== 'LF-DE'));
    expect(await listed({ client: 'operations' })).toEqual(inFirm(() => true));
    await crm.map('Larkfield GmbH', 'LF-DE');
    expect(await listed({ person: 'hr' })).toEqual(inFirm(() => true));
    expect(await listed(partner)).toEqual(inFirm(({ entity }) => entity === 'LF-UK'));
  });

  it('costs no call at the CRM', async () => {
    await crm.pause(true);
    const before = (await crm.sandboxes.control.calls()).salesforce;
    for (let n = 0; n < 20; n++) await crm.get('/v1/rate-cards');
    expect((await crm.sandboxes.control.calls()).salesforce).toEqual(before);
    await crm.pause(false);
  });

  it('answers 401 without a token, 403 without the scope and 400 for an unknown parameter', async () => {
    expect((await crm.get('/v1/rate-cards', null)).status).toBe(401);
    expect((await crm.get('/v1/rate-cards', { client: 'operations', scopes: ['psa.read'] })).status).toBe(403);
    expect((await crm.get('/v1/rate-cards?colour=red')).status).toBe(400);
  });
});

describe('the events of a rate card', () => {
  // The other word, Larkfield GmbH, was mapped above, after its cards were first published.
  const isMapped = ({ currency }: DatedRateCard) => currency !== 'EUR';
  const last = async ({ id }: { id: string }) =>
    (await crm.events(id)).at(-1)! as { type: string; legalEntities: string[]; data: Changed<DatedRateCard & { legalEntity?: string }> };
  const rateOf = async ({ code, effectiveFrom }: DatedRateCard) => {
    const { records } = await crm.people.query<{ Id: string }>(
      `SELECT Id FROM Rate_Card_Rate__c WHERE Rate_Card__r.Code__c = '${code}' AND Rate_Card__r.Effective_From__c = ${effectiveFrom} LIMIT 1`,
    );
    return records[0].Id;
  };

  it('publish every version once, with its legal entity and without the CRM’s word for it', async () => {
    for (const card of cards.filter(isMapped)) expect((await crm.events(card.id)).map(({ type }) => type)).toEqual(['rate-card.changed.v1']);
    const british = cards.find(({ currency }) => currency === 'GBP')!;
    expect(await last(british)).toMatchObject({ legalEntities: ['LF-UK'], data: { state: british, changed: [] } });
    expect((await last(british)).data.state.legalEntity).toBeUndefined();
  });

  it('publish a version without a legal entity at once, and again with it when its word was mapped', async () => {
    for (const card of cards.filter(one => !isMapped(one))) {
      const events = await eventually(async () => {
        const told = (await crm.events(card.id)) as { type: string; legalEntities: string[] }[];
        return told.length > 1 && told;
      });
      expect(events.map(({ type, legalEntities }) => [type, ...legalEntities])).toEqual([
        ['rate-card.changed.v1'],
        ['rate-card.changed.v1', 'LF-DE'],
      ]);
    }
  });

  it('publish a changed rate although the card’s own record did not change', async () => {
    const [card] = cards;
    await crm.people.sobject('Rate_Card_Rate__c').update({ Id: await rateOf(card), Rate_Per_Hour__c: 301.25 });
    const event = await eventually(async () => {
      const told = await last(card);
      return told.data.changed.includes('rates') && told;
    });
    expect(event.data.state.rates.map(({ ratePerHour }) => ratePerHour.amount)).toContain('301.25');
    expect(event.data.previous).toEqual({ rates: card.rates });
  });

  it('publish a new version with the next reading, and a deleted one with the next sweep', async () => {
    const [{ code, currency }] = cards;
    const fields = { Name: 'next year', Code__c: code, Effective_From__c: '2032-01-01', CurrencyIsoCode: currency };
    const { id } = await crm.people.sobject('Rate_Card__c').create(fields);
    const added = await eventually(async () => {
      const { items } = (await crm.get<Page<DatedRateCard>>(`/v1/rate-cards?code=${code}&limit=200`)).body;
      return items.find(({ effectiveFrom }) => effectiveFrom === '2032-01-01') ?? false;
    });
    expect((await last(added)).data.deleted).toBeUndefined();
    await crm.people.sobject('Rate_Card__c').destroy(id!);
    await crm.sweep();
    expect((await last(added)).data).toMatchObject({ deleted: true, state: { id: added.id } });
  });
});
