import { animals, cat, Cat, dog, Dog, eel } from './animals.cases.js';
import { edit, having, type SchemaCase } from './schema.cases.js';

const text = { type: 'string' };
const whole = { type: 'integer' };
const flag = { type: 'boolean' };

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
    'an alternative more that takes what another takes',
    'What fits both is refused.',
    [{ oneOf: [text, whole] }, { oneOf: [text, whole, { type: 'number' }] }],
    [['info alternative-added', 'warning alternatives-overlap'], ['breaking alternative-added']],
  ),
  edit(
    'an alternative more beside a choice of one',
    'What fits both is refused.',
    [{ oneOf: [whole] }, { oneOf: [whole, { type: 'number' }] }],
    [['info alternative-added', 'warning alternatives-overlap'], ['breaking alternative-added']],
  ),
  edit(
    'an alternative more that shares no required value with another',
    'Objects with the properties of both fit both.',
    [
      { oneOf: [having(text, { required: ['a'] }), text] },
      { oneOf: [having(text, { required: ['a'] }), text, { type: 'object', properties: { b: text }, required: ['b'] }] },
    ],
    [['info alternative-added', 'warning alternatives-overlap'], ['breaking alternative-added']],
  ),
  edit(
    'an alternative that gets as wide as another',
    'What fits both is refused.',
    [{ oneOf: [cat, dog] }, { oneOf: [{ ...Cat, properties: { ...Cat.properties, kind: text } }, dog] }],
    [['info enum-removed', 'warning alternatives-overlap'], ['breaking enum-removed']],
    animals,
  ),
  edit(
    'an alternative more where a discriminator chooses',
    'The discriminator tells which one is meant.',
    [
      { oneOf: [having(text), text], discriminator: { propertyName: 'a' } },
      { oneOf: [having(text), text, having(text, { required: ['b'] })], discriminator: { propertyName: 'a' } },
    ],
    ['info alternative-added', 'breaking alternative-added'],
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
];
