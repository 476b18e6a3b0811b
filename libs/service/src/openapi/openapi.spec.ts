import { Controller, Get, Module } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { extensionsOf } from '#apis';
import { aDeclaration } from '#testing';
import { parcels } from '../parcels.fixture.js';
import { emitOpenApi } from './emit-openapi.js';
import { decodeCursor, encodeCursor, pageOf } from './page.js';

interface Document {
  openapi: string;
  servers: { url: string }[];
  info: Record<string, unknown>;
  paths: Record<string, Record<string, { security: unknown; parameters: object[]; responses: Record<string, unknown>; [field: string]: unknown }>>;
  components: Record<string, Record<string, { properties?: Record<string, unknown> }>>;
}
const emitted = async () => (await emitOpenApi(parcels)).get('1') as unknown as Document;

describe('the OpenAPI document of an app', () => {
  it('is emitted with no database, no issuer and no setting', async () => {
    expect(process.env.DATABASE_URL).toBeUndefined();
    const { openapi, servers, info } = await emitted();
    expect(openapi).toBe('3.1.0');
    expect(servers[0]?.url).toBe('/system/parcels');
    expect(info).toMatchObject({
      title: 'Parcels',
      version: '1.0.0',
      contact: { name: 'integration', email: 'integration@example.com' },
      'x-owner': 'integration',
      'x-audience': 'internal',
      'x-service-level': { availability: '99.5 %', latencyMs95: 500, support: 'business hours' },
      'x-layer': 'system',
      'x-lifecycle': 'beta',
      'x-system-of-record': 'The shed',
    });
  });

  it('states of each version where it is in its life', async () => {
    const retired = aDeclaration({ app: 'parcels', layer: 'system', version: '1', lifecycle: { state: 'retired', on: '2027-01-01' } });
    const [old] = parcels.apis;
    const successor = '/system/parcels/v2';
    const deprecated = { ...old, lifecycle: { state: 'deprecated', since: '2026-11-01', sunset: '2027-05-01', successor } as const };
    const next = { ...old, version: '2', lifecycle: { state: 'draft' } as const };
    const documents = await emitOpenApi({ ...parcels, apis: [deprecated, next] });
    expect(documents.get('1')?.info).toMatchObject({
      'x-lifecycle': 'deprecated',
      'x-deprecated-since': '2026-11-01',
      'x-sunset': '2027-05-01',
      'x-successor': successor,
    });
    expect(documents.get('2')?.info).toMatchObject({ version: '2.0.0', 'x-lifecycle': 'draft' });
    expect(documents.get('2')?.info).not.toHaveProperty('x-sunset');
    expect(extensionsOf(retired)).toMatchObject({ 'x-lifecycle': 'retired', 'x-retired-on': '2027-01-01' });
  });

  it('leaves the fields that a GraphQL API deprecates to its schema', async () => {
    const [api] = parcels.apis;
    const deprecations = [{ of: 'Query.parcel', since: '2026-11-01', sunset: '2027-05-01', why: 'Lists are enough.' }] as const;
    const refused = emitOpenApi({ ...parcels, apis: [{ ...api, deprecations }] });
    await expect(refused).rejects.toThrow('parcels v1 has no field Query.parcel to deprecate');
    expect((await emitOpenApi({ ...parcels, apis: [{ ...api, deprecations, graphql: true }] })).size).toBe(1);
  });

  it('states for each operation which scopes it requires, or why it is public', async () => {
    const { paths } = await emitted();
    expect(paths['/v1/parcels']?.post?.security).toEqual([{ throughline: ['crm.write'] }]);
    expect(paths['/v1/parcels/open']?.get).toMatchObject({ security: [], 'x-public': 'A spec asks for it.' });
  });

  it('states which problems an operation can answer', async () => {
    const { paths } = await emitted();
    expect(Object.keys(paths['/v1/parcels/{id}']?.put?.responses ?? {})).toEqual([
      '200',
      '400',
      '401',
      '403',
      '404',
      '409',
      '412',
      '422',
      '429',
      '500',
      '503',
      'default',
    ]);
    expect(Object.keys(paths['/v1/parcels/open']?.get?.responses ?? {})).toEqual(['200', '429', '500', '503', 'default']);
  });

  it('leaves out other versions, probes, and unused schemas', async () => {
    const { paths, components } = await emitted();
    expect(Object.keys(paths).every(path => path.startsWith('/v1/'))).toBe(true);
    expect(Object.keys(components.schemas ?? {})).toEqual(['FieldFault', 'Money', 'Parcel', 'ParcelPage', 'Problem', 'VendorFault']);
  });

  it('describes lists as pages, whole numbers as integers, and nullable values as such', async () => {
    const { schemas } = (await emitted()).components;
    expect(schemas?.ParcelPage?.properties).toMatchObject({
      items: { type: 'array', items: { $ref: '#/components/schemas/Parcel' } },
      nextCursor: { type: ['string', 'null'] },
    });
    expect(schemas?.Parcel?.properties).toMatchObject({ weight: { type: 'integer', minimum: 1 }, price: { $ref: '#/components/schemas/Money' } });
  });

  it('is the same at every emission', async () => {
    expect(JSON.stringify(await emitted())).toBe(JSON.stringify(await emitted()));
  });

  it('is not emitted for an app with an operation that states no scope', async () => {
    @Controller('leaks')
    class LeaksController {
      @Get()
      leak(): string {
        return 'x';
      }
    }
    @Module({ controllers: [LeaksController] })
    class LeaksModule {}
    await expect(emitOpenApi({ ...parcels, module: LeaksModule })).rejects.toThrow('GET /v1/leaks of parcels states neither @Scopes nor @Public');
  });
});

describe('a page', () => {
  it('has a cursor when there are more rows, and none otherwise', () => {
    const rows = [
      { id: 'a', n: 1 },
      { id: 'b', n: 2 },
      { id: 'c', n: 3 },
    ];
    const first = pageOf(
      rows,
      2,
      ({ n, id }) => [n, id],
      ({ id }) => id,
    );
    expect(first.items).toEqual(['a', 'b']);
    expect(decodeCursor(first.nextCursor!, 'whole', 'text')).toEqual([2, 'b']);
    expect(
      pageOf(
        rows,
        3,
        ({ n }) => [n],
        ({ id }) => id,
      ).nextCursor,
    ).toBeNull();
  });

  it('refuses a cursor of another list', () => {
    for (const cursor of ['nonsense', encodeCursor(['one']), ''])
      expect(() => decodeCursor(cursor, 'whole', 'text')).toThrow(/cursor isn't one of this list/);
  });
});
