import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CRM_ABILITIES } from '#apis/crm';
import { Problem } from '#canonical';
import { refusalProblem } from '#connector';
import { loadConfig } from '#service';
import { eventually, problemOf } from '#testing';
import type { CrmWorld } from '../port/bench.fixture.js';
import { crmConformance } from '../port/crm.conformance.js';
import { VendorDoor } from '../port/vendor-door.fixture.js';
import { salesforceCodes } from './salesforce.codes.js';
import { SalesforceConfig } from './salesforce.config.js';
import { anyDeal, connect, peopleOf, setUp, tearDown, type Setting } from './salesforce.fixture.js';
import { to18 } from './salesforce.references.js';
import type { CrmVendor } from '../port/crm.port.js';

/** An org, its milestones and rate cards used or not. */
class SalesforceWorld implements CrmWorld {
  door: VendorDoor;
  people: CrmWorld['people'];
  #setting: Setting;

  readonly words = {
    sessionEnded: { status: 401, body: '[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]' },
    notFound: { status: 404, body: '[{"message":"The requested resource does not exist","errorCode":"NOT_FOUND"}]' },
    refusal: (text: string) => ({ status: 400, body: JSON.stringify([{ message: text, errorCode: 'SOMETHING' }]) }),
    malformed: ['<html>It works!</html>', '{}', '{"totalSize":1,"done":true,"records":"none"}'],
    unnamed: { answer: { status: 200, body: JSON.stringify({ totalSize: 3, done: true, records: UNNAMED }) }, id: 'Id' },
  };

  constructor(
    readonly abilities: CrmWorld['abilities'],
    private readonly env: Record<string, string> = {},
  ) {}

  connect(): CrmVendor {
    return connect(this.#setting, { SALESFORCE_LOGIN_URL: this.door.url, SALESFORCE_TIMEOUT_MS: '20000', ...this.env });
  }

  async rateCardCode(): Promise<string> {
    return (await this.#setting.people.query<{ Code__c: string }>('SELECT Code__c FROM Rate_Card__c LIMIT 1')).records[0].Code__c;
  }

  secrets(): string[] {
    return [this.#setting.sandboxes.endpoints.salesforce.clientSecret];
  }

  async open(): Promise<void> {
    this.#setting = await setUp();
    this.people = peopleOf(this.#setting.people);
    const { loginUrl } = this.#setting.sandboxes.endpoints.salesforce;
    this.door = await new VendorDoor(loginUrl, path => path.startsWith('/services/oauth2/')).open();
  }

  async close(): Promise<void> {
    await this.door.close();
    await tearDown(this.#setting);
  }
}

const UNNAMED = [{ Name: 'without an id' }, 'no record', { Id: '001000000000001AAA', Name: 'Fine', SystemModstamp: '2026-11-20T09:15:00.000+0000' }];

crmConformance('Salesforce', new SalesforceWorld(CRM_ABILITIES));
crmConformance(
  'Salesforce with deals and customers only',
  new SalesforceWorld([], { SALESFORCE_MILESTONES: 'none', SALESFORCE_RATE_CARD_OBJECT: 'none' }),
);

describe('ids', () => {
  it('are the same in both forms', () => {
    expect(to18('0018a00001rBqb8')).toBe('0018a00001rBqb8AAC');
    expect(to18('0018a00001rBqb8AAC')).toBe('0018a00001rBqb8AAC');
  });
});

describe('Salesforce', () => {
  let setting: Setting;
  let vendor: CrmVendor;
  beforeAll(async () => {
    setting = await setUp();
    vendor = connect(setting);
  });
  afterAll(async () => {
    await vendor.close();
    await tearDown(setting);
  });

  it('mints the same ids from the short and the long organization id', async () => {
    const long = connect(setting, { SALESFORCE_ACCOUNT: '00DLF00000000012AA' });
    const id = await anyDeal(setting, 'IsClosed = false');
    expect((await long.deals.get(id))?.id).toBe((await vendor.deals.get(id.slice(0, 15)))?.id);
    expect(long.account).toBe(vendor.account);
    await long.close();
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
    const read = () => vendor.customers.get('001000000000000AAA');

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
    ])('%s is reported at once, with its code and words', async (code, kind, ours) => {
      await says(code);
      expect(await problemOf(read())).toMatchObject({ kind, code: ours, retryable: false, vendor: { code, message: 'said so' } });
      expect((await setting.sandboxes.control.faults())[0].delivered).toBe(1);
    });
  });

  it('reports all faults of its settings at once', () => {
    expect(() =>
      loadConfig(SalesforceConfig, { SALESFORCE_LOGIN_URL: 'nowhere', SALESFORCE_CLIENT_ID: 'x', SALESFORCE_FIELD_PRACTICE: 'Practice; DROP' }),
    ).toThrow(
      /SALESFORCE_CLIENT_SECRET: is required[^]*SALESFORCE_ACCOUNT: is required[^]*SALESFORCE_LOGIN_URL[^]*SALESFORCE_FIELD_PRACTICE must be the API name/,
    );
  });
});
