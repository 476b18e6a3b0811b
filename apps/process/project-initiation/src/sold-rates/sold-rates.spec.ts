import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { money, type AgreedRates, type Deal, type SaidOfPriced } from '#canonical';
import { eventually } from '#testing';
import { soldDeal, testInitiation, type TestInitiation } from '../project-initiation.fixture.js';

let initiation: TestInitiation;
beforeAll(async () => {
  initiation = await testInitiation({ PROJECT_INITIATION_SOLD_RATE: 'ask' });
});
afterAll(() => initiation?.close());

const FROM = '2026-12-10';
const FINANCE = { client: 'operations' };

/** The published agreed rates, oldest first, of the architect, whose card says 160. */
async function agreed({ id, roles }: Deal): Promise<{ days: string[][]; said: SaidOfPriced[] }[]> {
  const rows = await initiation.dataSource.query<{ data: { state: AgreedRates; said: SaidOfPriced[] } }[]>(
    `select data from events.event where key = $1 and type = 'deal-rates.agreed.v1' order by key_seq`,
    [id],
  );
  return rows.map(({ data: { state, said } }) => ({
    days: state.rates.filter(({ role }) => role === roles[0].role).map(({ amount, from, to }) => [amount, from, to]),
    said,
  }));
}

const at = ({ roles: [first, ...rest] }: Deal, rate: string): Partial<Deal> => ({ roles: [{ ...first, ratePerHour: money(rate, 'GBP') }, ...rest] });

const answer = (exception: string, body: object, as: object = FINANCE) =>
  initiation.rest('POST', `/exceptions/${exception}/sold-rate-answers`, { as, body: { reason: 'agreed by mail', ...body } });

const WHOLE = ['2026-12-01', '2027-03-31'];

describe('a rate that the CRM changes to one that differs from the card’s', () => {
  it('is asked about, holds from the day of the answer, and is published with whether approved lines are priced again', async () => {
    const deal = soldDeal('changed-rate');
    const line = deal.roles[0].id;
    await initiation.win(deal);
    await initiation.done(deal.id, 1);
    expect(await agreed(deal)).toEqual([{ days: [['160.00', ...WHOLE]], said: [] }]);

    await initiation.change(deal, at(deal, '170'));
    const { id, needs, desk } = await initiation.exception(deal.id, 'open', 'deal.rate-differs');
    expect([desk, needs.map(({ need }) => need)]).toEqual(['sales-operations', [`sold-rate:${deal.id}:${line}`]]);
    expect(await agreed(deal)).toHaveLength(1);

    expect((await answer(id, { line: deal.roles[1].id, answer: 'apply' })).body).toMatchObject({ status: 422, code: 'not-asked' });
    expect((await answer(id, { line, answer: 'apply' }, { person: 'finance-uk' })).body).toMatchObject({ status: 403, code: 'not-your-desk' });
    const given = await answer(id, { line, answer: 'apply', from: FROM, reRate: true });
    expect(given).toMatchObject({ status: 200, body: { line, answer: 'apply', from: FROM, reRate: true } });
    await initiation.done(deal.id, 2);
    const days = [
      ['160.00', '2026-12-01', '2026-12-09'],
      ['170.00', FROM, '2027-03-31'],
    ];
    expect((await agreed(deal)).slice(1)).toEqual([{ days, said: [{ line, reRate: true }] }]);
    expect((await answer(id, { line, answer: 'keep' })).status).toBe(409);
    const [audited] = await initiation.dataSource.query<{ why: string }[]>(`select why from service.audit where what = 'sold-rate-answered'`);
    expect(audited.why).toBe('agreed by mail');

    // Another change of the deal asks nothing again and prices nothing again.
    await initiation.change({ ...deal, ...at(deal, '170') }, { name: 'changed-rate, renamed' });
    await initiation.done(deal.id, 3);
    expect(await agreed(deal)).toHaveLength(2);
  });

  it('holds from the day the answer is given where the answer names no other', async () => {
    const deal = soldDeal('no-day', { startDate: '2026-11-01', roles: [{ ...soldDeal('no-day').roles[0], startDate: '2026-11-01' }] });
    await initiation.win(deal);
    await initiation.done(deal.id, 1);
    await initiation.change(deal, at(deal, '170'));
    const { id } = await initiation.exception(deal.id);
    const { body } = await answer(id, { line: deal.roles[0].id, answer: 'apply' });
    expect(body).toMatchObject({ from: new Date().toISOString().slice(0, 10), reRate: false });
    await initiation.done(deal.id, 2);
    expect((await agreed(deal)).at(-1)!.days.at(-1)).toEqual(['170.00', body.from, '2027-03-31']);
  });

  it('is not used where the answer keeps the agreed rate, and exactly that rate is not asked about again', async () => {
    const deal = soldDeal('kept-rate');
    await initiation.win(deal);
    await initiation.done(deal.id, 1);
    const changed = await initiation.change(deal, at(deal, '170'));
    const { id } = await initiation.exception(deal.id);
    expect((await answer(id, { line: deal.roles[0].id, answer: 'keep' })).status).toBe(200);
    await initiation.done(deal.id, 2);
    await initiation.change(changed, { name: 'kept-rate, renamed' });
    await initiation.done(deal.id, 3);
    expect(await agreed(deal)).toEqual([{ days: [['160.00', ...WHOLE]], said: [] }]);
    await initiation.change(changed, at(deal, '171'));
    await initiation.exception(deal.id, 'open', 'deal.rate-differs');
  });

  it('is answered once when two people answer at the same moment', async () => {
    const deal = soldDeal('answered-twice');
    await initiation.win(deal);
    await initiation.done(deal.id, 1);
    await initiation.change(deal, at(deal, '170'));
    const { id } = await initiation.exception(deal.id);
    const given = await initiation.atOnce(id, [
      () => answer(id, { line: deal.roles[0].id, answer: 'apply' }),
      () => answer(id, { line: deal.roles[0].id, answer: 'keep' }),
    ]);
    expect(given.map(({ status }) => status).sort()).toEqual([200, 409]);
    const answers = await initiation.dataSource.query<{ outcome: string }[]>('select outcome from ownership.decision where record_id = $1', [
      deal.id,
    ]);
    expect(answers.map(({ outcome }) => outcome)).toEqual([given.find(({ status }) => status === 200)!.body.answer]);
  });

  it('is answered once when the answer’s response was lost, and a retry with the same key gets the response', async () => {
    const deal = soldDeal('lost-answer');
    await initiation.win(deal);
    await initiation.done(deal.id, 1);
    await initiation.change(deal, at(deal, '170'));
    const { id } = await initiation.exception(deal.id);
    const headers = { ...(await initiation.issuer.bearer(FINANCE)), 'content-type': 'application/json', 'idempotency-key': 'lost' };
    const body = JSON.stringify({ line: deal.roles[0].id, answer: 'apply', from: FROM, reason: 'agreed by mail' });
    const send = (signal?: AbortSignal) =>
      fetch(`${initiation.app.url}/v1/exceptions/${id}/sold-rate-answers`, { method: 'POST', headers, body, signal });
    const caller = new AbortController();
    await initiation.atOnce(id, [() => send(caller.signal).catch((error: Error) => error.name)], () => caller.abort());
    await initiation.done(deal.id, 2);
    const again = await eventually(async () => {
      const answered = await send();
      return answered.headers.get('idempotency-replayed') === 'true' && answered;
    });
    expect([again.status, await again.json()]).toEqual([200, { line: deal.roles[0].id, answer: 'apply', from: FROM, reRate: false }]);
    const audited = await initiation.dataSource.query(`select 1 from service.audit where what = 'sold-rate-answered' and subject = $1`, [deal.id]);
    expect([audited.length, (await agreed(deal)).length]).toEqual([1, 2]);
  });

  it('accepts no answer that is too large, whole or in a part', async () => {
    const deal = soldDeal('large-answer');
    await initiation.win(deal);
    await initiation.done(deal.id, 1);
    await initiation.change(deal, at(deal, '170'));
    const { id } = await initiation.exception(deal.id);
    const given = { line: deal.roles[0].id, answer: 'apply' };
    const long = await answer(id, { ...given, reason: 'x'.repeat(5_000) });
    expect([long.status, long.body.fields.map(({ field }: { field: string }) => field)]).toEqual([400, ['reason']]);
    const large = await answer(id, { ...given, reason: 'x'.repeat(10_485_760) });
    expect([large.status, large.body.code]).toEqual([413, 'too-large']);
    expect((await initiation.exception(deal.id)).id).toBe(id);
    expect(await agreed(deal)).toHaveLength(1);
  });

  it('is a question like those of ownership: answered, kept and skipped in the same way, alone or with all others', async () => {
    const deal = soldDeal('as-any-question');
    const [{ id: line }] = deal.roles;
    const need = `sold-rate:${deal.id}:${line}`;
    await initiation.win(deal);
    await initiation.done(deal.id, 1);
    const first = await initiation.change(deal, at(deal, '170'));
    const decided = { action: 'apply', reason: 'agreed by mail', need, from: FROM, reRate: true };
    expect(await initiation.act((await initiation.exception(deal.id)).id, decided)).toMatchObject({ status: 200 });
    await initiation.done(deal.id, 2);
    const days = [
      ['160.00', '2026-12-01', '2026-12-09'],
      ['170.00', FROM, '2027-03-31'],
    ];
    expect((await agreed(deal)).slice(1)).toEqual([{ days, said: [{ line, reRate: true }] }]);

    const second = await initiation.change(first, at(deal, '180'));
    const { id } = await initiation.exception(deal.id);
    expect(await initiation.act(id, { action: 'skip', reason: 'agreed by mail' })).toMatchObject({ status: 200, body: { state: 'skipped' } });
    // Skipping keeps the agreed rate: a rename does not raise the question again.
    await initiation.change(second, { name: 'as-any-question, renamed' });
    await initiation.done(deal.id, 3);
    expect(await agreed(deal)).toHaveLength(2);
    const decisions = await initiation.dataSource.query(
      `select outcome, stands::json ->> 'amount' stands, wanted::json ->> 'amount' wanted, base::json ->> 'amount' base, reason, decided_by is not null by
       from ownership.decision where record_id = $1`,
      [deal.id],
    );
    expect(decisions).toEqual([{ outcome: 'keep', stands: '170.00', wanted: '180.00', base: '170.00', reason: 'agreed by mail', by: true }]);
  });

  it('is asked about again when it returns after another rate was agreed: the former answer no longer counts', async () => {
    const deal = soldDeal('back-again');
    await initiation.win(deal);
    await initiation.done(deal.id, 1);
    let now = deal;
    for (const [rate, from] of [
      ['170', FROM],
      ['180', '2027-01-01'],
    ]) {
      now = await initiation.change(now, at(deal, rate));
      const asked = await initiation.exception(deal.id);
      expect((await answer(asked.id, { line: deal.roles[0].id, answer: 'apply', from })).status).toBe(200);
      await initiation.exception(deal.id, 'resolved');
      await eventually(async () => (await agreed(deal)).at(-1)!.days.at(-1)![1] === from);
    }
    await initiation.change(now, at(deal, '170'));
    await initiation.exception(deal.id, 'open', 'deal.rate-differs');
    expect((await agreed(deal)).at(-1)!.days.map(([rate]) => rate)).toEqual(['160.00', '170.00', '180.00']);
  });

  it('is answered by people who see the deal now, not by those who saw it when its rates were agreed', async () => {
    const deal = soldDeal('moved-entity');
    await initiation.win(deal);
    await initiation.done(deal.id, 1);
    await initiation.change(deal, { ...at(deal, '170'), legalEntity: 'Larkfield GmbH' });
    const { id } = await initiation.exception(deal.id, 'open', 'deal.rate-differs');
    const given = await answer(id, { line: deal.roles[0].id, answer: 'keep' }, { person: 'sales-de' });
    expect(given).toMatchObject({ status: 200, body: { answer: 'keep' } });
  });

  it('raises no question any more when the CRM has the card’s rate again, or the line is gone', async () => {
    for (const cure of [(deal: Deal) => at(deal, '160'), ({ roles }: Deal) => ({ roles: roles.slice(1) })]) {
      const deal = soldDeal(`cured-${String(cure(soldDeal('x')).roles!.length)}`);
      await initiation.win(deal);
      await initiation.done(deal.id, 1);
      const changed = await initiation.change(deal, at(deal, '170'));
      await initiation.exception(deal.id);
      await initiation.change(changed, cure(deal));
      await initiation.exception(deal.id, 'resolved');
      await initiation.done(deal.id, 3);
      expect((await agreed(deal)).flatMap(({ days }) => days.map(([rate]) => rate))).not.toContain('170.00');
    }
  });
});

describe('a deal that is won with a rate that differs from the card’s', () => {
  it('waits for the answer that the rate holds; there is no other rate to keep', async () => {
    const deal = soldDeal('won-off-card');
    const off = { ...deal, ...at(deal, '150') };
    await initiation.win(off);
    const { id } = await initiation.exception(deal.id);
    expect((await answer(id, { line: deal.roles[0].id, answer: 'keep' })).body).toMatchObject({ status: 422, code: 'nothing-agreed' });
    expect((await initiation.act(id, { action: 'keep', reason: 'agreed by mail' })).body).toMatchObject({ status: 409, code: 'nothing-to-decide' });
    expect((await answer(id, { line: deal.roles[0].id, answer: 'apply' })).status).toBe(200);
    await initiation.done(deal.id, 1);
    expect(await agreed(deal)).toEqual([{ days: [['150.00', ...WHOLE]], said: [] }]);
  });

  it('goes on with two rates of one role for the same days when the answer is that each assignment has its own', async () => {
    const deal = soldDeal('sold-twice');
    const [first] = deal.roles;
    await initiation.win({ ...deal, roles: [first, { ...first, id: soldDeal('sold-twice-too').roles[0].id, ratePerHour: money('180', 'GBP') }] });
    const asked = await initiation.exception(deal.id, 'open', 'deal.sold-twice');
    const [line] = asked.needs.filter(({ need }) => need.startsWith('sold-rate:'));
    await answer(asked.id, { line: line.need.split(':').at(-1), answer: 'apply' });
    const mapping = { target: 'by-assignment', reason: 'two seniors' };
    expect(await initiation.rest('PUT', `/mappings/sold-twice/${deal.id}`, { body: mapping })).toMatchObject({ status: 200 });
    await initiation.done(deal.id, 1);
    expect((await eventually(async () => (await agreed(deal)).at(0))).days).toEqual([
      ['160.00', ...WHOLE],
      ['180.00', ...WHOLE],
    ]);
  });
});
