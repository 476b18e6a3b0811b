import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { money } from '#canonical';
import { partnerApi } from '#apis/partner';
import {
  AGENCY,
  anEvent,
  billingLine,
  CLIENT,
  emailOf,
  entryChanged,
  expenseChanged,
  expenseId,
  HOUSE,
  ids,
  invoiceChanged,
  invoiceId,
  lineId,
  linesChanged,
  OTHERS,
  projectChanged,
  projectId,
  testPartners,
  type TestPartners,
  workerChanged,
  workerId,
} from './partner.fixture.js';

/** Each operation: who may ask it, and the ids of what is theirs, another partner's, and not there. */
const ONE = [
  {
    operation: 'getProject',
    who: CLIENT,
    path: (id: string) => `projects/${id}`,
    own: projectId('grid'),
    foreign: projectId('others'),
    none: projectId('none'),
  },
  {
    operation: 'getInvoice',
    who: CLIENT,
    path: (id: string) => `invoices/${id}`,
    own: invoiceId('own'),
    foreign: invoiceId('others'),
    none: invoiceId('none'),
  },
  {
    operation: 'listInvoiceLines',
    who: CLIENT,
    path: (id: string) => `invoices/${id}/lines`,
    own: invoiceId('own'),
    foreign: invoiceId('others'),
    none: invoiceId('none'),
  },
  { operation: 'getLine', who: AGENCY, path: (id: string) => `lines/${id}`, own: lineId('own'), foreign: lineId('others'), none: lineId('none') },
];
const LISTS = [
  { operation: 'listProjects', who: CLIENT, path: 'projects', own: [projectId('grid')] },
  { operation: 'listInvoices', who: CLIENT, path: 'invoices', own: [invoiceId('own')] },
  { operation: 'listLines', who: AGENCY, path: 'lines', own: [lineId('own'), expenseId('own')] },
];
const PATHS = [...LISTS.map(({ path, who }) => ({ path, who })), ...ONE.map(({ path, own, who }) => ({ path: path(own), who }))];

/** Words that stand in what the systems say, each in a field that no partner is shown. */
const SECRETS = {
  budget: '771001.01',
  cap: '771002.02',
  psaRate: '771003.03',
  sale: '771004.04',
  overage: '771005.05',
  cost: '771006.06',
  rateCard: 'SECRET-CARD',
  costCentre: 'SECRET-CENTRE',
  reason: 'SECRET-REASON',
  explanation: 'SECRET-EXPLANATION',
  desk: 'SECRET-DESK',
  ref: 'SECRET-REF',
  extension: 'SECRET-EXTENSION',
  skill: 'SECRET-SKILL',
  foreignPerson: 'Secret Otherperson',
};
/** What the client is invoiced: the client's to read, and not the agency's. */
const INVOICED = { line: '880001.01', total: '880002.02', number: 'INV-own' };
const NOTE = 'a note of the agency';

let partners: TestPartners;
beforeAll(async () => {
  partners = await testPartners();
  const refs = [{ system: 'kantata', account: '7001', type: 'Secret', nativeId: SECRETS.ref }];
  const pounds = (amount: string) => money(amount, 'GBP');
  const line = billingLine('own', {
    workerId: workerId('ada'),
    state: 'posted',
    money: pounds(INVOICED.line),
    overage: { minutes: 60, money: pounds(SECRETS.overage) },
    explanation: [{ code: 'price.time', params: { minutes: SECRETS.explanation } }],
    intercompany: {
      owningEntity: 'LF-UK',
      lendingEntity: 'LF-UK',
      owningCost: pounds(SECRETS.cost),
      owningUnbilledSale: pounds(SECRETS.sale),
      lendingCost: null,
      lendingSale: null,
    },
    refs,
  });
  const block = { exceptionId: 'exc_1', desk: SECRETS.desk, reasons: [{ code: 'rate.missing', params: { role: SECRETS.reason } }] };
  await partners.publish(
    workerChanged('ada', { skills: [SECRETS.skill] }),
    workerChanged('ben', { agency: 'OTHER' }),
    projectChanged('grid', {
      budget: pounds(SECRETS.budget),
      rateCard: SECRETS.rateCard,
      costCentre: SECRETS.costCentre,
      extensions: { cap: SECRETS.cap, x: SECRETS.extension },
      refs,
    }),
    projectChanged('others', { customerId: OTHERS }),
    entryChanged('own', { psaRate: pounds(SECRETS.psaRate), note: NOTE, refs }),
    expenseChanged('own', { refs }),
    entryChanged('others', { person: { email: emailOf('ben'), name: SECRETS.foreignPerson } }),
    linesChanged(line, { ...billingLine('others', { workerId: workerId('ben'), workerName: SECRETS.foreignPerson }) }),
    invoiceChanged('own', { total: pounds(INVOICED.total), amountDue: pounds(INVOICED.total), transactions: [`tl-${line.id}-v1`], refs }),
    invoiceChanged('others', { projectId: projectId('others'), transactions: [`tl-${lineId('others')}-v1`] }),
  );
  await partners.publish(linesChanged({ ...line, revision: 2, version: 2, state: 'blocked', block }));
});
afterAll(() => partners?.close());

it('asks every operation', () => {
  expect([...ONE, ...LISTS].map(({ operation }) => operation).sort()).toEqual(Object.keys(partnerApi.operations).sort());
});

describe.each(ONE)('$operation', ({ who, path, own, foreign, none }) => {
  it("answers another partner's id exactly as one that is not there", async () => {
    const [theirs, other, missing] = await Promise.all([own, foreign, none].map(id => partners.ask(path(id), who)));
    expect([theirs.status, other.status, missing.status]).toEqual([200, 404, 404]);
    const told = ({ body: { correlationId: _, instance: __, ...body } }: typeof other) => body;
    expect(told(other)).toEqual(told(missing));
    expect(JSON.stringify(other.body)).not.toContain('SECRET');
  });
});

describe.each(LISTS)('$operation', ({ who, path, own }) => {
  it("contains nothing of another partner's", async () => {
    expect(ids(await partners.ask(path, who)).sort()).toEqual([...own].sort());
  });
});

describe('who is no partner of that kind', () => {
  it.each(PATHS)('is refused $path, whether or not it is there', async ({ path, who }) => {
    const other = who === CLIENT ? AGENCY : CLIENT;
    expect(await partners.ask(path, other)).toMatchObject({
      status: 403,
      body: { code: who === CLIENT ? 'not-a-partner-client' : 'not-a-partner-agency' },
    });
    expect((await partners.ask(path, HOUSE)).status).toBe(403);
  });
});

describe('what a partner must not know', () => {
  const everything = async (who: typeof CLIENT): Promise<string> => {
    const answers = await Promise.all(PATHS.filter(one => one.who === who).map(({ path }) => partners.ask(path, who)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    return JSON.stringify(answers.map(({ body }) => body));
  };

  it.each(Object.entries(SECRETS))('%s is in what the systems say, and in no answer', async (_, secret) => {
    const [{ said }] = await partners.dataSource.query<{ said: boolean }[]>(
      'select exists (select 1 from events.event where position($1 in data::text) > 0) said',
      [secret],
    );
    expect(said).toBe(true);
    expect(await everything(CLIENT)).not.toContain(secret);
    expect(await everything(AGENCY)).not.toContain(secret);
  });

  it("is only the other kind's: a client reads what it is invoiced, an agency its own words", async () => {
    const [client, agency] = [await everything(CLIENT), await everything(AGENCY)];
    for (const word of Object.values(INVOICED)) expect([client.includes(word), agency.includes(word)]).toEqual([true, false]);
    expect([client.includes(NOTE), agency.includes(NOTE)]).toEqual([false, true]);
  });
});

describe('an answer that the caller has', () => {
  it.each(PATHS)('is not sent again: $path', async ({ path, who }) => {
    const first = await partners.ask(path, who);
    const tag = first.headers.get('etag')!;
    const again = await partners.ask(path, who, { 'if-none-match': `W/"x", ${tag}` });
    expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, {}, tag]);
    expect((await partners.ask(path, who, { 'if-none-match': '"x"' })).status).toBe(200);
  });

  it('is sent when it changed, and a tag opens nothing to somebody else', async () => {
    const path = `projects/${projectId('grid')}`;
    const tag = (await partners.ask(path, CLIENT)).headers.get('etag')!;
    expect((await partners.ask(path, AGENCY, { 'if-none-match': tag })).status).toBe(403);
    expect((await partners.ask(`projects/${projectId('none')}`, CLIENT, { 'if-none-match': '*' })).status).toBe(404);
    await partners.publish(projectChanged('grid', { title: 'Grid, second part' }));
    const changed = await partners.ask(path, CLIENT, { 'if-none-match': tag });
    expect([changed.status, changed.body.title]).toEqual([200, 'Grid, second part']);
  });
});

describe('an event that can not be taken', () => {
  it('is set aside by itself, and the rest goes on', async () => {
    await partners.publish(
      projectChanged('odd', { startDate: 'someday' }),
      linesChanged(billingLine('poisoned', { workDate: 'never', workerId: workerId('ada') }), billingLine('sound', { workerId: workerId('ada') })),
      anEvent('worker.changed.v1', 'wrk_odd', {} as never),
      projectChanged('sound'),
    );
    expect((await partners.ask(`projects/${projectId('sound')}`, CLIENT)).status).toBe(200);
    expect((await partners.ask(`lines/${lineId('sound')}`, AGENCY)).status).toBe(200);
    const aside = await partners.dataSource.query<{ n: number }[]>(
      `select count(*)::int n from events.set_aside where place = 'reader partner.read-model'`,
    );
    expect(aside).toEqual([{ n: 3 }]);
    await partners.publish(projectChanged('odd'));
    expect((await partners.ask(`projects/${projectId('odd')}`, CLIENT)).status).toBe(200);
  });
});

describe('without row security', () => {
  it.each([
    ['partner.project', `projects/${projectId('others')}`, CLIENT],
    ['partner.invoice', `invoices/${invoiceId('others')}`, CLIENT],
    ['partner.line', `lines/${lineId('others')}`, AGENCY],
  ] as const)("%s would show another's: it is Postgres that keeps rows out", async (table, path, who) => {
    await partners.dataSource.query(`alter table ${table} disable row level security`);
    expect((await partners.ask(path, who)).status).toBe(200);
    await partners.dataSource.query(`alter table ${table} enable row level security`);
    expect((await partners.ask(path, who)).status).toBe(404);
  });
});
