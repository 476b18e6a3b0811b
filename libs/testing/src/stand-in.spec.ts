import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { defineApi, get, operations, PageQuery, put } from '#apis';
import { Problem, Text } from '#canonical';
import { ApiClient } from '#service';
import { aDeclaration } from './builders.js';
import { problemOf } from './problem-of.js';
import { LostAnswer, standIn, testGateway, type StandIn } from './stand-in.js';
import { testIssuer, type TestIssuer } from './test-issuer.js';
import type { TestServer } from './test-server.js';

class Parcel {
  @Text({ max: 10 }) label: string;
}

const parcels = defineApi(
  aDeclaration({ app: 'parcels', layer: 'system' }),
  operations('parcels', {
    getParcel: get('parcels/:id', { scope: 'crm.read', summary: 'A parcel', answer: Parcel }),
    listParcels: get('parcels', { scope: 'crm.read', summary: 'Parcels', query: PageQuery, pageOf: Parcel }),
    putParcel: put('parcels/:id', { scope: 'crm.write', summary: 'A parcel', body: Parcel }),
  }),
);

const PLAYED = {
  getParcel: ({ id }: { id: string }) => ({ label: id }),
  listParcels: () => ({ items: [], nextCursor: null }),
  putParcel: () => undefined,
};

let issuer: TestIssuer;
let gateway: TestServer | undefined;
beforeAll(async () => {
  issuer = await testIssuer();
});
afterAll(() => issuer.close());
afterEach(() => gateway?.close());

async function calling(played: StandIn) {
  gateway = await testGateway(played);
  return new ApiClient({ ...issuer.credentialsOf('crm-service'), scope: '', issuerUrl: issuer.url, baseUrl: gateway.url }).of(parcels);
}

describe('a stand-in of another app', () => {
  it('is called by the definition of its API, and hears what was asked', async () => {
    const put: object[] = [];
    const api = await calling(standIn(parcels, { ...PLAYED, putParcel: asked => void put.push(asked) }));
    expect(await api.getParcel({ id: 'a/b' })).toEqual({ label: 'a/b' });
    expect(await api.putParcel({ id: 'p1', body: { label: 'books' } })).toBeUndefined();
    expect(put).toEqual([{ id: 'p1', query: {}, body: { label: 'books' } }]);
  });

  it('refuses what the app would refuse', async () => {
    const api = await calling(standIn(parcels, PLAYED));
    const tooLong = await problemOf(api.putParcel({ id: 'p1', body: { label: 'far too long a label' } }));
    const tooMany = await problemOf(api.listParcels({ query: { limit: 5000 } }));
    expect([tooLong, tooMany].map(({ kind, fields }) => [kind, fields[0].field])).toEqual([
      ['invalid', 'label'],
      ['invalid', 'limit'],
    ]);
  });

  it('answers a problem as the app does, or nothing at all', async () => {
    const api = await calling(
      standIn(parcels, {
        ...PLAYED,
        getParcel: ({ id }) => {
          throw id === 'lost' ? new LostAnswer() : new Problem('conflict', 'Two have it.', { code: 'ambiguous' });
        },
      }),
    );
    expect(await problemOf(api.getParcel({ id: 'p1' }))).toMatchObject({
      kind: 'conflict',
      code: 'ambiguous',
      detail: 'Two have it.',
      from: 'parcels',
    });
    expect(await problemOf(api.getParcel({ id: 'lost' }))).toMatchObject({ code: 'outcome-unknown' });
  });

  it('that answers what the definition does not, or nothing, does not compile', () => {
    const wrong = [
      // @ts-expect-error -- a parcel has a label
      () => standIn(parcels, { ...PLAYED, getParcel: () => ({ weight: 1 }) }),
      // @ts-expect-error -- a page has items
      () => standIn(parcels, { ...PLAYED, listParcels: () => Promise.resolve([]) }),
      // @ts-expect-error -- an operation takes only the parameters of its path
      () => standIn(parcels, { ...PLAYED, getParcel: ({ key }) => ({ label: key }) }),
    ];
    expect(wrong).toHaveLength(3);
  });

  it('is refused at start when it plays what is not defined, or leaves out what is', () => {
    // @ts-expect-error -- no such operation
    expect(() => standIn(parcels, { ...PLAYED, dropParcel: () => undefined })).toThrow('The API of parcels has no operation dropParcel.');
    const { putParcel: _, ...part } = PLAYED;
    // @ts-expect-error -- one is missing
    expect(() => standIn(parcels, part)).toThrow('Nothing answers putParcel of parcels.');
  });
});
