import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { soundBut } from './examples.fixture.js';
import { lint } from './lint.js';
import { SOUND } from './sound.fixture.js';
import type { Fields } from './style-rule.js';

const found = (document: Fields) => lint([{ file: 'theirs.json', document }]);
const answering = (schema: object): Fields => ({
  paths: { '/v1/opening-hours': { get: { responses: { '200': { content: { 'application/json': { schema: { $ref: null, ...schema } } } } } } } },
});

describe('a document that somebody sends', () => {
  it('is judged without reading any file or address that it names', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'throughline-lint-'));
    let asked = 0;
    const server = createServer((_, answer) => (asked++, answer.end('{"type":"array"}'))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const file = join(folder, 'theirs.json');
    await writeFile(file, '{"type":"array","title":"hunter2"}');
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.json`;
    for (const $ref of [file, `file://${file}`, address]) {
      const findings = await found(soundBut(answering({ $ref })));
      expect(findings.map(({ rule }) => rule)).toContain('invalid-ref');
      expect(findings.map(({ rule }) => rule)).not.toContain('lists-are-pages');
      expect(JSON.stringify(findings)).not.toContain('hunter2');
    }
    expect(asked).toBe(0);
    server.close();
    await rm(folder, { recursive: true });
  });

  it('may contain itself', async () => {
    const tree = { type: 'object', properties: { child: { $ref: '#/components/schemas/Tree' }, loop: { $ref: '#/components/schemas/Loop' } } };
    const document = soundBut({
      ...answering({ $ref: '#/components/schemas/Tree' }),
      components: { schemas: { Tree: { ...tree, required: ['root'] }, Loop: { $ref: '#/components/schemas/Loop' }, OpeningHours: null } },
    });
    expect((await found(document)).map(({ rule, pointer }) => `${rule} ${pointer}`)).toContain(
      'required-fields-are-declared /components/schemas/Tree/required',
    );
  });

  it('tells a fault of one schema once, where it is written, however many operations use it', async () => {
    const document = soundBut({ components: { schemas: { Money: { properties: { cents: { type: 'integer' } } } } } });
    expect((await found(document)).map(({ rule, pointer }) => `${rule} ${pointer}`)).toEqual([
      'owasp:api4:2023-integer-format /components/schemas/Money/properties/cents',
    ]);
  });

  it('may be of OpenAPI 3.0', async () => {
    const document = soundBut({
      openapi: '3.0.3',
      components: {
        schemas: {
          ParcelPage: { properties: { nextCursor: { type: 'string', nullable: true } } },
          Parcel: { properties: { id: { type: 'integer' } } },
        },
      },
    });
    expect((await found(document)).map(({ rule }) => rule)).toContain('owasp:api4:2023-integer-format');
  });

  it.each([
    ['security', { '/v1/parcels': { get: { security: 'x' } } }],
    ['a path', { '/v1/parcels': null }],
    ['an operation', { '/v1/parcels': { get: null, put: 5 } }],
    ['parameters', { '/v1/parcels': { parameters: [null, 5, { $ref: '#/nope' }] } }],
    ['an answer', { '/v1/parcels': { get: { responses: { '200': 5, default: { content: [] } } } } }],
  ])('is told that it is no OpenAPI document where %s is something else', async (_, paths) => {
    expect((await found({ ...SOUND, paths })).map(({ rule }) => rule)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^(oas3-schema|invalid-ref)$/)]),
    );
  });
});
