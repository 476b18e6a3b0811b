import { animals, cat, Cat, dog, Dog, eel } from './animals.cases.js';
import { edit, named, ref, V30, type SchemaCase } from './schema.cases.js';

const kinds = (mapping: Record<string, string>) => ({ propertyName: 'kind', mapping });
const to = (name: string) => ref(name).$ref;
const mappedTo = (lives: unknown) => ({
  Animal: { type: 'object', properties: { kind: { type: 'string' } }, required: ['kind'], discriminator: kinds({ cat: to('Lion') }) },
  Lion: { allOf: [ref('Animal'), { type: 'object', properties: { lives } }] },
});

export const DISCRIMINATOR_CASES: SchemaCase[] = [
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
  edit(
    'a schema that only the mapping leads to',
    'Values of the schema that it builds on may be of it.',
    [ref('Animal'), ref('Animal')],
    ['breaking maximum-lowered', 'info maximum-lowered'],
    named(mappedTo({ type: 'integer' }), mappedTo({ type: 'integer', maximum: 9 })),
  ),
];
