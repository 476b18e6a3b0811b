import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actorHeader, type Principal } from '#auth';
import { mintId, money, projectIdOf } from '#canonical';
import { aProject, aDeal, eventually } from '#testing';
import { aFinancialProject, anExpense, PROJECT, someTime, testBilling, type TestBilling } from '../time-to-billing.fixture.js';

const US_PROJECT = mintId('project', 'spec', 'us');
const SHARED = mintId('customer', 'spec', 'northwind');
const US_CUSTOMER = mintId('customer', 'spec', 'uncle-sam');
const NEW_PROJECT = mintId('project', 'spec', 'nobodys');
const ASSIGNMENT = mintId('assignment', 'spec', 'us');
const UK = { person: 'finance-uk' };
const ALL = { client: 'operations' };

const rate = { level: 'project', subject: PROJECT, unit: 'hour', amount: '95.00', currency: 'GBP', from: '2026-01-01' };
const term = { level: 'project', subject: PROJECT, treatment: 'mark-up', percent: '10', from: '2026-01-01' };

let billing: TestBilling;
const put = (path: string, body: object, as: Parameters<TestBilling['rest']>[2] = {}) => billing.rest('PUT', path, { as: UK, body, ...as });
const keptRates = () => billing.dataSource.query<object[]>('select * from billing.rate order by id');
const keptTerms = () => billing.dataSource.query<object[]>('select * from billing.expense_term order by id');

beforeAll(async () => {
  billing = await testBilling();
  const us = { ...aFinancialProject(), id: US_PROJECT, dimensions: { legalEntity: 'LF-US', costCentre: 'CC-1', taxCode: 'US' }, refs: [] };
  await billing.publish('financial-project.changed.v1', US_PROJECT, { state: us, changed: [] }, ['LF-US']);
  const own = { ...us, id: mintId('project', 'spec', 'us-2'), customerId: US_CUSTOMER };
  await billing.publish('financial-project.changed.v1', own.id, { state: own, changed: [] }, ['LF-US']);
  const state = { id: ASSIGNMENT, projectId: US_PROJECT, person: { email: 'x@y.example', name: 'X' }, role: 'ARCHITECT', refs: [] } as never;
  await billing.publish('assignment.changed.v1', ASSIGNMENT, { state, changed: [] }, ['LF-US']);
  await billing.publish('rate-card.changed.v1', 'RC-US', card('RC-US', 'LF-US'), ['LF-US']);
  await eventually(async () => (await billing.rest('GET', '/rates?subject=RC-US')).body.items.length === 1);
});
afterAll(() => billing.close());

const card = (code: string, entity: string) => ({
  state: { id: `${code}:2026`, code, currency: 'USD', effectiveFrom: '2026-01-01', rates: [{ role: entity, ratePerHour: money('300', 'USD') }] },
  changed: [],
});

describe('a rate or an expense term', () => {
  it.each([
    ['an assignment', 'assignment', ASSIGNMENT],
    ['a contract', 'contract', US_PROJECT],
    ['a project', 'project', US_PROJECT],
    ['a customer', 'customer', US_CUSTOMER],
    ['a legal entity', 'legal-entity', 'LF-US'],
  ])('of %s of another legal entity is refused as if the subject did not exist', async (_, level, subject) => {
    const before = [await keptRates(), await keptTerms()];
    for (const [path, body] of [
      ['/rates/foreign', rate],
      ['/expense-terms/foreign', term],
    ] as const) {
      const foreign = await put(path, { ...body, level, subject });
      const unknown = await put(path, { ...body, level, subject: 'no-such-thing' });
      expect(foreign).toMatchObject({ status: 404, body: { code: 'unknown-subject', fields: [{ field: 'subject', rule: 'known' }] } });
      expect(
        JSON.stringify(foreign.body)
          .replaceAll(subject, 'no-such-thing')
          .replace(/"correlationId":"[^"]*"/, ''),
      ).toBe(JSON.stringify(unknown.body).replace(/"correlationId":"[^"]*"/, ''));
    }
    expect([await keptRates(), await keptTerms()]).toEqual(before);
  });

  it('that is stated for others is neither replaced nor removed, and is not shown', async () => {
    expect((await put('/rates/us', { ...rate, subject: US_PROJECT, currency: 'USD' }, { as: ALL })).status).toBe(200);
    expect((await put('/expense-terms/us', { ...term, subject: US_PROJECT }, { as: ALL })).status).toBe(200);
    const before = [await keptRates(), await keptTerms()];
    expect((await put('/rates/us', rate)).status).toBe(404);
    expect((await put('/expense-terms/us', term)).status).toBe(404);
    expect((await billing.rest('DELETE', '/rates/us', { as: UK })).status).toBe(404);
    expect((await billing.rest('DELETE', '/rates/never-stated', { as: UK })).status).toBe(404);
    expect([await keptRates(), await keptTerms()]).toEqual(before);
    const { body } = await billing.rest('GET', '/rates', { as: UK });
    expect(JSON.stringify(body.items)).not.toMatch(/LF-US|RC-US|USD/);
    expect(body.items.map(({ subject }: { subject: string }) => subject)).toContain('RC-UK');
    expect((await billing.rest('GET', `/rates?subject=${US_PROJECT}`, { as: UK })).body.items).toEqual([]);
    expect((await billing.rest('GET', `/rates?subject=${US_PROJECT}`, { as: ALL })).body.items).toHaveLength(1);
  });

  it('of a customer of several legal entities is stated by people who see all of them', async () => {
    const body = { ...rate, level: 'customer', subject: SHARED };
    expect(await put('/rates/shared', body)).toMatchObject({ status: 403, body: { code: 'not-your-entities' } });
    expect((await put('/rates/shared', body, { as: ALL })).status).toBe(200);
    expect(await put('/rates/shared', rate)).toMatchObject({ status: 403, body: { code: 'not-your-entities' } });
    expect((await billing.rest('GET', `/rates?subject=${SHARED}`, { as: UK })).body.items).toHaveLength(1);
  });

  it('of a customer holds for projects where delivery names the customer, or finance while delivery names none, and follows a change', async () => {
    const [place, given, sold] = ['place', 'given', 'sold'].map(which => mintId('customer', 'spec', 'before us', which));
    const [before, ours] = ['before us', 'ours'].map(which => mintId('project', 'spec', which));
    const known = async () =>
      Promise.all(
        [place, given, sold].map(async subject => (await put('/rates/of-customer', { ...rate, level: 'customer', subject }, { as: ALL })).status),
      );
    const finance = (id: string, customerId: string) =>
      billing.publish('financial-project.changed.v1', id, { state: { ...aFinancialProject(), id, customerId, refs: [] }, changed: [] });
    const delivery = (id: string, customerId: string) =>
      billing.publish('project.changed.v1', id, { state: { ...aProject({ id, customerId }), timeBooked: false, refs: [] }, changed: [] });
    await finance(before, place);
    await delivery(before, '');
    await delivery(ours, sold);
    await finance(ours, sold);
    await eventually(async () => expect(await known()).toEqual([200, 404, 200]));
    await finance(ours, given);
    await finance(before, given);
    await eventually(async () => expect(await known()).toEqual([404, 200, 200]));
  });

  it('of a subject without a legal entity yet needs the unassigned right, and belongs to the entity once there is one', async () => {
    const project = { ...aFinancialProject(), id: NEW_PROJECT, dimensions: { legalEntity: '', costCentre: '', taxCode: '' }, refs: [] };
    await billing.publish('financial-project.changed.v1', NEW_PROJECT, { state: project, changed: [] }, []);
    const body = { ...rate, subject: NEW_PROJECT, from: '2026-02-01' };
    await eventually(async () => (await put('/rates/new', body, { as: ALL })).status === 200);
    expect((await put('/rates/new-too', { ...body, from: '2026-03-01' })).status).toBe(404);
    expect((await put('/rates/new', body)).status).toBe(404);
    // All legal entities are not those rows that have none.
    expect((await asActing({ legalEntities: '*', seesUnassigned: false }, 'GET', `/rates?subject=${NEW_PROJECT}`)).body.items).toEqual([]);
    expect((await asActing({ legalEntities: '*', seesUnassigned: false }, 'PUT', '/rates/new', body)).status).toBe(404);
    expect((await billing.rest('GET', `/rates?subject=${NEW_PROJECT}`, { as: UK })).body.items).toEqual([]);
    const dimensions = { legalEntity: 'LF-UK', costCentre: 'CC-1', taxCode: 'GB' };
    await billing.publish('financial-project.changed.v1', NEW_PROJECT, { state: { ...project, dimensions }, changed: [] });
    await eventually(async () => (await billing.rest('GET', `/rates?subject=${NEW_PROJECT}`, { as: UK })).body.items.length === 1);
    expect((await put('/rates/new', body)).status).toBe(200);
  });

  it('of a card belongs to the card’s published legal entity, and so does what is stated for the card', async () => {
    const seen = async () => (await billing.rest('GET', '/rates?subject=RC-LATE', { as: UK })).body.items.length;
    await billing.publish('rate-card.changed.v1', 'RC-LATE', card('RC-LATE', 'LF-UK'), []);
    const stated = { ...rate, level: 'contract', subject: 'RC-LATE' };
    await eventually(async () => (await put('/rates/late', stated, { as: ALL })).status === 200);
    expect(await seen()).toBe(0);
    await billing.publish('rate-card.changed.v1', 'RC-LATE', card('RC-LATE', 'LF-UK'), ['LF-UK']);
    await eventually(async () => (await seen()) === 2);
  });

  it("of a deal belongs to the deal's seller until a project states a legal entity", async () => {
    const deal = aDeal({ id: mintId('deal', 'spec', 'sold'), stage: 'won', startDate: '2026-01-01' });
    const subject = projectIdOf(deal.id);
    const seen = async (as: object) => (await billing.rest('GET', `/rates?subject=${subject}`, { as })).body.items.length > 0;
    await billing.publish('deal.won.v1', deal.id, { state: deal, changed: [] }, ['LF-US']);
    await eventually(() => seen(ALL));
    expect(await seen(UK)).toBe(false);
    expect((await put('/rates/of-deal', { ...rate, level: 'contract', subject })).status).toBe(404);
    await billing.publish('financial-project.changed.v1', subject, { state: { ...aFinancialProject(), id: subject, refs: [] }, changed: [] });
    await eventually(() => seen(UK));
    expect((await put('/rates/of-deal', { ...rate, level: 'contract', subject })).status).toBe(200);
  });

  it.each([
    ['a negative amount', '/rates/bad', { ...rate, amount: '-1' }, 'amount', 'not-negative'],
    ['a currency that is none', '/rates/bad', { ...rate, currency: 'ZZZ' }, 'currency', 'currency-exists'],
    ['a currency that ended', '/rates/bad', { ...rate, currency: 'BGN', from: '2026-02-01' }, 'currency', 'in-use'],
    ['a unit price in no currency', '/expense-terms/bad', perUnit({ unitRate: money('1', 'ZZZ') }), 'unitRate.currency', 'currency-exists'],
    ['a limit in a currency that ended', '/expense-terms/bad', { ...term, maxAmount: money('1', 'HRK') }, 'maxAmount.currency', 'in-use'],
    ['the length of a day, by the hour', '/rates/bad', { ...rate, minutesPerDay: 450 }, 'minutesPerDay', 'only-day'],
    ['an end before the start', '/rates/bad', { ...rate, from: '2026-03-01', to: '2026-02-28' }, 'to', 'not-before-from'],
    ['an entity that resources and is none', '/rates/bad', { ...rate, resourcingEntity: 'LF-XX' }, 'resourcingEntity', 'known'],
    ['a role that is none', '/rates/bad', { ...rate, role: '' }, 'role', 'is-length'],
    ['no entity that resources', '/rates/bad', { ...rate, resourcingEntity: '' }, 'resourcingEntity', 'is-length'],
    ['a category that is none', '/expense-terms/bad', { ...term, category: '' }, 'category', 'is-length'],
    ['a reason that is none', '/rates/bad', { ...rate, why: 'x' }, 'why', 'is-length'],
    ['a mark-up without its percentage', '/expense-terms/bad', { ...term, percent: undefined }, 'percent', 'required'],
    ['a negative mark-up', '/expense-terms/bad', { ...term, percent: '-5' }, 'percent', 'not-negative'],
    ['a mark-up beyond all measure', '/expense-terms/bad', { ...term, percent: '1000.01' }, 'percent', 'max'],
    ['a percentage of what is at cost', '/expense-terms/bad', { ...term, treatment: 'at-cost' }, 'percent', 'only-mark-up'],
    ['a unit without its price', '/expense-terms/bad', perUnit({ unitRate: undefined }), 'unitRate', 'required'],
    ['a unit that nobody knows what it is', '/expense-terms/bad', perUnit({ unit: undefined }), 'unit', 'required'],
    ['a unit of a cost without the cost', '/expense-terms/bad', perUnit({ unit: 'cost' }), 'unitCost', 'required'],
    ['a cost of an item', '/expense-terms/bad', perUnit({ unitCost: money('1', 'GBP') }), 'unitCost', 'only-cost'],
    ['a unit of what is at cost', '/expense-terms/bad', { ...term, treatment: 'at-cost', percent: undefined, unit: 'day' }, 'unit', 'only-per-unit'],
    ['ends of a trip of items', '/expense-terms/bad', perUnit({ tripEndsPercent: '75' }), 'tripEndsPercent', 'only-day'],
    ['ends of a trip above all', '/expense-terms/bad', perUnit({ unit: 'day', tripEndsPercent: '101' }), 'tripEndsPercent', 'max'],
    ['a unit price of a mark-up', '/expense-terms/bad', { ...term, unitRate: money('1', 'GBP') }, 'unitRate', 'only-per-unit'],
    ['a unit that costs nothing', '/expense-terms/bad', perUnit({ unit: 'cost', unitCost: money('0', 'GBP') }), 'unitCost.amount', 'more-than-zero'],
    ['a negative limit', '/expense-terms/bad', { ...term, maxAmount: money('-1', 'GBP') }, 'maxAmount.amount', 'not-negative'],
    ['a negative receipt limit', '/expense-terms/bad', { ...term, receiptOver: money('-1', 'GBP') }, 'receiptOver.amount', 'not-negative'],
  ])('with %s is refused, with field and rule', async (_, path, body, field, rule) => {
    const { status, body: problem } = await put(path, body);
    expect([status, problem.fields]).toEqual([rule === 'known' ? 422 : 400, [{ field, rule, message: expect.stringContaining(field) }]]);
  });

  it('that starts on the same day as another of its scope is refused, since neither would take precedence', async () => {
    expect((await put('/rates/first', { ...rate, role: 'ANALYST', from: '2026-05-01' })).status).toBe(200);
    const second = await put('/rates/second', { ...rate, role: 'ANALYST', from: '2026-05-01' });
    expect(second).toMatchObject({ status: 409, body: { code: 'stated-already', fields: [{ field: 'from' }] } });
    expect((await put('/rates/first', { ...rate, role: 'ANALYST', from: '2026-05-01', amount: '96.00' })).status).toBe(200);
    expect((await put('/expense-terms/first', { ...term, category: 'Taxi' })).status).toBe(200);
    expect((await put('/expense-terms/second', { ...term, category: 'Taxi' })).status).toBe(409);
  });

  it('is refused too when the other came with a deal or a card, in any spelling of its role', async () => {
    const deal = aDeal({ id: mintId('deal', 'spec', 'rival'), stage: 'won', startDate: '2026-01-01' });
    const subject = projectIdOf(deal.id);
    await billing.dataSource.query(
      `insert into mappings.mapping(kind, source, target, changed_by) values ('role', 'SVC-ARCHITECT', 'ARCHITECT', 'spec')`,
    );
    await billing.publish('deal.won.v1', deal.id, { state: deal, changed: [] }, ['LF-UK']);
    await billing.publish('financial-project.changed.v1', subject, { state: { ...aFinancialProject(), id: subject, refs: [] }, changed: [] });
    await eventually(async () => (await billing.rest('GET', `/rates?subject=${subject}`, { as: UK })).body.items.length === deal.roles.length);
    const [sold] = (await billing.rest('GET', `/rates?subject=${subject}`, { as: UK })).body.items as { role: string; from: string; id: string }[];
    const body = { ...rate, level: 'contract', subject, role: 'ARCHITECT', from: sold.from };
    expect(await put('/rates/beside-deal', body)).toMatchObject({ status: 409, body: { detail: expect.stringContaining(sold.id) } });
    expect((await put('/rates/beside-deal', { ...body, from: '2026-01-02' })).status).toBe(200);
    const beside = await put('/rates/beside-card', { ...body, subject: 'RC-UK', from: rate.from });
    expect(beside).toMatchObject({ status: 409, body: { detail: expect.stringContaining('RC-UK:2026:ARCHITECT') } });
  });

  it('is stated once when two people state it at the same moment', async () => {
    const body = { ...rate, role: 'MANY', from: '2026-07-01' };
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => put(`/rates/many-${n}`, body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(409)]);
    const terms = await Promise.all(Array.from({ length: 8 }, (_, n) => put(`/expense-terms/many-${n}`, { ...term, category: 'Many' })));
    expect(terms.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(409)]);
  });

  it('that is older than a rule is kept and listed with the fault', async () => {
    const row = (id: string, role: string, amount: string, to: string | null, currency = 'GBP') =>
      billing.dataSource.query(
        `insert into billing.rate(id, level, subject, role, unit, amount, currency, from_date, to_date, origin, legal_entities)
         values ($1, 'project', $2, $3, 'hour', $4, $6, '2026-01-11', $5, 'stated', '{LF-UK}')`,
        [`stated:old-${id}`, PROJECT, role, amount, to, currency],
      );
    await row('1', 'A', '100', null);
    await row('2', 'A', '90', null);
    await row('3', 'B', '-100', '2026-01-10');
    await row('4', 'C', '100', '2026-01-11');
    await row('5', 'D', '100', null, 'ZZZ');
    const list = async (more: string) =>
      (await billing.rest('GET', `/rates?faulty=true${more}`, { as: UK })).body as {
        items: { id: string; faults: string[] }[];
        nextCursor: string | null;
      };
    const all = await list('');
    expect(all.items.map(({ id, faults }) => [id, faults])).toEqual([
      ['stated:old-1', ['from must be another day: old-2 states the same scope from this day']],
      ['stated:old-2', ['from must be another day: old-1 states the same scope from this day']],
      ['stated:old-3', ['amount must not be negative', 'to must not be before from, 2026-01-11']],
      ['stated:old-5', ['currency must be in use on 2026-01-11, and ZZZ is not']],
    ]);
    const first = await list('&limit=2');
    expect([first.items.length, (await list(`&limit=2&cursor=${first.nextCursor}`)).items.map(({ id }) => id)]).toEqual([
      2,
      ['stated:old-3', 'stated:old-5'],
    ]);
    const body = { ...rate, from: '2026-01-11' };
    expect((await put('/rates/old-3', { ...body, role: 'B', amount: '100' })).status).toBe(200);
    expect((await put('/rates/old-1', { ...body, role: 'A' })).status).toBe(409);
    expect((await billing.rest('DELETE', '/rates/old-2', { as: UK })).status).toBe(204);
    expect((await billing.rest('DELETE', '/rates/old-5', { as: UK })).status).toBe(204);
    expect((await list('')).items).toEqual([]);
  });

  it('is searched for in so many rows at a time: a page may be empty although more follow', async () => {
    await billing.dataSource.query(
      `insert into billing.rate(id, level, subject, role, unit, amount, currency, from_date, origin, legal_entities)
         select 'stated:far-' || lpad(n::text, 4, '0'), 'project', $1, 'FAR', 'hour', case n when 1001 then -1 else 1 end, 'GBP', date '2020-01-01' + n, 'stated', '{LF-DE}'
         from generate_series(1, 1001) n`,
      [PROJECT],
    );
    await billing.dataSource.query(
      `insert into billing.expense_term(id, level, subject, category, treatment, percent, from_date, legal_entities)
         select 'far-' || lpad(n::text, 4, '0'), 'project', $1, 'Far', 'mark-up', case n when 1001 then -1 else 1 end, date '2020-01-01' + n, '{LF-DE}'
         from generate_series(1, 1001) n`,
      [PROJECT],
    );
    for (const [path, last] of [
      ['/rates', 'stated:far-1001'],
      ['/expense-terms', 'far-1001'],
    ]) {
      const list = async (more = '') => (await billing.rest('GET', `${path}?faulty=true${more}`, { as: ALL })).body;
      const { items, nextCursor } = await list();
      expect(items).toEqual([]);
      const next = await list(`&cursor=${nextCursor}`);
      expect([next.items.map(({ id }: { id: string }) => id), next.nextCursor]).toEqual([[last], null]);
    }
    await billing.dataSource.query(`delete from billing.rate where role = 'FAR'`);
    await billing.dataSource.query(`delete from billing.expense_term where category = 'Far'`);
  });

  it('names one other of its scope and day, however many there are', async () => {
    const subject = mintId('project', 'spec', 'many-rivals');
    for (const [table, columns, values] of [
      ['rate', 'role, unit, amount, currency, origin', `'ANALYST', 'hour', 100, 'GBP', 'stated'`],
      ['expense_term', 'treatment', `'at-cost'`],
    ])
      await billing.dataSource.query(
        `insert into billing.${table}(id, level, subject, from_date, legal_entities, ${columns})
         select 'rival-' || n, 'project', $1, '2026-01-11', '{LF-UK}', ${values} from generate_series(1, 4) n`,
        [subject],
      );
    for (const path of ['/rates', '/expense-terms']) {
      const { items } = (await billing.rest('GET', `${path}?faulty=true&subject=${subject}`, { as: UK })).body;
      expect(items.map(({ faults }: { faults: string[] }) => faults.length)).toEqual([1, 1, 1, 1]);
    }
    for (const table of ['rate', 'expense_term']) await billing.dataSource.query(`delete from billing.${table} where subject = $1`, [subject]);
  });

  it('that could not be stated today is kept and listed with its faults', async () => {
    await billing.dataSource.query(
      `insert into billing.expense_term(id, level, subject, category, treatment, percent, unit, from_date, legal_entities) values
         ('old-one', 'project', $1, 'Hotel', 'mark-up', -150, null, '2026-01-01', '{LF-UK}'),
         ('old-two', 'project', $1, 'Hotel', 'per-unit', null, 'item', '2026-01-01', '{LF-UK}'),
         ('old-us', 'project', $2, null, 'per-unit', null, 'item', '2020-01-01', '{LF-US}')`,
      [PROJECT, US_PROJECT],
    );
    const listed = async (as: object = UK) =>
      ((await billing.rest('GET', '/expense-terms?faulty=true', { as })).body.items as { id: string; faults: string[] }[]).map(({ id, faults }) => [
        id,
        ...faults,
      ]);
    const clash = (other: string) => `from must be another day: ${other} states the same scope from this day`;
    expect(await listed()).toEqual([
      ['old-one', 'percent must not be negative', clash('old-two')],
      ['old-two', 'unitRate is required when billed per unit', clash('old-one')],
    ]);
    expect((await listed(ALL)).at(-1)).toEqual(['old-us', 'unitRate is required when billed per unit']);
    expect((await billing.rest('DELETE', '/expense-terms/old-us', { as: UK })).status).toBe(404);
    expect((await billing.rest('DELETE', '/expense-terms/old-two?why=stated%20twice', { as: UK })).status).toBe(204);
    expect(await listed()).toEqual([['old-one', 'percent must not be negative']]);
    const hotel = { ...term, category: 'Hotel' };
    expect((await put('/expense-terms/old-one', hotel)).status).toBe(200);
    expect(await listed()).toEqual([]);
    const { items } = (await billing.rest('GET', `/expense-terms?subject=${PROJECT}`, { as: UK })).body;
    expect(items.find(({ id }: { id: string }) => id === 'old-one')).toEqual({ id: 'old-one', ...hotel, faults: [] });
  });

  it('has an audit entry with who stated it, from what to what and why, and who was refused', async () => {
    const { body } = await put('/rates/why', { ...rate, unit: 'day', minutesPerDay: 450, from: '2026-06-01', why: 'the new frame contract' });
    expect(body).toMatchObject({ id: 'stated:why', amount: '95.00' });
    const { items } = (await billing.rest('GET', `/rates?subject=${PROJECT}`, { as: UK })).body;
    expect(items).toContainEqual({ ...rate, id: 'stated:why', origin: 'stated', unit: 'day', minutesPerDay: 450, from: '2026-06-01', faults: [] });
    expect(body).not.toHaveProperty('why');
    expect((await billing.rest('DELETE', '/rates/why?why=a%20slip', { as: UK })).status).toBe(204);
    await put('/expense-terms/why', { ...term, category: 'Rail', why: 'agreed by mail' });
    const rows = await billing.dataSource.query<object[]>(`select what, why from service.audit where subject = 'why' order by id`);
    expect(rows).toEqual([
      { what: 'rate-stated', why: 'the new frame contract' },
      { what: 'rate-taken-back', why: 'a slip' },
      { what: 'expense-term-stated', why: 'agreed by mail' },
    ]);
    const refused = await billing.dataSource.query<object[]>(
      `select client, after from service.audit where what = 'refused' and subject = '/v1/rates/foreign' limit 1`,
    );
    expect(refused).toMatchObject([{ client: 'person-finance-uk', after: { operation: 'PUT /v1/rates/:id', status: 404 } }]);
  });
});

describe('a check', () => {
  it('prices an expense by the terms of the assignment that covers its day', async () => {
    const email = 'assigned@larkfield.example';
    const assignment = mintId('assignment', 'spec', 'uk');
    const projectId = mintId('project', 'spec', 'assigned');
    await billing.publish('financial-project.changed.v1', projectId, { state: { ...aFinancialProject(), id: projectId, refs: [] }, changed: [] });
    const state = { id: assignment, projectId, person: { email, name: 'A' }, startDate: '2026-01-01', refs: [] } as never;
    await billing.publish('assignment.changed.v1', assignment, { state, changed: [] });
    const body = { ...term, level: 'assignment', subject: assignment, category: 'Hotel', percent: '50' };
    await eventually(async () => (await put('/expense-terms/of-assignment', body)).status === 200);
    const {
      approval: _,
      approvedAt: __,
      expenseReportId: ___,
      refs: ____,
      ...draft
    } = anExpense('assigned', { projectId, person: { email, name: 'A' } });
    const checked = await asActing({ legalEntities: ['LF-UK'], seesUnassigned: false }, 'POST', '/checks', { expenses: [draft] });
    expect(checked.body.lines).toMatchObject([{ ready: true, money: money('180', 'GBP') }]);
  });

  it("prices no hour on another entity's project: it answers as if the project did not exist", async () => {
    const { approval: _, approvedAt: __, timesheetId: ___, refs: ____, ...draft } = someTime('draft');
    const check = async (projectId: string, of: Pick<Principal, 'legalEntities' | 'seesUnassigned'>) => {
      const { status, body } = await asActing(of, 'POST', '/checks', { time: [{ ...draft, projectId }] });
      expect(status).toBe(200);
      return JSON.stringify(body.lines[0]).replaceAll(projectId, 'the-project');
    };
    const uk = { legalEntities: ['LF-UK'], seesUnassigned: false };
    const none = mintId('project', 'spec', 'none');
    expect(JSON.parse(await check(PROJECT, uk))).toMatchObject({ ready: true, money: { currency: 'GBP' } });
    expect(await check(US_PROJECT, uk)).toBe(await check(none, uk));
    const nobodys = { ...aFinancialProject(), id: none, dimensions: { legalEntity: '', costCentre: '', taxCode: '' }, refs: [] };
    const unknown = await check(none, { legalEntities: '*', seesUnassigned: false });
    await billing.publish('financial-project.changed.v1', none, { state: nobodys, changed: [] }, []);
    await eventually(async () => (await check(none, { legalEntities: '*', seesUnassigned: true })) !== unknown);
    expect(await check(none, { legalEntities: '*', seesUnassigned: false })).toBe(unknown);
  });
});

function perUnit(more: object): object {
  const { percent: _, ...rest } = term;
  return { ...rest, treatment: 'per-unit', unit: 'item', unitRate: money('1', 'GBP'), ...more };
}

/** As a person of these legal entities for whom the portal's service acts. */
async function asActing(of: Pick<Principal, 'legalEntities' | 'seesUnassigned'>, method: string, path: string, body?: object) {
  const person: Principal = { kind: 'person', id: 'someone', name: 'Someone', clientId: 'x', scopes: [], roles: [], fieldRights: [], ...of };
  const answer = await fetch(`${billing.app.url}/v1${path}`, {
    method,
    headers: {
      ...(await billing.issuer.bearer({ client: 'portal-service' })),
      'throughline-actor': actorHeader(person),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, any> };
}
