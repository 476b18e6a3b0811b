import { expect, it } from 'vitest';
import { SchemaComparison } from './comparison.js';

const use = {
  direction: 'request',
  operation: 'GET /things',
  basePointer: '/components/schemas/Thing',
  revisionPointer: '/components/schemas/Thing',
  what: 'the answer’s body',
} as const;

it('names a property by its path, and the place where it stands once references are followed', () => {
  const base = {
    openapi: '3.1.0',
    components: {
      schemas: {
        Thing: { type: 'object', properties: { lines: { type: 'array', items: { $ref: '#/components/schemas/Line' } } } },
        Line: { type: 'object', properties: { amount: { $ref: '#/components/schemas/Money' } } },
        Money: { type: 'object', required: ['currency'], properties: { currency: { type: 'string' } } },
      },
    },
  };
  const revision = structuredClone(base);
  revision.components.schemas.Money.required = [];
  const changes = new SchemaComparison(base, revision).compare(base.components.schemas.Thing, revision.components.schemas.Thing, {
    ...use,
    direction: 'response',
  });
  expect(changes).toEqual([
    {
      id: 'response-property-became-optional',
      severity: 'breaking',
      direction: 'response',
      operation: 'GET /things',
      pointer: '/components/schemas/Money/properties/currency',
      text: '`lines[].amount.currency` of the answer’s body may now be missing.',
    },
  ]);
});
