import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parcels } from '../parcels.fixture.js';
import { emitOpenApi } from './emit-openapi.js';

const TOP = resolve(import.meta.dirname, '../../../..');
// these specs alter documents freely
type Document = Record<string, any>;

/** Ways to break a document, and the rule that finds each. */
const BREAKS: Record<string, (document: Document) => void> = {
  'owner-is-named': ({ info }) => delete info['x-owner'],
  'version-is-in-the-path': ({ paths }) => (paths['/parcels'] = paths['/v1/parcels']),
  'paths-are-kebab-case': ({ paths }) => (paths['/v1/parcelLabels'] = paths['/v1/parcels/old']),
  'fields-are-camel-case': ({ components }) => (components.schemas.Parcel.properties.net_weight = { type: 'integer' }),
  'access-is-stated': ({ paths }) => delete paths['/v1/parcels'].get.security,
  'public-has-a-reason': ({ paths }) => delete paths['/v1/parcels/open'].get['x-public'],
  'operation-has-a-summary': ({ paths }) => delete paths['/v1/parcels'].get.summary,
  'answers-have-a-schema': ({ paths }) => delete paths['/v1/parcels/{id}'].get.responses['200'].content,
  'faults-are-problems': ({ paths }) =>
    (paths['/v1/parcels'].get.responses['400'] = { description: 'x', content: { 'application/json': { schema: { type: 'object' } } } }),
  'too-many-calls-are-answered': ({ paths }) => delete paths['/v1/parcels'].get.responses['429'],
  'lists-are-pages': ({ paths }) =>
    (paths['/v1/parcels'].get.responses['200'].content['application/json'].schema = { type: 'array', items: { type: 'string' } }),
  'money-is-exact': ({ components }) => (components.schemas.Parcel.properties.unitPrice = { type: 'number' }),
  'fields-have-a-type': ({ components }) => (components.schemas.Parcel.properties.anything = { description: 'x' }),
};

let folder: string;
let findings: { code: string; source: string }[];

const lint = (files: string[]) =>
  new Promise<{ code: string; source: string }[]>((done, fail) => {
    const cli = join(TOP, 'node_modules/@stoplight/spectral-cli/dist/index.js');
    const args = [cli, 'lint', ...files, '--ruleset', join(TOP, 'openapi/ruleset.yaml'), '--format', 'json', '--quiet'];
    execFile(process.execPath, args, { maxBuffer: 1 << 24 }, (error, out, problems) => {
      try {
        done(JSON.parse(out) as { code: string; source: string }[]);
      } catch {
        fail(error ?? new Error(problems));
      }
    });
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-lint-'));
  const document = (await emitOpenApi(parcels)).get('1') as unknown as Document;
  const file = (name: string) => join(folder, `${name}.json`);
  await writeFile(file('sound'), JSON.stringify(document));
  for (const [rule, bend] of Object.entries(BREAKS)) {
    const bent = structuredClone(document);
    bend(bent);
    await writeFile(file(rule), JSON.stringify(bent));
  }
  findings = await lint(['sound', ...Object.keys(BREAKS)].map(file));
});
afterAll(() => rm(folder, { recursive: true }));

const foundIn = (name: string): string[] => findings.filter(({ source }) => source.endsWith(`/${name}.json`)).map(({ code }) => code);

describe('the rules of the style guide', () => {
  it('find nothing in a document as it is emitted', () => {
    expect(foundIn('sound')).toEqual([]);
  });

  it.each(Object.keys(BREAKS))('see a document that breaks %s', rule => {
    expect(foundIn(rule)).toContain(rule);
  });
});
