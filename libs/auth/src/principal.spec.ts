import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Problem, Worker } from '#canonical';
import { testDatabase, type TestDatabase } from '#testing';
import { actingAs, actorHeader } from './acting.js';
import { sensitiveFields, withFieldRights } from './field-rights.js';

import { actorOf, hasFieldRight, hasRole, maySee, maySeeAll, maySeeRows, principalOf, type Principal } from './principal.js';
import { refuseWrongClaims } from './token.rules.js';

const client = principalOf({
  sub: 'portal-service',
  client_id: 'portal-service',
  scope: 'crm.read act-for',
  legal_entities: ['*', 'unassigned'],
  field_rights: ['worker.cost-rate'],
});
const person = principalOf({
  sub: 'ruth',
  client_id: 'console',
  kind: 'person',
  name: 'Ruth',
  roles: ['finance'],
  legal_entities: ['LF-UK', 'LF-DE'],
  field_rights: ['worker.cost-rate', 'worker.salary'],
});

describe('a principal', () => {
  it.each([
    ['a row of one of their legal entities', ['LF-UK'], true],
    ['a row of several, one of them theirs', ['LF-US', 'LF-DE'], true],
    ['a row of others', ['LF-US'], false],
    ['a row of none, without the unassigned right', [], false],
  ])('and %s', (_, entities, seen) => {
    expect(maySee(person, entities)).toBe(seen);
  });

  it('with all legal entities sees rows of none only with the right to', () => {
    expect(maySee(client, [])).toBe(true);
    expect(maySee(principalOf({ legal_entities: ['*'] }), [])).toBe(false);
    expect(maySee(principalOf({ legal_entities: ['*'] }), ['LF-UK'])).toBe(true);
  });

  it('whose token has no claims may do and see nothing', () => {
    const nobody = principalOf({ sub: 'x', roles: 'finance' as never, legal_entities: 'all' as never });
    expect(nobody).toMatchObject({ scopes: [], roles: [], legalEntities: [], seesUnassigned: false, fieldRights: [] });
    expect([maySee(nobody, ['LF-UK']), hasFieldRight(nobody, 'worker.cost-rate'), hasRole(nobody, 'finance')]).toEqual([false, false, false]);
  });
});

describe('the claims of a token', () => {
  const good = { sub: 'ruth', exp: 1, scope: 'a b', name: '', roles: ['finance'], legal_entities: ['*'], field_rights: [] };

  it('are refused when any text can not be stored in a database', () => {
    expect(() => refuseWrongClaims(good)).not.toThrow();
    for (const text of ['a\0', '\ud800'])
      for (const claim of ['sub', 'client_id', 'azp', 'name', 'scope'])
        expect(() => refuseWrongClaims({ ...good, [claim]: text }), claim).toThrow(/the token has|is not a text/);
    for (const claim of ['roles', 'legal_entities', 'field_rights'])
      expect(() => refuseWrongClaims({ ...good, [claim]: ['fine', 'a\0'] }), claim).toThrow('a right is not a text');
  });
});

describe('acting for a person', () => {
  it('limits rows and fields to those that both may see, and names the person', () => {
    const acting = actingAs({ ...client, legalEntities: ['LF-UK', 'LF-US'] }, actorHeader(person));
    expect(acting).toMatchObject({
      id: 'portal-service',
      legalEntities: ['LF-UK'],
      seesUnassigned: false,
      roles: ['finance'],
      fieldRights: ['worker.cost-rate'],
    });
    expect(actorOf(acting)).toEqual({
      kind: 'client',
      id: 'portal-service',
      name: 'portal-service',
      actingFor: { kind: 'person', id: 'ruth', name: 'Ruth' },
    });
  });

  it('passes the person on to the next hop, not the service between', () => {
    const second = actingAs({ ...client, id: 'crm-service', clientId: 'crm-service' }, actorHeader(actingAs(client, actorHeader(person))));
    expect(second.actingFor).toEqual({ kind: 'person', id: 'ruth', name: 'Ruth' });
  });

  it('travels in ASCII, whatever characters the name has', () => {
    const header = actorHeader({ ...person, name: 'Zoë 李\n' });
    expect(header).toMatch(/^[\x20-\x7e]*$/);
    expect(actingAs(client, header).actingFor?.name).toBe('Zoë 李\n');
  });

  it('is refused without act-for, and when the header is incomplete', () => {
    expect(() => actingAs({ ...client, scopes: ['crm.read'] }, actorHeader(person))).toThrow(Problem);
    for (const header of ['x', '{}', '[]', 'null', JSON.stringify({ ...(JSON.parse(actorHeader(person)) as object), roles: 'all' })]) {
      expect(() => actingAs(client, header)).toThrow(/Throughline-Actor must be JSON/);
    }
  });

  it.each([
    ['a NUL character', 'a\0b'],
    ['half a surrogate pair', 'a\ud800'],
    ['the other half', '\udc00a'],
    ['more than 200 characters', 'a'.repeat(201)],
  ])('refuses a header with %s in an item of a list, or in the person’s id or name', (_, text) => {
    const whole = JSON.parse(actorHeader(person)) as object;
    for (const field of ['roles', 'legalEntities', 'fieldRights'])
      expect(() => actingAs(client, JSON.stringify({ ...whole, [field]: ['fine', text] })), field).toThrow(/Throughline-Actor must be JSON/);
    expect(() => actingAs(client, JSON.stringify({ ...whole, id: text }))).toThrow(/Throughline-Actor must be JSON/);
    const longer = { ...whole, name: text.length > 200 ? text.repeat(2) : text };
    expect(() => actingAs(client, JSON.stringify(longer))).toThrow(/Throughline-Actor must be JSON/);
  });

  it('refuses a header with more than 1,000 items in a list', () => {
    const whole = JSON.parse(actorHeader(person)) as object;
    const items = (many: number) => Array.from({ length: many }, (_, n) => `${n}`);
    for (const field of ['roles', 'legalEntities', 'fieldRights']) {
      expect(() => actingAs(client, JSON.stringify({ ...whole, [field]: items(1_001) })), field).toThrow(/Throughline-Actor must be JSON/);
      expect(actingAs(client, JSON.stringify({ ...whole, [field]: items(1_000) })).actingFor).toBeDefined();
    }
  });
});

describe('field rights', () => {
  const worker = { id: 'wrk_1', name: 'Callum', costRate: { amount: '60.00', currency: 'GBP' } } as Worker;

  it('are known from the declaration of the noun', () => {
    expect([...sensitiveFields(Worker)]).toEqual([['costRate', 'worker.cost-rate']]);
  });

  it('leave a sensitive field out and name it, unless the caller has the right', () => {
    expect(withFieldRights({ ...person, fieldRights: [] }, Worker, worker)).toEqual({
      record: { id: 'wrk_1', name: 'Callum' },
      deniedFields: ['costRate'],
    });
    expect(withFieldRights(person, Worker, worker)).toEqual({ record: worker, deniedFields: [] });
  });
});

describe('rows of legal entities', () => {
  let database: TestDatabase;
  beforeAll(async () => void (database = await testDatabase()));
  afterAll(() => database.close());

  it('are the same in SQL and in code, for every viewer', async () => {
    const rows = [[], ['LF-UK'], ['LF-US'], ['LF-UK', 'LF-US'], ['LF-DE']];
    const viewers = (['*', [], ['LF-UK'], ['LF-UK', 'LF-DE'], ['unknown']] as const).flatMap(legalEntities =>
      [true, false].map((seesUnassigned): Principal => ({
        ...person,
        legalEntities: legalEntities === '*' ? '*' : [...legalEntities],
        seesUnassigned,
      })),
    );
    for (const viewer of viewers) {
      const values: unknown[] = [JSON.stringify(rows)];
      const condition = maySeeRows(viewer, 'r.entities', value => `$${values.push(value)}`);
      const seen = await database.dataSource.query<{ entities: string[] }[]>(
        `select entities from (select n, array(select jsonb_array_elements_text(e)) entities from jsonb_array_elements($1::jsonb) with ordinality as t(e, n)) r
         where ${condition} order by n`,
        values,
      );
      expect(seen.map(({ entities }) => entities)).toEqual(rows.filter(entities => maySee(viewer, entities)));
    }
  });

  it('of which several share a record may change it only if they see all of them', () => {
    const uk: Principal = { ...person, legalEntities: ['LF-UK'], seesUnassigned: false };
    expect([['LF-UK'], ['LF-UK', 'LF-US'], ['LF-US'], []].map(entities => maySeeAll(uk, entities))).toEqual([true, false, false, false]);
    expect(maySeeAll({ ...uk, legalEntities: '*' }, ['LF-UK', 'LF-US'])).toBe(true);
    expect([maySeeAll({ ...uk, legalEntities: '*' }, []), maySeeAll({ ...uk, seesUnassigned: true }, [])]).toEqual([false, true]);
  });
});
