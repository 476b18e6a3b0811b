import { Body, Controller, Get, Module, Param, Query } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { type Api, defineApi, type Deprecation, deprecationFaults, del, get, operations, PageQuery, post, type Page } from '#apis';
import { Public } from '#auth';
import { Text } from '#canonical';
import { DatabaseModule } from '#persistence';
import { aDeclaration, testApp, testDatabase, testIssuer } from '#testing';
import type { AppDefinition } from '../app-definition.js';
import { emitOpenApi } from '../openapi/emit-openapi.js';
import { serviceMigrations } from '../service.migrations.js';
import { apiFaults, placeFaults } from '../conformance/definition.rules.js';
import { Implements } from './implements.decorator.js';

class Note {
  @Text() text: string;
}

class Draft {
  @Text() text: string;
}

const notes = operations('notes', {
  listNotes: get('notes', { scope: 'crm.read', summary: 'Notes', query: PageQuery, pageOf: Note }),
  getNote: get('notes/:id', { scope: 'crm.read', summary: 'A note', answer: Note }),
  checkNote: post('notes/:id/checks', { scope: 'crm.read', summary: 'Whether it could be a note', body: Draft, answer: Note, writesNothing: true }),
  dropNote: del('notes/:id', { scope: 'crm.write', summary: 'No note any more' }),
});
const notesApi = defineApi(aDeclaration({ app: 'notes', layer: 'system' }), notes);

@Controller({ version: '1' })
class NotesController {
  @Implements(notes.listNotes)
  list(@Query() _: PageQuery): Page<Note> {
    return { items: [], nextCursor: null };
  }

  @Implements(notes.getNote)
  one(@Param('id') id: string): Promise<Note> {
    return Promise.resolve({ text: id });
  }

  @Implements(notes.checkNote)
  check(@Param('id') _: string, @Body() draft: Draft): Note {
    return draft;
  }

  @Implements(notes.dropNote)
  drop(@Param('id') _: string): void {}
}

const app = (controllers: AppDefinition['module'][], api: Api = notesApi): AppDefinition => {
  @Module({ imports: [DatabaseModule.forApp({ name: 'notes', migrations: serviceMigrations })], controllers })
  class NotesModule {}
  return {
    name: 'notes',
    prefix: '/system/notes',
    module: NotesModule,
    title: 'Notes',
    description: 'Notes.',
    apis: [api],
  };
};

describe('a handler that implements an operation', () => {
  it('has its route, scope, status and documentation from the definition', async () => {
    const { paths } = (await emitOpenApi(app([NotesController]))).get('1') as unknown as { paths: Record<string, Record<string, object>> };
    expect(Object.entries(paths).map(([path, item]) => [path, Object.keys(item)])).toEqual([
      ['/v1/notes', ['get']],
      ['/v1/notes/{id}', ['get', 'delete']],
      ['/v1/notes/{id}/checks', ['post']],
    ]);
    expect(paths['/v1/notes/{id}/checks'].post).toMatchObject({
      operationId: 'checkNote',
      summary: 'Whether it could be a note',
      tags: ['notes'],
      security: [{ throughline: ['crm.read'] }],
      requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Draft' } } } },
      responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Note' } } } } },
    });
    expect(paths['/v1/notes'].get).toMatchObject({
      responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/NotePage' } } } } },
    });
    expect(paths['/v1/notes/{id}'].delete).toMatchObject({ responses: { 204: expect.anything() as object } });
  });

  it('is not loaded when it takes another class than the definition names', () => {
    expect(() => {
      class Other {
        @Implements(notes.checkNote)
        check(@Param('id') _: string, @Body() note: Note): Note {
          return note;
        }
      }
      return Other;
    }).toThrow('Other.check takes Note as body where checkNote has Draft');
    expect(() => {
      class Other {
        @Implements(notes.getNote)
        one(@Query() _: PageQuery): Note {
          return { text: '' };
        }
      }
      return Other;
    }).toThrow('Other.one takes PageQuery as query where getNote has nothing');
  });

  it('does not compile when it answers something else', () => {
    class Other {
      // @ts-expect-error -- it answers a number where the definition has a note
      @Implements(notes.getNote)
      one(@Param('id') id: string): number {
        return id.length;
      }
    }
    expect(Other).toBeDefined();
  });
});

describe('what an API deprecates', () => {
  const dates = { since: '2026-11-01', sunset: '2027-11-01', why: 'Notes are short.' };
  const deprecating = (...deprecations: Deprecation<keyof typeof notes>[]) =>
    defineApi({ ...aDeclaration({ app: 'notes', layer: 'system' }), deprecations }, notes);
  interface Marked {
    paths: Record<string, Record<string, Record<string, unknown>>>;
    components: { schemas: Record<string, { properties: Record<string, object> }> };
  }
  const emitted = async (api: Api) => (await emitOpenApi(app([NotesController], api))).get('1') as unknown as Marked;

  it('is marked in its document: operations, fields, and fields of a query', async () => {
    const { paths, components } = await emitted(
      deprecating(
        { of: 'getNote', ...dates, successor: '/system/notes/v2/notes' },
        { of: 'Draft.text', ...dates },
        { of: 'PageQuery.limit', ...dates },
      ),
    );
    const mark = { deprecated: true, 'x-deprecated-since': '2026-11-01', 'x-sunset': '2027-11-01' };
    expect(paths['/v1/notes/{id}'].get).toMatchObject({
      ...mark,
      'x-successor': '/system/notes/v2/notes',
      description: 'Deprecated: Notes are short. Discouraged since 2026-11-01, served until 2027-11-01; use /system/notes/v2/notes.',
    });
    expect(paths['/v1/notes/{id}'].delete).not.toHaveProperty('deprecated');
    expect(components.schemas.Draft.properties.text).toMatchObject(mark);
    expect(components.schemas.Note.properties.text).not.toHaveProperty('deprecated');
    expect(paths['/v1/notes'].get.parameters).toContainEqual(expect.objectContaining({ name: 'limit', ...mark }));
    expect(paths['/v1/notes'].get.parameters).not.toContainEqual(expect.objectContaining({ name: 'cursor', deprecated: true }));
  });

  it('is marked where one operation’s parameter goes away, which has to be there', async () => {
    const api = deprecating({ of: 'listNotes.query.limit', ...dates });
    expect(deprecationFaults(api)).toEqual([]);
    const { parameters, deprecated } = (await emitted(api)).paths['/v1/notes'].get;
    expect(deprecated).toBeUndefined();
    expect(parameters).toContainEqual(expect.objectContaining({ name: 'limit', deprecated: true, 'x-sunset': '2027-11-01' }));
    expect(parameters).not.toContainEqual(expect.objectContaining({ name: 'cursor', deprecated: true }));
    const wrong = deprecating({ of: 'listNotes.query.colour', ...dates });
    expect(deprecationFaults(wrong)).toHaveLength(1);
    await expect(emitted(wrong)).rejects.toThrow('has no parameter listNotes.query.colour to deprecate');
  });

  it('is every operation of a version that is deprecated', async () => {
    const lifecycle = { state: 'deprecated', since: '2026-11-01', sunset: '2027-11-01', successor: '/system/notes/v2' } as const;
    const { paths } = await emitted({ ...notesApi, lifecycle });
    for (const operation of Object.values(paths).flatMap(Object.values))
      expect(operation).toMatchObject({ deprecated: true, 'x-sunset': '2027-11-01', 'x-successor': '/system/notes/v2' });
  });

  it('keeps the app from starting, and its document from being written, when it has no such thing', async () => {
    const wrong = deprecating({ of: 'Note.colour', ...dates });
    expect(deprecationFaults(wrong)).toEqual(['Note.colour is deprecated and is neither an operation nor a field']);
    expect(deprecationFaults(deprecating({ of: 'Note.text', ...dates }, { of: 'dropNote', ...dates }))).toEqual([]);
    await expect(emitOpenApi(app([NotesController], wrong))).rejects.toThrow('notes v1 has no field Note.colour to deprecate');
    const [database, issuer] = await Promise.all([testDatabase(), testIssuer()]);
    await expect(testApp(app([NotesController], wrong))).rejects.toThrow('Note.colour is deprecated and is neither an operation nor a field');
    await issuer.close();
    await database.close();
  });
});

describe('the controllers of an app', () => {
  const named = Object.values(notes).map(operation => ({ name: `NotesController.${operation.id}`, versions: ['1'], operation }));

  it('are its API when they implement each operation once', () => {
    expect(apiFaults([notesApi], named)).toEqual([]);
  });

  it('are not its API when an operation is missing or implemented twice, or something else is served', () => {
    const other = operations('others', { getOther: get('others/:id', { scope: 'crm.read', summary: 'Another' }) });
    expect(
      apiFaults(
        [notesApi],
        [
          ...named.slice(1),
          { name: 'Again.getNote', versions: ['1'], operation: notes.getNote },
          { name: 'Stray.served', versions: ['1'] },
          { name: 'Stray.other', versions: ['1'], operation: other.getOther },
        ],
      ),
    ).toEqual([
      'nothing implements listNotes',
      'getNote is implemented by NotesController.getNote and Again.getNote',
      'Stray.served implements no operation of the API',
      'Stray.other implements getOther, which is not in the API',
    ]);
  });

  it('are judged version by version', () => {
    const second = defineApi(aDeclaration({ app: 'notes', layer: 'system', version: '2' }), { getNote: notes.getNote });
    const both = named.map(handler => (handler.operation === notes.getNote ? { ...handler, versions: ['1', '2'] } : handler));
    expect(apiFaults([notesApi, second], both)).toEqual([]);
    expect(apiFaults([notesApi, second], named)).toEqual(['nothing implements getNote']);
    expect(apiFaults([notesApi], both)).toEqual(['NotesController.getNote serves version 2, which is not declared']);
  });

  it('are mounted where clients look for their API', () => {
    expect(placeFaults({ prefix: '/system/notes', apis: [notesApi] })).toEqual([]);
    expect(placeFaults({ prefix: '/process/notes', apis: [notesApi] })).toEqual([
      'version 1 declares /system/notes, and is mounted at /process/notes',
    ]);
  });

  it('keep the app from starting when they are not its API', async () => {
    @Controller({ version: '1' })
    class StrayController {
      @Get('strays')
      @Public('A spec asks for it.')
      served(): object {
        return {};
      }
    }
    const [database, issuer] = await Promise.all([testDatabase(), testIssuer()]);
    const refused = testApp(app([StrayController]));
    for (const fault of [
      'nothing implements listNotes',
      'nothing implements getNote',
      'nothing implements checkNote',
      'nothing implements dropNote',
      'StrayController.served implements no operation of the API',
    ])
      await expect(refused).rejects.toThrow(`notes as a whole: definition: ${fault}`);
    await issuer.close();
    await database.close();
  });
});
