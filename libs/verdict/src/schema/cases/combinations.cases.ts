import { edit, having, named, ref, V30, when, type SchemaCase } from './schema.cases.js';

const text = { type: 'string' };
const whole = { type: 'integer' };
const flag = { type: 'boolean' };
const Cat = { type: 'object', properties: { kind: { const: 'cat' }, lives: whole }, required: ['kind'] };
const Dog = { type: 'object', properties: { kind: { const: 'dog' }, tricks: whole }, required: ['kind'] };
const Eel = { type: 'object', properties: { kind: { const: 'eel' }, volts: whole }, required: ['kind'] };
const animals = named({ Cat, Dog, Eel });
const kinds = (mapping: Record<string, string>) => ({ propertyName: 'kind', mapping });
const [cat, dog, eel] = ['Cat', 'Dog', 'Eel'].map(ref);
const to = (name: string) => ref(name).$ref;

export const COMBINATION_CASES: SchemaCase[] = [
  edit('an allOf of one', 'It is that one.', [having(text), { allOf: [having(text)] }], ['none', 'none']),
  edit(
    'a property moved into a part of allOf',
    'All parts hold together.',
    [
      { type: 'object', properties: { a: text, b: whole }, required: ['b'] },
      {
        allOf: [
          { type: 'object', properties: { a: text } },
          { properties: { b: whole }, required: ['b'] },
        ],
      },
    ],
    ['none', 'none'],
  ),
  edit(
    'a part more',
    'What it demands is told.',
    [{ allOf: [text] }, { allOf: [text, { maxLength: 5 }] }],
    ['breaking max-length-lowered', 'info max-length-lowered'],
  ),
  edit(
    'a part less',
    'What it demanded is told.',
    [{ allOf: [text, { maxLength: 5 }] }, { allOf: [text] }],
    ['info max-length-raised', 'warning max-length-raised'],
  ),
  edit(
    'parts in another order',
    'All parts hold together.',
    [{ allOf: [text, { maxLength: 5 }] }, { allOf: [{ maxLength: 5 }, text] }],
    ['none', 'none'],
  ),
  edit(
    'a property that two parts describe',
    'Both schemas hold.',
    [{ allOf: [having(text), having({ maxLength: 5 })] }, having({ ...text, maxLength: 5 })],
    ['none', 'none'],
  ),

  edit(
    'an alternative more',
    'Readers have no code for it.',
    [{ oneOf: [cat, dog] }, { oneOf: [cat, dog, eel] }],
    ['info alternative-added', 'breaking alternative-added'],
    animals,
  ),
  edit(
    'an alternative less',
    'Its senders are refused.',
    [{ oneOf: [cat, dog, eel] }, { oneOf: [cat, dog] }],
    ['breaking alternative-removed', 'info alternative-removed'],
    animals,
  ),
  edit(
    'alternatives in another order',
    'Their order says nothing.',
    [{ oneOf: [cat, dog, eel] }, { oneOf: [eel, cat, dog] }],
    ['none', 'none'],
    animals,
  ),
  edit(
    'an alternative changed among others in another order',
    'The most alike are compared.',
    [{ oneOf: [Cat, Dog] }, { oneOf: [Dog, { ...Cat, properties: { ...Cat.properties, lives: text } }] }],
    ['breaking type-changed', 'breaking type-changed'],
  ),
  edit(
    'an alternative more, anyOf',
    'Readers have no code for it.',
    [{ anyOf: [text, whole] }, { anyOf: [text, whole, flag] }],
    ['info alternative-added', 'breaking alternative-added'],
  ),
  edit(
    'an alternative less, anyOf',
    'Its senders are refused.',
    [{ anyOf: [text, whole, flag] }, { anyOf: [text, whole] }],
    ['breaking alternative-removed', 'info alternative-removed'],
  ),
  edit(
    'a bound of an alternative',
    'It is compared as any other.',
    [{ anyOf: [text, whole] }, { anyOf: [whole, { ...text, maxLength: 5 }] }],
    ['breaking max-length-lowered', 'info max-length-lowered'],
  ),
  edit('oneOf for anyOf of different types', 'No value fits two of them.', [{ anyOf: [text, whole] }, { oneOf: [text, whole] }], ['none', 'none']),
  edit(
    'oneOf for anyOf of different kinds',
    'A required constant tells them apart.',
    [{ anyOf: [cat, dog] }, { oneOf: [cat, dog] }],
    ['none', 'none'],
    animals,
  ),
  edit(
    'oneOf for anyOf',
    'Values that fit several are refused.',
    [{ anyOf: [having(text), having(whole)] }, { oneOf: [having(text), having(whole)] }],
    ['breaking any-of-became-one-of', 'info any-of-became-one-of'],
  ),
  edit(
    'anyOf for oneOf',
    'Values that fit several come.',
    [{ oneOf: [having(text), having(whole)] }, { anyOf: [having(text), having(whole)] }],
    ['info one-of-became-any-of', 'warning one-of-became-any-of'],
  ),
  edit('a list of types for a choice of types', 'They are the same.', [{ oneOf: [text, whole] }, { type: ['string', 'integer'] }], ['none', 'none']),
  edit(
    'a choice for a schema',
    'What was there is one alternative.',
    [text, { oneOf: [text, whole] }],
    ['info alternative-added', 'breaking alternative-added'],
  ),
  edit(
    'a schema for a choice',
    'The other alternative is gone.',
    [{ oneOf: [text, whole] }, text],
    ['breaking alternative-removed', 'info alternative-removed'],
  ),
  edit(
    'a choice for anything',
    'Values that fit none are refused.',
    [{}, { anyOf: [text, whole] }],
    ['breaking alternatives-introduced', 'info alternatives-introduced'],
  ),
  edit(
    'anything for a choice',
    'Values that fit none come.',
    [{ anyOf: [text, whole] }, {}],
    ['info alternatives-dropped', 'breaking alternatives-dropped'],
  ),
  edit(
    'a second choice beside the first',
    'Both have to be met.',
    [{ anyOf: [text, whole] }, { allOf: [{ anyOf: [text, whole] }, { anyOf: [whole, flag] }] }],
    ['breaking alternatives-introduced', 'info alternatives-introduced'],
  ),
  edit(
    'null as an alternative',
    'It is told as null.',
    [{ oneOf: [text, whole] }, { oneOf: [text, whole, { type: 'null' }] }],
    ['info null-allowed', 'breaking null-allowed'],
  ),
  edit('a choice of one', 'It is that one.', [{ oneOf: [cat] }, cat], ['none', 'none'], animals),
  edit(
    'a property of all alternatives restricted in one',
    'It is no new property.',
    [
      { ...having(text), anyOf: [{ required: ['b'] }, { required: ['c'] }] },
      { ...having(text), anyOf: [{ required: ['b'], properties: { a: { maxLength: 3 } } }, { required: ['c'] }] },
    ],
    [
      ['breaking max-length-lowered', 'info property-added'],
      ['info max-length-lowered', 'info property-added'],
    ],
  ),

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

  edit(
    'a discriminator',
    'Servers choose by it.',
    [{ oneOf: [cat, dog] }, { oneOf: [cat, dog], discriminator: { propertyName: 'kind' } }],
    ['warning discriminator-added', 'info discriminator-added'],
    animals,
  ),
  edit(
    'no discriminator any more',
    'Readers that choose by it have to find another way.',
    [{ oneOf: [cat, dog], discriminator: { propertyName: 'kind' } }, { oneOf: [cat, dog] }],
    ['info discriminator-removed', 'warning discriminator-removed'],
    animals,
  ),
  edit(
    'another property discriminates',
    'Both sides look elsewhere.',
    [
      { oneOf: [cat, dog], discriminator: { propertyName: 'kind' } },
      { oneOf: [cat, dog], discriminator: { propertyName: 'type' } },
    ],
    ['breaking discriminator-property-changed', 'breaking discriminator-property-changed'],
    animals,
  ),
  edit(
    'a value of a discriminator more',
    'Readers have no code for it.',
    [
      { oneOf: [cat, dog], discriminator: kinds({ cat: to('Cat'), dog: to('Dog') }) },
      { oneOf: [cat, dog], discriminator: kinds({ cat: to('Cat'), dog: to('Dog'), wolf: to('Dog') }) },
    ],
    ['info discriminator-value-added', 'breaking discriminator-value-added'],
    animals,
  ),
  edit(
    'a value of a discriminator less',
    'Its senders are refused.',
    [
      { oneOf: [cat, dog], discriminator: kinds({ cat: to('Cat'), dog: to('Dog'), wolf: to('Dog') }) },
      { oneOf: [cat, dog], discriminator: kinds({ cat: to('Cat'), dog: to('Dog') }) },
    ],
    ['breaking discriminator-value-removed', 'info discriminator-value-removed'],
    animals,
  ),
  edit(
    'two values stand for each other’s schema',
    'Both sides read something else.',
    [
      { oneOf: [cat, dog], discriminator: kinds({ a: to('Cat'), b: to('Dog') }) },
      { oneOf: [cat, dog], discriminator: kinds({ a: to('Dog'), b: to('Cat') }) },
    ],
    [
      ['breaking discriminator-value-changed', 'breaking discriminator-value-changed'],
      ['breaking discriminator-value-changed', 'breaking discriminator-value-changed'],
    ],
    animals,
  ),
  edit(
    'a value by a name and by a reference',
    'Both mean the component.',
    [
      { oneOf: [cat, dog], discriminator: kinds({ cat: 'Cat', dog: 'Dog' }) },
      { oneOf: [cat, dog], discriminator: kinds({ cat: to('Cat'), dog: to('Dog') }) },
    ],
    ['none', 'none'],
    { ...animals, ...V30 },
  ),
  edit(
    'an alternative and its value more',
    'Both are told.',
    [
      { oneOf: [cat, dog], discriminator: { propertyName: 'kind' } },
      { oneOf: [cat, dog, eel], discriminator: { propertyName: 'kind' } },
    ],
    [
      ['info alternative-added', 'info discriminator-value-added'],
      ['breaking alternative-added', 'breaking discriminator-value-added'],
    ],
    animals,
  ),
  edit(
    'a mapped schema moved under another name',
    'The value stays and so does the content.',
    [
      { oneOf: [cat, dog], discriminator: kinds({ cat: to('Cat'), dog: to('Dog') }) },
      { oneOf: [ref('Feline'), dog], discriminator: kinds({ cat: to('Feline'), dog: to('Dog') }) },
    ],
    ['none', 'none'],
    named({ Cat, Dog }, { Feline: Cat, Dog }),
  ),
];
