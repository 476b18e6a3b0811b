import jsforce from 'jsforce';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig, Metrics } from '#service';
import { connectorMigrations, refusalProblem } from '#connector';
import { eventually, problemOf, testDatabase, testSandboxes, type TestDatabase, type TestSandboxes } from '#testing';
import { Problem, type Customer, type Deal } from '#canonical';
import { describeCrmVendor, type CrmHarness } from '../crm-vendor.contract.js';
import type { CrmVendor } from '../crm-vendor.js';
import { VendorDoor } from '../vendor-door.fixture.js';
import { SalesforceConfig } from './salesforce.config.js';
import { salesforceCodes } from './salesforce.codes.js';
import { salesforce } from './salesforce.vendor.js';

const ORG = '00DLF0000000001';

interface Setting {
  database: TestDatabase;
  sandboxes: TestSandboxes;
  /** What people and their tools do in the org. */
  people: InstanceType<typeof jsforce.Connection>;
}

async function setUp(): Promise<Setting> {
  const database = await testDatabase({ migrations: connectorMigrations });
  const sandboxes = await testSandboxes({ vendors: ['salesforce'] });
  const { loginUrl, clientId, clientSecret, apiVersion } = sandboxes.endpoints.salesforce;
  const people = new jsforce.Connection({ oauth2: { loginUrl, clientId, clientSecret }, instanceUrl: loginUrl, version: apiVersion });
  await people.authorize({ grant_type: 'client_credentials' });
  return { database, sandboxes, people };
}

function connect({ database, sandboxes }: Setting, env: Record<string, string> = {}): CrmVendor {
  const { loginUrl, clientId, clientSecret, apiVersion } = sandboxes.endpoints.salesforce;
  const config = loadConfig(SalesforceConfig, {
    SALESFORCE_LOGIN_URL: loginUrl,
    SALESFORCE_CLIENT_ID: clientId,
    SALESFORCE_CLIENT_SECRET: clientSecret,
    SALESFORCE_API_VERSION: apiVersion,
    SALESFORCE_ACCOUNT: ORG,
    ...env,
  });
  return salesforce.connect({ config, dataSource: database.dataSource, metrics: new Metrics() });
}

async function harness(): Promise<CrmHarness> {
  const setting = await setUp();
  const { people, sandboxes, database } = setting;
  const door = await new VendorDoor(sandboxes.endpoints.salesforce.loginUrl, path => path.startsWith('/services/oauth2/')).open();
  const stage = (Id: string, StageName: string) =>
    people
      .sobject('Opportunity')
      .update({ Id, StageName })
      .then(() => undefined);
  const first = async (soql: string) => (await people.query<{ Id: string; AccountId: string }>(`${soql} LIMIT 1`)).records[0];
  return {
    door,
    connect: () => connect(setting, { SALESFORCE_LOGIN_URL: door.url, SALESFORCE_TIMEOUT_MS: '20000' }),
    people: {
      anyOpenDeal: async () => (await first('SELECT Id FROM Opportunity WHERE IsClosed = false AND HasOpportunityLineItem = true')).Id,
      customerOf: async id => (await first(`SELECT AccountId FROM Opportunity WHERE Id = '${id}'`)).AccountId,
      win: id => stage(id, 'Signed'),
      lose: id => stage(id, 'Lost'),
      reopen: id => stage(id, 'Negotiation'),
      changeLine: async id => {
        const line = await first(`SELECT Id FROM OpportunityLineItem WHERE OpportunityId = '${id}'`);
        await people.sobject('OpportunityLineItem').update({ Id: line.Id, Quantity: 77.5 });
      },
      changeMilestones: async id => {
        await people
          .sobject('SOW_Milestone__c')
          .create({ Name: 'One more', Opportunity__c: id, Sequence__c: 9, Due_Date__c: '2027-06-30', Amount__c: 12.5 });
      },
      setTaxRegistration: async (Id, Tax_Registration__c) => {
        await people.sobject('Account').update({ Id, Tax_Registration__c });
      },
      newDeal: async Name => (await people.sobject('Opportunity').create({ Name, StageName: 'Proposal', CloseDate: '2027-01-31' })).id!,
      delete: async id => {
        await people.sobject('Opportunity').destroy(id);
      },
      newRateCard: async ({ code, effectiveFrom, ratePerHour }) => {
        const card = await people
          .sobject('Rate_Card__c')
          .create({ Name: `${code} ${effectiveFrom}`, Code__c: code, Effective_From__c: effectiveFrom, CurrencyIsoCode: 'EUR' });
        const product = await first('SELECT Id FROM Product2');
        const rate = await people
          .sobject('Rate_Card_Rate__c')
          .create({ Name: 'x', Rate_Card__c: card.id, Product__c: product.Id, Rate_Per_Hour__c: ratePerHour });
        return async Rate_Per_Hour__c => {
          await people.sobject('Rate_Card_Rate__c').update({ Id: rate.id!, Rate_Per_Hour__c });
        };
      },
    },
    rateCardCode: (await people.query<{ Code__c: string }>('SELECT Code__c FROM Rate_Card__c LIMIT 1')).records[0].Code__c,
    secrets: [sandboxes.endpoints.salesforce.clientSecret],
    close: async () => {
      await door.close();
      await sandboxes.close();
      await database.close();
    },
  };
}

describeCrmVendor('Salesforce', harness);

describe('Salesforce', () => {
  let setting: Setting;
  let vendor: CrmVendor;
  beforeAll(async () => {
    setting = await setUp();
    vendor = connect(setting);
  });
  afterAll(async () => {
    await vendor.close();
    await setting.sandboxes.close();
    await setting.database.close();
  });

  const anyDeal = async (where: string) =>
    (await setting.people.query<{ Id: string }>(`SELECT Id FROM Opportunity WHERE ${where} LIMIT 1`)).records[0].Id;

  it('mints the same ids from the short and the long organization id', async () => {
    const long = connect(setting, { SALESFORCE_ACCOUNT: '00DLF00000000012AA' });
    const id = await anyDeal('IsClosed = false');
    expect((await long.deal(id))?.id).toBe((await vendor.deal(id.slice(0, 15)))?.id);
    expect(long.account).toBe(vendor.account);
    await long.close();
  });

  it('reads all rate cards with all their rates in one call', async () => {
    const calls = async () => Object.values((await setting.sandboxes.control.calls()).salesforce).reduce((sum, n) => sum + n, 0);
    await vendor.rateCards('warm up');
    const before = await calls();
    const pages: number[] = [];
    for await (const { items } of vendor.allRateCards()) pages.push(items.length);
    expect(pages.length).toBe(1);
    expect((await calls()) - before).toBe(1);
  });

  it('has no rate cards where the org has none, and says so', async () => {
    const without = connect(setting, { SALESFORCE_RATE_CARD_OBJECT: 'none' });
    expect([without.abilities, await without.rateCards('STD')]).toEqual([['milestones'], []]);
    await without.close();
  });

  it('takes the rate card version of the first day of work', async () => {
    const id = await anyDeal('Rate_Card__c != null AND IsClosed = false');
    const deal = (await vendor.deal(id))!;
    const versions = await vendor.rateCards(deal.rateCard!.code);
    expect(versions.length).toBeGreaterThan(1);
    const started = versions.filter(version => version.effectiveFrom! <= deal.startDate!).at(-1)!;
    expect(deal.rateCard).toMatchObject({ effectiveFrom: started.effectiveFrom, rates: started.rates });
    for (const role of deal.roles) expect(deal.rateCard!.rates.find(rate => rate.role === role.role)?.ratePerHour).toEqual(role.ratePerHour);
  });

  it('keeps the name of a rate card that the org has not, without rates', async () => {
    const { id } = await setting.people.sobject('Opportunity').create({
      Name: 'Misnamed',
      StageName: 'Proposal',
      CloseDate: '2027-01-31',
      CurrencyIsoCode: 'EUR',
      Rate_Card__c: 'RC-UNKNOWN',
    });
    expect((await vendor.deal(id!))?.rateCard).toEqual({ code: 'RC-UNKNOWN', currency: 'EUR', rates: [] });
    await setting.people.sobject('Opportunity').destroy(id!);
  });

  it('reads all customers over many pages, each once', async () => {
    const made = 2_100;
    for (let from = 0; from < made; from += 200) {
      const records = Array.from({ length: Math.min(200, made - from) }, (_, i) => ({ Name: `Many ${from + i}` }));
      await setting.people.sobject('Account').create(records);
    }
    const pages: Customer[][] = [];
    for await (const { items } of vendor.customersChanged(null)) pages.push(items);
    expect(pages.length).toBeGreaterThan(1);
    const many = pages.flat().filter(customer => customer.name.startsWith('Many '));
    expect(new Set(many.map(({ id }) => id)).size).toBe(made);
  });

  it('reads all lines of a deal that has more than a page of them', async () => {
    const id = await anyDeal("IsClosed = false AND CurrencyIsoCode = 'GBP' AND HasOpportunityLineItem = true");
    const { records } = await setting.people.query<{ PricebookEntryId: string }>(
      `SELECT PricebookEntryId FROM OpportunityLineItem WHERE OpportunityId = '${id}' LIMIT 1`,
    );
    const before = (await vendor.deal(id))!.roles.length;
    for (let page = 0; page < 11; page++) {
      const lines = Array.from({ length: 200 }, () => ({
        OpportunityId: id,
        PricebookEntryId: records[0].PricebookEntryId,
        Quantity: 1,
        UnitPrice: 1,
      }));
      await setting.people.sobject('OpportunityLineItem').create(lines);
    }
    expect((await vendor.deal(id))!.roles).toHaveLength(before + 2_200);
    await setting.people.sobject('Opportunity').destroy(id);
  });

  it('keeps what a person typed out of the query', async () => {
    expect(await vendor.rateCards("x' OR Code__c != '")).toEqual([]);
    expect(await vendor.rateCards('back\\slash\\')).toEqual([]);
  });

  it("carries the firm's own fields along by configuration, and leaves out what the org has not", async () => {
    const env = {
      SALESFORCE_DEAL_EXTENSIONS: 'NextStep,Account.Industry',
      SALESFORCE_FIELD_PRACTICE: 'none',
      SALESFORCE_MILESTONES: 'none',
      SALESFORCE_RATE_CARD_OBJECT: 'none',
    };
    const plain = connect(setting, env);
    const { id } = await setting.people
      .sobject('Opportunity')
      .create({ Name: 'Extended', StageName: 'Proposal', CloseDate: '2027-01-31', NextStep: 'call' });
    expect(await plain.deal(id!)).toMatchObject({ extensions: { NextStep: 'call' }, milestones: [] } satisfies Partial<Deal>);
    const seeded = (await plain.deal(await anyDeal('Rate_Card__c != null')))!;
    expect('costCentre' in seeded || 'rateCard' in seeded || 'extensions' in seeded).toBe(false);
    await plain.close();
  });

  it('reads what is sold by the day, and how long a day is by the contract, where the org says so', async () => {
    const byDay = connect(setting, {
      SALESFORCE_FIELD_RATE_UNIT: 'Product__r.QuantityUnitOfMeasure',
      SALESFORCE_FIELD_HOURS_PER_DAY: 'Probability',
    });
    const id = await anyDeal('Rate_Card__c != null AND HasOpportunityLineItem = true');
    const { records } = await setting.people.query<{ Product2Id: string }>(
      `SELECT Product2Id FROM OpportunityLineItem WHERE OpportunityId = '${id}' LIMIT 1`,
    );
    const [{ Product2Id }] = records;
    const sells = (QuantityUnitOfMeasure: string) => setting.people.sobject('Product2').update({ Id: Product2Id, QuantityUnitOfMeasure });
    const hours = (Probability: number) => setting.people.sobject('Opportunity').update({ Id: id, Probability });
    await sells('Day');
    await hours(7);
    const deal = (await byDay.deal(id))!;
    const sold = deal.roles.find(({ dayRate }) => dayRate !== undefined)!;
    expect(sold.dayRate).toMatchObject({ minutes: 420 });
    expect(sold.minutes % 420).toBe(0);
    const listed = deal.rateCard!.rates.find(({ role }) => role === sold.role)!;
    expect(listed.dayRate).toEqual({ rate: sold.dayRate!.rate, minutes: 480 });
    expect(deal.rateCard!.rates.filter(({ dayRate }) => dayRate !== undefined)).toEqual([listed]);
    await hours(25);
    await expect(byDay.deal(id)).rejects.toMatchObject({ code: 'malformed-answer', fields: [{ field: 'Probability', rule: 'hours-of-day' }] });
    await hours(10);
    await sells('Hour');
    await byDay.close();
  });

  describe('vendor:check', () => {
    const sayWith = async (env: Record<string, string>) => {
      const checked = connect(setting, env);
      const findings = await checked.check();
      await checked.close();
      return findings.filter(finding => !finding.ok).map(({ what, say }) => `${what}: ${say}`);
    };

    it.each([
      [
        { SALESFORCE_FIELD_LEGAL_ENTITY: 'Selling_Entity__c' },
        /^opportunity fields: Opportunity has no field.*Selling_Entity__c \(set SALESFORCE_FIELD_LEGAL_ENTITY/,
      ],
      [{ SALESFORCE_FIELD_TAX_REGISTRATION: 'VAT__c' }, /^account fields: Account has no field.*VAT__c \(set SALESFORCE_FIELD_TAX_REGISTRATION/],
      [{ SALESFORCE_MILESTONES: 'Phases__r' }, /^milestones: Opportunity has no child relationship Phases__r.*SALESFORCE_MILESTONES/],
      [{ SALESFORCE_RATE_CARD_OBJECT: 'Price_Plan__c' }, /^rate card fields: there is no object Price_Plan__c, or the run-as user may not see it/],
      [{ SALESFORCE_FIELD_RATE_ROLE: 'Product__r.Code' }, /^rate fields: Rate_Card_Rate__c has no field.*Product__r\.Code/],
      [{ SALESFORCE_CLIENT_SECRET: 'wrong' }, /^logs in: .*invalid client credentials.*SALESFORCE_CLIENT_SECRET/],
      [{ SALESFORCE_ACCOUNT: '00D000000000000' }, /^logs in: this is organization 00DLF00000000012AA, but SALESFORCE_ACCOUNT says 00D000000000000/],
    ])('says what is missing with %o', async (env, said) => {
      const [first] = await sayWith(env);
      expect(first).toMatch(said);
    });
  });

  it.each([
    [403, 'REQUEST_LIMIT_EXCEEDED', 'rate-limited', true],
    [500, 'UNABLE_TO_LOCK_ROW', 'conflict', true],
    [400, 'UNABLE_TO_LOCK_ROW', 'conflict', true],
    [503, 'SERVER_UNAVAILABLE', 'vendor-unavailable', true],
    [403, 'INSUFFICIENT_ACCESS', 'refused-by-vendor', false],
    [400, 'MALFORMED_QUERY', 'refused-by-vendor', false],
    [400, 'INVALID_QUERY_LOCATOR', 'refused-by-vendor', false],
    [404, 'ENTITY_IS_DELETED', 'not-found', false],
  ])('reads %i %s by its code, not by its status: %s', (status, errorCode, kind, retryable) => {
    const text = JSON.stringify([{ errorCode, message: 'said' }]);
    const problem = refusalProblem(
      'salesforce',
      salesforceCodes,
      { status, headers: {}, text, json: <T>() => JSON.parse(text) as T },
      { operation: 'x', kind: 'read' },
    );
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({ kind, retryable, vendor: { code: errorCode } });
  });

  describe('refusals of a read', () => {
    afterEach(() => setting.sandboxes.control.clearFaults());
    const says = (code: string, times?: number) =>
      setting.sandboxes.control.planFault({ match: { vendor: 'salesforce', kind: 'read' }, action: { do: 'code', code, message: 'said so' }, times });
    const read = () => vendor.customer('001000000000000AAA');

    it.each([['UNABLE_TO_LOCK_ROW'], ['SERVER_UNAVAILABLE'], ['UNKNOWN_EXCEPTION'], ['REQUEST_LIMIT_EXCEEDED']])(
      '%s passes, so it is read again',
      async code => {
        await says(code, 1);
        expect(await read()).toBeNull();
      },
    );

    it('REQUEST_LIMIT_EXCEEDED makes every other call of the account wait', async () => {
      await says('REQUEST_LIMIT_EXCEEDED', 1);
      const refused = read();
      await eventually(async () => (await setting.sandboxes.control.faults())[0].delivered === 1);
      const startedAt = performance.now();
      await read();
      expect(performance.now() - startedAt).toBeGreaterThan(100);
      expect(await refused).toBeNull();
    });

    it.each([
      ['INSUFFICIENT_ACCESS', 'refused-by-vendor', 'permission-missing'],
      ['ENTITY_IS_LOCKED', 'refused-by-vendor', 'held'],
      ['MALFORMED_QUERY', 'refused-by-vendor', 'query-refused'],
      ['DUPLICATE_VALUE', 'conflict', 'already-exists'],
    ])('%s is told at once, with its code and words', async (code, kind, ours) => {
      await says(code);
      expect(await problemOf(read())).toMatchObject({ kind, code: ours, retryable: false, vendor: { code, message: 'said so' } });
      expect((await setting.sandboxes.control.faults())[0].delivered).toBe(1);
    });
  });

  it('tells all faults of its settings at once', () => {
    expect(() =>
      loadConfig(SalesforceConfig, { SALESFORCE_LOGIN_URL: 'nowhere', SALESFORCE_CLIENT_ID: 'x', SALESFORCE_FIELD_PRACTICE: 'Practice; DROP' }),
    ).toThrow(
      /SALESFORCE_CLIENT_SECRET: is required[^]*SALESFORCE_ACCOUNT: is required[^]*SALESFORCE_LOGIN_URL[^]*SALESFORCE_FIELD_PRACTICE must be the API name/,
    );
  });
});
