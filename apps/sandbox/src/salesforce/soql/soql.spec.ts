import { parseQuery } from '@jetstreamapp/soql-parser-js';
import jsforce, { type Connection, type QueryOptions } from 'jsforce';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firm, RunningOrg } from '../running-org.fixture.js';

let org: RunningOrg;
let conn: Connection;

type Names = { Name: string }[];
/** The first two deals are won before the queries; the rest stay open. */
const wonDeals = firm.deals.slice(0, 2);
const openDeals = firm.deals.slice(2);
const text = (a: string, b: string) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1);
const names = (records: unknown): string[] => (records as Names).map(record => record.Name);

beforeAll(async () => {
  org = await new RunningOrg().start();
  conn = await org.connect();
  for (const { name } of wonDeals) {
    const { Id } = (await conn.sobject('Opportunity').findOne({ Name: name }))!;
    await conn.sobject('Opportunity').update({ Id: Id!, StageName: 'Signed' });
  }
});
afterAll(() => org.remove());

const clean = openDeals[0];
const account = firm.customers.find(customer => customer.number === clean.customerNumber)!;
const quoted = (value: string) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const byName = (deals: { name: string }[]) => deals.map(deal => deal.name).sort(text);

/** 30 queries, and what the firm says the answer is. */
const QUERIES: [soql: string, check: (result: { totalSize: number; records: Record<string, unknown>[] }) => void][] = [
  ['SELECT Id, Name FROM Account', r => expect(names(r.records).sort(text)).toEqual(firm.customers.map(c => c.name).sort(text))],
  ['SELECT COUNT() FROM Opportunity', r => expect(r).toMatchObject({ totalSize: firm.deals.length, records: [] })],
  ['select count() from opportunity where iswon = TRUE', r => expect(r.totalSize).toBe(wonDeals.length)],
  ['SELECT Name FROM Opportunity WHERE IsWon = false ORDER BY Name', r => expect(names(r.records)).toEqual(byName(openDeals))],
  [
    'SELECT Name FROM Opportunity WHERE IsWon = false ORDER BY Name DESC LIMIT 3',
    r => expect(names(r.records)).toEqual(byName(openDeals).reverse().slice(0, 3)),
  ],
  [
    'SELECT Name FROM Opportunity WHERE IsWon = false ORDER BY Name LIMIT 2 OFFSET 4',
    r => expect(names(r.records)).toEqual(byName(openDeals).slice(4, 6)),
  ],
  [
    `SELECT Id, Account.Name, Account.Owner.Name FROM Opportunity WHERE Name = ${quoted(clean.name)}`,
    r => expect(r.records[0].Account).toMatchObject({ attributes: { type: 'Account' }, Name: account.name, Owner: { Name: 'Integration User' } }),
  ],
  [
    `SELECT o.Id, o.Account.Name FROM Opportunity o WHERE o.Name = ${quoted(clean.name)}`,
    r => expect(r.records[0].Account).toMatchObject({ Name: account.name }),
  ],
  [
    `SELECT Id, (SELECT Id, Product2.ProductCode, Quantity, UnitPrice, TotalPrice, ServiceDate, End_Date__c FROM OpportunityLineItems ORDER BY SortOrder) FROM Opportunity WHERE Name = ${quoted(clean.name)}`,
    r => {
      const lines = (r.records[0].OpportunityLineItems as { totalSize: number; records: Record<string, unknown>[] }).records;
      expect(lines.map(line => [line.Quantity, line.UnitPrice, line.ServiceDate, line.End_Date__c])).toEqual(
        clean.lines.map(line => [line.hours, Number(line.ratePerHour), line.startDate, line.endDate]),
      );
    },
  ],
  [
    'SELECT Id, Amount, (SELECT TotalPrice FROM OpportunityLineItems) FROM Opportunity',
    r => {
      for (const { Amount, OpportunityLineItems } of r.records) {
        const sum = (OpportunityLineItems as { records: { TotalPrice: number }[] }).records.reduce((total, line) => total + line.TotalPrice, 0);
        expect(Amount).toBeCloseTo(sum, 2);
      }
    },
  ],
  [
    "SELECT Name, (SELECT Name, Amount__c FROM SOW_Milestones__r ORDER BY Sequence__c) FROM Opportunity WHERE Billing_Method__c = 'Milestone' AND IsWon = false",
    r => {
      expect(r.totalSize).toBe(openDeals.filter(deal => deal.billingMethod === 'Milestone').length);
      for (const { Name, SOW_Milestones__r } of r.records) {
        const deal = firm.deals.find(d => d.name === Name)!;
        expect((SOW_Milestones__r as { records: { Amount__c: number }[] }).records.map(m => m.Amount__c)).toEqual(
          deal.milestones.map(m => Number(m.amount)),
        );
      }
    },
  ],
  [
    `SELECT Name FROM Opportunity WHERE Billing_Method__c IN ('T&M', 'Retainer') AND IsClosed = false`,
    r => expect(names(r.records).sort(text)).toEqual(byName(openDeals.filter(d => d.billingMethod === 'T&M' || d.billingMethod === 'Retainer'))),
  ],
  [
    `SELECT Name FROM Opportunity WHERE Billing_Method__c NOT IN ('T&M', 'Retainer') AND IsClosed = false`,
    r => expect(names(r.records).sort(text)).toEqual(byName(openDeals.filter(d => d.billingMethod !== 'T&M' && d.billingMethod !== 'Retainer'))),
  ],
  [
    `SELECT Name FROM Opportunity WHERE NOT (Billing_Method__c = 'T&M' OR IsClosed = true)`,
    r => expect(names(r.records).sort(text)).toEqual(byName(openDeals.filter(d => d.billingMethod !== 'T&M'))),
  ],
  [
    `SELECT Name FROM Opportunity WHERE (NOT Name LIKE '%rollout%') AND IsWon = false`,
    r => expect(names(r.records).sort(text)).toEqual(byName(openDeals.filter(d => !/rollout/i.test(d.name)))),
  ],
  [
    `SELECT Name FROM Opportunity WHERE Name LIKE '${clean.name.slice(0, 4).toUpperCase()}%' AND IsWon = false`,
    r => expect(names(r.records).sort(text)).toEqual(byName(openDeals.filter(d => d.name.startsWith(clean.name.slice(0, 4))))),
  ],
  [
    'SELECT Name FROM Opportunity WHERE Amount >= 100000 AND IsWon = false',
    r => expect(r.totalSize).toBe(openDeals.filter(d => totalOf(d) >= 100_000).length),
  ],
  [
    'SELECT Name FROM Opportunity WHERE Amount < 100000 AND Amount > 50000.5 AND IsWon = false',
    r => expect(r.totalSize).toBe(openDeals.filter(d => totalOf(d) < 100_000 && totalOf(d) > 50_000.5).length),
  ],
  [
    `SELECT Name FROM Opportunity WHERE Start_Date__c > ${clean.startDate} AND IsWon = false`,
    r => expect(r.totalSize).toBe(openDeals.filter(d => d.startDate > clean.startDate).length),
  ],
  [
    'SELECT Name FROM Opportunity WHERE SystemModstamp >= 2026-01-01T00:00:00Z AND SystemModstamp < 2126-01-01T00:00:00+01:00',
    r => expect(r.totalSize).toBe(firm.deals.length),
  ],
  [
    'SELECT Name FROM Account WHERE Tax_Registration__c = null',
    r =>
      expect(names(r.records).sort(text)).toEqual(
        firm.customers
          .filter(c => c.taxRegistration === null)
          .map(c => c.name)
          .sort(text),
      ),
  ],
  [
    "SELECT Name FROM Account WHERE Tax_Registration__c != NULL AND ParentId = ''",
    r => expect(r.totalSize).toBe(firm.customers.filter(c => c.taxRegistration !== null && c.parentNumber === null).length),
  ],
  [
    'SELECT Name, Parent.Name FROM Account ORDER BY Parent.Name NULLS LAST, Name',
    r => {
      const parents = r.records.map(record => (record.Parent as { Name: string } | null)?.Name ?? null);
      expect(parents.filter(Boolean)).toHaveLength(firm.customers.filter(c => c.parentNumber !== null).length);
      expect(parents.slice(parents.indexOf(null)).every(parent => parent === null)).toBe(true);
    },
  ],
  [
    'SELECT Name, Not_To_Exceed__c FROM Opportunity ORDER BY Not_To_Exceed__c NULLS FIRST',
    r => {
      const limits = r.records.map(record => record.Not_To_Exceed__c as number | null);
      expect(limits.findLastIndex(limit => limit === null)).toBeLessThan(limits.findIndex(limit => limit !== null));
    },
  ],
  [
    'SELECT StageName, COUNT(Id) n, SUM(Amount) FROM Opportunity GROUP BY StageName ORDER BY StageName',
    r => {
      expect(r.records).toEqual([
        {
          attributes: { type: 'AggregateResult' },
          StageName: 'Negotiation',
          n: openDeals.length,
          expr0: openDeals.reduce((sum, d) => sum + totalOf(d), 0),
        },
        { attributes: { type: 'AggregateResult' }, StageName: 'Signed', n: wonDeals.length, expr0: expect.any(Number) },
      ]);
    },
  ],
  [
    'SELECT CurrencyIsoCode, MAX(Amount) most, MIN(CloseDate) earliest FROM Opportunity WHERE IsWon = false GROUP BY CurrencyIsoCode HAVING COUNT(Id) > 1',
    r => {
      for (const { CurrencyIsoCode, most } of r.records)
        expect(most).toBe(Math.max(...openDeals.filter(d => d.currency === CurrencyIsoCode).map(totalOf)));
    },
  ],
  [
    'SELECT Name FROM Account WHERE Id IN (SELECT AccountId FROM Opportunity WHERE IsWon = false)',
    r => expect(r.totalSize).toBe(new Set(openDeals.map(d => d.customerNumber)).size),
  ],
  [
    'SELECT Code__c, Effective_From__c, (SELECT Product__r.ProductCode, Rate_Per_Hour__c FROM Rates__r) FROM Rate_Card__c ORDER BY Code__c, Effective_From__c',
    r => {
      const versions = firm.rateCards.flatMap(card =>
        card.versions.map(version => [card.code, version.effectiveFrom, version.rates.length] as const),
      );
      const shown = r.records.map(record => [record.Code__c, record.Effective_From__c, (record.Rates__r as { totalSize: number }).totalSize]);
      expect(shown).toEqual(versions.sort(([a, x], [b, y]) => text(a + x, b + y)));
    },
  ],
  [
    "SELECT Id FROM OpportunityLineItem WHERE Skills__c INCLUDES ('Security')",
    r => expect(r.totalSize).toBe(firm.deals.flatMap(d => d.lines).filter(line => line.skills.includes('Security')).length),
  ],
  [
    'SELECT ApiName, IsWon FROM OpportunityStage WHERE IsActive = true AND IsWon = true',
    r => expect(r.records).toMatchObject([{ ApiName: 'Signed', IsWon: true }]),
  ],
];

const totalOf = (deal: (typeof firm.deals)[number]): number => deal.lines.reduce((sum, line) => sum + line.hours * Number(line.ratePerHour), 0);

describe('30 queries through jsforce', () => {
  it('are thirty', () => expect(QUERIES).toHaveLength(30));
  it.each(QUERIES)('%s', async (soql, check) => {
    expect.hasAssertions();
    check(await conn.query<Record<string, unknown>>(soql));
  });
  it.each(QUERIES)("is SOQL to somebody else's parser too: %s", soql => expect(() => parseQuery(soql)).not.toThrow());

  it('is built by jsforce itself: find, conditions, dates, sub-queries, sort', async () => {
    const found = await conn
      .sobject('Opportunity')
      .find({ IsWon: false, CloseDate: { $gte: jsforce.SfDate.toDateLiteral('2020-01-01') }, Name: { $like: '%' } }, ['Id', 'Name', 'Account.Name'])
      .include('OpportunityLineItems')
      .select('Id, Quantity')
      .end()
      .sort({ Name: 1 })
      .limit(5);
    expect(names(found)).toEqual(byName(openDeals).slice(0, 5));
    const count = await conn.sobject('Opportunity').count({ StageName: 'Signed' });
    expect(count).toBe(wonDeals.length);
    expect(await conn.sobject('Account').findOne({ Name: account.name }, 'Id, Name')).toMatchObject({ Name: account.name });
  });

  it('shows an address whole and a deal by its fiscal quarter', async () => {
    const { records } = await conn.query<Record<string, unknown>>(
      `SELECT Fiscal, FiscalYear, ExpectedRevenue, Probability, Amount, Account.BillingAddress, Account.ShippingAddress FROM Opportunity WHERE Name = ${quoted(clean.name)}`,
    );
    const [year, month] = clean.closeDate.split('-').map(Number);
    expect(records[0]).toMatchObject({ Fiscal: `${year} ${Math.ceil(month / 3)}`, FiscalYear: year, ExpectedRevenue: totalOf(clean) * 0.8 });
    expect(records[0].Account).toMatchObject({
      BillingAddress: { street: account.street, city: account.city, country: account.country },
      ShippingAddress: null,
    });
  });

  it('reads date literals in UTC days', async () => {
    const created = await conn.sobject('Account').create({ Name: 'Made today' });
    expect((await conn.query("SELECT Id FROM Account WHERE CreatedDate = TODAY AND Name = 'Made today'")).totalSize).toBe(1);
    expect((await conn.query("SELECT Id FROM Account WHERE CreatedDate = LAST_N_DAYS:3 AND Name = 'Made today'")).totalSize).toBe(1);
    expect((await conn.query("SELECT Id FROM Account WHERE CreatedDate < THIS_YEAR AND Name = 'Made today'")).totalSize).toBe(0);
    expect((await conn.query("SELECT Id FROM Account WHERE CreatedDate > YESTERDAY AND Name = 'Made today'")).totalSize).toBe(1);
    await conn.sobject('Account').destroy(created.id!);
  });
});

/** 15 malformed queries: the code, the caret's column where there is one, and the reason. */
const MALFORMED: [soql: string, name: string, column: number, reason: RegExp][] = [
  ['SELECT Id FRM Account', 'MALFORMED_QUERY', 11, /^unexpected token: 'FRM'$/],
  ['SELECT FROM Account', 'MALFORMED_QUERY', 8, /^unexpected token: 'FROM'$/],
  ['SELECT Id, Name FROM', 'MALFORMED_QUERY', 21, /^unexpected token: '<EOF>'$/],
  ['SELECT Id,, Name FROM Account', 'MALFORMED_QUERY', 11, /^unexpected token: ','$/],
  ['SELECT Id FROM Account WHERE', 'MALFORMED_QUERY', 29, /^unexpected token: '<EOF>'$/],
  ["SELECT Id FROM Account WHERE Name = 'it's'", 'MALFORMED_QUERY', 42, /a string is not closed$/],
  ["SELECT Id FROM Account WHERE Name = 'a\\qb'", 'MALFORMED_QUERY', 39, /^Illegal character sequence '\\q' in string literal$/],
  ["SELECT Id FROM Account WHERE Name = 'a' AND Id != null OR Name = 'b'", 'MALFORMED_QUERY', 56, /^unexpected token: 'OR'$/],
  ['SELECT Id FROM Account WHERE (Name != null', 'MALFORMED_QUERY', 43, /^unexpected token: '<EOF>'$/],
  ['SELECT Id FROM Account ORDER Name', 'MALFORMED_QUERY', 30, /^unexpected token: 'Name'$/],
  [
    'SELECT Id, Nmae FROM Account',
    'INVALID_FIELD',
    12,
    /^No such column 'Nmae' on entity 'Account'\. If you are attempting to use a custom field, be sure to append the '__c'/,
  ],
  ['SELECT Id, Acount.Name FROM Opportunity', 'INVALID_FIELD', 12, /^Didn't understand relationship 'Acount' in field path/],
  [
    "SELECT Id FROM Opportunity WHERE CloseDate = '2026-11-20'",
    'INVALID_FIELD',
    46,
    /^value of filter criterion for field 'CloseDate' must be of type date and should not be enclosed in quotes$/,
  ],
  [
    'SELECT Id, (SELECT Id FROM LineItems) FROM Opportunity',
    'INVALID_TYPE',
    28,
    /^Didn't understand relationship 'LineItems' in FROM part of query call/,
  ],
  ['SELECT Id FROM Opportunties', 'INVALID_TYPE', 16, /^sObject type 'Opportunties' is not supported/],
];

describe('15 malformed queries through jsforce', () => {
  it('are fifteen', () => expect(MALFORMED).toHaveLength(15));

  it.each(MALFORMED)('%s', async (soql, name, column, reason) => {
    const error = await conn.query(soql).then(
      () => expect.fail('was answered'),
      (e: Error) => e as Error & { errorCode: string },
    );
    const [first, part, caret, place, said] = error.message.split('\n');
    expect(error).toMatchObject({ name, errorCode: name });
    expect(first).toBe('');
    expect(place).toBe(`ERROR at Row:1:Column:${column}`);
    expect(said).toMatch(reason);
    expect(caret.trim()).toBe('^');
    expect(soql.slice(column - 1)).toBe(part.slice(caret.length - 1));
  });

  it.each([
    ['SELECT Id FROM Account OFFSET 2001', 'NUMBER_OUTSIDE_VALID_RANGE'],
    ['SELECT Name, COUNT(Id) FROM Account', 'MALFORMED_QUERY'],
    ['SELECT COUNT(), Id FROM Account', 'MALFORMED_QUERY'],
    ["SELECT Id FROM Account WHERE Id = 'abc'", 'INVALID_QUERY_FILTER_OPERATOR'],
    ['SELECT Id FROM Opportunity WHERE Amount = true', 'INVALID_FIELD'],
    ['SELECT Id FROM Account WHERE Name = 3', 'INVALID_FIELD'],
    ['SELECT Id, Id FROM Account', 'INVALID_FIELD'],
    ["SELECT Id FROM Account WHERE BillingAddress = 'x'", 'INVALID_FIELD'],
    ["SELECT Id FROM Account WHERE Description LIKE '%x%'", 'INVALID_FIELD'],
    ['SELECT Id FROM Opportunity WHERE CloseDate = 2026-02-30', 'MALFORMED_QUERY'],
    ['SELECT Id FROM Account WHERE Name = :name', 'MALFORMED_QUERY'],
    ['SELECT Id FROM Account LIMIT ten', 'MALFORMED_QUERY'],
    ['', 'MALFORMED_QUERY'],
  ])('and so are its semantics: %s', async (soql, name) => {
    await expect(conn.query(soql)).rejects.toMatchObject({ name });
  });

  it('counts rows and columns over line breaks', async () => {
    await expect(conn.query('SELECT Id,\n  Nmae\nFROM Account')).rejects.toThrow(/\n  Nmae\n  \^\nERROR at Row:2:Column:3\n/);
  });
});

describe('paging', () => {
  const many = 450;
  const inTwoHundreds = { headers: { 'Sforce-Query-Options': 'batchSize=200' } } as Partial<QueryOptions> as QueryOptions;
  beforeAll(async () => {
    for (let from = 0; from < many; from += 150) {
      const records = Array.from({ length: 150 }, (_, i) => ({ Name: `Paged ${String(from + i).padStart(4, '0')}` }));
      await conn.sobject('Account').create(records);
    }
  });

  it('follows nextRecordsUrl to the end by autoFetch', async () => {
    const found: string[] = [];
    await new Promise((resolve, reject) => {
      void conn
        .query<{ Name: string }>("SELECT Name FROM Account WHERE Name LIKE 'Paged %' ORDER BY Name", {
          autoFetch: true,
          maxFetch: 1000,
          headers: { 'Sforce-Query-Options': 'batchSize=200' },
        })
        .on('record', record => found.push((record as { Name: string }).Name))
        .on('end', resolve)
        .on('error', reject)
        .run({ autoFetch: true, maxFetch: 1000 });
    });
    expect(found).toHaveLength(many);
    expect(new Set(found).size).toBe(many);
  });

  it('gives pages of the size hinted at, a locator of 18 characters and an offset, and the same result however it is changed meanwhile', async () => {
    const first = await conn.query("SELECT Id, Name FROM Account WHERE Name LIKE 'Paged %' ORDER BY Name", {
      headers: { 'Sforce-Query-Options': 'batchSize=200' },
    });
    expect(first).toMatchObject({ totalSize: many, done: false });
    expect(first.records).toHaveLength(200);
    expect(first.nextRecordsUrl).toMatch(/\/services\/data\/v67\.0\/query\/0r8\w{15}-200$/);
    await conn.sobject('Account').create({ Name: 'Paged 0000 bis' });
    const second = await conn.queryMore(first.nextRecordsUrl!, inTwoHundreds);
    expect(names(second.records)[0]).toBe('Paged 0200');
    const third = await conn.queryMore(second.nextRecordsUrl!, inTwoHundreds);
    expect(third.done).toBe(true);
    expect(third.records).toHaveLength(50);
    expect('nextRecordsUrl' in third).toBe(false);
  });

  it('pages the rows of a sub-query too', async () => {
    const [{ Id }] = (await conn.query<{ Id: string }>("SELECT Id FROM Account WHERE Name = 'Paged 0000'")).records;
    for (let i = 0; i < 2; i++)
      await conn.sobject('Contact').create(Array.from({ length: 150 }, (_, n) => ({ LastName: `Contact ${i} ${n}`, AccountId: Id })));
    const soql = `SELECT Id, (SELECT Id, Name FROM Contacts) FROM Account WHERE Id = '${Id}'`;
    const { records } = await conn.query<{ Contacts: { totalSize: number; done: boolean; nextRecordsUrl: string; records: unknown[] } }>(soql, {
      headers: { 'Sforce-Query-Options': 'batchSize=200' },
    });
    expect(records[0].Contacts).toMatchObject({ totalSize: 300, done: false });
    const rest = await conn.queryMore<{ Name: string }>(records[0].Contacts.nextRecordsUrl);
    expect(rest.records).toHaveLength(100);
    expect(rest.records[0].Name).toMatch(/^Contact 1/);
  });

  it('refuses an unknown locator', async () => {
    await expect(conn.queryMore('/services/data/v67.0/query/0r8LF0000000zzzAAA-200')).rejects.toMatchObject({ name: 'INVALID_QUERY_LOCATOR' });
  });
});
