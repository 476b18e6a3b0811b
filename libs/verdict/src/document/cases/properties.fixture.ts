import { get, json, told, type Case, type Json } from './case.fixture.js';

const GET = 'GET /things';

/** A property of what is answered, in a component. */
const property = (more: Json): Json =>
  get(
    { responses: { 200: { description: 'As asked.', ...json({ $ref: '#/components/schemas/Thing' }) } } },
    { components: { schemas: { Thing: { type: 'object', properties: { size: { type: 'string', ...more } } } } } },
  );

const SIZE = '/components/schemas/Thing/properties/size';
const deprecated = told('info', 'response', 'response-deprecated', GET);
const extension = told('info', 'response', 'response-extension-changed', GET);

export const PROPERTIES: Case[] = [
  {
    name: 'a property is deprecated without an end',
    base: property({}),
    revision: property({ deprecated: true }),
    expected: [told('warning', 'none', 'sunset-missing', GET, SIZE), deprecated],
    why: 'Readers are told to move, and not by when.',
  },
  {
    name: 'a property is deprecated with an end in a year',
    base: property({}),
    revision: property({ deprecated: true, 'x-sunset': '2027-12-01' }),
    expected: [deprecated, extension],
    why: 'Readers know until when it comes.',
  },
  {
    name: 'a property is deprecated with an end next month',
    base: property({}),
    revision: property({ deprecated: true, 'x-sunset': '2027-01-01' }),
    expected: [told('breaking', 'none', 'sunset-too-soon', GET, SIZE), deprecated, extension],
    why: 'Partners are promised 180 days.',
  },
  {
    name: 'the end of a property is moved earlier',
    base: property({ deprecated: true, 'x-sunset': '2028-01-01' }),
    revision: property({ deprecated: true, 'x-sunset': '2027-12-01' }),
    expected: [told('breaking', 'none', 'sunset-moved-earlier', GET, SIZE), extension],
    why: 'Readers plan with the day.',
  },
];
