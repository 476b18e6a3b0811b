import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Customer, DatedRateCard, Deal, RateCard } from '#canonical';
import { MEANS } from '#connector';
import { runInContext } from '#service';
import { eventually, problemOf } from '#testing';
import type { CrmVendor } from './crm-vendor.js';
import type { VendorDoor } from './vendor-door.fixture.js';

/** What a vendor's spec gives, so that the suite can ask of it what every CRM must do. */
export interface CrmHarness {
  door: VendorDoor;
  /** A vendor that goes through the door; a new one each time, which knows nothing of earlier failures. */
  connect(): CrmVendor;
  /** What people do in the CRM. Ids are the vendor's own. */
  people: {
    anyOpenDeal(): Promise<string>;
    customerOf(dealId: string): Promise<string>;
    win(dealId: string): Promise<void>;
    lose(dealId: string): Promise<void>;
    reopen(dealId: string): Promise<void>;
    changeLine(dealId: string): Promise<void>;
    changeMilestones(dealId: string): Promise<void>;
    setTaxRegistration(customerId: string, value: string): Promise<void>;
    newDeal(name: string): Promise<string>;
    delete(dealId: string): Promise<void>;
    /** A further version of a card, with one rate; answers how to set that rate. */
    newRateCard(card: { code: string; effectiveFrom: string; ratePerHour: number }): Promise<(ratePerHour: number) => Promise<void>>;
  };
  rateCardCode: string;
  /** Strings that may stand in no Problem. */
  secrets: string[];
  close(): Promise<void>;
}

const LATER_MS = 1_100;
const faultsIn = <T extends object>(type: new () => T, value: T) =>
  validateSync(plainToInstance(type, value), { whitelist: true, forbidNonWhitelisted: true }).map(String);

async function all<T>(pages: AsyncIterable<{ items: T[] }>): Promise<T[]> {
  const found: T[] = [];
  for await (const { items } of pages) found.push(...items);
  return found;
}

async function lastCursor(pages: AsyncIterable<{ cursor: string }>): Promise<string> {
  let last = '';
  for await (const { cursor } of pages) last = cursor;
  return last;
}

/** Every CRM adapter runs this. */
export function describeCrmVendor(name: string, start: () => Promise<CrmHarness>): void {
  describe(`${name} as a CRM`, () => {
    let harness: CrmHarness;
    let vendor: CrmVendor;

    beforeAll(async () => {
      harness = await start();
    });
    afterAll(() => harness.close());
    beforeEach(() => {
      vendor = harness.connect();
    });
    afterEach(async () => {
      harness.door.reset();
      await vendor.close();
    });

    const nativeId = (deal: Deal | Customer) => deal.refs[0].nativeId;

    describe('reads', () => {
      it('gives deals, customers and rate cards that are canonical', async () => {
        const [deals, customers] = [await all(vendor.allDeals()), await all(vendor.allCustomers())];
        expect(deals.length).toBeGreaterThan(0);
        expect(customers.length).toBeGreaterThan(0);
        expect(deals.flatMap(deal => faultsIn(Deal, deal))).toEqual([]);
        expect(customers.flatMap(customer => faultsIn(Customer, customer))).toEqual([]);
        const cards = await vendor.rateCards(harness.rateCardCode);
        expect(cards.length).toBeGreaterThan(0);
        expect(cards.flatMap(({ legalEntity: _, ...card }) => faultsIn(RateCard, card))).toEqual([]);
        expect(await vendor.rateCards('no such card')).toEqual([]);
      });

      it('gives every version of every rate card, each by an id of its own, as they are read by code', async () => {
        const cards = await all(vendor.allRateCards());
        expect(cards.flatMap(({ legalEntity: _, ...card }) => faultsIn(DatedRateCard, card))).toEqual([]);
        expect(new Set(cards.map(({ id }) => id)).size).toBe(cards.length);
        const codes = [...new Set(cards.map(({ code }) => code))];
        expect(codes).toContain(harness.rateCardCode);
        for (const code of codes) {
          const versions = cards.filter(card => card.code === code).toSorted((a, z) => (a.effectiveFrom < z.effectiveFrom ? -1 : 1));
          expect(versions.map(({ id: _, ...card }) => card)).toEqual(await vendor.rateCards(code));
        }
      });

      it('gives a rate as it is now, under the same id', async () => {
        const cursor = await lastCursor(vendor.allRateCards());
        const setRate = await harness.people.newRateCard({ code: harness.rateCardCode, effectiveFrom: '2031-01-01', ratePerHour: 199.5 });
        const version = async () => (await all(vendor.allRateCards())).find(({ effectiveFrom }) => effectiveFrom === '2031-01-01')!;
        const before = await version();
        expect(before.rates.map(({ ratePerHour }) => ratePerHour.amount)).toEqual(['199.50']);
        await setRate(205);
        expect(await version()).toEqual({
          ...before,
          rates: [{ ...before.rates[0], ratePerHour: { ...before.rates[0].ratePerHour, amount: '205.00' } }],
        });
        expect((await lastCursor(vendor.allRateCards())) >= cursor).toBe(true);
      });

      it('gives the same deal and customer however they are read', async () => {
        const [deal] = await all(vendor.allDeals());
        expect(await vendor.deal(nativeId(deal))).toEqual(deal);
        expect((await all(vendor.dealsChanged(null))).find(({ id }) => id === deal.id)).toEqual(deal);
        expect(await vendor.customer(nativeId(deal.customer))).toEqual(deal.customer);
        expect((await all(vendor.customersChanged(null))).find(({ id }) => id === deal.customer.id)).toEqual(deal.customer);
      });

      it('names records by its own system and account', async () => {
        const [deal] = await all(vendor.allDeals());
        expect(deal.refs[0]).toMatchObject({ system: vendor.system, account: vendor.account });
      });

      it('answers null for a deal and a customer that are not there', async () => {
        const id = await harness.people.newDeal('Gone tomorrow');
        expect(await vendor.deal(id)).not.toBeNull();
        await harness.people.delete(id);
        expect(await vendor.deal(id)).toBeNull();
        expect(await vendor.customer(id.replace(/^006/, '001'))).toBeNull();
      });
    });

    describe('changes', () => {
      /** A cursor behind which nothing is yet. */
      const from = async (feed: 'dealsChanged' | 'customersChanged') => {
        const cursor = await lastCursor(vendor[feed](null));
        // The next whole second: vendors tell the time of a change by seconds, and capture asks with an overlap.
        return new Date(Math.ceil(Math.max(Date.parse(cursor) + LATER_MS, Date.now()) / 1000) * 1000).toISOString();
      };
      const until = (instant: string) => eventually(() => Date.now() >= Date.parse(instant));
      const changedAfter = async (act: (dealId: string) => Promise<void>, dealId: string): Promise<Deal[]> => {
        const cursor = await from('dealsChanged');
        expect((await all(vendor.dealsChanged(cursor))).map(nativeId)).not.toContain(dealId);
        await until(cursor);
        await act(dealId);
        return all(vendor.dealsChanged(cursor));
      };

      it.each([
        ['is won', 'win', 'won'],
        ['is reopened', 'reopen', 'open'],
        ['is lost', 'lose', 'lost'],
      ] as const)('tells a deal that %s', async (_, act, stage) => {
        const dealId = await harness.people.anyOpenDeal();
        if (act !== 'win') await harness.people.win(dealId);
        const changed = await changedAfter(id => harness.people[act](id), dealId);
        expect(changed.find(deal => nativeId(deal) === dealId)).toMatchObject({ stage });
        if (stage !== 'open') await harness.people.reopen(dealId);
      });

      it('tells a deal whose line changed, with its new amount', async () => {
        const dealId = await harness.people.anyOpenDeal();
        const before = (await vendor.deal(dealId))!;
        const after = (await changedAfter(id => harness.people.changeLine(id), dealId)).find(deal => nativeId(deal) === dealId)!;
        expect(after.roles).not.toEqual(before.roles);
        expect(after.amount).not.toEqual(before.amount);
        expect(after.roles.map(role => role.id)).toEqual(before.roles.map(role => role.id));
      });

      it('tells a deal whose milestones changed', async () => {
        const dealId = await harness.people.anyOpenDeal();
        const before = (await vendor.deal(dealId))!;
        const after = (await changedAfter(id => harness.people.changeMilestones(id), dealId)).find(deal => nativeId(deal) === dealId)!;
        expect(after.milestones).not.toEqual(before.milestones);
      });

      it("tells a customer that changed, and the customer's deals", async () => {
        const dealId = await harness.people.anyOpenDeal();
        const customerId = await harness.people.customerOf(dealId);
        const cursor = await from('customersChanged');
        const change = async () => {
          await harness.people.setTaxRegistration(customerId, 'GB999999973');
        };
        const deals = await changedAfter(change, dealId);
        expect(deals.find(deal => nativeId(deal) === dealId)?.customer.taxRegistration).toBe('GB999999973');
        const customers = await all(vendor.customersChanged(cursor));
        expect(customers.find(customer => nativeId(customer) === customerId)?.taxRegistration).toBe('GB999999973');
      });

      it('moves the cursor on though nothing changed, and never back', async () => {
        const first = await lastCursor(vendor.dealsChanged(null));
        await until(new Date(Date.now() + LATER_MS).toISOString());
        const second = await lastCursor(vendor.dealsChanged(first));
        expect(second > first).toBe(true);
        const ahead = new Date(Date.parse(second) + 3_600_000).toISOString();
        expect(await lastCursor(vendor.dealsChanged(ahead))).toBe(ahead);
      });
    });

    describe('failures', () => {
      const read = () => all(vendor.allCustomers());
      const within = (ms: number) => runInContext({ deadlineAt: new Date(Date.now() + ms).toISOString() }, read);

      it('logs in again once when its session has ended', async () => {
        await read();
        harness.door.answerNext({ status: 401, body: '[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]' });
        expect((await read()).length).toBeGreaterThan(0);
      });

      it('says that it is refused when logging in again does not help', async () => {
        harness.door.answerAlways({ status: 401, body: '[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]' });
        expect(await problemOf(read())).toMatchObject({ kind: 'refused-by-vendor', code: 'login-refused', retryable: false });
        expect(harness.door.seen).toHaveLength(2);
      });

      it('passes a 404 on as not found', async () => {
        harness.door.answerAlways({ status: 404, body: '[{"message":"The requested resource does not exist","errorCode":"NOT_FOUND"}]' });
        expect(await problemOf(read())).toMatchObject({ kind: 'not-found', retryable: false });
        expect(harness.door.seen).toHaveLength(1);
      });

      it('waits as long as a 429 asks, then reads', async () => {
        harness.door.answerNext({ status: 429, headers: { 'retry-after': '1' } });
        const startedAt = performance.now();
        expect((await read()).length).toBeGreaterThan(0);
        expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
      });

      it('backs off by itself when a 429 says nothing, and gives up within the deadline', async () => {
        harness.door.answerNext({ status: 429 });
        expect((await read()).length).toBeGreaterThan(0);
        harness.door.answerAlways({ status: 429 });
        expect(await problemOf(within(2_000))).toMatchObject({ kind: 'rate-limited', retryable: true });
      });

      it('reads again after 500 and 503, and says so when they stay', async () => {
        harness.door.answerNext(
          { status: 500, body: 'oops' },
          { status: 503, headers: { 'content-type': 'text/html' }, body: '<html>Down for maintenance</html>' },
        );
        expect((await read()).length).toBeGreaterThan(0);
        harness.door.answerAlways({ status: 500, body: 'oops' });
        expect(await problemOf(within(400))).toMatchObject({ kind: 'vendor-unavailable', retryable: true });
      });

      it('gives up at the deadline when there is no answer', async () => {
        harness.door.answerAlways('hang');
        const startedAt = performance.now();
        expect(await problemOf(within(300))).toMatchObject({ kind: 'vendor-unavailable', retryable: true });
        expect(performance.now() - startedAt).toBeLessThan(2_000);
      });

      it.each([['<html>It works!</html>'], ['{}'], ['{"totalSize":1,"done":true,"records":"none"}']])(
        'takes a malformed answer for an outage, not for data: %s',
        async body => {
          harness.door.answerAlways({ status: 200, body });
          expect(await problemOf(read())).toMatchObject({ kind: 'vendor-unavailable', code: 'malformed-answer' });
        },
      );

      it('names a record without an id by its place, and takes the others', async () => {
        const fine = { Id: '001000000000001AAA', Name: 'Fine', SystemModstamp: '2026-11-20T09:15:00.000+0000' };
        const records = [{ Name: 'without an id' }, 'no record', fine];
        harness.door.answerAlways({ status: 200, body: JSON.stringify({ totalSize: 3, done: true, records }) });
        const [page] = await Array.fromAsync(vendor.allCustomers());
        expect(page.items.map(({ name }) => name)).toEqual(['Fine']);
        expect(page.unreadable).toMatchObject([
          { nativeId: 'row 1', error: { broken: [{ field: 'Id', rule: 'present' }] } },
          { nativeId: 'row 2', error: { broken: [{ field: 'Id', rule: 'present' }] } },
        ]);
      });

      it('keeps its secrets out of what it says', async () => {
        harness.door.answerAlways({ status: 400, body: `[{"message":"you sent ${harness.secrets.join(' and ')}","errorCode":"SOMETHING"}]` });
        const problem = await problemOf(read());
        for (const secret of harness.secrets) expect(`${problem.detail} ${JSON.stringify(problem.vendor)}`).not.toContain(secret);
      });
    });

    it('finds everything it needs there', async () => {
      const findings = await vendor.check();
      expect(findings.filter(finding => !finding.ok)).toEqual([]);
      expect(findings.length).toBeGreaterThan(3);
    });

    it('says in its check that it can not log in, instead of throwing', async () => {
      harness.door.answerAlways({ status: 401, body: '[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]' });
      expect(await vendor.check()).toMatchObject([{ what: 'logs in', ok: false, say: expect.any(String) }]);
    });

    it('declares by what means it would write, and how long a write may take to settle', () => {
      expect(Object.keys(vendor.means).length).toBeGreaterThan(0);
      for (const means of Object.values(vendor.means)) expect(MEANS).toContain(means);
      expect(vendor.settlingMs).toEqual(expect.any(Number));
    });
  });
}
