import type { Database } from '#persistence';
import { Metrics } from '#service';
import { type AuthScheme, bearer } from './auth-scheme.js';
import { Connector, type ConnectorOptions } from './connector.js';
import type { OnceKind } from './once-kinds.js';
import type { CodeTable } from './refusals.js';
import type { Thing } from './tiny-vendor.fixture.js';

/** Its statuses say it all, but that one code is for a moment and one text says that it has it. */
export const tinyCodes: CodeTable = {
  name: 'tiny',
  read: answer => {
    const { error, code, id } = answer.json<{ error?: string; code?: string; id?: string }>();
    return code === undefined ? undefined : { code, message: error ?? '', record: id };
  },
  rows: [
    { code: 'LOCKED', is: 'passing', source: 'inferred' },
    { code: 'TAKEN', is: 'done-already', source: 'inferred' },
    { code: 'LATER', is: 'throttled', source: 'inferred' },
  ],
};

export function tinyConnector(dataSource: Database, baseUrl: string, o: Partial<ConnectorOptions> & { auth?: AuthScheme } = {}): Connector {
  return new Connector({
    vendor: 'tiny',
    account: 'one',
    baseUrl,
    auth: bearer('token-1'),
    concurrency: 5,
    dataSource,
    metrics: new Metrics(),
    codes: tinyCodes,
    ...o,
  });
}

/** What a vendor folder would do with things. */
export function things(connector: Connector) {
  const list = async (query: Record<string, string>) =>
    (await connector.send({ operation: 'list-things', kind: 'read', method: 'GET', path: '/things', query })).json<Thing[]>();
  const create = async (wanted: Partial<Thing>[]) =>
    (await connector.send({ operation: 'create-things', kind: 'write', method: 'POST', path: '/things', body: wanted })).json<Thing[]>();
  const createUnique = async (ref: string) =>
    (await connector.send({ operation: 'create-unique', kind: 'write', method: 'POST', path: '/unique', body: { ref } })).json<Thing>();
  const read = async (id: string) =>
    (await connector.send({ operation: 'read-thing', kind: 'read', method: 'GET', path: `/things/${id}` })).json<Thing>();
  const archive = async (id: string) =>
    void (await connector.send({ operation: 'archive-thing', kind: 'write', method: 'PUT', path: `/things/${id}`, body: { archived: true } }));
  const thing: OnceKind = { kind: 'thing', means: 'look-up', find: key => list({ ref: key }), retire: found => archive(found.id) };
  const child: OnceKind = {
    kind: 'child',
    means: 'look-up',
    findAll: async parentKey => (await list({ parent: parentKey })).map(found => ({ ...found, key: found.ref })),
    retire: found => archive(found.id),
  };
  const unique: OnceKind = { kind: 'unique', means: 'unique-key', read };
  return { list, create, createUnique, archive, kinds: [thing, child, unique] };
}
