import { Body, Controller, Module, Param, Query } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { defineApi, get, operations, PageQuery, post, type AppAccount, type Page } from '#apis';
import { Nested, Problem, Text } from '#canonical';
import { DatabaseModule, dataSourceFor, RELEASE, withFullView } from '#persistence';
import { aDeclaration, TEST_ROLES, testApp, testDatabase, testIssuer, urlAs, type TestApp, type TestDatabase, type TestIssuer } from '#testing';
import { Implements } from '../apis/implements.decorator.js';
import type { AppDefinition } from '../app-definition.js';
import { ApiClient } from '../client/api-client.js';
import { serviceMigrations } from '../service.migrations.js';
import { UsageRecorder } from './usage-recorder.js';

class Line {
  @Text() text: string;
  @Text({ optional: true }) hint?: string;
}

class Note {
  @Nested(() => Line, { list: true }) lines: Line[];
}

const notes = operations('notes', {
  listNotes: get('notes', { scope: 'crm.read', summary: 'Notes', query: PageQuery, pageOf: Note }),
  getNote: get('notes/:id', { scope: 'crm.read', summary: 'A note', answer: Note }),
  checkNote: post('notes/:id/checks', { scope: 'crm.read', summary: 'Whether it could be a note', body: Note, answer: Note, writesNothing: true }),
});

@Controller({ version: '1' })
class NotesController {
  @Implements(notes.listNotes)
  list(@Query() _: PageQuery): Page<Note> {
    return { items: [], nextCursor: null };
  }

  @Implements(notes.getNote)
  one(@Param('id') id: string): Note {
    throw new Problem('not-found', `There is no note ${id}.`);
  }

  @Implements(notes.checkNote)
  check(@Param('id') _: string, @Body() note: Note): Note {
    return note;
  }
}

@Module({ imports: [DatabaseModule.forApp({ name: 'notes', migrations: serviceMigrations })], controllers: [NotesController] })
class NotesModule {}

const notesApp: AppDefinition = {
  name: 'notes',
  prefix: '/system/notes',
  module: NotesModule,
  title: 'Notes',
  description: 'Notes.',
  apis: [defineApi(aDeclaration({ app: 'notes', layer: 'system' }), notes)],
};

let database: TestDatabase;
let issuer: TestIssuer;
let served: TestApp;
let recorder: UsageRecorder;

beforeAll(async () => {
  [database, issuer] = await Promise.all([testDatabase(), testIssuer()]);
  served = await testApp(notesApp);
  recorder = served.app.get(UsageRecorder);
});
afterAll(async () => {
  await served?.close();
  await issuer.close();
  await database.close();
});
afterEach(async () => {
  await recorder.flush();
  await database.dataSource.query('delete from governance.usage');
});

async function call(client: string, path: string, body?: object): Promise<number> {
  const headers = { ...(await issuer.bearer({ client })), 'content-type': 'application/json', 'user-agent': 'throughline/9.9.9' };
  const answer = await fetch(`${served.url}${path}`, { headers, ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}) });
  await answer.arrayBuffer();
  return answer.status;
}

/** `consumer release operation field calls`, as it is stored. */
async function counted(): Promise<string[]> {
  await recorder.flush();
  const rows = await database.dataSource.query<Record<string, string>[]>('select * from governance.usage');
  return rows.map(({ consumer, release, operation, field, calls }) => [consumer, release, operation, field, calls].filter(Boolean).join(' ')).sort();
}

describe('usage', () => {
  it('says which consumer used which operation, and which fields it sent', async () => {
    expect(await call('operations', '/v1/notes/n1/checks', { lines: [{ text: 'a' }, { text: 'b', hint: 'c' }] })).toBe(200);
    await call('operations', '/v1/notes/n1/checks', { lines: [{ text: 'a' }] });
    await call('partner', '/v1/notes/n1/checks', { lines: [{ text: 'a' }] });
    await call('partner', '/v1/notes?limit=3');
    expect(await counted()).toEqual([
      'operations checkNote 2',
      'operations checkNote body.lines[] 2',
      'operations checkNote body.lines[].hint 1',
      'operations checkNote body.lines[].text 2',
      'partner checkNote 1',
      'partner checkNote body.lines[] 1',
      'partner checkNote body.lines[].text 1',
      'partner listNotes 1',
      'partner listNotes query.limit 1',
    ]);
  });

  it('counts a refused call, and nothing of what it sent', async () => {
    expect(await call('partner', '/v1/notes/n1/checks', { lines: [{ text: 'a', secret: 'b' }] })).toBe(400);
    expect(await call('partner', '/v1/notes/n1')).toBe(404);
    expect(await counted()).toEqual(['partner checkNote 1', 'partner getNote 1']);
  });

  it('counts whoever asks for the head of an answer as one who reads it', async () => {
    const headers = await issuer.bearer({ client: 'partner' });
    expect((await fetch(`${served.url}/v1/notes`, { method: 'HEAD', headers })).status).toBe(200);
    expect(await counted()).toEqual(['partner listNotes 1']);
  });

  it('counts nobody who may not call the operation: a stranger to it can’t keep it from ending', async () => {
    expect(await call('sales', '/v1/notes')).toBe(403);
    expect(await call('sales', '/v1/notes/n1/checks', { lines: [{ text: 'a' }] })).toBe(403);
    expect(await counted()).toEqual([]);
  });

  it('counts nobody without a good token, and nothing that is in no API', async () => {
    await fetch(`${served.url}/v1/notes`);
    await fetch(`${served.url}/v1/notes`, { headers: { authorization: 'Bearer nonsense' } });
    await call('partner', '/v1/strays');
    await call('partner', '/healthz');
    expect(await counted()).toEqual([]);
  });

  it('names an app of the house with its release, and believes nobody else', async () => {
    const client = new ApiClient({ ...issuer.credentialsOf('crm-service'), scope: '', baseUrl: served.gatewayUrl });
    await client.send({ method: 'GET', path: '/system/notes/v1/notes' }).catch(() => undefined);
    await call('partner', '/v1/notes');
    expect(await counted()).toEqual([`crm-service ${RELEASE} listNotes 1`, 'partner listNotes 1']);
  });

  it('is added to the same row by two replicas, and once per call', async () => {
    const replica = await testApp(notesApp);
    await call('partner', '/v1/notes');
    await fetch(`${replica.url}/v1/notes`, { headers: await issuer.bearer({ client: 'partner' }) });
    await replica.close();
    await recorder.flush();
    expect(await counted()).toEqual(['partner listNotes 2']);
  });

  it('is kept while it cannot be stored', async () => {
    await database.dataSource.query('alter table governance.usage rename to away');
    await call('partner', '/v1/notes');
    await recorder.flush();
    await database.dataSource.query('alter table governance.away rename to usage');
    expect(await counted()).toEqual(['partner listNotes 1']);
  });

  it('is an app’s own: another app neither sees nor changes its rows, whatever it asks', async () => {
    const row = `'1', 'getDeal', '', 'partner', '', 1, now()`;
    await database.dataSource.query(`insert into governance.usage values ('crm', current_date, ${row}), ('psa', current_date, ${row})`);
    const crm = await dataSourceFor({ name: 'spec', migrations: [] }, urlAs(TEST_ROLES.app('crm'), database.url)).initialize();
    await withFullView('a spec looks at all that the app may see', async () => {
      expect(await crm.query('select app from governance.usage')).toEqual([{ app: 'crm' }]);
      await crm.query('delete from governance.usage');
      await expect(crm.query(`insert into governance.usage values ('psa', '2026-01-01', ${row})`)).rejects.toThrow('row-level security');
    });
    await crm.destroy();
    expect(await database.dataSource.query('select app from governance.usage')).toEqual([{ app: 'psa' }]);
  });
});

describe('what an app says of its use', () => {
  const today = new Date().toISOString().slice(0, 10);
  const asked = async (query = ''): Promise<AppAccount> => {
    const answer = await fetch(`${served.url}/governance${query}`, { headers: await issuer.bearer({ person: 'governance' }) });
    expect(answer.status).toBe(200);
    return (await answer.json()) as AppAccount;
  };
  const insert = (rows: string) => database.dataSource.query(`insert into governance.usage ${rows}`);

  it('is calls, or who used a field that is asked for', async () => {
    await insert(`values
      ('notes', current_date, '1', 'checkNote', '', 'partner', '', 2, now()), ('notes', current_date, '1', 'checkNote', 'body.lines[].hint', 'partner', '', 1, now()),
      ('notes', current_date, '1', 'getNote', '', 'sales', '', 1, now()), ('notes', current_date, '2', 'getNote', '', 'sales', '', 1, now())`);
    const uses = async (query = '') =>
      (await asked(query)).used.map(({ version, operation, field, consumer }) => [version, operation, field, consumer].filter(Boolean).join(' '));
    expect(await uses()).toEqual(['1 checkNote partner', '1 getNote sales', '2 getNote sales']);
    expect(await uses('?version=1')).toEqual(['1 checkNote partner', '1 getNote sales']);
    expect(await uses('?version=1&operation=getNote')).toEqual(['1 getNote sales']);
    expect(await uses('?field=body.lines[].hint')).toEqual(['1 checkNote body.lines[].hint partner']);
  });

  it('says that it is cut, and is whole for one operation', async () => {
    const consumers = (operation: string, count: number) =>
      insert(`select 'notes', current_date, '1', '${operation}', '', 'c' || n, '', 1, now() from generate_series(1, ${count}) n`);
    await consumers('checkNote', 20_000);
    expect((await asked()).usedCut).toBe(false);
    // in the order of operations it is the one that is left out
    await consumers('getNote', 1);
    const all = await asked();
    expect([all.usedCut, all.used.length, all.used.some(({ operation }) => operation === 'getNote')]).toEqual([true, 20_000, false]);
    const one = await asked('?version=1&operation=getNote');
    expect([one.usedCut, one.used.map(({ consumer }) => consumer)]).toEqual([false, ['c1']]);
  });

  it('says how far back it goes: older counts are not kept', async () => {
    expect((await asked(`?since=${today}`)).usedSince).toBe(today);
    const kept = new Date(Date.now() - 400 * 86_400_000).toISOString().slice(0, 10);
    expect((await asked('?since=2020-01-01')).usedSince).toBe(kept);
  });
});
