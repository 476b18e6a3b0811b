import { describe, expect, it } from 'vitest';
import type { Json } from './json-schema.js';
import { asTheDoorReads, boundPathParameters } from './request-schemas.js';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (name: string) => ({ content: { 'application/json': { schema: ref(name) } } });
const TAGS = { type: 'array', maxItems: 1000, items: { type: 'string' } };
const object = (properties: Record<string, Json>) => ({ type: 'object', properties });

/** A parcel is sent and answered; only its label is in both. */
const read = asTheDoorReads({
  paths: { '/v1/parcels': { post: { requestBody: json('ParcelBody'), responses: { '200': json('ParcelPage') } } } },
  components: {
    schemas: {
      ParcelBody: object({ label: ref('Label'), size: ref('Size'), marks: { type: 'object', additionalProperties: true } }),
      Size: object({ height: { type: 'string' } }),
      Label: object({ tags: TAGS }),
      Parcel: object({ label: ref('Label'), visits: TAGS }),
      ParcelPage: object({ items: { type: 'array', maxItems: 200, items: ref('Parcel') }, nextCursor: { type: 'string' } }),
    },
  },
}) as any;
const { ParcelBody, Size, Label, Parcel, ParcelPage } = read.components.schemas;

describe('the schemas of a document', () => {
  it('refuse other fields where only requests use them, at any depth', () => {
    expect([ParcelBody.additionalProperties, Size.additionalProperties]).toEqual([false, false]);
    expect(ParcelBody.properties.marks.additionalProperties).toBe(true);
  });

  it('may get fields where answers use them', () => {
    for (const schema of [Label, Parcel, ParcelPage]) expect(schema).not.toHaveProperty('additionalProperties');
  });

  it('bound the lists that the door bounds, and pages', () => {
    expect(Label.properties.tags.maxItems).toBe(1000);
    expect(Parcel.properties.visits).toEqual({ type: 'array', items: { type: 'string' } });
    expect(ParcelPage.properties.items.maxItems).toBe(200);
  });

  it('bound a parameter of a path as the router does, unless it has a bound of its own', () => {
    const parameters = [
      { in: 'path', schema: { type: 'string' } },
      { in: 'path', schema: { type: 'string', enum: ['a'] } },
      { in: 'query', schema: { type: 'string' } },
    ];
    boundPathParameters(parameters);
    expect(parameters.map(({ schema }) => (schema as { maxLength?: number }).maxLength)).toEqual([200, undefined, undefined]);
  });
});
