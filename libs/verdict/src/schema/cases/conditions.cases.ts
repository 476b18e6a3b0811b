import { animals, cat, Cat } from './animals.cases.js';
import { edit, having, when, type SchemaCase } from './schema.cases.js';

const text = { type: 'string' };

export const CONDITION_CASES: SchemaCase[] = [
  edit(
    'an exclusion',
    'Its senders are refused.',
    [text, { ...text, not: { const: 'a' } }],
    ['breaking exclusion-widened', 'info exclusion-widened'],
  ),
  edit(
    'no exclusion any more',
    'What was excluded comes.',
    [{ ...text, not: { const: 'a' } }, text],
    ['info exclusion-narrowed', 'warning exclusion-narrowed'],
  ),
  edit(
    'more excluded',
    'Its senders are refused.',
    [
      { ...text, not: { enum: ['a'] } },
      { ...text, not: { enum: ['a', 'b'] } },
    ],
    ['breaking exclusion-widened', 'info exclusion-widened'],
  ),
  edit(
    'less excluded',
    'What was excluded comes.',
    [
      { ...text, not: { maxLength: 5 } },
      { ...text, not: { maxLength: 3 } },
    ],
    ['info exclusion-narrowed', 'warning exclusion-narrowed'],
  ),
  edit(
    'other values excluded',
    'Some are refused and others come.',
    [
      { ...text, not: { const: 'a' } },
      { ...text, not: { const: 'b' } },
    ],
    ['breaking exclusion-changed', 'warning exclusion-changed'],
  ),
  edit(
    'excluded by a reference',
    'Inlined, it is the same.',
    [
      { type: 'object', not: cat },
      { type: 'object', not: Cat },
    ],
    ['none', 'none'],
    animals,
  ),

  edit(
    'a condition',
    'More is demanded where it is met.',
    [having(text), having(text, when({ required: ['a'] }, { required: ['b'] }))],
    ['breaking condition-added', 'info condition-added'],
  ),
  edit(
    'no condition any more',
    'Less holds where it was met.',
    [having(text, when({ required: ['a'] }, { required: ['b'] })), having(text)],
    ['info condition-removed', 'warning condition-removed'],
  ),
  edit(
    'another condition',
    'Other values have to fit the schema.',
    [having(text, when({ required: ['a'] }, { required: ['b'] })), having(text, when({ required: ['c'] }, { required: ['b'] }))],
    ['breaking condition-changed', 'warning condition-changed'],
  ),
  edit(
    'more where a condition is met',
    'It is compared as any other.',
    [having(text, when({ required: ['a'] }, { maxProperties: 3 })), having(text, when({ required: ['a'] }, { maxProperties: 2 }))],
    ['breaking max-properties-lowered', 'info max-properties-lowered'],
  ),
  edit(
    'less where a condition is not met',
    'It is compared as any other.',
    [
      having(text, when({ required: ['a'] }, undefined, { maxProperties: 2 })),
      having(text, when({ required: ['a'] }, undefined, { maxProperties: 3 })),
    ],
    ['info max-properties-raised', 'warning max-properties-raised'],
  ),
  edit(
    'a value restricted where a condition is met',
    'It is no new property.',
    [
      having(text, when({ required: ['c'] }, { required: ['b'] })),
      having(text, when({ required: ['c'] }, { required: ['b'], properties: { a: { maxLength: 3 } } })),
    ],
    [
      ['breaking max-length-lowered', 'info property-added'],
      ['info max-length-lowered', 'info property-added'],
    ],
  ),
  edit('a condition from which nothing follows', 'It demands nothing.', [having(text), having(text, { if: { required: ['a'] } })], ['none', 'none']),
];
