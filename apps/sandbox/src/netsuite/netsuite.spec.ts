import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { code, detail, ec, firm, pathOf, read, RunningAccount, strict } from './running-account.fixture.js';

const aCustomer = { companyName: 'Alder Bank', subsidiary: { externalId: 'LF-UK' } };

let bench: RunningAccount;
beforeEach(async () => {
  bench = new RunningAccount();
  await bench.start();
});
afterEach(() => bench.end());

describe('the token endpoint', () => {
  it('answers a good assertion with an access token for an hour, three fields and no more', async () => {
    const answer = await bench.logIn();
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/), expires_in: '3600', token_type: 'bearer' });
  });

  it('takes ES256 with an EC certificate', async () => {
    expect((await bench.logIn(bench.assertion({ header: { alg: 'ES256', kid: 'cert-ec' }, key: ec.privateKey }))).status).toBe(200);
  });

  it.each([
    ['an unknown certificate id', { header: { kid: 'other' } }, 'invalid_client'],
    ['another client id', { payload: { iss: 'client-2' } }, 'invalid_client'],
    ['a key that is not the certificate’s pair', { key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey }, 'invalid_client'],
    ['an algorithm that is not in the list', { header: { alg: 'RS256' } }, 'invalid_request'],
    ['an audience other than the token URL', { payload: { aud: 'https://elsewhere.example/token' } }, 'invalid_request'],
    ['an expired assertion', { payload: { iat: 1_700_000_000, exp: 1_700_000_600 } }, 'invalid_request'],
    ['a life of more than an hour', { payload: { exp: Math.floor(Date.now() / 1000) + 7300 } }, 'invalid_request'],
    ['no scope for the REST services', { payload: { scope: ['restlets'] } }, 'invalid_scope'],
  ])('refuses %s in the OAuth form', async (_, changes, error) => {
    const answer = await bench.logIn(bench.assertion(changes));
    expect([answer.status, answer.body]).toEqual([400, { error }]);
  });

  it('refuses another grant', async () => {
    expect((await bench.logIn(bench.assertion(), { grant_type: 'password' })).body).toEqual({ error: 'unsupported_grant_type' });
  });

  it('answers a call without a good token with 401 INVALID_LOGIN', async () => {
    bench.token = 'forged.token.here';
    const answer = await bench.call('GET', '/record/v1/customer');
    expect([answer.status, code(answer)]).toEqual([401, 'INVALID_LOGIN']);
  });

  it('accepts its tokens after a restart', async () => {
    await bench.call('GET', '/record/v1/customer');
    await bench.stop();
    await bench.start();
    expect((await bench.call('GET', '/record/v1/customer')).status).toBe(200);
  });
});

describe('records', () => {
  it('creates with 204, an empty body and the new id in Location only', async () => {
    const answer = await bench.call('POST', '/record/v1/customer', { ...aCustomer, externalId: 'ACC-1' }, strict);
    expect([answer.status, answer.body]).toEqual([204, undefined]);
    const id = /\/record\/v1\/customer\/(\d+)$/.exec(answer.headers.get('location') ?? '')![1];
    const read = await bench.call('GET', `/record/v1/customer/${id}`);
    expect(read.body).toMatchObject({
      id,
      externalId: 'ACC-1',
      companyName: 'Alder Bank',
      isInactive: false,
      subsidiary: { id: expect.any(String), refName: 'Larkfield Ltd' },
    });
  });

  it('upserts by external id with the same answer for insert and update', async () => {
    const first = await bench.call('PUT', '/record/v1/customer/eid:ACC-1', aCustomer, strict);
    const second = await bench.call('PUT', '/record/v1/customer/eid:ACC-1', { companyName: 'Alder Bank plc' }, strict);
    expect([first.status, second.status]).toEqual([204, 204]);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect((await bench.call('GET', '/record/v1/customer/eid:ACC-1')).body).toMatchObject({
      companyName: 'Alder Bank plc',
      subsidiary: { refName: 'Larkfield Ltd' },
    });
  });

  it('refuses a POST with a used external id as an entity that already exists', async () => {
    await bench.call('POST', '/record/v1/customer', { ...aCustomer, externalId: 'ACC-1' });
    const again = await bench.call('POST', '/record/v1/customer', { ...aCustomer, externalId: 'ACC-1' });
    expect([again.status, code(again), detail(again)]).toEqual([400, 'USER_ERROR', 'Error while accessing a resource. This entity already exists.']);
  });

  it('lets a customer be billed by its own subsidiary, and by another once the two have a relationship', async () => {
    const job = (externalId: string, changes: object = {}) =>
      bench.call('PUT', `/record/v1/job/eid:${externalId}`, {
        companyName: externalId,
        parent: { externalId: 'ACC-1' },
        subsidiary: { externalId: 'LF-UK' },
        ...changes,
      });
    const german = { subsidiary: { externalId: 'LF-DE' } };
    await bench.call('PUT', '/record/v1/customer/eid:ACC-1', aCustomer, strict);
    expect((await job('P-1')).status).toBe(204);
    for (const refused of [await job('P-2', german), await job('P-1', german)])
      expect([refused.status, code(refused), pathOf(refused)]).toEqual([400, 'USER_ERROR', 'subsidiary']);

    const relate = (externalId: string, subsidiary: string, entity = 'ACC-1') =>
      bench.call(
        'PUT',
        `/record/v1/customerSubsidiaryRelationship/eid:${externalId}`,
        { entity: { externalId: entity }, subsidiary: { externalId: subsidiary } },
        strict,
      );
    expect((await relate('R-1', 'LF-DE')).status).toBe(204);
    expect((await job('P-2', german)).status).toBe(204);
    // The same again changes nothing; a second row of the two is refused, that of its own
    // subsidiary too; and no row becomes another's.
    expect((await relate('R-1', 'LF-DE')).status).toBe(204);
    for (const refused of [await relate('R-2', 'LF-DE'), await relate('R-3', 'LF-UK')])
      expect([refused.status, detail(refused)]).toEqual([400, 'Error while accessing a resource. This record already exists.']);
    expect((await relate('R-1', 'LF-US')).status).toBe(400);

    const { id: entity } = (await bench.call('GET', '/record/v1/customer/eid:ACC-1')).body;
    const { id: subsidiary } = (await bench.call('GET', '/record/v1/subsidiary/eid:LF-DE')).body;
    const found = await bench.call(
      'GET',
      `/record/v1/customerSubsidiaryRelationship?q=${encodeURIComponent(`entity EQUAL ${entity} AND subsidiary EQUAL ${subsidiary}`)}`,
    );
    expect(found.body.totalResults).toBe(1);
    const rows = (
      await bench.query(`SELECT subsidiary, isprimarysub FROM customersubsidiaryrelationship WHERE entity = ${entity} ORDER BY isprimarysub`)
    ).body.items;
    expect(rows.map((row: { isprimarysub: string }) => row.isprimarysub)).toEqual(['F', 'T']);

    const used = await bench.call('DELETE', '/record/v1/customerSubsidiaryRelationship/eid:R-1');
    expect([used.status, code(used)]).toEqual([400, 'USER_ERROR']);
    for (const gone of ['job/eid:P-1', 'job/eid:P-2', 'customer/eid:ACC-1'])
      expect((await bench.call('DELETE', `/record/v1/${gone}`)).status).toBe(204);
    expect((await bench.call('GET', '/record/v1/customerSubsidiaryRelationship/eid:R-1')).status).toBe(404);
  });

  it('names the required fields that are missing', async () => {
    const answer = await bench.call('POST', '/record/v1/customer', { email: 'x@example.com' });
    expect([answer.status, code(answer), detail(answer)]).toEqual([
      400,
      'USER_ERROR',
      'Error while accessing a resource. Please enter value(s) for: Company Name, Primary Subsidiary.',
    ]);
  });

  it('drops an unknown property silently by default and refuses it under Error', async () => {
    const body = { ...aCustomer, costCentre: 'CC-210' };
    expect((await bench.call('PUT', '/record/v1/customer/eid:ACC-1', body)).status).toBe(204);
    const refused = await bench.call('PUT', '/record/v1/customer/eid:ACC-2', body, strict);
    expect([refused.status, code(refused), refused.body['o:errorDetails'][0]['o:errorPath']]).toEqual([400, 'INVALID_CONTENT', 'costCentre']);
    expect((await bench.call('GET', '/record/v1/customer/eid:ACC-2')).status).toBe(404);
  });

  it('refuses a reference to a record that does not exist, naming field and value', async () => {
    const answer = await bench.call('POST', '/record/v1/customer', { ...aCustomer, terms: { id: '9999' } });
    expect(detail(answer)).toBe('Error while accessing resource: You have entered an Invalid Field Value 9999 for the following field: terms');
  });

  it('answers an unknown id with 404 NONEXISTENT_ID and an unknown type with 404', async () => {
    const missing = await bench.call('GET', '/record/v1/job/eid:nothing');
    expect([missing.status, code(missing)]).toEqual([404, 'NONEXISTENT_ID']);
    expect(detail(await bench.call('GET', '/record/v1/chargeRule/1'))).toBe("Record type 'chargeRule' does not exist.");
  });

  it('accepts a job without billing attributes', async () => {
    expect((await bench.call('PUT', '/record/v1/job/eid:prj_1', { companyName: 'Bare', subsidiary: { externalId: 'LF-UK' } }, strict)).status).toBe(
      204,
    );
    expect((await bench.call('GET', '/record/v1/job/eid:prj_1')).body).not.toHaveProperty('jobBillingType');
  });

  it('carries the firm’s own fields under their script ids', async () => {
    await bench.call(
      'PUT',
      '/record/v1/job/eid:prj_1',
      { companyName: 'X', subsidiary: { externalId: 'LF-UK' }, custentity_cost_centre: { externalId: 'CC-210' } },
      strict,
    );
    expect((await bench.call('GET', '/record/v1/job/eid:prj_1')).body.custentity_cost_centre).toMatchObject({ refName: expect.any(String) });
    const schema = await bench.call('GET', '/record/v1/metadata-catalog/job', undefined, { accept: 'application/schema+json' });
    expect(schema.body.properties).toHaveProperty('custentity_cost_centre');
  });

  it('shows sublists as links unless they are expanded', async () => {
    const body = { ...aCustomer, addressBook: { items: [{ label: 'Billing', addressBookAddress: { city: 'York', country: { id: 'GB' } } }] } };
    await bench.call('PUT', '/record/v1/customer/eid:ACC-1', body, strict);
    const plain = await bench.call('GET', '/record/v1/customer/eid:ACC-1');
    expect(Object.keys(plain.body.addressBook)).toEqual(['links']);
    const whole = await bench.call('GET', '/record/v1/customer/eid:ACC-1?expandSubResources=true&simpleEnumFormat=true');
    expect(whole.body.addressBook).toMatchObject({
      totalResults: 1,
      items: [{ label: 'Billing', addressBookAddress: { city: 'York', country: 'GB' } }],
    });
    expect((await read(await fetch(plain.body.addressBook.links[0].href, { headers: { authorization: `Bearer ${bench.token}` } }))).body.count).toBe(
      1,
    );
  });

  it('merges lines by key, appends those without, and replaces the whole sublist when asked', async () => {
    const lines = (...items: object[]) => ({ ...aCustomer, taxRegistration: { items } });
    const numbers = async () =>
      (await bench.call('GET', '/record/v1/customer/eid:ACC-1?expand=taxRegistration')).body.taxRegistration.items.map(
        (line: { taxRegistrationNumber: string }) => line.taxRegistrationNumber,
      );
    await bench.call('PUT', '/record/v1/customer/eid:ACC-1', lines({ taxRegistrationNumber: 'GB1' }));
    await bench.call('PUT', '/record/v1/customer/eid:ACC-1', lines({ taxRegistrationNumber: 'GB2' }));
    expect(await numbers()).toEqual(['GB1', 'GB2']);
    await bench.call('PATCH', '/record/v1/customer/eid:ACC-1', { taxRegistration: { items: [{ id: 1, taxRegistrationNumber: 'GB3' }] } });
    expect(await numbers()).toEqual(['GB3', 'GB2']);
    await bench.call('PUT', '/record/v1/customer/eid:ACC-1?replace=taxRegistration', lines({ taxRegistrationNumber: 'GB9' }));
    expect(await numbers()).toEqual(['GB9']);
  });

  it.each([
    ['companyName', 83, (companyName: string) => ({ companyName })],
    ['phone', 32, (phone: string) => ({ phone })],
    ['custentity_segment', 300, (custentity_segment: string) => ({ custentity_segment })],
    ['state', 30, (state: string) => ({ addressBook: { items: [{ addressBookAddress: { state, country: 'GB' } }] } })],
  ])('refuses a %s of more than %d characters, in any write, and cuts none', async (name, most, bodyOf) => {
    const of = (length: number) => ({ companyName: 'C', subsidiary: { externalId: 'LF-UK' }, ...bodyOf('ü'.repeat(length)) });
    const sentence = `The field ${name} contained more than the maximum number ( ${most} ) of characters allowed.`;
    for (const method of ['PUT', 'PATCH']) {
      const refused = await bench.call(method, '/record/v1/customer/eid:cus_long', of(most + 1), strict);
      expect([refused.status, code(refused), detail(refused)]).toEqual([400, 'USER_ERROR', sentence]);
      expect((await bench.call(method, '/record/v1/customer/eid:cus_long', of(most), strict)).status).toBe(204);
    }
    const { body } = await bench.call('GET', '/record/v1/customer/eid:cus_long?expandSubResources=true');
    expect(JSON.stringify(body)).toContain(`"${name}":"${'ü'.repeat(most)}"`);
  });

  it('refuses a milestone schedule without its project, and does not attach it by itself', async () => {
    const schedule = {
      name: 'S',
      scheduleType: 'FBM',
      milestone: { items: [{ milestoneAmount: 50.5, milestoneDate: '2027-01-31', comments: 'Go-live' }] },
    };
    expect(code(await bench.call('PUT', '/record/v1/billingSchedule/eid:prj_1-bs', schedule, strict))).toBe('USER_ERROR');
    await bench.call(
      'PUT',
      '/record/v1/job/eid:prj_1',
      { companyName: 'X', subsidiary: { externalId: 'LF-UK' }, jobBillingType: { id: 'FBM' } },
      strict,
    );
    expect((await bench.call('PUT', '/record/v1/billingSchedule/eid:prj_1-bs', { ...schedule, job: { externalId: 'prj_1' } }, strict)).status).toBe(
      204,
    );
    expect((await bench.call('GET', '/record/v1/job/eid:prj_1')).body).not.toHaveProperty('billingSchedule');
  });

  it('deletes what nothing refers to', async () => {
    await bench.call('PUT', '/record/v1/customer/eid:ACC-1', aCustomer);
    expect((await bench.call('DELETE', '/record/v1/customer/eid:ACC-1')).status).toBe(204);
    expect((await bench.call('GET', '/record/v1/customer/eid:ACC-1')).status).toBe(404);
    expect(code(await bench.call('DELETE', `/record/v1/subsidiary/eid:LF-UK`))).toBe('USER_ERROR');
  });

  it('lists id stubs with a filter, a page and links to the next', async () => {
    const all = await bench.call('GET', '/record/v1/employee?limit=5&offset=5');
    expect(all.body).toMatchObject({ count: 5, hasMore: true, offset: 5, totalResults: firm.consultants.length });
    expect(Object.keys(all.body.items[0])).toEqual(['links', 'id']);
    expect(all.body.links.map(({ rel }: { rel: string }) => rel)).toEqual(['previous', 'first', 'next', 'last', 'self']);
    const name = firm.consultants[3].lastName;
    const filtered = await bench.call(
      'GET',
      `/record/v1/employee?q=${encodeURIComponent(`lastName IS "${name}" AND (isInactive IS false OR hireDate ON_OR_AFTER "01/01/1990")`)}`,
    );
    expect(filtered.body.totalResults).toBe(firm.consultants.filter(({ lastName }) => lastName === name).length);
    expect(code(await bench.call('GET', '/record/v1/employee?limit=5&offset=3'))).toBe('INVALID_PARAMETER');
    expect(code(await bench.call('GET', '/record/v1/employee?q=lastName'))).toBe('INVALID_PARAMETER');
  });

  it('answers the allowed values of a field and saves nothing', async () => {
    const answer = await bench.call(
      'POST',
      '/record/v1/job?fields=jobBillingType',
      {},
      { accept: 'application/vnd.oracle.resource+json; type=select-options' },
    );
    expect(answer.body.jobBillingType.items).toContainEqual({ id: 'TM', refName: 'Time and Materials' });
    expect(bench.ledger.rows()).toEqual([]);
  });

  it('refuses bodies that are not JSON of one record', async () => {
    expect(code(await bench.call('POST', '/record/v1/customer', '{"companyName":'))).toBe('INVALID_CONTENT');
    expect(code(await bench.call('POST', '/record/v1/customer', { items: [aCustomer] }))).toBe('INVALID_CONTENT');
  });

  it('writes one row of history per write, with references by external id', async () => {
    await bench.call('PUT', '/record/v1/customer/eid:ACC-1', aCustomer);
    await bench.call('PUT', '/record/v1/customer/eid:ACC-1', { companyName: 'B' });
    await bench.call('PUT', '/record/v1/customer/eid:ACC-1', { companyName: 7, nothing: true, subsidiary: { id: 'x' } });
    const rows = bench.ledger.rows();
    expect(rows.map(({ operation, type, externalId }) => [operation, type, externalId])).toEqual([
      ['create', 'customer', 'ACC-1'],
      ['update', 'customer', 'ACC-1'],
    ]);
    expect(rows[0].after).toMatchObject({ companyName: 'Alder Bank', subsidiary: { externalId: 'LF-UK', refName: 'Larkfield Ltd' } });
    expect(rows[1].before).toEqual(rows[0].after);
  });

  it('drops a field that the role may not write behind a 204', async () => {
    await bench.stop();
    await bench.start({ writeProtected: { job: ['jobBillingType'] } });
    expect(
      (
        await bench.call(
          'PUT',
          '/record/v1/job/eid:prj_1',
          { companyName: 'X', subsidiary: { externalId: 'LF-UK' }, jobBillingType: { id: 'TM' } },
          strict,
        )
      ).status,
    ).toBe(204);
    expect((await bench.call('GET', '/record/v1/job/eid:prj_1')).body).not.toHaveProperty('jobBillingType');
  });

  it('keeps its records over a restart and seeds once', async () => {
    await bench.call('PUT', '/record/v1/customer/eid:ACC-1', aCustomer);
    await bench.stop();
    await bench.start();
    expect((await bench.call('GET', '/record/v1/customer/eid:ACC-1')).status).toBe(200);
    expect((await bench.call('GET', '/record/v1/subsidiary')).body.totalResults).toBe(firm.entities.length);
  });
});

describe('SuiteQL', () => {
  it('needs Prefer: transient', async () => {
    const answer = await bench.call('POST', '/query/v1/suiteql', { q: 'SELECT id FROM job' });
    expect([answer.status, code(answer)]).toEqual([400, 'INVALID_HEADER']);
  });

  it('answers strings under lower-case names and leaves nulls out', async () => {
    const { body } = await bench.query('SELECT ID, CompanyName AS Name, externalId, isInactive, email FROM Customer ORDER BY id');
    expect(body.count).toBe(firm.customers.filter(({ inErp }) => inErp).length);
    expect(body.items[0]).toMatchObject({ links: [], id: expect.stringMatching(/^\d+$/), name: expect.any(String), isinactive: 'F' });
    expect(body.items[0]).not.toHaveProperty('externalid');
  });

  it('joins, groups, counts and orders', async () => {
    const { body } = await bench.query(
      'SELECT c.companyname, COUNT(*) AS n, SUM(j.jobprice) total FROM job j INNER JOIN customer c ON c.id = j.customer GROUP BY c.companyname HAVING COUNT(*) > 0 ORDER BY n DESC, c.companyname',
    );
    const total = body.items.reduce((sum: number, row: { n: string }) => sum + Number(row.n), 0);
    expect(total).toBe(firm.projects.length);
    expect((await bench.query('SELECT COUNT(*) AS count FROM job')).body.items).toEqual([{ links: [], count: String(firm.projects.length) }]);
  });

  it('knows TO_CHAR, TO_DATE, NVL, CASE, ||, ROWNUM and BUILTIN.DF', async () => {
    const { body } = await bench.query(
      `SELECT TO_CHAR(j.startdate, 'YYYY-MM-DD') AS started, NVL(j.comments, '-') AS comments, CASE WHEN j.isinactive = 'T' THEN 'gone' ELSE 'live' END AS state,
              j.entityid || ' / ' || BUILTIN.DF(j.subsidiary) AS name, BUILTIN.DF(j.jobbillingtype) AS billing
       FROM job j WHERE j.startdate < TO_DATE('2030-01-01 00:00:00', 'YYYY-MM-DD HH24:MI:SS') AND ROWNUM <= 1`,
    );
    const [project] = firm.projects;
    const entity = firm.entities.find(({ code }) => code === project.entity)!;
    expect(body.items).toEqual([
      {
        links: [],
        started: project.startDate,
        comments: '-',
        state: 'live',
        name: `${project.number} / ${entity.name}`,
        billing: expect.any(String),
      },
    ]);
  });

  it('matches joins by key, whichever side the new table is on, and keeps the unmatched rows of a left join', async () => {
    const q = (on: string) => `SELECT c.id, COUNT(j.id) AS n FROM customer c LEFT JOIN job j ON ${on} GROUP BY c.id ORDER BY c.id`;
    const [one, other, all] = [
      await bench.query(q('j.customer = c.id')),
      await bench.query(q("c.id = j.customer AND j.isinactive = 'F'")),
      await bench.query(q('j.customer + 0 = c.id')),
    ];
    expect(one.body.items).toEqual(other.body.items);
    expect(one.body.items).toEqual(all.body.items);
    expect(one.body.count).toBe(firm.customers.filter(({ inErp }) => inErp).length);
  });

  it('takes sub-selects, IN, LIKE, BETWEEN, IS NULL and left joins', async () => {
    const { body } = await bench.query(
      `SELECT DISTINCT e.id FROM employee e LEFT JOIN employee s ON s.id = e.supervisor WHERE e.subsidiary IN (SELECT id FROM subsidiary WHERE name LIKE 'Larkfield%')
       AND e.id BETWEEN 1 AND 999999 AND (s.id IS NULL OR s.id IS NOT NULL) ORDER BY e.id`,
    );
    expect(body.totalResults).toBe(firm.consultants.length);
  });

  it('finds a customer by its tax registration, however it is spelt', async () => {
    const known = firm.customers.find(({ inErp, taxRegistration }) => inErp && taxRegistration)!;
    const { body } = await bench.query(
      `SELECT c.id, c.entityid FROM customertaxregistration t INNER JOIN customer c ON c.id = t.entity WHERE UPPER(REGEXP_REPLACE(t.taxregistrationnumber, '[^A-Za-z0-9]', '')) = '${known.taxRegistration!.toUpperCase().replace(/[^A-Z0-9]/g, '')}'`,
    );
    expect(body.items).toMatchObject([{ entityid: known.number }]);
  });

  it('pages by limit and offset, which must be a multiple of it', async () => {
    const first = await bench.query('SELECT id FROM employee ORDER BY id', '?limit=7&offset=0');
    const second = await bench.query('SELECT id FROM employee ORDER BY id', '?limit=7&offset=7');
    expect([first.body.hasMore, second.body.count]).toEqual([true, 7]);
    expect(first.body.items.map((row: { id: string }) => row.id)).not.toContain(second.body.items[0].id);
    expect(code(await bench.query('SELECT id FROM employee', '?limit=7&offset=3'))).toBe('INVALID_PARAMETER');
  });

  it.each([
    ['SELECT foo FROM customer', /Unknown identifier 'foo'\. Available identifiers are: \{customer=customer\}/],
    ['SELECT c.status FROM job c', /Unknown identifier 'c\.status'/],
    ['SELECT id FROM xyz', /Invalid search type: xyz\./],
    ['SELECT startdate FROM projecttask', /Unknown identifier 'startdate'/],
    ['SELECT id FROM', /Invalid or unsupported search/],
    ['DELETE FROM customer', /only SELECT/],
    ['SELECT NOSUCH(id) FROM customer', /Unknown function 'nosuch'/i],
    ['SELECT id, COUNT(*) FROM customer', /not a GROUP BY expression/],
    ["SELECT id FROM job WHERE startdate > TO_DATE('today', 'YYYY-MM-DD')", /TO_DATE/],
  ])('refuses %s', async (q, words) => {
    const answer = await bench.query(q);
    expect([answer.status, code(answer), answer.body['o:errorDetails'][0]['o:errorQueryParam']]).toEqual([400, 'INVALID_PARAMETER', 'q']);
    expect(detail(answer)).toMatch(words);
  });

  it('refuses lists and queries, not records by id, to a role without SuiteAnalytics', async () => {
    await bench.stop();
    await bench.start({ suiteAnalytics: false });
    const query = await bench.query('SELECT id FROM job');
    expect([query.status, code(query), detail(query)]).toEqual([400, 'USER_ERROR', expect.stringMatching(/does not have permission/)]);
    expect((await bench.call('GET', '/record/v1/job')).status).toBe(400);
    expect((await bench.call('GET', '/record/v1/subsidiary/eid:LF-UK')).status).toBe(200);
  });
});

describe('people', () => {
  it('open a record where links from elsewhere lead', async () => {
    await bench.call('PUT', '/record/v1/job/eid:prj_1', { companyName: 'Rollout <b>', subsidiary: { externalId: 'LF-UK' } });
    const { id } = (await bench.call('GET', '/record/v1/job/eid:prj_1')).body;
    const page = await fetch(`${bench.baseUrl}/app/accounting/project/project.nl?id=${id}`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html;charset=utf-8']);
    expect(await page.text()).toContain('Rollout &#60;b&#62;');
    expect((await fetch(`${bench.baseUrl}/app/accounting/project/project.nl?id=0`)).status).toBe(404);
  });
});

describe('limits', () => {
  it('refuses the request over the account’s concurrency with 429 CONCURRENCY_LIMIT_EXCEEDED', async () => {
    await bench.stop();
    await bench.start({ concurrency: 1 });
    await bench.call('GET', '/record/v1/subsidiary/eid:LF-UK');
    bench.faults.plan({ match: { vendor: 'netsuite', type: 'job' }, action: { do: 'latency', ms: 300 } });
    const [first, second] = await Promise.all([bench.call('GET', '/record/v1/job/eid:a'), bench.call('GET', '/record/v1/job/eid:b')]);
    const refused = [first, second].find(({ status }) => status === 429)!;
    expect(code(refused)).toBe('CONCURRENCY_LIMIT_EXCEEDED');
    expect([first, second].filter(({ status }) => status === 404)).toHaveLength(1);
  });

  it('answers the server’s time to anybody and its limits to administrators', async () => {
    expect((await bench.call('GET', '/system/v1/serverTime')).body.serverTime).toMatch(/Z$/);
    expect((await bench.call('GET', '/system/v1/governanceLimits')).status).toBe(400);
    await bench.stop();
    await bench.start({ administrator: true, concurrency: 7 });
    expect((await bench.call('GET', '/system/v1/governanceLimits')).body.accountConcurrencyLimit).toBe(7);
  });
});
