import { Controller, Module, Query } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defineApi, get, operations, PageQuery, uses, type Page } from '#apis';
import { Text } from '#canonical';
import { DatabaseModule, type Transaction } from '#persistence';
import { aDeclaration, eventually, testApp, testDatabase, testIssuer, type TestApp, type TestDatabase, type TestIssuer } from '#testing';
import { announceBrownOuts, retire, withdrawRetirement, type LastUse } from '#versioning';
import { Implements } from './apis/implements.decorator.js';
import type { AppDefinition } from './app-definition.js';
import { ApiClient } from './client/api-client.js';
import { emitOpenApi } from './openapi/emit-openapi.js';
import { serviceMigrations } from './service.migrations.js';

class Note {
  @Text() text: string;
}

const notes = operations('notes', {
  listNotes: get('notes', { scope: 'crm.read', summary: 'Notes', query: PageQuery, pageOf: Note }),
  lastNote: get('last-notes', { scope: 'crm.read', summary: 'The last note', answer: Note }),
});

@Controller()
class NotesController {
  @Implements(notes.listNotes)
  list(@Query() _: PageQuery): Page<Note> {
    return { items: [], nextCursor: null };
  }

  @Implements(notes.lastNote)
  last(): Note {
    return { text: 'last' };
  }
}

@Module({ imports: [DatabaseModule.forApp({ name: 'notes', migrations: serviceMigrations })], controllers: [NotesController] })
class NotesModule {}

const lifecycle = { state: 'deprecated', since: '2026-11-21', sunset: '2027-05-31', successor: '/system/notes/v2' } as const;
const v1 = defineApi({ ...aDeclaration({ app: 'notes', layer: 'system', version: '1' }), lifecycle }, notes);
const v2 = defineApi(aDeclaration({ app: 'notes', layer: 'system', version: '2' }), notes);
const retired = (on: string) => ({ state: 'retired', on, successor: '/system/notes/v2' }) as const;
const v0 = defineApi({ ...aDeclaration({ app: 'notes', layer: 'system', version: '0' }), lifecycle: retired('2026-11-30') }, notes);
const v3 = defineApi({ ...aDeclaration({ app: 'notes', layer: 'system', version: '3' }), lifecycle: retired('2999-01-01') }, notes);
const app: AppDefinition = {
  name: 'notes',
  prefix: '/system/notes',
  module: NotesModule,
  title: 'Notes',
  description: 'Notes.',
  apis: [v0, v3, v1, v2],
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

const call = async (path: string, client = 'operations', scopes?: string[]) => {
  const headers = await issuer.bearer({ client, ...(scopes ? { scopes } : {}) });
  const answer = await fetch(served.url + path, { headers });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, any> };
};
const is = (path: string, status: number) =>
  eventually(async () => {
    const answer = await call(path);
    if (answer.status !== status) throw new Error(`${path} is answered ${answer.status}, not ${status}`);
    return answer;
  });

describe('an operation of a deprecated version', () => {
  it('says so on every answer, also on problems, and the newer one does not', async () => {
    const said = ({ headers }: { headers: Headers }) => ['deprecation', 'sunset', 'link'].map(name => headers.get(name));
    const expected = [
      '@1795219200',
      'Mon, 31 May 2027 00:00:00 GMT',
      '</system/notes/v2>; rel="successor-version", </system/notes/openapi/v1.json>; rel="deprecation", </system/notes/openapi/v1.json>; rel="service-desc"',
    ];
    const answers = [
      await call('/v1/notes'),
      await call('/v1/notes?limit=0'),
      await call('/v1/notes', 'operations', ['crm.write']),
      await fetch(`${served.url}/v1/notes`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 403, 401]);
    expect(answers.map(said)).toEqual(answers.map(() => expected));
    expect(said(await call('/v2/notes'))).toEqual([null, null, null]);
  });

  it('documents that it may be gone', async () => {
    const documents = (await emitOpenApi(app)) as unknown as Map<string, { paths: Record<string, { get: { responses: object } }> }>;
    expect(Object.keys(documents.get('1')!.paths['/v1/notes'].get.responses)).toContain('410');
    expect(Object.keys(documents.get('2')!.paths['/v2/notes'].get.responses)).not.toContain('410');
  });
});

describe('a version that is declared as retired', () => {
  it('is gone from that day on, and its document says so', async () => {
    const { status, body } = await call('/v0/notes');
    expect([status, body.code, body.successor]).toEqual([410, 'retired', '/system/notes/v2']);
    expect((await call('/v3/notes')).status).toBe(200);
    const documents = (await emitOpenApi(app)) as unknown as Map<string, { paths: Record<string, { get: { responses: object } }> }>;
    for (const version of ['0', '3']) expect(Object.keys(documents.get(version)!.paths[`/v${version}/notes`].get.responses)).toContain('410');
  });
});

describe('an end', () => {
  const ending = { app: 'notes', version: '1', successor: '/system/notes/v2', sunset: '2026-01-01' };
  const today = new Date().toISOString().slice(0, 10);
  const now = () => new Date(Date.now() - 1_000);
  const used: LastUse[] = [
    { consumer: 'operations', operation: 'listNotes', lastDay: today },
    { consumer: 'sales', operation: 'lastNote', lastDay: today },
  ];
  const transaction = <T>(work: (em: Transaction) => Promise<T>) => database.dataSource.transaction(work);
  beforeEach(async () => {
    await transaction(em => withdrawRetirement(em, ending));
    await is('/v1/notes', 200);
  });

  it('is refused while anybody used it, and names each consumer', async () => {
    const refused = transaction(em => retire(em, { ...ending, retiredAt: now(), graceDays: 30, uses: used }));
    await expect(refused).rejects.toMatchObject({
      kind: 'conflict',
      code: 'still-used',
      detail: "It can't be retired: operations still uses it; sales still uses it.",
    });
    expect((await call('/v1/notes')).status).toBe(200);
  });

  it('is refused before the announced end, whoever uses it', async () => {
    const soon = transaction(em => retire(em, { ...ending, sunset: '2999-01-01', retiredAt: now(), graceDays: 30, uses: [] }));
    await expect(soon).rejects.toMatchObject({
      kind: 'conflict',
      code: 'before-sunset',
      detail: "It can't be retired: it is served until 2999-01-01, as was announced.",
    });
    expect((await call('/v1/notes')).status).toBe(200);
  });

  it('is answered 410 on the running app once each remaining consumer was told, and names the successor; the newer version goes on', async () => {
    const consumers = ['operations', 'sales'].map(consumer => ({ consumer, toldOn: today, movesBy: today }));
    const approval = { by: 'kim', why: 'Both have moved.', consumers };
    await transaction(em => retire(em, { ...ending, retiredAt: now(), graceDays: 30, uses: used, approval }));
    const { body, headers } = await is('/v1/notes', 410);
    expect(body).toMatchObject({
      type: 'urn:throughline:problem:gone',
      code: 'retired',
      successor: '/system/notes/v2',
      retryable: false,
      detail: `Version 1 of notes was retired on ${now().toISOString().slice(0, 10)}. Use /system/notes/v2.`,
    });
    expect([headers.get('deprecation'), headers.get('retry-after')]).toEqual(['@1795219200', null]);
    expect((await call('/v1/last-notes', 'sales')).status).toBe(410);
    expect([(await call('/v2/notes')).status, (await fetch(`${served.url}/v1/notes`)).status]).toEqual([200, 401]);
  });

  it('of one operation leaves the others, and another consumer’s operation does not keep it', async () => {
    const one = { ...ending, operation: 'lastNote' };
    await transaction(em => retire(em, { ...one, retiredAt: now(), graceDays: 30, uses: used.slice(0, 1) }));
    await is('/v1/last-notes', 410);
    expect((await call('/v1/notes')).status).toBe(200);
    await transaction(em => withdrawRetirement(em, one));
    await is('/v1/last-notes', 200);
  });

  it('is rehearsed in announced minutes, with the seconds until they are over', async () => {
    const minutes = 5;
    await transaction(em => announceBrownOuts(em, ending, [{ from: new Date(Date.now() + 3_600_000).toISOString(), minutes }]));
    expect((await call('/v1/notes')).status).toBe(200);
    await transaction(em => announceBrownOuts(em, ending, [{ from: now().toISOString(), minutes }]));
    const { body, headers } = await is('/v1/notes', 410);
    expect(body).toMatchObject({ code: 'brown-out', retryable: true, successor: '/system/notes/v2' });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(300);
  });

  it('reaches an app of the house as a problem that it does not try again', async () => {
    await transaction(em => retire(em, { ...ending, retiredAt: now(), graceDays: 30, uses: [] }));
    await is('/v1/notes', 410);
    const client = new ApiClient({
      ...issuer.credentialsOf('operations'),
      scope: 'crm.read',
      baseUrl: served.gatewayUrl,
      issuerUrl: process.env.ISSUER_URL,
    });
    await expect(client.of(uses(v1, 'listNotes')).listNotes()).rejects.toMatchObject({
      kind: 'gone',
      retryable: false,
      successor: '/system/notes/v2',
    });
  });
});
