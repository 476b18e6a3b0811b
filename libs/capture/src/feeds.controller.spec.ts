import { Module, type OnModuleInit } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineApi } from '#apis';
import { EventsModule, eventsMigrations } from '#events';
import { DatabaseModule } from '#persistence';
import { type AppDefinition, documentsOf, serviceMigrations } from '#service';
import { aDeclaration, testApp, type TestApp, testDatabase, type TestDatabase, testIssuer, type TestIssuer } from '#testing';
import { BackEnd, notesFeed } from './back-end.fixture.js';
import { Capture } from './capture.js';
import { captureMigrations } from './capture.migrations.js';
import { CaptureModule } from './capture.module.js';

const backEnd = new BackEnd();

@Module({
  imports: [
    DatabaseModule.forApp({ name: 'notes', migrations: [...eventsMigrations, ...serviceMigrations, ...captureMigrations] }),
    EventsModule,
    CaptureModule.forApp({ system: 'crm' }),
  ],
})
class NotesModule implements OnModuleInit {
  constructor(private readonly capture: Capture) {}

  onModuleInit(): void {
    this.capture.register(notesFeed(backEnd, { everyMs: 3_600_000 }));
  }
}

const notesApp: AppDefinition = {
  name: 'notes',
  prefix: '/system/notes',
  module: NotesModule,
  title: 'Notes',
  description: 'Notes of a back end that is not there.',
  apis: [defineApi(aDeclaration({ app: 'notes', layer: 'system' }), {})],
};

let database: TestDatabase;
let issuer: TestIssuer;
let running: TestApp;

beforeAll(async () => {
  [database, issuer] = await Promise.all([testDatabase(), testIssuer()]);
  running = await testApp(notesApp);
});
afterAll(async () => {
  await running?.close();
  await issuer.close();
  await database.close();
});

async function call(
  method: string,
  path: string,
  body?: object,
  scopes: string[] = ['feeds.manage'],
): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = { ...(await issuer.bearer({ client: 'operations', scopes })), ...(body ? { 'content-type': 'application/json' } : {}) };
  const answer = await fetch(running.url + path, { method, headers, body: body && JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

describe('/v1/feeds', () => {
  it('lists the feeds with how far they were read', async () => {
    backEnd.put({ id: 'a', title: 'one' });
    expect(await call('POST', '/v1/feeds/notes/polls')).toMatchObject({ status: 200, body: { items: expect.any(Number) } });
    const { status, body } = await call('GET', '/v1/feeds');
    expect(status).toBe(200);
    expect(body).toEqual({ items: [{ name: 'notes', state: 'live', readTo: expect.any(String), polledAt: expect.any(String) }], nextCursor: null });
  });

  it('polls and sweeps when asked', async () => {
    backEnd.put({ id: 'b', title: 'two' });
    expect((await call('POST', '/v1/feeds/notes/polls')).body).toMatchObject({ created: 1, events: 1 });
    backEnd.delete('b');
    expect((await call('POST', '/v1/feeds/notes/sweeps')).body).toMatchObject({ deleted: 1 });
    expect((await call('POST', '/v1/feeds/notes/sweeps?believe=true')).status).toBe(200);
  });

  it('pauses and resumes, and refuses to poll a paused feed', async () => {
    expect(await call('PUT', '/v1/feeds/notes', { paused: true })).toMatchObject({ status: 200, body: { state: 'paused' } });
    expect(await call('POST', '/v1/feeds/notes/polls')).toMatchObject({ status: 409, body: { code: 'feed-paused' } });
    expect(await call('PUT', '/v1/feeds/notes', { paused: false })).toMatchObject({ status: 200, body: { state: 'live' } });
    expect((await call('POST', '/v1/feeds/notes/polls')).status).toBe(200);
  });

  it('keeps the reason for it in the audit', async () => {
    await call('PUT', '/v1/feeds/notes', { paused: false, why: 'the night is over' });
    await call('POST', '/v1/feeds/notes/polls?why=a%20customer%20waits');
    await call('POST', '/v1/feeds/notes/sweeps?believe=true&why=they%20were%20archived');
    const rows = await database.dataSource.query<{ why: string }[]>('select why from service.audit where why is not null order by id');
    expect(rows.map(({ why }) => why)).toEqual(['the night is over', 'a customer waits', 'they were archived']);
    expect((await call('POST', '/v1/feeds/notes/polls?why=x')).body).toMatchObject({ fields: [{ field: 'why' }] });
  });

  it('refuses unknown feeds, bad bodies and callers without the scope', async () => {
    expect(await call('PUT', '/v1/feeds/notes', { paused: 'perhaps' })).toMatchObject({ status: 400, body: { fields: [{ field: 'paused' }] } });
    expect((await call('PUT', '/v1/feeds/other', { paused: true })).status).toBe(404);
    expect((await call('GET', '/v1/feeds', undefined, ['crm.read'])).status).toBe(403);
    expect((await fetch(`${running.url}/v1/feeds`)).status).toBe(401);
  });

  it('is in the OpenAPI document', async () => {
    const [document] = [...documentsOf(running.app, notesApp).values()];
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([expect.stringContaining('/v1/feeds'), expect.stringContaining('/v1/feeds/{name}/polls')]),
    );
  });
});
