import { describe, expect, it } from 'vitest';
import { defineApi, get, operations } from '#apis';
import { aDeclaration } from '#testing';
import { deprecationHeaders, fieldDeprecationHeaders, governedRoutes } from './deprecation-headers.js';

const parcels = operations('parcels', {
  old: get('old-parcels', { scope: 'crm.read', summary: 'Old' }),
  list: get('parcels', { scope: 'crm.read', summary: 'Parcels' }),
  one: get('parcels/:id', { scope: 'crm.read', summary: 'One' }),
});
const of = aDeclaration({ app: 'parcels', layer: 'system' });
const going = { of: 'old' as const, since: '2026-11-21', sunset: '2027-05-31', why: 'Nobody needs it.' };

describe('the headers of an operation that goes away', () => {
  it('say since when (RFC 9745), until when (RFC 8594), what to use and what to read', () => {
    const api = defineApi({ ...of, deprecations: [{ ...going, successor: 'list' }] }, parcels);
    expect(deprecationHeaders(api, 'old')).toEqual({
      Deprecation: '@1795219200',
      Sunset: 'Mon, 31 May 2027 00:00:00 GMT',
      Link: '</system/parcels/v1/parcels>; rel="successor-version", </system/parcels/openapi/v1.json>; rel="deprecation", </system/parcels/openapi/v1.json>; rel="service-desc"',
    });
    expect(deprecationHeaders(api, 'list')).toBeUndefined();
  });

  it('name the place of a successor without its parameters, and none where there is no successor', () => {
    const api = (successor?: string) => defineApi({ ...of, deprecations: [{ ...going, ...(successor ? { successor } : {}) }] }, parcels);
    expect(deprecationHeaders(api('one'), 'old')!.Link).toContain('</system/parcels/v1/parcels>; rel="successor-version"');
    expect(deprecationHeaders(api(), 'old')!.Link).not.toContain('successor');
  });

  it('are those of its version where the whole version goes away', () => {
    const lifecycle = { state: 'deprecated', since: '2026-12-01', sunset: '2027-12-01', successor: '/system/parcels/v2' } as const;
    const routes = governedRoutes([defineApi({ ...of, lifecycle }, parcels)]);
    expect([routes('GET', '/v2/parcels'), routes('POST', '/v1/parcels'), routes('GET', undefined)]).toEqual([undefined, undefined, undefined]);
    expect(routes('HEAD', '/v1/parcels/:id')).toMatchObject({ version: '1', operation: 'one' });
    expect(routes('GET', '/v1/parcels')!.headers!.Link).toContain('</system/parcels/v2>; rel="successor-version"');
  });
});

describe('the headers of an answer to a request with parameters that go away', () => {
  const deprecations = [
    { ...going, of: 'list.query.page' as const },
    { ...going, of: 'list.query.size' as const, since: '2026-11-22', sunset: '2027-05-01' },
  ];
  const routes = governedRoutes([defineApi({ ...of, deprecations: [...deprecations, going] }, parcels)]);

  it('tell the first of them that it sends, and nothing where it sends none', () => {
    const { headersFor } = routes('GET', '/v1/parcels')!;
    expect(headersFor({ page: '1', size: '2' })).toMatchObject({ Deprecation: '@1795219200', Sunset: 'Sat, 01 May 2027 00:00:00 GMT' });
    expect(headersFor({ page: '1' })).toMatchObject({ Deprecation: '@1795219200', Sunset: 'Mon, 31 May 2027 00:00:00 GMT' });
    expect([headersFor({ cursor: 'x' }), headersFor(undefined), routes('GET', '/v1/parcels/:id')!.headersFor({ page: '1' })]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('are those of the operation where that goes away', () => {
    const { headers, headersFor } = routes('GET', '/v1/old-parcels')!;
    expect(headersFor({ page: '1' })).toEqual(headers);
  });
});

describe('the headers of an answer to a query', () => {
  it('say since when the first of its fields is deprecated, and when the first may go', () => {
    const deprecations = [
      { ...going, of: 'Deal.stage' as const },
      { ...going, of: 'Deal.owner' as const, since: '2026-11-22', sunset: '2027-05-01' },
    ];
    const api = defineApi({ ...of, graphql: true, deprecations }, {});
    expect(fieldDeprecationHeaders(api, new Set(['Deal.stage', 'Deal.owner', 'Deal.id']))).toEqual({
      Deprecation: '@1795219200',
      Sunset: 'Sat, 01 May 2027 00:00:00 GMT',
    });
    expect(fieldDeprecationHeaders(api, new Set(['Deal.id']))).toEqual({});
  });
});
