import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { money, projectIdOf } from '#canonical';
import { eventually } from '#testing';
import { createDeals } from '../../apps/sandbox/src/firm/create-firm.js';
import { linesIn } from '../house/billing-reading.js';
import type { Delivery } from '../house/delivery.js';
import { House } from '../house/house.js';
import { heldOf } from '../house/ledger-billing.js';
import { dealOf, liveProjects, reached } from '../house/reading.js';

const NUMBER = 'sold in December';
const API = '/process/project-initiation/v1';

let house: House;
let delivery: Delivery;
beforeAll(async () => {
  house = await House.open({ environment: { PROJECT_INITIATION_SOLD_RATE: 'ask' } });
  delivery = await house.delivery();
});
afterAll(() => house?.close());

interface Asked {
  id: string;
  keys: { deal: string };
  reasons: { code: string; text: string }[];
  needs: { need: string; met: boolean }[];
}

/** The open question about a rate of the deal, once it was asked. */
const asked = (deal: string): Promise<Asked> =>
  eventually(
    async () => {
      const { body } = await house.rest<{ items: Asked[] }>('GET', `${API}/exceptions?state=open&limit=100`);
      return body.items.find(({ keys, reasons }) => keys.deal === deal && reasons.some(({ code }) => code === 'deal.rate-differs'));
    },
    { withinMs: 60_000 },
  );

async function answer({ id, needs }: Asked, body: object): Promise<void> {
  const [need] = needs.filter(one => one.need.startsWith('sold-rate:') && !one.met);
  const answered = await house.rest('POST', `${API}/exceptions/${id}/sold-rate-answers`, {
    body: { line: need.need.split(':').at(-1), answer: 'apply', reason: 'agreed by mail', ...body },
  });
  expect(answered).toMatchObject({ status: 200 });
}

const perHour = (rate: string, more: number): string => money(Number(rate) + more, 'GBP').amount;

describe('a deal that sells a role at one rate and later at another', () => {
  it('is billed by the dates of its lines, and by what was agreed while a change in the CRM is asked about', async () => {
    const { firm } = house;
    const sample = createDeals(firm, 40, 7).find(({ billingMethod, rateCard }) => billingMethod === 'T&M' && rateCard.startsWith('RC-UK'))!;
    const card = firm.rateCards.find(({ code }) => code === sample.rateCard)!;
    const entity = firm.entities.find(({ code }) => code === card.entity)!;
    const person = firm.consultants.find(({ entity: of, terminatedOn, leave }) => of === entity.code && !terminatedOn && leave.length === 0)!;
    const { role } = person;
    const rate = card.versions.findLast(({ effectiveFrom }) => effectiveFrom <= '2026-12-01')!.rates.find(one => one.role === role)!.ratePerHour;
    const line = { role, skills: [], hours: 80 };
    const opportunity = await house.sales.enter({
      ...sample,
      name: `${sample.name}, ${NUMBER}`,
      closeDate: '2026-11-20',
      startDate: '2026-12-01',
      endDate: '2027-03-31',
      notToExceed: null,
      milestones: [],
      lines: [
        { ...line, ratePerHour: rate, startDate: '2026-12-01', endDate: '2026-12-11' },
        { ...line, ratePerHour: perHour(rate, 175), startDate: '2026-12-14', endDate: '2027-03-31' },
      ],
    });
    await house.sales.win(opportunity);
    const deal = await dealOf(house, opportunity);
    await answer(await asked(deal), {});
    await reached(house, opportunity, 'journey.project-active');
    await house.quiet();

    const project = projectIdOf(deal);
    await delivery.learnOf(NUMBER, (await liveProjects(house)).kantata.get(project)![0]);
    await delivery.assign({ project: NUMBER, person: person.employeeNumber, from: '2026-12-01', to: '2027-03-31' });
    const work = async (...dates: string[]) => {
      const { lines } = await delivery.approved(dates.map(date => ({ project: NUMBER, person: person.employeeNumber, date, minutes: 60 })));
      return lines.map(({ lineId }) => lineId);
    };
    const before = await work('2026-12-08', '2026-12-10', '2026-12-15');
    const prices = (await linesIn(house, before, 'posted', { withinMs: 120_000 })).map(({ money: price }) => price?.amount);
    expect(prices).toEqual([rate, rate, perHour(rate, 175)].map(amount => money(amount, 'GBP').amount));

    const { records } = await house.sales.salesforce.query<{ Id: string; UnitPrice: number }>(
      `SELECT Id, UnitPrice FROM OpportunityLineItem WHERE OpportunityId = '${opportunity}' ORDER BY UnitPrice`,
    );
    await house.sales.salesforce.sobject('OpportunityLineItem').update({ Id: records[0].Id, UnitPrice: Number(rate) + 10 });
    const question = await asked(deal);
    const meanwhile = await work('2026-12-09');
    expect((await linesIn(house, meanwhile, 'posted'))[0].money).toEqual(money(rate, 'GBP'));

    await answer(question, { from: '2026-12-10', reRate: true });
    const [again] = await linesIn(house, [before[1]], 'posted', { version: 2, withinMs: 120_000 });
    expect(again.money?.amount).toBe(perHour(rate, 10));
    const held = await heldOf(house, ...before, ...meanwhile);
    expect(held.map(({ date, amount }) => [date, amount]).sort()).toEqual([
      ['2026-12-08', money(rate, 'GBP').amount],
      ['2026-12-09', money(rate, 'GBP').amount],
      ['2026-12-10', perHour(rate, 10)],
      ['2026-12-15', perHour(rate, 175)],
    ]);
  });
});
