import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#testing';
import { safeOperations, unsafeOperations } from './operations.js';
import { rightsHouse, type Answer, type Call, type Caller, type RightsHouse } from './rights-house.fixture.js';
import { readable } from './readable.fixture.js';
import { READS, type Read, type Readable } from './reads.table.js';
import { EXAMPLES, type Example, type Things, type Whose } from './rights.table.js';
import { things } from './things.fixture.js';

/** What runs by itself writes here, whoever calls: leases, cursors and kept answers. */
const BY_ITSELF = [
  'service.audit', // which is what is looked at
  'service.idempotency', // the key under which a refusal is answered again
  'flow.executor', // that this process lives
  'billing.turn', // and does what only one process does
  'connector.permit', // how many calls are on their way to a vendor
  'events.subscription', // how far the log was read
  'governance.usage', // who called what
  'governance.budget', // what of its plan a consumer has used
];

const TOP = resolve(import.meta.dirname, '../..');

let house: RightsHouse;
let there: Things;
let read: Readable;
let calls = 0;

beforeAll(async () => {
  house = await rightsHouse();
  there = await things(house);
  read = await readable(house, there);
  await watchRows();
}, 120_000);
afterAll(() => house?.close());

const ALL_ROLES = ['finance', 'pmo', 'hr-operations', 'integration'];
const isMutation = ({ operation }: Example) => operation.startsWith('portal ');
/** The service that holds the scopes of an operation and may act for people. */
const serviceOf = ({ operation }: { operation: string }) => (operation.startsWith('system-') ? 'project-initiation-service' : 'portal-service');
/** A person of their own each time: of one caller a minute has only so many rows. */
const person = (example: { operation: string }, who: Omit<NonNullable<Caller['acting']>, 'id'>, scopes?: string[]): Caller => ({
  client: serviceOf(example),
  ...(scopes ? { scopes } : {}),
  acting: { id: `person-${++calls}`, ...who },
});

const CALLERS: Record<string, (example: Example) => Caller> = {
  'a person of another legal entity': example =>
    isMutation(example)
      ? { person: example.foreign ?? 'pmo-us' }
      : person(example, { legalEntities: ['LF-US'], seesUnassigned: true, roles: ALL_ROLES }),
  'one without the unassigned right': example =>
    isMutation(example) ? { client: 'portal' } : person(example, { legalEntities: '*', seesUnassigned: false, roles: ALL_ROLES }),
  'one without the scope': example =>
    isMutation(example) ? { client: 'partner' } : person(example, { legalEntities: '*', seesUnassigned: true, roles: ALL_ROLES }, ['act-for']),
  'one of another desk': example =>
    isMutation(example) ? { person: 'finance' } : person(example, { legalEntities: '*', seesUnassigned: true, roles: ['pmo'] }),
  'one who may': example =>
    isMutation(example)
      ? { person: 'finance' }
      : example.concerns === 'none'
        ? { client: 'operations' }
        : person(example, { legalEntities: ['LF-UK'], seesUnassigned: true, roles: ALL_ROLES }),
};

/** A request by somebody who may not. `absent`: the same about what isn't there, where both are answered alike. */
interface Try {
  who: string;
  example: Example;
  call: () => Call;
  absent?: () => Call;
}

const TRIES: Try[] = EXAMPLES.flatMap((example): Try[] => {
  const { ask, ofDesk, answersAsAbsent, concerns, neverUnassigned } = example;
  const absent = answersAsAbsent ? { absent: () => ask(there, 'none') } : {};
  const foreign: Try = { who: 'a person of another legal entity', example, call: () => ask(there, 'uk'), ...absent };
  const unassigned: Try = { who: 'one without the unassigned right', example, call: () => ask(there, 'unassigned'), ...absent };
  return [
    { who: 'one without the scope', example, call: () => ask(there, 'uk') },
    ...(concerns === 'none' ? [] : neverUnassigned === undefined ? [foreign, unassigned] : [foreign]),
    ...(ofDesk ? [{ who: 'one of another desk', example, call: () => ofDesk(there) }] : []),
  ];
});

describe('every operation that only reads', () => {
  it('is in the table, and the table has no other', () => {
    expect(READS.map(({ operation }) => operation).sort()).toEqual(
      safeOperations(TOP)
        .map(({ name }) => name)
        .sort(),
    );
  });

  const concerned = READS.filter(({ concerns }) => concerns === 'legal entities').map(entry => [entry.operation, entry] as const);
  it.each(concerned)('%s shows nobody what isn’t theirs, nor that it is there', async (_, entry) => {
    const kinds: Whose[] = entry.neverUnassigned ? ['uk'] : ['uk', 'unassigned'];
    const foreign = { uk: { legalEntities: ['LF-US'], seesUnassigned: true }, unassigned: { legalEntities: '*' as const, seesUnassigned: false } };
    const ids = entry.of!(read);
    for (const whose of kinds) {
      const shown = async (id: string, who: Pick<NonNullable<Caller['acting']>, 'legalEntities' | 'seesUnassigned'>) => {
        const { status, body } = await house.call({ method: 'GET', path: entry.one?.(id) ?? entry.list! }, person(entry, { ...who, roles: [] }));
        return { status, text: JSON.stringify({ ...body, correlationId: '' }).replaceAll(id, 'the id') };
      };
      const may = await shown(ids[whose], { legalEntities: whose === 'uk' ? ['LF-UK'] : [], seesUnassigned: whose === 'unassigned' });
      const others = await shown(ids[whose], foreign[whose as 'uk' | 'unassigned']);
      expect([whose, may.status, may.text.includes('the id') || entry.operation.endsWith('/billing-batches/{id}')]).toEqual([whose, 200, true]);
      if (entry.one) expect([whose, others]).toEqual([whose, await shown(ids.none, foreign[whose as 'uk' | 'unassigned'])]);
      else expect([whose, others.status, others.text.includes('the id')]).toEqual([whose, 200, false]);
      if (entry.one) expect(others.status).toBe(404);
    }
  });

  const common = READS.filter(({ concerns, list }) => concerns === 'none' && list !== undefined).map(entry => [entry.operation, entry] as const);
  it.each(common)('%s shows everybody what all of the firm shares', async (_, entry) => {
    for (const legalEntities of [['LF-UK'], ['LF-US']]) {
      const who = person(entry, { legalEntities, seesUnassigned: false, roles: [] });
      const { status, body } = await house.call({ method: 'GET', path: entry.list! }, who);
      // A list says something by what is in it, anything else by what it has.
      expect([status, (body.items ?? body.can ?? Object.keys(body)).length > 0]).toEqual([200, true]);
    }
  });

  it('sums the queue over what the caller may see', async () => {
    await house.dataSource.query(`update billing.line set state = 'ready' where id = any($1)`, [[read.line.uk, read.line.unassigned]]);
    const lines = async (who: Pick<NonNullable<Caller['acting']>, 'legalEntities' | 'seesUnassigned'>) => {
      const of: Pick<Read, 'operation'> = { operation: 'process' };
      return (await house.call({ method: 'GET', path: '/process/time-to-billing/v1/queue' }, person(of, { ...who, roles: [] }))).body.waiting.lines;
    };
    expect(await lines({ legalEntities: '*', seesUnassigned: true })).toBe(2);
    expect(await lines({ legalEntities: '*', seesUnassigned: false })).toBe(1);
    expect(await lines({ legalEntities: ['LF-US'], seesUnassigned: true })).toBe(1);
    expect(await lines({ legalEntities: ['LF-US'], seesUnassigned: false })).toBe(0);
  });
});

describe('every operation that may change something', () => {
  it('has an example, and every example an operation', () => {
    expect(EXAMPLES.map(({ operation }) => operation).sort()).toEqual(
      unsafeOperations(TOP)
        .map(({ name }) => name)
        .sort(),
    );
  });

  it.each(TRIES.map(one => [one.example.operation, one.who, one] as const))('%s is not for %s', async (_, __, { who, example, call, absent }) => {
    const correlationId = `rights-${++calls}`;
    const before = await changedTables();
    const answer = await asked(call(), CALLERS[who](example), correlationId);
    const nothing = absent && (await asked(absent(), CALLERS[who](example), `${correlationId}-none`));
    // 404 or 403 and a row of the audit; or an answer as if what is asked of weren't there. And no other row.
    if (nothing) expect(comparable(answer)).toEqual(comparable(nothing));
    else expect([answer, await auditOf(correlationId)]).toEqual([REFUSED, ['refused']]);
    expect((await changedTables()).filter(table => !before.includes(table))).toEqual([]);
  });

  // After all that is refused: what these change is told to other apps, which go on to change more.
  it.each(EXAMPLES.map(example => [example.operation, example] as const))('%s is done for one who may', async (_, example) => {
    const kinds = example.concerns === 'none' || example.neverUnassigned ? (['uk'] as const) : (['uk', 'unassigned'] as const);
    for (const whose of kinds) {
      const answer = await asked(example.ask(there, whose), CALLERS['one who may'](example), `may-${++calls}`);
      const { statuses = [200, 201, 202, 204] } = example.good ?? {};
      expect([whose, answer.status, statuses.includes(answer.status) ? '' : JSON.stringify(answer.body)]).toEqual([whose, answer.status, '']);
    }
  });
});

const REFUSED = { status: expect.toSatisfy((status: number) => status === 403 || status === 404) as number, body: expect.anything() as object };

/** What of an affair is in the audit: of a mutation also what the app behind it refused. */
const auditOf = async (correlationId: string): Promise<string[]> => [
  ...new Set(
    (await house.dataSource.query<{ what: string }[]>('select what from service.audit where correlation_id = $1', [correlationId])).map(
      ({ what }) => what,
    ),
  ),
];

/** An answer of GraphQL as its REST API would give it: a mutation tells its refusals in a 200. */
async function asked(call: Call, caller: Caller, correlationId: string): Promise<Answer> {
  const answer = await house.call(call, caller, correlationId);
  if (!call.path.endsWith('/graphql')) return answer;
  const { errors, data } = answer.body as { errors?: { extensions: { status: number } }[]; data?: { did: { problems: { kind: string }[] } } };
  if (errors) return { status: errors[0].extensions.status, body: answer.body };
  const STATUS: Record<string, number> = { forbidden: 403, 'not-found': 404, unprocessable: 422, conflict: 409 };
  const [problem] = data?.did.problems ?? [];
  return { status: problem ? (STATUS[problem.kind] ?? 500) : answer.status, body: answer.body };
}

/** Without what names the asking and the asked. */
const comparable = ({ status, body }: Answer): string =>
  `${status} ${JSON.stringify({ ...body, correlationId: '' })
    .replace(/(prj|tim|exp|wrk|inv|deal?)_[a-z0-9]{10,}/g, '$1_x')
    .replaceAll('LF-UK', 'LF-NONE')}`;

/** Notes the table of every row that is inserted, changed or deleted from here on. */
async function watchRows(): Promise<void> {
  const tables = await house.dataSource.query<{ name: string }[]>(
    `select format('%I.%I', n.nspname, c.relname) name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_'`,
  );
  expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(BY_ITSELF));
  await house.dataSource.query(`
    create schema rights;
    create table rights.changed(id bigint generated always as identity, name text not null);
    create function rights.note() returns trigger language plpgsql security definer as $$
      begin insert into rights.changed(name) values (tg_table_schema || '.' || tg_table_name); return null; end $$;
    grant usage on schema rights to public;`);
  for (const { name } of tables.filter(table => !BY_ITSELF.includes(table.name)))
    await house.dataSource.query(
      `create trigger rights_noted after insert or update or delete on ${name} for each row execute function rights.note()`,
    );
  await atRest();
}

/** Waits until nothing has changed for a while: what was put there is told through all apps. */
async function atRest(): Promise<void> {
  await eventually(
    async () => {
      const before = await changes();
      await new Promise(resolve => setTimeout(resolve, 1_000));
      return (await changes()) === before;
    },
    { withinMs: 60_000 },
  );
}

const changes = async (): Promise<string> => (await house.dataSource.query<{ n: string }[]>('select count(*) n from rights.changed'))[0].n;

const changedTables = async (): Promise<string[]> =>
  (await house.dataSource.query<{ id: string; name: string }[]>('select id, name from rights.changed order by id')).map(
    ({ id, name }) => `${name} ${id}`,
  );
