import jsforce, { type Connection } from 'jsforce';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { credentials, RunningOrg } from './running-org.fixture.js';

let org: RunningOrg;
let conn: Connection;

beforeAll(async () => {
  org = await new RunningOrg().start();
  conn = await org.connect();
});
afterAll(() => org.remove());

const post = (path: string, body: unknown) =>
  fetch(`${org.url}/services/data/v67.0${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { authorization: `Bearer ${conn.accessToken}`, 'content-type': 'application/json' },
  });

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

  it('answers 401 INVALID_SESSION_ID for an unknown token', async () => {
    const answer = await fetch(`${org.url}/services/data/v67.0/limits`, { headers: { authorization: 'Bearer nonsense' } });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual([{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }]);
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

  it('answer 405 and 415 to unsupported requests', async () => {
    expect((await post('/sobjects/Account/001LF0000000001AAA', {})).status).toBe(405);
    const text = await fetch(`${org.url}/services/data/v67.0/sobjects/Account`, {
      method: 'POST',
      body: 'Name=x',
      headers: { authorization: `Bearer ${conn.accessToken}` },
    });
    expect(text.status).toBe(415);
  });
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

describe('the metadata', () => {
  it('lists the objects, and describes the fields and relationships of each', async () => {
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
  afterEach(() => small.remove());

  it('are stated in every answer and kept: when the daily limit is used up, 403 without Retry-After', async () => {
    small = await new RunningOrg({ dailyLimit: 3 }).start();
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
    small = await new RunningOrg().start();
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

describe('failures at the vendor', () => {
  let troubled: RunningOrg;
  afterEach(() => troubled.remove());
  const start = async (options: ConstructorParameters<typeof RunningOrg>[0] = {}) => {
    troubled = await new RunningOrg(options).start();
    return troubled.connect();
  };
  const anyDeal = async (connection: Connection) => (await connection.query<{ Id: string }>('SELECT Id FROM Opportunity LIMIT 1')).records[0].Id;

  it.each([500, 400] as const)('a locked row is answered with status %i, as chosen, and its code', async status => {
    const connection = await start({ choices: { lockRowStatus: status } });
    const Id = await anyDeal(connection);
    troubled.faults.plan({ match: { vendor: 'salesforce', kind: 'write', type: 'Opportunity' }, action: { do: 'error', status: 500 }, times: 1 });
    await expect(connection.sobject('Opportunity').update({ Id, NextStep: 'x' })).rejects.toMatchObject({ name: 'UNABLE_TO_LOCK_ROW' });
    expect(troubled.server.calls.toJSON()).toMatchObject({ [`write Opportunity update ${status}`]: 1 });
    expect(await connection.sobject('Opportunity').update({ Id, NextStep: 'x' })).toMatchObject({ success: true });
  });

  it('too many calls are answered with 403, maintenance with a page', async () => {
    const connection = await start();
    troubled.faults.plan({ match: { vendor: 'salesforce', type: 'Account' }, action: { do: 'throttle' }, times: 1 });
    await expect(connection.query('SELECT Id FROM Account')).rejects.toMatchObject({ name: 'REQUEST_LIMIT_EXCEEDED' });
    troubled.faults.plan({ match: { vendor: 'salesforce', type: 'Account' }, action: { do: 'maintenance' }, times: 1 });
    const headers = { authorization: `Bearer ${connection.accessToken}` };
    const page = await fetch(`${troubled.url}/services/data/v67.0/query?q=SELECT+Id+FROM+Account`, { headers });
    expect([page.status, page.headers.get('content-type')]).toEqual([503, 'text/html']);
    expect((await connection.query('SELECT Id FROM Account')).totalSize).toBeGreaterThan(0);
  });

  it('an answer is lost after the write, which is there and in the ledger', async () => {
    const connection = await start();
    troubled.faults.plan({ match: { vendor: 'salesforce', type: 'Account', operation: 'upsert' }, action: { do: 'lose-answer' }, nth: 1 });
    const upsert = () => connection.sobject('Account').upsert({ Ext_Id__c: 'once', Name: 'Once' }, 'Ext_Id__c');
    await expect(upsert()).rejects.toThrow(/fetch failed|socket hang up|other side closed|ECONNRESET/);
    expect(await upsert()).toMatchObject({ success: true, created: false });
    expect(troubled.ledger.rows().map(row => [row.operation, row.externalId])).toEqual([
      ['create', 'once'],
      ['upsert', 'once'],
    ]);
  });

  it('queries show the one change late that a fault is planned for', async () => {
    let now = Date.parse('2026-11-20T09:00:00Z');
    const connection = await start({ now: () => new Date(now) });
    const Id = await anyDeal(connection);
    const match = { vendor: 'salesforce', type: 'Opportunity' } as const;
    troubled.faults.plan({ match, action: { do: 'notice', how: 'delay', ms: 3_000 }, nth: 1 });
    const seen = async () =>
      (await connection.query<{ NextStep: string | null }>(`SELECT NextStep FROM Opportunity WHERE Id = '${Id}'`)).records[0].NextStep;
    await connection.sobject('Opportunity').update({ Id, NextStep: 'late' });
    expect(await seen()).toBeNull();
    now += 3_000;
    expect(await seen()).toBe('late');
    await connection.sobject('Opportunity').update({ Id, NextStep: 'at once' });
    expect(await seen()).toBe('at once');
  });

  it('queries show a change later than its SystemModstamp says', async () => {
    let now = Date.parse('2026-11-20T09:00:00Z');
    const connection = await start({ visibilityLagMs: 3_000, now: () => new Date(now) });
    const Id = await anyDeal(connection);
    const seen = async () =>
      (await connection.query<{ NextStep: string | null }>(`SELECT NextStep FROM Opportunity WHERE Id = '${Id}'`)).records[0].NextStep;
    await connection.sobject('Opportunity').update({ Id, NextStep: 'one' });
    now += 2_000;
    await connection.sobject('Opportunity').update({ Id, NextStep: 'two' });
    expect(await seen()).toBeNull();
    now += 1_500;
    expect(await seen()).toBe('one');
    now += 2_000;
    expect(await seen()).toBe('two');
    expect(await connection.sobject('Opportunity').retrieve(Id)).toMatchObject({ SystemModstamp: '2026-11-20T09:00:02.000+0000' });
  });
});
