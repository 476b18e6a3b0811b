import { Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineApi } from '#apis';
import { EventsModule, eventsMigrations } from '#events';
import { DatabaseModule } from '#persistence';
import { type AppDefinition, serviceMigrations } from '#service';
import { aDeclaration, testApp, testDatabase, testIssuer, type TestApp, type TestDatabase, type TestIssuer, type TokenRequest } from '#testing';
import { MappingTargets } from './mapping-targets.js';
import { Mappings } from './mappings.js';
import { MappingsController } from './mappings.controller.js';
import { mappingsMigrations } from './mappings.migrations.js';
import { MappingsModule } from './mappings.module.js';

class AnyTarget extends MappingTargets {
  refuseUnknown(): Promise<void> {
    return Promise.resolve();
  }
}

@Module({
  imports: [
    DatabaseModule.forApp({ name: 'words', migrations: [...serviceMigrations, ...eventsMigrations, ...mappingsMigrations] }),
    EventsModule,
    MappingsModule,
  ],
  controllers: [MappingsController],
  providers: [{ provide: MappingTargets, useClass: AnyTarget }],
})
class WordsModule {
  constructor(readonly mappings: Mappings) {}
}

const words: AppDefinition = {
  name: 'words',
  prefix: '/process/words',
  module: WordsModule,
  title: 'Words',
  description: 'What words mean.',
  apis: [defineApi(aDeclaration({ app: 'words', layer: 'process' }), {})],
};

let database: TestDatabase;
let issuer: TestIssuer;
let app: TestApp;

beforeAll(async () => {
  [database, issuer] = await Promise.all([testDatabase({ migrations: mappingsMigrations }), testIssuer()]);
  const old = [
    ['Larkfield GmbH', 'LF-DE'],
    ['Larkfield Ltd ', 'LF-UK'],
    ['Larkfield Inc', 'LF-US'],
    ['larkfield inc', 'LF-UK'],
  ];
  for (const [source, target] of old)
    await database.dataSource.query(`insert into mappings.mapping(kind, source, target, changed_by) values ('legal-entity', $1, $2, 'before')`, [
      source,
      target,
    ]);
  app = await testApp(words);
});
afterAll(async () => {
  await app?.close();
  await issuer.close();
  await database.close();
});

const UK = { person: 'finance-uk' };
const ALL = { person: 'finance' };

async function ask(
  method: 'PUT' | 'DELETE',
  word: string,
  as: TokenRequest,
  target = 'LF-UK',
): Promise<{ status: number; body: Record<string, any> }> {
  const url = `${app.url}/v1/mappings/legal-entity/${encodeURIComponent(word)}${method === 'DELETE' ? '?reason=for%20the%20spec' : ''}`;
  const body = method === 'PUT' ? { body: JSON.stringify({ target, reason: 'for the spec' }) } : {};
  const answer = await fetch(url, {
    method,
    headers: { ...(await issuer.bearer(as)), ...(method === 'PUT' ? { 'content-type': 'application/json' } : {}) },
    ...body,
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, any>) };
}
const kept = () =>
  database.dataSource.query<{ source: string; target: string }[]>(
    `select source, target from mappings.mapping where kind = 'legal-entity' order by 1, 2`,
  );

describe('a mapping', () => {
  it.each(['larkfield gmbh', 'Larkfield GmbH ', 'Larkfield\u200b GmbH', 'Larkfield  GmbH', '\u2060Larkfield GmbH'])(
    'of another entity’s word, spelt %j, is not claimed as a new one',
    async word => {
      const before = await kept();
      expect(await ask('PUT', word, UK)).toMatchObject({ status: 403, body: { code: 'not-your-entities' } });
      expect(await kept()).toEqual(before);
    },
  );

  it('of a word that is not mapped yet requires the unassigned right, and so does removing one', async () => {
    expect(await ask('PUT', 'Larkfield Sverige AB', UK)).toMatchObject({ status: 403, body: { code: 'not-your-entities' } });
    expect((await ask('PUT', ' Larkfield\u200b  Sverige AB ', ALL)).body).toMatchObject({
      source: 'Larkfield Sverige AB',
      target: 'LF-UK',
      version: 1,
    });
    expect((await ask('PUT', 'larkfield sverige ab', UK)).body).toMatchObject({ source: 'Larkfield Sverige AB', version: 1 });
    expect(await database.dataSource.query(`select distinct source from events.event where type = 'mapping.changed.v1'`)).toEqual([
      { source: '/process/words' },
    ]);
    expect(await ask('DELETE', 'larkfield sverige ab', UK)).toMatchObject({ status: 403 });
    expect((await ask('DELETE', 'LARKFIELD SVERIGE AB', ALL)).status).toBe(204);
    expect((await ask('DELETE', 'Larkfield Sverige AB', ALL)).status).toBe(404);
  });

  it('that was there before goes on as it is spelt, and is changed by any spelling', async () => {
    const table = await app.app.get(Mappings).table();
    expect(table.get('legal-entity', 'Larkfield Ltd')).toBe('LF-UK');
    expect((await ask('PUT', 'Larkfield Ltd', ALL, 'LF-DE')).body).toMatchObject({ source: 'Larkfield Ltd ', target: 'LF-DE', version: 2 });
    expect((await kept()).filter(({ source }) => source.startsWith('Larkfield Ltd'))).toHaveLength(1);
  });

  it('publishes its target and its former target', async () => {
    await ask('PUT', 'Larkfield AS', ALL, 'LF-UK');
    await ask('PUT', 'larkfield as', ALL, 'LF-DE');
    await ask('DELETE', 'Larkfield AS', ALL);
    const told = await database.dataSource.query<{ data: object }[]>(
      `select data from events.event where key = 'mapping:legal-entity:Larkfield AS' order by key_seq`,
    );
    const word = { kind: 'legal-entity', source: 'Larkfield AS' };
    expect(told.map(({ data }) => data)).toEqual([
      { ...word, target: 'LF-UK', previous: null },
      { ...word, target: 'LF-DE', previous: 'LF-UK' },
      { ...word, target: null, previous: 'LF-DE' },
    ]);
  });

  it('that was there before in two spellings of two meanings is listed, and kept until somebody removes one', async () => {
    const mappings = app.app.get(Mappings);
    expect((await mappings.conflicting()).map(({ source, target }) => `${source} ${target}`).sort()).toEqual([
      'Larkfield Inc LF-US',
      'larkfield inc LF-UK',
    ]);
    const table = await mappings.table();
    expect(['Larkfield Inc', 'larkfield inc', 'LARKFIELD INC'].map(word => table.get('legal-entity', word))).toEqual(['LF-US', 'LF-UK', undefined]);
    expect((await ask('PUT', 'LARKFIELD INC', UK)).status).toBe(403);
    // Two blanks are kept as one, so this is the first of the two: it means that already.
    expect((await ask('PUT', 'Larkfield  Inc', ALL, 'LF-US')).body).toMatchObject({ source: 'Larkfield Inc', version: 1 });
    expect((await ask('DELETE', 'larkfield inc', ALL)).status).toBe(204);
    expect((await mappings.table()).get('legal-entity', 'LARKFIELD INC')).toBe('LF-US');
    expect(await mappings.conflicting()).toEqual([]);
  });

  it('of two spellings at the same time is one', async () => {
    const answers = await Promise.all(['Larkfield Oy', 'larkfield oy', 'LARKFIELD OY ', 'Larkfield\u200bOy'].map(word => ask('PUT', word, ALL)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await kept()).filter(({ source }) => /^larkfield oy$/i.test(source))).toHaveLength(1);
  });

  it('of a word that nobody sees is refused, with field and rule', async () => {
    expect(await ask('PUT', '\u200b \u2060', ALL)).toMatchObject({ status: 400, body: { fields: [{ field: 'source', rule: 'seen' }] } });
  });
});
