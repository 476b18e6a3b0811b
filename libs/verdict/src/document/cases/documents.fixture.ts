import { get, one, query, told, type Case, type Expected, type Json } from './case.fixture.js';

const whole = (name: string, base: Json, revision: Json, expected: Expected[] | 'none', why: string): Case => ({
  name,
  base: get({}, base),
  revision: get({}, revision),
  expected,
  why,
});

/** An edit of `GET /things` under two versions. */
const under = (name: string, was: string, is: string, edit: Json, expected: Expected[], why: string): Case => ({
  name,
  base: get({}, { info: { title: 'T', version: was } }),
  revision: get(edit, { info: { title: 'T', version: is } }),
  expected,
  why,
  ownVersions: true,
});

const ADDED = { parameters: [query()] };
const BROKEN = { parameters: [query({ required: true })] };
const WORDS = { summary: 'Things.' };

const added = told('info', 'request', 'parameter-added-optional', 'GET /things');
const broken = told('breaking', 'request', 'parameter-added-required', 'GET /things');
const words = told('info', 'none', 'documentation-changed', 'GET /things');
const kept = told('warning', 'none', 'version-not-bumped', null, '/info/version');

export const DOCUMENTS: Case[] = [
  whole('nothing changes', {}, {}, 'none', 'The same twice.'),
  whole(
    '3.0 is 3.1',
    { openapi: '3.0.3' },
    { openapi: '3.1.0' },
    one('info', 'none', 'openapi-version-changed', null, '/openapi'),
    'The API is described in another dialect.',
  ),
  {
    name: 'null is said as 3.1 says it',
    base: get({ parameters: [query({ schema: { type: 'string', nullable: true } })] }, { openapi: '3.0.3' }),
    revision: get({ parameters: [query({ schema: { type: ['string', 'null'] } })] }),
    expected: one('info', 'none', 'openapi-version-changed', null),
    why: 'Both allow null.',
  },
  whole(
    '3.0.0 is 3.0.3',
    { openapi: '3.0.0' },
    { openapi: '3.0.3' },
    one('info', 'none', 'openapi-version-changed', null),
    'The API is described in another dialect.',
  ),
  whole(
    'schemas are of another dialect',
    {},
    { jsonSchemaDialect: 'https://json-schema.org/draft/2019-09/schema' },
    one('warning', 'none', 'json-schema-dialect-changed', null, '/jsonSchemaDialect'),
    'Keywords may mean something else.',
  ),
  whole(
    'the API is described',
    { info: { title: 'T', version: '1.0.0' } },
    { info: { title: 'T', version: '1.0.0', description: 'Things.', contact: { name: 'a' } } },
    one('info', 'none', 'documentation-changed', null, '/info'),
    'Words only, told once.',
  ),
  whole(
    'external documents are named',
    {},
    { externalDocs: { url: 'https://a' } },
    one('info', 'none', 'documentation-changed', null, ''),
    'Words only.',
  ),
  whole(
    'tags are described',
    { tags: [{ name: 'a' }] },
    { tags: [{ name: 'a', description: 'All of a.' }] },
    one('info', 'none', 'documentation-changed', null),
    'Words only.',
  ),
  whole(
    'a component is added that nothing refers to',
    {},
    { components: { schemas: { a: { type: 'string' } }, parameters: { b: query() } } },
    'none',
    'Nobody can see it.',
  ),
  {
    name: 'an operation gets a summary, a description and a tag',
    base: get({}),
    revision: get({ summary: 'Things.', description: 'All.', tags: ['a'] }),
    expected: one('info', 'none', 'documentation-changed', 'GET /things', '/paths/~1things/get'),
    why: 'Words only, told once.',
  },
  under('an addition without a new minor version', '1.0.0', '1.0.1', ADDED, [kept, added], 'A patch is for words.'),
  under('an addition with a new minor version', '1.0.0', '1.1.0', ADDED, [added], 'As it should be.'),
  under('an addition with a new major version', '1.0.0', '2.0.0', ADDED, [added], 'More than asked.'),
  under('words under the same version', '1.0.0', '1.0.0', WORDS, [kept, words], 'Words ask for a patch.'),
  under('words with a new patch version', '1.0.0', '1.0.1', WORDS, [words], 'As it should be.'),
  under('a break with a new minor version', '1.4.0', '1.5.0', BROKEN, [broken, kept], 'A break asks for a new major version, and stays a break.'),
  under('a break with a new major version', '1.4.0', '2.0.0', BROKEN, [broken], 'A break stays a break.'),
  under(
    'a break below 1.0.0 with a new minor version',
    '0.4.0',
    '0.5.0',
    BROKEN,
    [broken],
    'Nothing is promised below 1.0.0 (Semantic Versioning, 4).',
  ),
  under('a break below 1.0.0 with a new patch version', '0.4.0', '0.4.1', BROKEN, [broken, kept], 'It has to be seen in the version.'),
  under(
    'the version is lowered',
    '1.4.0',
    '1.3.9',
    {},
    [told('warning', 'none', 'version-lowered', null, '/info/version')],
    'It sorts before its own base.',
  ),
  under(
    'the version is lowered, and something is added',
    '1.4.0',
    '1.3.0',
    ADDED,
    [told('warning', 'none', 'version-lowered', null), added],
    'Told once.',
  ),
  under('an addition under a version that is a day', '2026-11-01', '2026-11-01', ADDED, [kept, added], 'Callers see nothing of it.'),
  under('an addition under a new version that is a day', '2026-11-01', '2026-12-01', ADDED, [added], 'Any other version tells of it.'),
  {
    name: 'an example of a parameter is a component',
    base: get({ parameters: [query({ examples: { one: { value: 'a' } } })] }),
    revision: get(
      { parameters: [query({ examples: { one: { $ref: '#/components/examples/a' } } })] },
      { components: { examples: { a: { value: 'a' } } } },
    ),
    expected: 'none',
    why: 'A reference says the same as what it leads to.',
  },
];
