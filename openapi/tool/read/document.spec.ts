import { execFile } from 'node:child_process';
import { symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { Checkout, parcelsDocument } from '../tool.fixture.js';

const document = parcelsDocument();

/** Compares what a file says with what it should mean. */
const same = async (checkout: Checkout, file: string, meant = 'meant.json') => (await checkout.api('diff', meant, file, '--json')).out;
const NO_CHANGE = '{\n  "verdict": "none",\n  "changes": []\n}\n';

/** Its answer is referred to in another file, and that one's schema in a third. */
const inFiles = (reference = 'answers/parcel.yaml#/Parcel') => ({
  'api/openapi.yaml': stringify({
    ...document,
    paths: { '/v1/parcels/{id}': { get: { operationId: 'parcelsGet', summary: 'A parcel', responses: { 200: { $ref: reference } } } } },
    components: {},
  }),
  'api/answers/parcel.yaml': stringify({
    Parcel: { description: 'The parcel', content: { 'application/json': { schema: { $ref: '../schemas.json#/ParcelView' } } } },
  }),
  'api/schemas.json': { ParcelView: { type: 'object', properties: { within: { $ref: '#/ParcelView' } } } },
});

describe('a document', () => {
  it('is read as JSON and as YAML 1.2, with its aliases and merged keys', async () => {
    const checkout = await Checkout.with({
      'meant.json': { ...document, 'x-words': ['no', { a: 1 }, { a: 1, b: '2026-11-30' }] },
      'same.yaml': `${stringify(document)}x-words:\n  - no\n  - &one { a: 1 }\n  - { <<: *one, b: 2026-11-30 }\n`,
    });
    expect(await same(checkout, 'same.yaml')).toBe(NO_CHANGE);
  });

  it('is bundled from the files of its folder', async () => {
    const view = { type: 'object', properties: { within: { $ref: '#/components/schemas/ParcelView' } } };
    const get = {
      operationId: 'parcelsGet',
      summary: 'A parcel',
      responses: { 200: { description: 'The parcel', content: { 'application/json': { schema: { $ref: '#/components/schemas/ParcelView' } } } } },
    };
    const checkout = await Checkout.with({
      ...inFiles(),
      'meant.json': { ...document, paths: { '/v1/parcels/{id}': { get } }, components: { schemas: { ParcelView: view } } },
    });
    expect(JSON.parse(await same(checkout, 'api/openapi.yaml'))).toMatchObject({ verdict: 'none' });
    await checkout.write({ 'api/schemas.json': { ParcelView: { ...view, properties: {} } } });
    expect(JSON.parse(await same(checkout, 'api/openapi.yaml'))).not.toMatchObject({ verdict: 'none' });
  });

  it.each([
    ['http://example.com/parcel.json#/Parcel', 'only files are read, nothing is fetched'],
    ['HTTPS://example.com/parcel.json', 'only files are read, nothing is fetched'],
    ['//example.com/parcel.json', 'only files are read, nothing is fetched'],
    ['file:///etc/passwd', 'only files are read, nothing is fetched'],
    ['/etc/passwd', "only files of the document's folder are read"],
    ['../secret.yaml', "only files of the document's folder are read"],
    ['answers/../../secret.yaml', "only files of the document's folder are read"],
  ])('that refers to %s is refused by that name', async (reference, why) => {
    const checkout = await Checkout.with({ ...inFiles(reference), 'secret.yaml': 'description: secret', 'meant.json': document });
    expect(await checkout.api('diff', 'meant.json', 'api/openapi.yaml')).toEqual({
      code: 2,
      out: '',
      err: `api/openapi.yaml refers to ${reference}: ${why}`,
    });
  });

  it('is refused if a file of it refers to another place, leads out by a link, or is missing', async () => {
    const checkout = await Checkout.with({ ...inFiles(), 'meant.json': document, 'secret.json': { ParcelView: {} } });
    const said = async () => (await checkout.api('diff', 'meant.json', 'api/openapi.yaml')).err;
    await checkout.write({
      'api/answers/parcel.yaml': 'Parcel: { description: d, content: { a/b: { schema: { $ref: "https://example.com/a" } } } }',
    });
    expect(await said()).toBe('api/answers/parcel.yaml refers to https://example.com/a: only files are read, nothing is fetched');
    await checkout.write({ 'api/answers/parcel.yaml': 'Parcel: { $ref: "gone.yaml" }' });
    expect(await said()).toBe('there is no file api/answers/gone.yaml');
    await symlink('../../secret.json', join(checkout.top, 'api/answers/gone.yaml'));
    expect(await said()).toBe("api/answers/gone.yaml is outside of the document's folder");
  });

  it('may show references in its examples: they are data, also where it is bundled', async () => {
    const shown = {
      properties: { example: { $ref: './text.yaml' }, other: { example: { $ref: 'http://example.com' }, default: { $ref: 'gone.yaml' } } },
    };
    const schemas = { ...document.components.schemas, Shown: shown };
    const checkout = await Checkout.with({ 'meant.json': document, 'text.yaml': 'type: string', 'a.json': { ...document, components: { schemas } } });
    expect(await checkout.api('diff', 'meant.json', 'a.json')).toMatchObject({ code: 0, err: '' });
    await checkout.write({ 'text.yaml': '{' });
    expect((await checkout.api('diff', 'meant.json', 'a.json')).err).toContain("text.yaml can't be read");
  });

  it('is OpenAPI 3.0 or 3.1, and the two are compared', async () => {
    const checkout = await Checkout.with({ 'meant.json': document, 'old.json': { ...document, openapi: '3.0.3' } });
    expect((await checkout.api('diff', 'old.json', 'meant.json')).code).toBe(0);
    expect((await checkout.api('diff', 'meant.json', 'old.json')).code).toBe(0);
  });

  it.each<[string, unknown, string]>([
    ['a.json', '[]', 'a.json is not an API document'],
    ['a.json', '{}', 'a.json is not a document of an API: it has no openapi and no asyncapi'],
    ['a.json', '{', "a.json can't be read: Expected property name"],
    ['a.yaml', 'a: [', "a.yaml can't be read: "],
    ['a.yaml', 'a: 1\na: 2', "a.yaml can't be read: Map keys must be unique"],
    ['a.yaml', 'a: 1\n---\nb: 2', "a.yaml can't be read: "],
    ['a.yaml', 'just words', 'a.yaml is not an API document'],
    ['a.json', { swagger: '2.0', info: {}, paths: {} }, 'a.json is of version 2.0: OpenAPI 3.0 and 3.1 and AsyncAPI 3 are read'],
    ['a.json', { openapi: '4.0.0', info: {}, paths: {} }, 'a.json is of version 4.0.0: '],
    ['a.yaml', 'openapi: 3.1', 'the openapi of a.yaml is a number'],
    ['a.json', { openapi: '3.1.0', info: {} }, 'a.json is not an OpenAPI document: it has none of paths, webhooks, components'],
    ['a.json', { openapi: '3.1.0', info: {}, paths: 7 }, 'a.json is not an OpenAPI document: its paths is not an object'],
    ['a.json', '{"openapi":"3.1.0","info":{},"paths":{"__proto__":{}}}', 'a.json has a member named __proto__, which no API has'],
    ['a.graphql', 'type Query {', 'a.graphql is not a GraphQL schema: Syntax Error'],
    ['a.graphql', 'type Query { a: Nope }', 'a.graphql is not a GraphQL schema: Unknown type'],
    ['a.json', '\uFEFF', "a.json can't be read: "],
  ])('that is none is refused: %s saying %j', async (file, content, why) => {
    const checkout = await Checkout.with({ 'meant.json': document, [file]: content });
    const { code, out, err } = await checkout.api('diff', 'meant.json', file);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(why);
  });

  it('that is of another kind is not compared', async () => {
    const checkout = await Checkout.with({ 'meant.json': document, 'a.graphql': 'type Query { a: Int }' });
    expect((await checkout.api('diff', 'meant.json', 'a.graphql')).err).toBe(
      "meant.json is of OpenAPI and a.graphql of GraphQL: they can't be compared",
    );
  });

  it('that is ten times too large is refused unread', async () => {
    const checkout = await Checkout.with({ 'meant.json': document, 'a.json': '' });
    await truncate(join(checkout.top, 'a.json'), 320 * 1024 * 1024);
    expect(await checkout.api('diff', 'meant.json', 'a.json')).toEqual({ code: 2, out: '', err: 'a.json has more than 32 MiB' });
  });

  it.each<[string, string, string]>([
    ['a.json', '{"openapi":"3.1.0","info":{"title":"a","\\u0074itle":"b"},"paths":{}}', 'a.json has "title" twice in one object'],
    ['a.yaml', 'openapi: 3.1.0\ninfo: { title: a, title: b }\npaths: {}', 'Map keys must be unique'],
  ])('that says the same thing twice is refused: %s', async (file, content, why) => {
    const checkout = await Checkout.with({ 'meant.json': document, [file]: content });
    const { code, err } = await checkout.api('diff', 'meant.json', file);
    expect(code).toBe(2);
    expect(err).toContain(why);
  });

  it('may have a name in two objects, and a colon in a text', async () => {
    const words = { 'x-a': { title: 'a:"b"\\', list: [{ title: 1 }, { title: '{"title":1,"title":2}' }] }, 'x-b': { title: 1 } };
    const checkout = await Checkout.with({ 'meant.json': { ...document, ...words }, 'a.json': JSON.stringify({ ...document, ...words }) });
    expect(await same(checkout, 'a.json')).toBe(NO_CHANGE);
  });

  it.each<[string, () => string, string]>([
    ['a bomb of aliases', () => `a0: &a0 [${'x,'.repeat(9)}]\n${nine(i => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`)}`, 'alias'],
    ['an alias within itself', () => 'openapi: 3.1.0\ninfo: &i { more: *i }', 'an alias to a value that it is a part of'],
    ['nested too deep', () => `openapi: 3.1.0\ninfo: ${'{a: '.repeat(300)}1${'}'.repeat(300)}`, 'deeper than 256 levels'],
    ['nested without end', () => '['.repeat(100_000), "can't be read"],
    ['made of more values than are walked', () => `[${'1,'.repeat(5_000_000)}1]`, 'more than 4000000 values'],
  ])('that is %s is refused', async (_, content, why) => {
    const json = content().startsWith('[1');
    const checkout = await Checkout.with({ 'meant.json': document, [json ? 'a.json' : 'a.yaml']: content() });
    const { code, err } = await checkout.api('diff', 'meant.json', json ? 'a.json' : 'a.yaml');
    expect(code).toBe(2);
    expect(err).toContain(why);
  });
});

const nine = (line: (at: number) => string): string => Array.from({ length: 9 }, (_, at) => line(at)).join('\n');

describe('a document of a revision', () => {
  const git = (top: string, ...args: string[]) =>
    promisify(execFile)('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.com', ...args], { cwd: top });

  async function repository() {
    const checkout = await Checkout.with({ ...inFiles(), 'a.json': document });
    await git(checkout.top, 'init', '-q');
    await git(checkout.top, 'add', '.');
    await git(checkout.top, 'commit', '-qm', 'first');
    return checkout;
  }

  it('is read with the files that it refers to, as they were', async () => {
    const checkout = await repository();
    const removed = { ...document, paths: {} };
    await checkout.write({ 'a.json': removed, 'api/schemas.json': { ParcelView: { type: 'integer' } } });
    expect((await checkout.api('diff', 'git:HEAD:a.json', 'a.json')).code).toBe(1);
    expect((await checkout.api('diff', 'git:HEAD:api/openapi.yaml', 'git:HEAD:api/openapi.yaml', '--json')).out).toBe(NO_CHANGE);
    expect((await checkout.api('diff', 'git:HEAD:api/openapi.yaml', 'api/openapi.yaml', '--json')).out).not.toBe(NO_CHANGE);
  });

  it.each([
    ['git:HEAD:gone.json', "git:HEAD:gone.json can't be read: fatal: path 'gone.json' does not exist in 'HEAD'"],
    ['git:HEAD:api', "git:HEAD:api can't be read: "],
    ['git:nope:a.json', "git:nope:a.json can't be read: fatal: invalid object name 'nope'."],
    ['git:--help:a.json', '--help is not a revision'],
    ['git:HEAD', 'git:HEAD names no file: git:<revision>:<path>'],
    ['gone.json', 'there is no file gone.json'],
    ['api', 'there is no file api, and no release of that name'],
  ])('is refused where it is not there: %s', async (named, why) => {
    const { code, out, err } = await (await repository()).api('diff', 'a.json', named);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(why);
  });
});
