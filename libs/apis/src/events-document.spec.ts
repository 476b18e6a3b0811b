import { globSync, readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';
import { describe, expect, it } from 'vitest';
import { schemasOf, type JsonSchema } from '#canonical';
import { changed } from './event.js';
import { EVENTS } from './events.js';
import { eventsDocument } from './events-document.js';

const document = eventsDocument({ portal: ['deal.won.v1'] });
const { schemas } = document.components as { schemas: Record<string, JsonSchema> };

describe('the document of the canonical events', () => {
  it('is AsyncAPI 3, without a fault', async () => {
    const { document: read, diagnostics } = await new Parser().parse(JSON.stringify(document));
    expect(diagnostics.filter(({ severity }) => severity <= 1)).toEqual([]);
    expect(read?.version()).toBe('3.0.0');
    expect(
      read
        ?.channels()
        .all()
        .map(channel => channel.address()),
    ).toEqual(Object.keys(EVENTS));
    expect(
      read
        ?.operations()
        .all()
        .map(operation => operation.id()),
    ).toContain('crm.send.deal.won.v1');
    expect(
      read
        ?.operations()
        .filterByReceive()
        .map(operation => operation.id()),
    ).toEqual(['portal.receive.deal.won.v1']);
  });

  it('says of every type what it contains, down to the bounds of each field', () => {
    expect(schemas.DealChanged).toMatchObject({
      properties: { state: { allOf: [{ $ref: '#/components/schemas/Deal' }] }, changed: { type: 'array', items: { type: 'string' } } },
      required: ['state', 'changed'],
    });
    expect(schemas.FormerDeal).not.toHaveProperty('required');
    expect((schemas.BillingLine.properties as JsonSchema).money).toMatchObject({
      anyOf: [{ allOf: [{ $ref: '#/components/schemas/Money' }] }, { type: 'null' }],
    });
    expect((schemas.BillingLine.properties as JsonSchema).approvedAt).toMatchObject({ type: ['string', 'null'], format: 'date-time' });
  });

  it('describes a noun as the OpenAPI documents do', () => {
    const described = globSync('openapi/*.v*.json').flatMap(file => {
      const { components } = JSON.parse(readFileSync(file, 'utf8')) as { components: { schemas: Record<string, JsonSchema> } };
      return Object.entries(components.schemas).filter(([name]) => name in schemas);
    });
    expect(described.map(([name]) => name)).toEqual(expect.arrayContaining(['Customer', 'ExternalRef', 'Money', 'SoldRole', 'Task']));
    // What a request contains is bounded and strict; who reads events ignores what it does not know.
    const published = (schema: JsonSchema): unknown =>
      JSON.parse(
        JSON.stringify(schema, (key, value: unknown) =>
          key === 'maxItems' || (key === 'additionalProperties' && value === false) ? undefined : value,
        ),
      );
    for (const [name, schema] of described) expect(schemas[name], name).toEqual(published(schema));
  });

  it('contains no pay', () => {
    expect(JSON.stringify(schemas)).not.toContain('costRate');
  });

  it('refuses two classes of one name', () => {
    class Deal {}
    expect(() => schemasOf([changed(Deal), EVENTS['deal.won.v1'].data])).toThrow('Two classes have the name');
  });
});
