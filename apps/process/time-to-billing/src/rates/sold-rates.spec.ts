import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { mintId, money, projectIdOf, unitRateOf, type AgreedRate, type Deal, type SoldRole } from '#canonical';
import { Database } from '#persistence';
import { aDeal, aProject, countStatements, eventually } from '#testing';
import { aFinancialProject, someTime, testBilling, type TestBilling } from '../time-to-billing.fixture.js';
import { soldRates } from './sold-rates.rules.js';

let billing: TestBilling;
beforeAll(async () => void (billing = await testBilling()));
afterAll(() => billing.close());

const aLine = (deal: string, line: string, rate: string, over: Partial<SoldRole> = {}): SoldRole => ({
  ...aDeal().roles[0],
  id: mintId('task', 'spec', deal, line),
  role: 'ARCHITECT',
  ratePerHour: money(rate, 'GBP'),
  startDate: undefined,
  endDate: undefined,
  ...over,
});

const sold = (name: string, roles: SoldRole[]): Deal =>
  aDeal({ id: mintId('deal', 'spec', name), billingMethod: 'T&M', startDate: '2026-11-01', endDate: '2027-06-30', roles });

/** The deal is won, and the ERP has its project. */
async function win(deal: Deal): Promise<string> {
  const id = projectIdOf(deal.id);
  await billing.publish('deal.won.v1', deal.id, { state: deal, changed: [] });
  await billing.publish('financial-project.changed.v1', id, { state: { ...aFinancialProject(), id, dealId: deal.id, refs: [] }, changed: [] });
  await eventually(async () => (await billing.rest('GET', `/rates?subject=${id}`)).body.items.length === deal.roles.length);
  return id;
}

async function priceOf(name: string, projectId: string, workDate: string): Promise<string> {
  const entry = someTime(name, { projectId, workDate, workedMinutes: 60 });
  await billing.approve(entry);
  return (await billing.reaches(entry.id, 'posted')).money.amount;
}

describe('the rate at which a deal sells a role', () => {
  it('holds from the first day of its line to the last', async () => {
    const deal = sold('step', [aLine('step', '1', '225', { endDate: '2026-12-31' }), aLine('step', '2', '400', { startDate: '2027-01-01' })]);
    const project = await win(deal);
    expect(await priceOf('december', project, '2026-12-22')).toBe('225.00');
    const { body } = await billing.rest('GET', `/rates?subject=${project}`);
    const rows = body.items.map(({ amount, from, to }: Record<string, string>) => [amount, from, to]).sort();
    expect(rows).toEqual([
      ['225.00', '2026-11-01', '2026-12-31'],
      ['400.00', '2027-01-01', '2027-06-30'],
    ]);
  });

  it('does not hold before its line starts or after it has ended: then the contract has no rate of its own', async () => {
    const project = await win(sold('late', [aLine('late', '1', '300', { startDate: '2026-11-20', endDate: '2026-12-10' })]));
    // The next lower agreement is the legal entity's card.
    expect(await priceOf('too-early', project, '2026-11-19')).toBe('150.00');
    expect(await priceOf('in-time', project, '2026-12-10')).toBe('300.00');
  });

  it('is not guessed on days of two lines at different rates: the line waits until the assignment has a rate of its own', async () => {
    const project = await win(sold('beside', [aLine('beside', '1', '225'), aLine('beside', '2', '400', { startDate: '2026-12-01' })]));
    expect(await priceOf('alone', project, '2026-11-30')).toBe('225.00');
    const entry = someTime('both', { projectId: project, workDate: '2026-12-01', workedMinutes: 60 });
    const assignment = mintId('assignment', 'spec', 'beside');
    const state = { id: assignment, projectId: project, person: entry.person, role: 'ARCHITECT', refs: [] };
    await billing.publish('assignment.changed.v1', assignment, { state, changed: [] });
    await billing.approve(entry);
    const { block } = await billing.reaches(entry.id, 'blocked');
    expect(block).toMatchObject({ desk: 'finance', reasons: [{ code: 'rate.undecided' }] });
    expect(block.reasons[0].text).toMatch(/225\.00 GBP per hour.*400\.00 GBP per hour|400\.00 GBP per hour.*225\.00 GBP per hour/);
    const rate = { level: 'assignment', subject: assignment, unit: 'hour', amount: '400.00', currency: 'GBP', from: '2026-12-01' };
    expect((await billing.rest('PUT', '/rates/beside', { body: rate })).status).toBe(200);
    expect((await billing.reaches(entry.id, 'posted')).money).toEqual(money('400', 'GBP'));
  });

  it('is one rate where two lines sell the role alike', async () => {
    const project = await win(sold('alike', [aLine('alike', '1', '225'), aLine('alike', '2', '225.00', { startDate: '2026-12-01' })]));
    expect(await priceOf('alike', project, '2026-12-01')).toBe('225.00');
  });
});

/** What happened to the line when rates were changed after it was priced. */
async function corrections(line: string): Promise<{ lineId: string; state: string }[]> {
  const { body } = await billing.rest<{ items: { lineId: string; state: string }[] }>('GET', '/price-corrections?limit=200');
  return body.items.filter(({ lineId }) => lineId === line);
}

describe('a rate that is changed in the CRM', () => {
  const line = (rate: string, over: Partial<SoldRole> = {}) => aLine('changed', '1', rate, over);

  /** Waits until all earlier events were read: they are published and read in order. */
  async function taken(): Promise<void> {
    const code = `RC-${randomUUID()}`;
    const state = { id: code, code, currency: 'GBP', effectiveFrom: '2026-01-01', rates: [{ role: 'X', ratePerHour: money('1', 'GBP') }] };
    await billing.publish('rate-card.changed.v1', code, { state, changed: [] });
    await eventually(async () => (await billing.rest('GET', `/rates?subject=${code}`)).body.items.length === 1);
  }

  it('holds when it is agreed and not before, from the day that was agreed', async () => {
    const deal = sold('changed', [line('160')]);
    const project = await win(deal);
    const other = aLine('changed', '2', '500', { role: 'ANALYST' });
    await billing.publish('deal.changed.v1', deal.id, { state: { ...deal, roles: [line('200'), other] }, changed: ['roles'] });
    await taken();
    expect(await priceOf('unanswered', project, '2026-12-22')).toBe('160.00');
    const { id, role } = deal.roles[0];
    const agreed = { role, unit: 'hour' as const, currency: 'GBP' };
    const rates = [
      { ...agreed, id, amount: '160.00', from: '2026-11-01', to: '2026-12-09' },
      { ...agreed, id: `${id}:2026-12-10`, amount: '200.00', from: '2026-12-10', to: '2027-06-30' },
    ];
    await billing.publish('deal-rates.agreed.v1', deal.id, { state: { id: deal.id, rates }, said: [{ line: id, reRate: false }] });
    await taken();
    expect(await priceOf('the-day-before', project, '2026-12-09')).toBe('160.00');
    expect(await priceOf('the-day', project, '2026-12-10')).toBe('200.00');
    await billing.publish('deal.changed.v1', deal.id, { state: { ...deal, roles: [line('300')] }, changed: ['roles'] });
    await taken();
    expect(await priceOf('asked-again', project, '2026-12-10')).toBe('200.00');
    const unanswered = someTime('unanswered').id;
    await eventually(async () => (await corrections(unanswered)).length === 1);
    expect(await corrections(unanswered)).toMatchObject([{ state: 'kept' }]);
    expect(await billing.line(unanswered)).toMatchObject({ version: 1, money: money('160', 'GBP') });
  });

  it('follows the answer of each line; where no answer was needed the policy decides about priced work', async () => {
    const deal = sold('several', [aLine('several', '1', '160'), aLine('several', '2', '90', { role: 'ANALYST' })]);
    const project = await win(deal);
    const day = { projectId: project, workDate: '2026-12-22', workedMinutes: 60 };
    const architect = someTime('several-architect', { ...day, person: { email: 'several@larkfield.example' } });
    const analyst = someTime('several-analyst', { ...day, role: 'ANALYST', person: { email: 'analyst-several@larkfield.example' } });
    for (const entry of [architect, analyst]) await billing.approve(entry);
    for (const { id } of [architect, analyst]) await billing.reaches(id, 'posted');
    const [first, second] = deal.roles;
    const agree = (amounts: string[], said: { line: string; reRate: boolean }[]) => {
      const of = ({ id, role }: SoldRole, index: number) => ({ id, role, unit: 'hour' as const, amount: amounts[index], currency: 'GBP' });
      const rates = deal.roles.map((line, index) => ({ ...of(line, index), from: '2026-11-01', to: '2027-06-30' }));
      return billing.publish('deal-rates.agreed.v1', deal.id, { state: { id: deal.id, rates }, said });
    };
    const priced = (id: string, version: number) =>
      eventually(async () => {
        const line = await billing.reaches(id, 'posted');
        return line.version === version && line.money.amount;
      });
    await agree(
      ['170', '95'],
      [
        { line: first.id, reRate: true },
        { line: second.id, reRate: false },
      ],
    );
    expect(await priced(architect.id, 2)).toBe('170.00');
    await eventually(async () => (await corrections(analyst.id)).length === 1);
    expect(await corrections(analyst.id)).toMatchObject([{ state: 'kept' }]);
    expect(await priced(analyst.id, 1)).toBe('90.00');
    await agree(['170', '99'], []);
    expect(await priced(analyst.id, 2)).toBe('99.00');
    expect(await priced(architect.id, 2)).toBe('170.00');
  });

  it('prices approved lines on no invoice again from its first day, where the answer says so', async () => {
    const deal = sold('re-rated', [aLine('re-rated', '1', '160')]);
    const project = await win(deal);
    const [{ id, role }] = deal.roles;
    const entries = ['2026-12-09', '2026-12-10', '2026-12-11'].map(workDate =>
      someTime(`re-rated-${workDate}`, { projectId: project, workDate, workedMinutes: 60, person: { email: 're@larkfield.example' } }),
    );
    for (const entry of entries) await billing.approve(entry);
    for (const entry of entries) await billing.reaches(entry.id, 'posted');
    const [before, from, billed] = entries;
    const total = money('160', 'GBP');
    const invoice = { id: 'inv-re-rated', number: 'INV-1', projectId: project, status: 'open' as const, date: '2026-12-12', total, amountDue: total };
    await billing.publish('invoice.changed.v1', invoice.id, { state: { ...invoice, transactions: [`tl-${billed.id}-v1`], refs: [] }, changed: [] });
    await billing.reaches(billed.id, 'billed');
    const agreed = { role, unit: 'hour' as const, currency: 'GBP' };
    const rates = [
      { ...agreed, id, amount: '160.00', from: '2026-11-01', to: '2026-12-09' },
      { ...agreed, id: `${id}:2026-12-10`, amount: '200.00', from: '2026-12-10', to: '2027-06-30' },
    ];
    await billing.publish('deal-rates.agreed.v1', deal.id, { state: { id: deal.id, rates }, said: [{ line: id, reRate: true }] });
    await eventually(async () => (await billing.reaches(from.id, 'posted')).version === 2);
    expect(await billing.line(from.id)).toMatchObject({ money: money('200', 'GBP') });
    expect(billing.around.history.filter(one => one.includes(from.id))).toEqual([
      `post tl-${from.id}-v1`,
      `remove tl-${from.id}-v1`,
      `post tl-${from.id}-v2`,
    ]);
    for (const untouched of [before, billed]) expect(await billing.line(untouched.id)).toMatchObject({ version: 1, money: money('160', 'GBP') });
    expect(billing.around.doubled).toEqual([]);
    // The PSA's next notice of the same entry is no change.
    await billing.approve({ ...from, approvedAt: new Date().toISOString() });
    expect(await priceOf('re-rated-after', project, '2026-12-12')).toBe('200.00');
    expect((await billing.line(from.id)).version).toBe(2);
  });

  it('holds at once on a deal that was won before this system ran, since nobody is asked about it', async () => {
    const deal = sold('before-us', [aLine('before-us', '1', '160')]);
    const id = projectIdOf(deal.id);
    await billing.publish('financial-project.changed.v1', id, { state: { ...aFinancialProject(), id, dealId: deal.id, refs: [] }, changed: [] });
    await billing.publish('deal.changed.v1', deal.id, { state: deal, changed: [] });
    await billing.publish('deal.changed.v1', deal.id, { state: { ...deal, roles: [aLine('before-us', '1', '200')] }, changed: ['roles'] });
    await taken();
    expect(await priceOf('before-us', id, '2026-12-22')).toBe('200.00');
  });
});

describe('an event of a deal that equals what is stored', () => {
  it('writes no rate, and a project that only now reached the ERP corrects nothing', async () => {
    const deal = sold('told-again', [aLine('told-again', '1', '225'), aLine('told-again', '2', '300', { role: 'ANALYST' })]);
    const id = projectIdOf(deal.id);
    const { texts } = countStatements(billing.app.app.get(Database));
    const writes = (pattern: RegExp) => texts.filter(text => pattern.test(text)).map(text => text.trim().split(' ').slice(0, 3).join(' '));
    await billing.publish('project.changed.v1', id, { state: { ...aProject({ id, dealId: deal.id }), timeBooked: false, refs: [] }, changed: [] });
    await win(deal);
    const [first, second] = deal.roles.map(sold => ({ ...unitRateOf(sold), id: sold.id, role: sold.role, from: '2026-11-01', to: '2027-06-30' }));
    const agree = (rates: AgreedRate[]) => billing.publish('deal-rates.agreed.v1', deal.id, { state: { id: deal.id, rates }, said: [] });
    await agree([first, second]);
    await agree([{ ...first, amount: '230.00' }, second]);
    await eventually(async () => {
      const { body } = await billing.rest<{ items: { amount: string }[] }>('GET', `/rates?subject=${id}`);
      return body.items.some(({ amount }) => amount === '230.00');
    });
    expect(writes(/set_config|(insert into|delete from) billing\.rate/)).toEqual([
      'insert into billing.rate',
      'delete from billing.rate',
      'insert into billing.rate',
    ]);
    expect(writes(/insert into billing\.price_change/)).toEqual([]);
  });
});

describe('a rate by the day', () => {
  const day = { ratePerHour: money('124.88', 'GBP'), dayRate: { rate: money('999', 'GBP'), minutes: 450 } };

  it('is stored as such, with the length of its contract’s day, and a full day costs exactly it', async () => {
    const project = await win(sold('day', [aLine('day', '1', '124.88', day)]));
    const { body } = await billing.rest('GET', `/rates?subject=${project}`);
    expect(body.items).toMatchObject([{ unit: 'day', amount: '999.00', minutesPerDay: 450 }]);
    const entry = someTime('day', { projectId: project, workDate: '2026-12-22', workedMinutes: 450 });
    await billing.approve(entry);
    const { explanation, money: price } = await billing.reaches(entry.id, 'posted');
    expect(price).toEqual(money('999', 'GBP'));
    expect(explanation.map(({ text }: { text: string }) => text).join(' ')).toContain('999.00 GBP per day');
  });

  it.each(['deal.won.v1', 'deal.changed.v1'] as const)('that was stored by the hour is replaced, and what was priced stays (%s)', async type => {
    const name = `exact-${type}`;
    const hourly = sold(name, [aLine(name, '1', '124.88')]);
    const id = projectIdOf(hourly.id);
    await billing.publish(type, hourly.id, { state: hourly, changed: [] });
    await billing.publish('financial-project.changed.v1', id, { state: { ...aFinancialProject(), id, dealId: hourly.id, refs: [] }, changed: [] });
    const eight = { projectId: id, workDate: '2026-12-22', workedMinutes: 480, person: { email: `${type}@larkfield.example` } };
    const before = someTime(`before-${name}`, eight);
    await eventually(async () => (await billing.rest('GET', `/rates?subject=${id}`)).body.items.length === 1);
    await billing.approve(before);
    expect((await billing.reaches(before.id, 'posted')).money).toEqual(money('999.04', 'GBP'));
    const daily = sold(name, [aLine(name, '1', '124.88', { dayRate: { rate: money('999', 'GBP'), minutes: 480 } })]);
    const rates = [{ ...unitRateOf(daily.roles[0]), id: daily.roles[0].id, role: 'ARCHITECT', from: '2026-11-01', to: '2027-06-30' }];
    if (type === 'deal.won.v1') await billing.publish('deal-rates.agreed.v1', daily.id, { state: { id: daily.id, rates }, said: [] });
    else await billing.publish(type, daily.id, { state: daily, changed: ['roles'] });
    await eventually(async () => (await corrections(before.id)).length === 1);
    expect(await corrections(before.id)).toMatchObject([{ state: 'kept' }]);
    expect(await billing.line(before.id)).toMatchObject({ version: 1, money: money('999.04', 'GBP') });
    const after = someTime(`after-${name}`, { ...eight, workDate: '2026-12-23' });
    await billing.approve(after);
    expect((await billing.reaches(after.id, 'posted')).money).toEqual(money('999', 'GBP'));
  });

  it('of a card is stored as such', async () => {
    const state = { id: 'RC-DAY:2026', code: 'RC-DAY', currency: 'GBP', effectiveFrom: '2026-01-01', rates: [{ role: 'ARCHITECT', ...day }] };
    await billing.publish('rate-card.changed.v1', 'RC-DAY', { state, changed: [] });
    const { items } = await eventually(async () => {
      const { body } = await billing.rest('GET', '/rates?subject=RC-DAY');
      return body.items.length === 1 && body;
    });
    expect(items).toMatchObject([{ unit: 'day', amount: '999.00', minutesPerDay: 450, origin: 'card:RC-DAY:2026' }]);
  });
});

describe('the rates of a deal', () => {
  it('are the dates of its lines, and its own where they name none', () => {
    const deal = sold('rows', [aLine('rows', '1', '225'), aLine('rows', '2', '400', { startDate: '2027-03-01', endDate: '2027-03-31' })]);
    expect(soldRates(deal).map(({ amount, from, to }) => [amount, from, to])).toEqual([
      ['225.00', '2026-11-01', '2027-06-30'],
      ['400.00', '2027-03-01', '2027-03-31'],
    ]);
  });

  it('are none before it is won, and none while nobody knows when it starts', () => {
    const deal = sold('none', [aLine('none', '1', '225')]);
    expect(soldRates({ ...deal, stage: 'open' })).toEqual([]);
    expect(soldRates({ ...deal, startDate: undefined })).toEqual([]);
  });
});
