import { edit, having, V30, type SchemaCase } from './schema.cases.js';

const object = { type: 'object' };
const text = { type: 'string' };
const whole = { type: 'integer' };
const closed = { additionalProperties: false };

export const PROPERTY_CASES: SchemaCase[] = [
  edit(
    'a property more',
    'Nobody has to send it, and readers pass over it.',
    [having(text), { ...object, properties: { a: text, b: whole } }],
    ['info property-added', 'info property-added'],
  ),
  edit(
    'a required property more',
    'Today’s senders do not send it.',
    [having(text), { ...object, properties: { a: text, b: whole }, required: ['b'] }],
    ['breaking required-property-added', 'info required-property-added'],
  ),
  edit(
    'a required property more with a default',
    'Servers refuse what is missing before they fill it in.',
    [having(text), { ...object, properties: { a: text, b: { ...whole, default: 1 } }, required: ['b'] }],
    ['breaking required-property-added', 'info required-property-added'],
  ),
  edit(
    'a property more in a closed object',
    'Strict readers were told that nothing else comes.',
    [having(text, closed), { ...object, properties: { a: text, b: whole }, ...closed }],
    ['info property-added-to-closed', 'warning property-added-to-closed'],
  ),
  edit(
    'a required property more in a closed object',
    'Senders do not send it, strict readers refuse it.',
    [having(text, closed), { ...object, properties: { a: text, b: whole }, required: ['b'], ...closed }],
    ['breaking required-property-added', 'warning property-added-to-closed'],
  ),
  edit(
    'a property less',
    'What is sent in it is lost, readers miss it.',
    [{ ...object, properties: { a: text, b: whole } }, having(text)],
    ['breaking property-removed', 'breaking property-removed'],
  ),
  edit(
    'a property less in a closed object',
    'Its senders are refused, readers miss it.',
    [{ ...object, properties: { a: text, b: whole }, ...closed }, having(text, closed)],
    ['breaking property-removed', 'breaking property-removed'],
  ),
  edit(
    'a required property less',
    'Only that is told: it is gone.',
    [{ ...object, properties: { a: text, b: whole }, required: ['b'] }, having(text)],
    ['breaking property-removed', 'breaking property-removed'],
  ),
  edit(
    'a property that may not be there',
    'It is the same as removed.',
    [having(text), having(false)],
    ['breaking property-removed', 'breaking property-removed'],
  ),
  edit(
    'a property renamed',
    'One is gone, another is new.',
    [having(text), { ...object, properties: { b: text } }],
    [
      ['breaking property-removed', 'info property-added'],
      ['breaking property-removed', 'info property-added'],
    ],
  ),
  edit(
    'a property that became required',
    'Senders that leave it out are refused.',
    [having(text), having(text, { required: ['a'] })],
    ['breaking property-became-required', 'info property-became-required'],
  ),
  edit(
    'a property with a default that became required',
    'Servers refuse what is missing before they fill it in.',
    [having({ ...text, default: 'x' }), having({ ...text, default: 'x' }, { required: ['a'] })],
    ['breaking property-became-required', 'info property-became-required'],
  ),
  edit(
    'a property that became optional',
    'Readers that count on it fail.',
    [having(text, { required: ['a'] }), having(text)],
    ['info property-became-optional', 'breaking property-became-optional'],
  ),
  edit(
    'required in another order',
    'The list is a set.',
    [having(text, { required: ['a', 'b'] }), having(text, { required: ['b', 'a'] })],
    ['none', 'none'],
  ),
  edit(
    'a required property that nothing describes',
    'It has to be there all the same.',
    [object, { ...object, required: ['a'] }],
    ['breaking required-property-added', 'info required-property-added'],
  ),
  edit(
    'properties in another order',
    'An object has no order.',
    [
      { ...object, properties: { a: text, b: whole } },
      { ...object, properties: { b: whole, a: text } },
    ],
    ['none', 'none'],
  ),
  edit('the type of a property', 'The rule holds at any depth.', [having(text), having(whole)], ['breaking type-changed', 'breaking type-changed']),

  edit(
    'a property that became read-only',
    'What is sent in it is lost; answers stay.',
    [having(text), having({ ...text, readOnly: true })],
    ['breaking property-became-read-only', 'none'],
  ),
  edit(
    'a property that is no longer read-only',
    'Senders may use it.',
    [having({ ...text, readOnly: true }), having(text)],
    ['info property-added', 'none'],
  ),
  edit(
    'a required property that is no longer read-only',
    'Senders have to fill it.',
    [having({ ...text, readOnly: true }, { required: ['a'] }), having(text, { required: ['a'] })],
    ['breaking required-property-added', 'none'],
  ),
  edit(
    'a property that became write-only',
    'Readers miss it; requests stay.',
    [having(text), having({ ...text, writeOnly: true })],
    ['none', 'breaking property-became-write-only'],
  ),
  edit(
    'a property that is no longer write-only',
    'Readers see it.',
    [having({ ...text, writeOnly: true }), having(text)],
    ['none', 'info property-added'],
  ),
  edit(
    'a read-only property that became required',
    'Requests never carry it.',
    [having({ ...text, readOnly: true }), having({ ...text, readOnly: true }, { required: ['a'] })],
    ['none', 'info property-became-required'],
  ),
  edit(
    'a write-only property that became optional',
    'Answers never carry it.',
    [having({ ...text, writeOnly: true }, { required: ['a'] }), having({ ...text, writeOnly: true })],
    ['info property-became-optional', 'none'],
  ),
  edit(
    'a read-only property of another type',
    'Only readers notice.',
    [having({ ...text, readOnly: true }), having({ ...whole, readOnly: true })],
    ['none', 'breaking type-changed'],
  ),
  edit(
    'a new read-only property',
    'Only readers see it.',
    [object, having({ ...text, readOnly: true }, { required: ['a'] })],
    ['none', 'info required-property-added'],
    V30,
  ),
  edit('a read-only property less', 'Only readers miss it.', [having({ ...text, readOnly: true }), object], ['none', 'breaking property-removed']),
];
