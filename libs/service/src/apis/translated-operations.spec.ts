import { Body, Controller, Headers, Module, Param } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineApi, get, olderVersion, operations, post, put } from '#apis';
import { CurrentPrincipal, type Principal } from '#auth';
import { Problem, Text, Whole } from '#canonical';
import { DatabaseModule } from '#persistence';
import { aDeclaration, testApp, testDatabase, testIssuer, type TestApp, type TestDatabase, type TestIssuer } from '#testing';
import type { AppDefinition } from '../app-definition.js';
import { emitOpenApi } from '../openapi/emit-openapi.js';
import { serviceMigrations } from '../service.migrations.js';
import { Implements } from './implements.decorator.js';

class Note {
  @Text({ max: 20 }) title: string;
  @Whole({ min: 0, max: 9 }) stars: number;
}

class NoteOfV1 {
  @Text({ max: 40 }) name: string;
}

class Listed {
  @Text({ max: 20, optional: true }) title?: string;
}

class ListedV1 {
  @Text({ max: 20, optional: true }) name?: string;
}

const notes = operations('notes', {
  putNote: put('notes/:id', { scope: 'crm.write', summary: 'A note', body: Note, answer: Note, ifMatch: 'Its version.' }),
  findNotes: get('notes', { scope: 'crm.read', summary: 'Notes', query: Listed, answer: Note }),
});
const shared = operations('shared', { ping: post('pings', { scope: 'crm.write', summary: 'Is there' }) });

const notesV1 = operations('notes', {
  putNote: olderVersion(
    put('memos/:id/:stars', { scope: 'crm.write', summary: 'A memo', body: NoteOfV1, answer: NoteOfV1, ifMatch: 'Its version.' }),
    {
      of: notes.putNote,
      up: ({ id, stars, body }) => ({ id, body: { title: body.name, stars: Number(stars) } }),
      down: ({ title }) => ({ name: title }),
      fieldOf: path => (path === 'title' ? 'name' : path),
    },
  ),
  findNotes: olderVersion(get('notes', { scope: 'crm.read', summary: 'Memos', query: ListedV1, answer: NoteOfV1 }), {
    of: notes.findNotes,
    up: ({ query }) => ({ query: { title: query?.name } }),
    down: ({ title }) => ({ name: title }),
  }),
});

let seen: unknown[] = [];

@Controller({ version: '2' })
class NotesController {
  @Implements(notes.putNote)
  put(@Param('id') id: string, @Body() note: Note, @CurrentPrincipal() { clientId }: Principal, @Headers('if-match') ifMatch?: string): Note {
    seen.push([id, note, note instanceof Note, clientId, ifMatch]);
    if (note.title === 'taken') {
      const fields = [{ field: 'title', rule: 'taken', message: 'title is taken' }];
      throw new Problem('conflict', 'title is taken.', { code: 'taken', fields });
    }
    return note;
  }

  @Implements(notes.findNotes)
  find(): Note {
    return { title: 'found', stars: 1 };
  }
}

@Controller()
class SharedController {
  @Implements(shared.ping)
  ping(): void {}
}

@Module({ imports: [DatabaseModule.forApp({ name: 'notes', migrations: serviceMigrations })], controllers: [NotesController, SharedController] })
class NotesModule {}

const app: AppDefinition = {
  name: 'notes',
  prefix: '/system/notes',
  module: NotesModule,
  title: 'Notes',
  description: 'Notes.',
  apis: [
    defineApi(aDeclaration({ app: 'notes', layer: 'system', version: '1' }), { ...notesV1, ...shared }),
    defineApi(aDeclaration({ app: 'notes', layer: 'system', version: '2' }), { ...notes, ...shared }),
  ],
};

let database: TestDatabase;
let issuer: TestIssuer;
let served: TestApp;
beforeAll(async () => {
  [database, issuer] = await Promise.all([testDatabase(), testIssuer()]);
  served = await testApp(app);
});
afterAll(async () => {
  await served?.close();
  await issuer.close();
  await database.close();
});

const call = async (method: string, path: string, o: { body?: unknown; headers?: Record<string, string>; scopes?: string[] } = {}) => {
  const answer = await fetch(served.url + path, {
    method,
    headers: {
      ...(await issuer.bearer({ client: 'operations', ...(o.scopes ? { scopes: o.scopes } : {}) })),
      'content-type': 'application/json',
      ...o.headers,
    },
    ...(o.body === undefined ? {} : { body: JSON.stringify(o.body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: (text ? JSON.parse(text) : undefined) as Record<string, any>, headers: answer.headers };
};

describe('an operation of an older version', () => {
  it('calls the handler of the newer one as if it had been asked itself, and answers in its own words', async () => {
    seen = [];
    const { status, body } = await call('PUT', '/v1/memos/n%201/3', { body: { name: 'hello' }, headers: { 'if-match': '"7"' } });
    expect([status, body]).toEqual([200, { name: 'hello' }]);
    expect(seen).toEqual([['n 1', { title: 'hello', stars: 3 }, true, 'operations', '"7"']]);
    expect((await call('GET', '/v1/notes?name=found')).body).toEqual({ name: 'found' });
  });

  it('is checked by its own classes first, then by the newer ones, with fields named in its own words', async () => {
    const own = await call('PUT', '/v1/memos/n1/3', { body: { name: 5, title: 'x' } });
    expect([own.status, own.body.fields.map(({ field }: { field: string }) => field).sort()]).toEqual([400, ['name', 'name', 'title']]);
    const newer = await call('PUT', '/v1/memos/n1/3', { body: { name: 'x'.repeat(30) } });
    expect([newer.status, newer.body.fields]).toEqual([
      400,
      [{ field: 'name', rule: 'is-length', message: 'name must be shorter than or equal to 20 characters' }],
    ]);
    expect(newer.body.detail).toContain('name must be shorter');
    expect((await call('PUT', '/v1/memos/n1/30', { body: { name: 'x' } })).body.fields[0].field).toBe('stars');
    const taken = await call('PUT', '/v1/memos/n1/3', { body: { name: 'taken' } });
    expect([taken.status, taken.body]).toMatchObject([409, { code: 'taken', detail: 'name is taken.', fields: [{ field: 'name' }] }]);
    expect((await call('GET', '/v1/notes?title=found')).status).toBe(400);
  });

  it('needs its scope, and a token before anything else', async () => {
    expect((await call('PUT', '/v1/memos/n1/3', { body: {}, scopes: ['crm.read'] })).status).toBe(403);
    expect((await fetch(`${served.url}/v1/memos/n1/3`, { method: 'PUT' })).status).toBe(401);
  });

  it('is done once for an idempotency key, and leaves one row in the audit, of what was sent', async () => {
    seen = [];
    const once = () => call('PUT', '/v1/memos/kept/1', { body: { name: 'once' }, headers: { 'idempotency-key': 'k-1' } });
    const [first, again] = [await once(), await once()];
    expect([first.body, again.body, again.headers.get('idempotency-replayed'), seen.length]).toEqual([{ name: 'once' }, { name: 'once' }, 'true', 1]);
    const rows = await database.dataSource.query<{ what: string; after: object }[]>(
      `select what, after from service.audit where subject like '%kept%'`,
    );
    expect(rows).toEqual([{ what: 'PUT /v1/memos/:id/:stars', after: { request: { name: 'once' }, answer: { name: 'once' } } }]);
  });

  it('is not served under the newer version, nor the newer one under it; what both have is under both', async () => {
    const statuses = await Promise.all(
      [
        ['PUT', '/v2/memos/n1/3'],
        ['PUT', '/v1/notes/n1'],
        ['PUT', '/v2/notes/n1'],
        ['POST', '/v1/pings'],
        ['POST', '/v2/pings'],
        ['POST', '/v3/pings'],
      ].map(async ([method, path]) => (await call(method, path, { body: { title: 'x', stars: 1 } })).status),
    );
    expect(statuses).toEqual([404, 404, 200, 204, 204, 404]);
  });

  it('is documented by its own classes, where the newer one stands', async () => {
    const documents = (await emitOpenApi(app)) as unknown as Map<string, { paths: Record<string, Record<string, any>>; components: any }>;
    expect(Object.keys(documents.get('1')!.paths)).toEqual(['/v1/memos/{id}/{stars}', '/v1/notes', '/v1/pings']);
    expect(Object.keys(documents.get('2')!.paths)).toEqual(['/v2/notes/{id}', '/v2/notes', '/v2/pings']);
    const { put: memo } = documents.get('1')!.paths['/v1/memos/{id}/{stars}'];
    expect(memo).toMatchObject({
      operationId: 'putNote',
      summary: 'A memo',
      security: [{ throughline: ['crm.write'] }],
      requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/NoteOfV1' } } } },
      responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/NoteOfV1' } } } } },
    });
    expect(memo.parameters.flatMap(({ name }: { name?: string }) => name ?? [])).toEqual(['id', 'stars', 'if-match']);
    expect(documents.get('1')!.paths['/v1/notes'].get.parameters).toContainEqual(expect.objectContaining({ name: 'name', in: 'query' }));
    expect(Object.keys(documents.get('1')!.components.schemas)).not.toContain('Note');
  });
});
