import { describe, expect, it } from 'vitest';
import { changesOf, releasedIn } from './release-changes.js';

const schema = (fields: string, release: string) =>
  releasedIn('1.0.graphql', `"""\ndesk, version 1: active.\nRelease: ${release}.\n"""\nschema { query: Query }\ntype Query { ${fields} }`);
const events = (version: string, on: string, ...types: string[]) =>
  releasedIn(
    '1.0.json',
    JSON.stringify({
      asyncapi: '3.0.0',
      info: { title: 'Events', version, 'x-released-on': on },
      channels: Object.fromEntries(types.map(type => [type, { address: type, messages: { [type]: { name: type, payload: {} } } }])),
    }),
  );
const parcels = (version: string, on: string, ...paths: string[]) =>
  releasedIn(
    '1.0.json',
    JSON.stringify({
      openapi: '3.1.0',
      info: { title: 'Parcels', version, 'x-released-on': on },
      paths: Object.fromEntries(paths.map(path => [path, { get: { responses: { 204: { description: 'Nothing' } } } }])),
    }),
  );

describe('the changes of a release', () => {
  it.each([
    ['a GraphQL schema', schema('a: String', '1.0.0 of 2026-11-30'), schema('a: String b: String', '1.1.0 of 2026-12-24'), 'field-added', 'Query.b'],
    ['the events', events('1.0.0', '2026-11-30', 'a.v1'), events('1.1.0', '2026-12-24', 'a.v1', 'b.v1'), 'event-added', 'b.v1'],
    ['a REST API', parcels('1.0.0', '2026-11-30', '/v1/a'), parcels('1.1.0', '2026-12-24', '/v1/a', '/v1/b'), 'operation-added', 'GET /v1/b'],
  ])('of %s are those of its document, and not that it is another release', async (_, before, now, id, operation) => {
    expect([before.on, now.on]).toEqual(['2026-11-30', '2026-12-24']);
    expect(await changesOf(before, now, '2026-12-24')).toEqual([expect.objectContaining({ id, operation, severity: 'info' })]);
  });

  it('are judged by the day of the release', async () => {
    const going = schema('a: String b: String @deprecated(reason: "Slow. Discouraged since 2026-11-30, served until 2026-12-31.")', '1.0.0');
    const severity = async (asOf: string) => (await changesOf(going, schema('a: String', '1.1.0'), asOf)).map(change => change.severity);
    expect([await severity('2026-12-30'), await severity('2026-12-31')]).toEqual([['breaking'], ['info']]);
  });
});
