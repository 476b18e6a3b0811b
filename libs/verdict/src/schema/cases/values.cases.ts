import { edit, having, type SchemaCase } from './schema.cases.js';

const text = { type: 'string' };
const number = { type: 'number' };

export const VALUE_CASES: SchemaCase[] = [
  edit(
    'a value more',
    'Readers do not know it.',
    [
      { ...text, enum: ['a'] },
      { ...text, enum: ['a', 'b'] },
    ],
    ['info enum-value-added', 'breaking enum-value-added'],
  ),
  edit(
    'a value less',
    'Its senders are refused.',
    [
      { ...text, enum: ['a', 'b'] },
      { ...text, enum: ['a'] },
    ],
    ['breaking enum-value-removed', 'info enum-value-removed'],
  ),
  edit(
    'a value replaced',
    'One is refused, another comes.',
    [
      { ...text, enum: ['a', 'b'] },
      { ...text, enum: ['a', 'c'] },
    ],
    [
      ['info enum-value-added', 'breaking enum-value-removed'],
      ['breaking enum-value-added', 'info enum-value-removed'],
    ],
  ),
  edit(
    'values in another order',
    'A list of values is a set.',
    [
      { ...text, enum: ['a', 'b'] },
      { ...text, enum: ['b', 'a'] },
    ],
    ['none', 'none'],
  ),
  edit(
    'a value twice',
    'A list of values is a set.',
    [
      { ...text, enum: ['a', 'b'] },
      { ...text, enum: ['a', 'b', 'a'] },
    ],
    ['none', 'none'],
  ),
  edit('a list where there was none', 'All other values are refused.', [text, { ...text, enum: ['a'] }], ['breaking enum-added', 'info enum-added']),
  edit('no list any more', 'Other values come.', [{ ...text, enum: ['a'] }, text], ['info enum-removed', 'breaking enum-removed']),
  edit('a list of values without its type', 'The values have their types.', [{ ...text, enum: ['a'] }, { enum: ['a'] }], ['none', 'none']),
  edit(
    'a value that the type rules out',
    'It could never be sent.',
    [
      { ...text, enum: ['a'] },
      { ...text, enum: ['a', 1] },
    ],
    ['none', 'none'],
  ),
  edit(
    'a list where there was nothing',
    'All other values of all types are refused.',
    [{}, { enum: ['a'] }],
    ['breaking enum-added', 'info enum-added'],
  ),
  edit('a constant and a list of one', 'They are the same.', [{ const: 'a' }, { enum: ['a'] }], ['none', 'none']),
  edit(
    'another constant',
    'One is refused, another comes.',
    [{ const: 'a' }, { const: 'b' }],
    [
      ['info enum-value-added', 'breaking enum-value-removed'],
      ['breaking enum-value-added', 'info enum-value-removed'],
    ],
  ),
  edit('a constant added', 'All other values are refused.', [text, { ...text, const: 'a' }], ['breaking enum-added', 'info enum-added']),
  edit('a constant removed', 'Other values come.', [{ ...text, const: 'a' }, text], ['info enum-removed', 'breaking enum-removed']),
  edit(
    'a choice of constants',
    'It is a list of values.',
    [
      { enum: ['a', 'b'] },
      {
        oneOf: [
          { const: 'b', title: 'B' },
          { const: 'a', title: 'A' },
        ],
      },
    ],
    ['none', 'none'],
  ),
  edit(
    'a constant more in a choice',
    'It is a value more.',
    [{ oneOf: [{ const: 'a' }, { const: 'c' }] }, { oneOf: [{ const: 'a' }, { const: 'c' }, { const: 'b' }] }],
    ['info enum-value-added', 'breaking enum-value-added'],
  ),
  edit(
    'objects as values',
    'The order of their properties is no difference.',
    [{ enum: [{ a: 1, b: 2 }] }, { enum: [{ b: 2, a: 1 }] }],
    ['none', 'none'],
  ),
  edit('a default more', 'It says what was left open.', [text, { ...text, default: 'a' }], ['info default-added', 'info default-added']),
  edit(
    'another default',
    'Senders that leave it out get another behaviour.',
    [
      { ...text, default: 'a' },
      { ...text, default: 'b' },
    ],
    ['warning default-changed', 'info default-changed'],
  ),
  edit(
    'no default any more',
    'Senders that leave it out cannot count on the old one.',
    [{ ...text, default: 'a' }, text],
    ['warning default-removed', 'info default-removed'],
  ),

  edit('a minimum', 'Smaller numbers are refused.', [number, { ...number, minimum: 1 }], ['breaking minimum-raised', 'info minimum-raised']),
  edit(
    'a higher minimum',
    'Smaller numbers are refused.',
    [
      { ...number, minimum: 1 },
      { ...number, minimum: 2 },
    ],
    ['breaking minimum-raised', 'info minimum-raised'],
  ),
  edit(
    'a lower minimum',
    'Smaller numbers come.',
    [
      { ...number, minimum: 2 },
      { ...number, minimum: 1 },
    ],
    ['info minimum-lowered', 'warning minimum-lowered'],
  ),
  edit('no minimum any more', 'Smaller numbers come.', [{ ...number, minimum: 2 }, number], ['info minimum-lowered', 'warning minimum-lowered']),
  edit('a maximum', 'Larger numbers are refused.', [number, { ...number, maximum: 1 }], ['breaking maximum-lowered', 'info maximum-lowered']),
  edit(
    'a lower maximum',
    'Larger numbers are refused.',
    [
      { ...number, maximum: 2 },
      { ...number, maximum: 1 },
    ],
    ['breaking maximum-lowered', 'info maximum-lowered'],
  ),
  edit(
    'a higher maximum',
    'Larger numbers come.',
    [
      { ...number, maximum: 1 },
      { ...number, maximum: 2 },
    ],
    ['info maximum-raised', 'warning maximum-raised'],
  ),
  edit('no maximum any more', 'Larger numbers come.', [{ ...number, maximum: 1 }, number], ['info maximum-raised', 'warning maximum-raised']),
  edit(
    'a minimum that became exclusive, 3.1',
    'The bound itself is refused.',
    [
      { ...number, minimum: 1 },
      { ...number, exclusiveMinimum: 1 },
    ],
    ['breaking minimum-raised', 'info minimum-raised'],
  ),
  edit(
    'a minimum that became exclusive, 3.0',
    'The bound itself is refused.',
    [
      { ...number, minimum: 1 },
      { ...number, minimum: 1, exclusiveMinimum: true },
    ],
    ['breaking minimum-raised', 'info minimum-raised'],
    { versions: ['3.0.3', '3.0.3'] },
  ),
  edit(
    'a maximum that is no longer exclusive, 3.0',
    'The bound itself comes.',
    [
      { ...number, maximum: 1, exclusiveMaximum: true },
      { ...number, maximum: 1 },
    ],
    ['info maximum-raised', 'warning maximum-raised'],
    { versions: ['3.0.3', '3.0.3'] },
  ),
  edit(
    'a maximum that is no longer exclusive, 3.1',
    'The bound itself comes.',
    [
      { ...number, exclusiveMaximum: 1 },
      { ...number, maximum: 1 },
    ],
    ['info maximum-raised', 'warning maximum-raised'],
  ),
  edit(
    'above 4 and from 5, of integers',
    'They are the same.',
    [
      { type: 'integer', exclusiveMinimum: 4 },
      { type: 'integer', minimum: 5 },
    ],
    ['none', 'none'],
  ),
  edit(
    'a minimum that another one covers',
    'The tightest holds.',
    [{ ...number, minimum: 3 }, { allOf: [{ ...number, minimum: 1 }, { minimum: 3 }] }],
    ['none', 'none'],
  ),
  edit(
    'a step',
    'Numbers between are refused.',
    [number, { ...number, multipleOf: 0.1 }],
    ['breaking multiple-of-narrowed', 'info multiple-of-narrowed'],
  ),
  edit(
    'a coarser step',
    'Numbers between are refused.',
    [
      { ...number, multipleOf: 0.1 },
      { ...number, multipleOf: 0.5 },
    ],
    ['breaking multiple-of-narrowed', 'info multiple-of-narrowed'],
  ),
  edit(
    'a finer step',
    'Numbers between come.',
    [
      { ...number, multipleOf: 0.3 },
      { ...number, multipleOf: 0.1 },
    ],
    ['info multiple-of-widened', 'warning multiple-of-widened'],
  ),
  edit(
    'no step any more',
    'Numbers between come.',
    [{ ...number, multipleOf: 2 }, number],
    ['info multiple-of-widened', 'warning multiple-of-widened'],
  ),
  edit(
    'another step',
    'Some are refused and others come.',
    [
      { ...number, multipleOf: 2 },
      { ...number, multipleOf: 3 },
    ],
    ['breaking multiple-of-changed', 'warning multiple-of-changed'],
  ),
  edit('integers in steps of one', 'They always are.', [{ type: 'integer' }, { type: 'integer', multipleOf: 1 }], ['none', 'none']),
  edit(
    'bounds of a property',
    'The same at its path.',
    [having({ type: 'integer', maximum: 100 }), having({ type: 'integer', maximum: 50 })],
    ['breaking maximum-lowered', 'info maximum-lowered'],
  ),
];
