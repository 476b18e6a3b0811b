import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseQuery } from '@jetstreamapp/soql-parser-js';
import jsforce, { type Connection, type QueryOptions } from 'jsforce';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFirm } from '../firm/create-firm.js';
import { Faults, Ledger, Store, VendorServer } from '../kit/index.js';
import { createSalesforce, type SalesforceOptions } from './index.js';

const firm = createFirm();
const credentials = { clientId: 'sample-client', clientSecret: 'sample-secret' };

class RunningOrg {
  url = '';
  store: Store;
  ledger: Ledger;
  server: VendorServer;

  constructor(
    readonly directory: string,
    private readonly options: Partial<SalesforceOptions> = {},
  ) {}

  async start(): Promise<this> {
    this.store = new Store(join(this.directory, 'salesforce.sqlite'));
    this.ledger = new Ledger(this.store);
    this.server = new VendorServer(createSalesforce(this.store, this.ledger, firm, { ...credentials, ...this.options }), new Faults());
    this.url = await this.server.listen(0);
    return this;
  }

  async stop(): Promise<void> {
    await this.server.close();
    this.store.close();
  }

  /** A jsforce connection, logged in by client credentials, that logs in again when its session ends. */
  async connect(version = '67.0'): Promise<Connection> {
    const oauth2 = new jsforce.OAuth2({ loginUrl: this.url, ...credentials });
    const connection = new jsforce.Connection({
      oauth2,
      instanceUrl: this.url,
      version,
      refreshFn: (_, callback) =>
        void oauth2.requestToken({ grant_type: 'client_credentials' }).then(
          ({ access_token }) => callback(null, access_token),
          (error: Error) => callback(error),
        ),
    });
    await connection.authorize({ grant_type: 'client_credentials' });
    return connection;
  }
}

const temporary = (): string => mkdtempSync(join(tmpdir(), 'salesforce-'));

let org: RunningOrg;
let conn: Connection;

beforeAll(async () => {
  org = await new RunningOrg(temporary()).start();
  conn = await org.connect();
  for (const { name } of wonDeals) {
    const { Id } = (await conn.sobject('Opportunity').findOne({ Name: name }))!;
    await conn.sobject('Opportunity').update({ Id: Id!, StageName: 'Signed' });
  }
});
afterAll(async () => {
  await org.stop();
  rmSync(org.directory, { recursive: true });
});

type Names = { Name: string }[];
/** The first two deals are won before the queries; the rest stay open. */
const wonDeals = firm.deals.slice(0, 2);
const openDeals = firm.deals.slice(2);
const text = (a: string, b: string) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1);
const names = (records: unknown): string[] => (records as Names).map(record => record.Name);

describe('logging in', () => {
  it('answers jsforce the organization and the user', async () => {
    const { organizationId, id } = await (await org.connect()).authorize({ grant_type: 'client_credentials' });
    expect(organizationId).toBe('00DLF00000000012AA');
    expect(id).toMatch(/^005LF0/);
  });

  it.each([
    [{ clientId: 'nobody', clientSecret: 'x' }, 'invalid_client_id', 'client identifier invalid'],
    [{ clientId: credentials.clientId, clientSecret: 'wrong' }, 'invalid_client', 'invalid client credentials'],
  ])('refuses %o', async (wrong, name, message) => {
    const oauth2 = new jsforce.OAuth2({ loginUrl: org.url, ...wrong });
    await expect(oauth2.requestToken({ grant_type: 'client_credentials' })).rejects.toMatchObject({ name, message });
  });

  it('lists versions without a token, oldest first', async () => {
    const versions = (await (await fetch(`${org.url}/services/data`)).json()) as { version: string; label: string }[];
    expect(versions.at(-2)).toEqual({ label: "Spring '26", url: '/services/data/v66.0', version: '66.0' });
    expect(versions.at(-1)).toEqual({ label: "Summer '26", url: '/services/data/v67.0', version: '67.0' });
    expect(versions.at(-3)?.label).toBe("Winter '26");
  });

  it('has jsforce log in again when its session was revoked', async () => {
    const connection = await org.connect();
    const before = connection.accessToken;
    await new jsforce.OAuth2({ loginUrl: org.url, ...credentials }).revokeToken(before!);
    expect((await connection.query('SELECT Id FROM User LIMIT 1')).totalSize).toBe(1);
    expect(connection.accessToken).not.toBe(before);
  });

  it('says 401 INVALID_SESSION_ID to an unknown token', async () => {
    const answer = await fetch(`${org.url}/services/data/v67.0/limits`, { headers: { authorization: 'Bearer nonsense' } });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual([{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }]);
  });
});

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
  it.each(QUERIES)('%s', async (soql, check) => check((await conn.query(soql)) as never));
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
      expect((await conn.sobject('Account').create(records)).every(result => result.success)).toBe(true);
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

describe('records', () => {
  it('are created, read, updated and deleted', async () => {
    const created = await conn.sobject('Account').create({ Name: 'Harbour & Sons', BillingCountry: 'GB' });
    expect(created).toEqual({ id: expect.stringMatching(/^001LF0\w{12}$/), success: true, errors: [] });
    const id = created.id!;
    expect(await conn.sobject('Account').retrieve(id)).toMatchObject({
      attributes: { type: 'Account', url: `/services/data/v67.0/sobjects/Account/${id}` },
      Id: id,
      Name: 'Harbour & Sons',
      Phone: null,
      IsDeleted: false,
      CurrencyIsoCode: 'USD',
    });
    expect(await conn.sobject('Account').update({ Id: id, Tax_Registration__c: 'GB1' })).toEqual({ id, success: true, errors: [] });
    expect(await conn.sobject('Account').retrieve(id.slice(0, 15))).toMatchObject({
      Id: id,
      Tax_Registration__c: 'GB1',
      CreatedDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000$/),
    });
    expect(await conn.sobject('Account').destroy(id)).toEqual({ id, success: true, errors: [] });
    await expect(conn.sobject('Account').retrieve(id)).rejects.toMatchObject({ name: 'ENTITY_IS_DELETED', message: 'entity is deleted' });
    await expect(conn.sobject('Account').retrieve('001LF0000zzzzzz')).rejects.toMatchObject({
      name: 'NOT_FOUND',
      message: 'Provided external ID field does not exist or is not accessible: 001LF0000zzzzzz',
    });
  });

  it('in the recycle bin are seen by queryAll and the deleted feed only', async () => {
    const { id } = await conn.sobject('Account').create({ Name: 'Soon gone' });
    await conn.sobject('Account').destroy(id!);
    const soql = "SELECT Id, IsDeleted FROM Account WHERE Name = 'Soon gone'";
    expect((await conn.query(soql)).totalSize).toBe(0);
    expect((await conn.query(soql, { scanAll: true })).records).toMatchObject([{ Id: id, IsDeleted: true }]);
    const [start, end] = [new Date(Date.now() - 60_000), new Date(Date.now() + 60_000)];
    const deleted = await conn.sobject('Account').deleted(start, end);
    expect(deleted.deletedRecords.map(record => record.id)).toContain(id);
    const updated = await conn.sobject('Account').updated(start, end);
    expect(updated.ids).not.toContain(id);
  });

  it.each([
    [{}, 'REQUIRED_FIELD_MISSING', 'Required fields are missing: [Name]', ['Name']],
    [{ Name: 'x', Nmae: 'y' }, 'INVALID_FIELD', "No such column 'Nmae' on sobject of type Account", undefined],
    [{ Name: 'x'.repeat(256) }, 'STRING_TOO_LONG', /data value too large.*max length=255/, ['Name']],
    [{ Name: 'x', CreatedDate: '2026-01-01' }, 'INVALID_FIELD_FOR_INSERT_UPDATE', /Unable to create\/update fields: CreatedDate/, ['CreatedDate']],
    [{ Name: 'x', AnnualRevenue: 'much' }, 'JSON_PARSER_ERROR', /Cannot deserialize instance of double from VALUE_STRING value much/, undefined],
    [{ Name: 'x', ParentId: 'nonsense' }, 'MALFORMED_ID', /id value of incorrect type: nonsense/, ['ParentId']],
    [{ Name: 'x', Billing_Email__c: 'nobody' }, 'INVALID_EMAIL_ADDRESS', /invalid email address: nobody/, ['Billing_Email__c']],
    [
      { Name: 'x', CurrencyIsoCode: 'XXX' },
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      /bad value for restricted picklist field: XXX/,
      ['CurrencyIsoCode'],
    ],
  ])('are refused by field: %o', async (record, name, message, fields) => {
    const error = await conn
      .sobject('Account')
      .create(record)
      .then(
        () => expect.fail('was created'),
        (e: Error) => e as Error & { data?: { fields?: string[] } },
      );
    expect(error.name).toBe(name);
    expect(error.message).toMatch(message);
    if (fields) expect(error.data?.fields).toEqual(fields);
  });

  it('may not be created with an id', async () => {
    const answer = await post('/sobjects/Account', { Name: 'x', Id: '001LF0000000001AAA' });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual([{ message: 'The Id field should not be specified in the sobject data.', errorCode: 'INVALID_FIELD' }]);
  });

  it('answer 405 and 415 to what they do not understand', async () => {
    expect((await post('/sobjects/Account/001LF0000000001AAA', {})).status).toBe(405);
    const text = await fetch(`${org.url}/services/data/v67.0/sobjects/Account`, {
      method: 'POST',
      body: 'Name=x',
      headers: { authorization: `Bearer ${conn.accessToken}` },
    });
    expect(text.status).toBe(415);
  });
});

const post = (path: string, body: unknown) =>
  fetch(`${org.url}/services/data/v67.0${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { authorization: `Bearer ${conn.accessToken}`, 'content-type': 'application/json' },
  });

describe('upsert by external id', () => {
  it('creates, then updates, and says which', async () => {
    const account = conn.sobject('Account');
    const first = await account.upsert({ Ext_Id__c: 'cus_1', Name: 'Upserted' }, 'Ext_Id__c');
    expect(first).toEqual({ id: expect.any(String), success: true, errors: [], created: true });
    expect(await account.upsert({ Ext_Id__c: 'CUS_1', Name: 'Upserted again' }, 'Ext_Id__c')).toEqual({ ...first, created: false });
    expect(await account.retrieve(first.id!)).toMatchObject({ Name: 'Upserted again', Ext_Id__c: 'cus_1' });
  });

  it('answers 204 without a body before version 46.0', async () => {
    const old = await org.connect('45.0');
    await old.sobject('Account').upsert({ Ext_Id__c: 'cus_45', Name: 'Old' }, 'Ext_Id__c');
    expect(await old.sobject('Account').upsert({ Ext_Id__c: 'cus_45', Name: 'Old 2' }, 'Ext_Id__c')).toEqual({ success: true, errors: [] });
  });

  it('answers MULTIPLE_CHOICES with the paths, and writes nothing, where the key is shared', async () => {
    const make = (Name: string) => conn.sobject('Opportunity').create({ Name, StageName: 'Proposal', CloseDate: '2026-12-01', Ext_Id__c: 'shared' });
    const ids = [(await make('One')).id, (await make('Two')).id];
    const before = org.ledger.rows().length;
    await expect(conn.sobject('Opportunity').upsert({ Ext_Id__c: 'shared', Name: 'Three' }, 'Ext_Id__c')).rejects.toMatchObject({
      name: 'MULTIPLE_CHOICES',
      data: ids.map(id => `/services/data/v67.0/sobjects/Opportunity/${id}`),
    });
    expect(org.ledger.rows()).toHaveLength(before);
  });

  it('refuses a field that is no external id, and a value that another record has', async () => {
    await expect(conn.sobject('Account').upsert({ Name: 'Nobody', Phone: '1' }, 'Name')).rejects.toMatchObject({ name: 'NOT_FOUND' });
    await expect(conn.sobject('Account').upsert({ Nix__c: 'a', Phone: '1' }, 'Nix__c')).rejects.toMatchObject({
      name: 'NOT_FOUND',
      message: 'The requested resource does not exist',
    });
    await conn.sobject('Account').upsert({ Ext_Id__c: 'taken', Name: 'Taken' }, 'Ext_Id__c');
    await expect(conn.sobject('Account').create({ Ext_Id__c: 'Taken', Name: 'Other' })).rejects.toMatchObject({
      name: 'DUPLICATE_VALUE',
      message: expect.stringContaining('duplicate value found: Ext_Id__c'),
    });
  });

  // jsforce's types know no relationship objects.
  const withParent = (Name: string, Ext_Id__c: string) => ({ Name, Parent: { Ext_Id__c } }) as { Name: string };

  it('finds its parent by foreign key', async () => {
    await conn.sobject('Account').upsert({ Ext_Id__c: 'parent', Name: 'Parent' }, 'Ext_Id__c');
    const child = await conn.sobject('Account').create(withParent('Child', 'parent'));
    const { records } = await conn.query<{ Parent: { Name: string } }>(`SELECT Parent.Name FROM Account WHERE Id = '${child.id}'`);
    expect(records[0].Parent.Name).toBe('Parent');
    await expect(conn.sobject('Account').create(withParent('Orphan', 'none'))).rejects.toMatchObject({
      name: 'INVALID_FIELD',
    });
  });
});

describe('collections', () => {
  it('answer in the order asked, each record for itself', async () => {
    const results = await conn.sobject('Account').create([{ Name: 'C1' }, {}, { Name: 'C3' }]);
    expect(results.map(result => result.success)).toEqual([true, false, true]);
    expect(results[1].errors).toEqual([{ statusCode: 'REQUIRED_FIELD_MISSING', message: 'Required fields are missing: [Name]', fields: ['Name'] }]);
    const ids = [results[0].id!, results[2].id!];
    expect((await conn.sobject('Account').update(ids.map(Id => ({ Id, Phone: '1' })))).every(result => result.success)).toBe(true);
    expect(
      (await conn.sobject('Account').retrieve([...ids, '001LF0000zzzzzz'])).map(record => record && (record as { Phone: string }).Phone),
    ).toEqual(['1', '1', null]);
    expect((await conn.sobject('Account').destroy([...ids, ids[0]])).map(result => result.success)).toEqual([true, true, false]);
  });

  it('undo all when one fails under allOrNone', async () => {
    const before = org.ledger.rows().length;
    const results = await conn.sobject('Account').create([{ Name: 'Never there' }, {}], { allOrNone: true });
    expect(results.map(result => result.errors[0])).toMatchObject([
      { statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK' },
      { statusCode: 'REQUIRED_FIELD_MISSING' },
    ]);
    expect((await conn.query("SELECT Id FROM Account WHERE Name = 'Never there'")).totalSize).toBe(0);
    expect(org.ledger.rows()).toHaveLength(before);
  });

  it('upsert by external id', async () => {
    const records = [
      { Ext_Id__c: 'many_1', Name: 'M1' },
      { Ext_Id__c: 'many_2', Name: 'M2' },
    ];
    expect((await conn.sobject('Account').upsert(records, 'Ext_Id__c')).map(result => result.created)).toEqual([true, true]);
    expect((await conn.sobject('Account').upsert(records, 'Ext_Id__c')).map(result => result.created)).toEqual([false, false]);
  });
});

describe('the statement of work', () => {
  const newDeal = async () =>
    (await conn.sobject('Opportunity').create({ Name: 'Deal', StageName: 'Proposal', CloseDate: '2026-12-01', Amount: 5, CurrencyIsoCode: 'GBP' }))
      .id!;
  const dealOf = (id: string) => conn.sobject('Opportunity').retrieve(id);
  const entryFor = async (currency: string) =>
    (await conn.query<{ Id: string }>(`SELECT Id FROM PricebookEntry WHERE CurrencyIsoCode = '${currency}' LIMIT 1`)).records[0].Id;

  it('rolls the amount up from its lines, and then drops a write to it in silence', async () => {
    const OpportunityId = await newDeal();
    expect(await dealOf(OpportunityId)).toMatchObject({ Amount: 5, HasOpportunityLineItem: false });
    const PricebookEntryId = await entryFor('GBP');
    const line = await conn.sobject('OpportunityLineItem').create({ OpportunityId, PricebookEntryId, Quantity: 10.5, UnitPrice: 99.99 });
    await conn.sobject('OpportunityLineItem').create({ OpportunityId, PricebookEntryId, Quantity: 2, TotalPrice: 100 });
    expect(await dealOf(OpportunityId)).toMatchObject({ Amount: 1149.9, HasOpportunityLineItem: true, Pricebook2Id: expect.stringMatching(/^01s/) });
    await conn.sobject('Opportunity').update({ Id: OpportunityId, Amount: 1, NextStep: 'sign' });
    expect(await dealOf(OpportunityId)).toMatchObject({ Amount: 1149.9, NextStep: 'sign' });
    await conn.sobject('OpportunityLineItem').destroy(line.id!);
    expect(await dealOf(OpportunityId)).toMatchObject({ Amount: 100 });
  });

  it("refuses a line in another currency than its deal's", async () => {
    const OpportunityId = await newDeal();
    const PricebookEntryId = await entryFor('EUR');
    await expect(conn.sobject('OpportunityLineItem').create({ OpportunityId, PricebookEntryId, Quantity: 1, UnitPrice: 1 })).rejects.toMatchObject({
      name: 'FIELD_INTEGRITY_EXCEPTION',
    });
  });

  it('is won and closed by its stage alone', async () => {
    const id = await newDeal();
    await conn.sobject('Opportunity').update({ Id: id, StageName: 'Signed' });
    expect(await dealOf(id)).toMatchObject({ IsWon: true, IsClosed: true, Probability: 100 });
    await conn.sobject('Opportunity').update({ Id: id, StageName: 'Lost' });
    expect(await dealOf(id)).toMatchObject({ IsWon: false, IsClosed: true });
    await expect(conn.sobject('Opportunity').update({ Id: id, StageName: 'Closed Won' })).rejects.toMatchObject({
      name: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    });
    await expect(conn.sobject('Opportunity').update({ Id: id, IsWon: true })).rejects.toMatchObject({ name: 'INVALID_FIELD_FOR_INSERT_UPDATE' });
  });

  it('takes its lines and milestones along when it is deleted', async () => {
    const id = await newDeal();
    const milestone = await conn.sobject('SOW_Milestone__c').create({ Name: 'Start', Opportunity__c: id, Sequence__c: 1, Amount__c: 10 });
    expect(await conn.sobject('SOW_Milestone__c').retrieve(milestone.id!)).toMatchObject({ CurrencyIsoCode: 'GBP' });
    await conn.sobject('Opportunity').destroy(id);
    await expect(conn.sobject('SOW_Milestone__c').retrieve(milestone.id!)).rejects.toMatchObject({ name: 'ENTITY_IS_DELETED' });
  });
});

describe('describe', () => {
  it('lists the objects, and tells of each its fields and relationships', async () => {
    const { sobjects } = await conn.describeGlobal();
    expect(sobjects.map(object => object.name)).toEqual(
      expect.arrayContaining([
        'Account',
        'Opportunity',
        'OpportunityLineItem',
        'OpportunityStage',
        'PricebookEntry',
        'Product2',
        'User',
        'SOW_Milestone__c',
      ]),
    );
    const { fields, childRelationships, keyPrefix } = await conn.sobject('Opportunity').describe();
    expect(keyPrefix).toBe('006');
    expect(fields.find(field => field.name === 'Ext_Id__c')).toMatchObject({ externalId: true, unique: false, idLookup: true, custom: true });
    expect(fields.find(field => field.name === 'AccountId')).toMatchObject({
      type: 'reference',
      referenceTo: ['Account'],
      relationshipName: 'Account',
    });
    expect(fields.filter(field => !field.nillable && field.createable && !field.defaultedOnCreate).map(field => field.name)).toEqual([
      'Name',
      'StageName',
      'CloseDate',
    ]);
    expect(childRelationships.map(child => child.relationshipName)).toEqual(expect.arrayContaining(['OpportunityLineItems', 'SOW_Milestones__r']));
    await expect(conn.sobject('Nothing__c').describe()).rejects.toMatchObject({ name: 'NOT_FOUND' });
  });
});

describe('limits', () => {
  let small: RunningOrg;
  beforeEach(() => () => small.stop().then(() => rmSync(small.directory, { recursive: true })));

  it('are told in every answer and kept: the day is over with 403 and no Retry-After', async () => {
    small = await new RunningOrg(temporary(), { dailyLimit: 3 }).start();
    const connection = await small.connect();
    await connection.query('SELECT Id FROM User LIMIT 1');
    expect(connection.limitInfo).toEqual({ apiUsage: { used: 1, limit: 3 } });
    expect(await connection.limits()).toMatchObject({ DailyApiRequests: { Max: 3, Remaining: 1 } });
    await connection.query('SELECT Id FROM User LIMIT 1');
    await expect(connection.query('SELECT Id FROM User LIMIT 1')).rejects.toMatchObject({
      name: 'REQUEST_LIMIT_EXCEEDED',
      message: 'TotalRequests Limit exceeded.',
    });
  });

  it('and records, sessions, open queries and the ledger are still there after a restart', async () => {
    small = await new RunningOrg(temporary()).start();
    const before = await small.connect();
    const { id } = await before.sobject('Account').create({ Name: 'Lasting' });
    const token = before.accessToken;
    const ledger = small.ledger.rows();
    await small.stop();
    await small.start();
    const after = new jsforce.Connection({ instanceUrl: small.url, accessToken: token!, version: '67.0' });
    expect(await after.sobject('Account').retrieve(id!)).toMatchObject({ Name: 'Lasting' });
    expect(small.ledger.rows()).toEqual(ledger);
    expect(ledger).toMatchObject([{ operation: 'create', type: 'Account', id, externalId: null, before: null, after: { Name: 'Lasting', Id: id } }]);
  });
});
