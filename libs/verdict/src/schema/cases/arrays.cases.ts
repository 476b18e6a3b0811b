import { edit, type SchemaCase } from './schema.cases.js';

const list = { type: 'array' };
const text = { type: 'string' };
const whole = { type: 'integer' };

export const ARRAY_CASES: SchemaCase[] = [
  edit('a shortest list', 'Shorter lists are refused.', [list, { ...list, minItems: 1 }], ['breaking min-items-raised', 'info min-items-raised']),
  edit('no shortest list any more', 'Empty lists come.', [{ ...list, minItems: 1 }, list], ['info min-items-lowered', 'warning min-items-lowered']),
  edit(
    'a longest list',
    'Longer lists are refused.',
    [
      { ...list, maxItems: 500 },
      { ...list, maxItems: 100 },
    ],
    ['breaking max-items-lowered', 'info max-items-lowered'],
  ),
  edit(
    'a longer longest list',
    'Longer lists come.',
    [
      { ...list, maxItems: 100 },
      { ...list, maxItems: 500 },
    ],
    ['info max-items-raised', 'warning max-items-raised'],
  ),
  edit(
    'items once only',
    'Lists with one twice are refused.',
    [list, { ...list, uniqueItems: true }],
    ['breaking items-became-unique', 'info items-became-unique'],
  ),
  edit(
    'items more than once',
    'Readers meet one twice.',
    [{ ...list, uniqueItems: true }, list],
    ['info items-no-longer-unique', 'warning items-no-longer-unique'],
  ),
  edit('uniqueItems: false', 'It is what holds without.', [list, { ...list, uniqueItems: false }], ['none', 'none']),
  edit(
    'another type of item',
    'Nothing that fitted fits now.',
    [
      { ...list, items: text },
      { ...list, items: whole },
    ],
    ['breaking type-changed', 'breaking type-changed'],
  ),
  edit('a schema for items', 'Other items are refused.', [list, { ...list, items: text }], ['breaking type-narrowed', 'info type-narrowed']),
  edit('no schema for items any more', 'Other items come.', [{ ...list, items: text }, list], ['info type-widened', 'breaking type-widened']),
  edit(
    'no items allowed',
    'Only empty lists are left.',
    [
      { ...list, items: text },
      { ...list, items: false },
    ],
    ['breaking value-refused', 'info value-refused'],
  ),
  edit(
    'a property of items became required',
    'The rule holds at any depth.',
    [
      { ...list, items: { type: 'object', properties: { a: text } } },
      { ...list, items: { type: 'object', properties: { a: text }, required: ['a'] } },
    ],
    ['breaking property-became-required', 'info property-became-required'],
  ),
  edit(
    'a position’s type changed',
    'Positions are compared one by one.',
    [
      { ...list, prefixItems: [text, whole] },
      { ...list, prefixItems: [text, text] },
    ],
    ['breaking type-changed', 'breaking type-changed'],
  ),
  edit(
    'a position more',
    'What could be anything there has a type now.',
    [
      { ...list, prefixItems: [text] },
      { ...list, prefixItems: [text, whole] },
    ],
    ['breaking type-narrowed', 'info type-narrowed'],
  ),
  edit(
    'a position less',
    'Anything may come there.',
    [
      { ...list, prefixItems: [text, whole] },
      { ...list, prefixItems: [text] },
    ],
    ['info type-widened', 'breaking type-widened'],
  ),
  edit(
    'a position of its own with the type of the others',
    'It is the same.',
    [
      { ...list, items: text },
      { ...list, prefixItems: [text], items: text },
    ],
    ['none', 'none'],
  ),
  edit(
    'items after the positions closed',
    'Longer lists are refused.',
    [
      { ...list, prefixItems: [text] },
      { ...list, prefixItems: [text], items: false },
    ],
    ['breaking value-refused', 'info value-refused'],
  ),
  edit(
    'positions as drafts before 2020 wrote them',
    'The list in `items` is the same.',
    [
      { ...list, items: [text], additionalItems: whole },
      { ...list, prefixItems: [text], items: whole },
    ],
    ['none', 'none'],
  ),
  edit(
    'unevaluatedItems: false',
    'Items that nothing describes are refused.',
    [
      { ...list, prefixItems: [text] },
      { ...list, prefixItems: [text], unevaluatedItems: false },
    ],
    ['breaking value-refused', 'info value-refused'],
  ),
  edit(
    'unevaluatedItems: false removed',
    'Items that nothing describes come.',
    [
      { ...list, prefixItems: [text], unevaluatedItems: false },
      { ...list, prefixItems: [text] },
    ],
    ['info value-allowed', 'breaking value-allowed'],
  ),
  edit(
    'unevaluatedItems beside items',
    'Nothing is left for it.',
    [
      { ...list, items: text },
      { ...list, items: text, unevaluatedItems: false },
    ],
    ['none', 'none'],
  ),
  edit(
    'an item that has to be there',
    'Lists without it are refused.',
    [list, { ...list, contains: text }],
    ['breaking contains-added', 'info contains-added'],
  ),
  edit(
    'no item has to be there any more',
    'Readers do not find it.',
    [{ ...list, contains: text }, list],
    ['info contains-removed', 'warning contains-removed'],
  ),
  edit(
    'a narrower item has to be there',
    'Lists with others only are refused.',
    [
      { ...list, contains: text },
      { ...list, contains: { ...text, minLength: 2 } },
    ],
    ['breaking min-length-raised', 'info min-length-raised'],
  ),
  edit(
    'a wider item will do',
    'Lists with others only come.',
    [
      { ...list, contains: { ...text, minLength: 2 } },
      { ...list, contains: text },
    ],
    ['info min-length-lowered', 'warning min-length-lowered'],
  ),
  edit(
    'more of them',
    'Lists with fewer are refused.',
    [
      { ...list, contains: text },
      { ...list, contains: text, minContains: 2 },
    ],
    ['breaking min-contains-raised', 'info min-contains-raised'],
  ),
  edit(
    'fewer of them',
    'Lists with fewer come.',
    [
      { ...list, contains: text, minContains: 2 },
      { ...list, contains: text },
    ],
    ['info min-contains-lowered', 'warning min-contains-lowered'],
  ),
  edit(
    'at most so many of them',
    'Lists with more are refused.',
    [
      { ...list, contains: text },
      { ...list, contains: text, maxContains: 2 },
    ],
    ['breaking max-contains-lowered', 'info max-contains-lowered'],
  ),
  edit(
    'no longer at most so many of them',
    'Lists with more come.',
    [
      { ...list, contains: text, maxContains: 2 },
      { ...list, contains: text },
    ],
    ['info max-contains-raised', 'warning max-contains-raised'],
  ),
  edit(
    'other items count towards a most',
    'What fitted may be too many or too few.',
    [
      { ...list, contains: text, maxContains: 2 },
      { ...list, contains: whole, maxContains: 2 },
    ],
    ['breaking contains-changed', 'warning contains-changed'],
  ),
  edit('minContains: 0', 'It demands nothing.', [list, { ...list, contains: text, minContains: 0 }], ['none', 'none']),
];
