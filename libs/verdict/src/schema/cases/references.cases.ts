import { edit, having, named, ref, V30, type SchemaCase } from './schema.cases.js';

const text = { type: 'string' };
const Money = { type: 'object', properties: { amount: { type: 'string' }, currency: { type: 'string' } }, required: ['amount'] };
const Node = { type: 'object', properties: { name: { type: 'string' }, next: { $ref: '#/components/schemas/Node' } } };
const Named = { ...Node, properties: { ...Node.properties, name: { type: 'string', maxLength: 5 } } };

export const REFERENCE_CASES: SchemaCase[] = [
  edit('a reference inlined', 'What it led to is the same.', [having(ref('Money')), having(Money)], ['none', 'none'], named({ Money })),
  edit(
    'a schema under another component’s name',
    'Names of components are not sent.',
    [having(ref('Money')), having(ref('Amount'))],
    ['none', 'none'],
    named({ Money }, { Amount: Money }),
  ),
  edit(
    'a component changed',
    'Every user of it is changed.',
    [having(ref('Money')), having(ref('Money'))],
    ['breaking property-became-required', 'info property-became-required'],
    named({ Money }, { Money: { ...Money, required: ['amount', 'currency'] } }),
  ),
  edit('a component that leads to itself', 'Recursion ends.', [ref('Node'), ref('Node')], ['none', 'none'], named({ Node })),
  edit(
    'a component that leads to itself, changed',
    'It is told once.',
    [ref('Node'), ref('Node')],
    ['breaking max-length-lowered', 'info max-length-lowered'],
    named({ Node }, { Node: Named }),
  ),
  edit(
    'a component unrolled once',
    'It describes the same values.',
    [ref('Node'), { ...Node, properties: { ...Node.properties, next: ref('Node') } }],
    ['none', 'none'],
    named({ Node }),
  ),
  edit(
    'a reference that leads to itself only',
    'It demands nothing, and recursion ends.',
    [ref('Loop'), ref('Loop')],
    ['none', 'none'],
    named({ Loop: ref('Loop') }),
  ),
  edit(
    'allOf that leads to itself',
    'It demands nothing more, and recursion ends.',
    [ref('Loop'), ref('Loop')],
    ['breaking max-length-lowered', 'info max-length-lowered'],
    named({ Loop: { ...text, allOf: [ref('Loop')] } }, { Loop: { ...text, maxLength: 3, allOf: [ref('Loop')] } }),
  ),
  edit(
    'a name with signs of a pointer',
    '~1 is a slash, ~0 a tilde, %20 a space.',
    [having({ $ref: '#/components/schemas/a~1b~0c%20d' }), having(text)],
    ['none', 'none'],
    named({ 'a/b~c d': text }),
  ),
  edit(
    'words beside a reference, 3.1',
    'They are words.',
    [having(ref('Money')), having({ ...ref('Money'), description: 'The sum' })],
    ['info documentation-changed', 'info documentation-changed'],
    named({ Money }),
  ),
  edit(
    'a bound beside a reference, 3.1',
    'Both hold.',
    [having(ref('Text')), having({ ...ref('Text'), maxLength: 5 })],
    ['breaking max-length-lowered', 'info max-length-lowered'],
    named({ Text: text }),
  ),
  edit(
    'a bound beside a reference, 3.0',
    'OpenAPI 3.0 ignores what stands beside a reference.',
    [having(ref('Text')), having({ ...ref('Text'), maxLength: 5 })],
    ['none', 'none'],
    { ...named({ Text: text }), ...V30 },
  ),
  edit(
    'an anchor',
    'It is another name for the place.',
    [having(ref('Text')), having({ $ref: '#text' })],
    ['none', 'none'],
    named({ Text: { ...text, $anchor: 'text' } }),
  ),
  edit(
    'a dynamic reference',
    'It is read as a reference to the anchor in the document.',
    [having(ref('Text')), having({ $dynamicRef: '#text' })],
    ['none', 'none'],
    named({ Text: { ...text, $dynamicAnchor: 'text' } }),
  ),
  edit(
    'a schema by its $id',
    'An id in the document is a place in it.',
    [having(ref('Text')), having({ $ref: 'https://example.com/text' })],
    ['none', 'none'],
    named({ Text: { ...text, $id: 'https://example.com/text' } }),
  ),
  edit(
    'a reference that leads nowhere',
    'Nothing is known of it, and that is said.',
    [having(text), having(ref('Missing'))],
    [
      ['warning reference-unresolvable', 'info type-widened'],
      ['warning reference-unresolvable', 'breaking type-widened'],
    ],
  ),
  edit(
    'a reference that led nowhere',
    'Nothing was known of it, and that is said.',
    [having(ref('Missing')), having(text)],
    [
      ['warning reference-unresolvable', 'breaking type-narrowed'],
      ['warning reference-unresolvable', 'info type-narrowed'],
    ],
  ),
  edit(
    'the same reference out of the document',
    'It is taken to mean the same.',
    [having({ $ref: 'other.json#/Money' }), having({ $ref: 'other.json#/Money' })],
    ['none', 'none'],
  ),
  edit('a reference to what is no schema', 'It demands nothing, and nothing breaks.', [having({ $ref: '#/openapi' }), having({})], ['none', 'none']),
];

export const ANNOTATION_CASES: SchemaCase[] = [
  edit('deprecated', 'It works as before.', [having(text), having({ ...text, deprecated: true })], ['info deprecated', 'info deprecated']),
  edit(
    'no longer deprecated',
    'It stays.',
    [having({ ...text, deprecated: true }), having(text)],
    ['info no-longer-deprecated', 'info no-longer-deprecated'],
  ),
  edit('deprecated: false', 'It is what holds without.', [having({ ...text, deprecated: false }), having(text)], ['none', 'none']),
  edit(
    'other words',
    'Words bind nobody.',
    [having({ ...text, description: 'one' }), having({ ...text, description: 'two' })],
    ['info documentation-changed', 'info documentation-changed'],
  ),
  edit(
    'another title',
    'Words bind nobody.',
    [having({ ...text, title: 'one' }), having(text)],
    ['info documentation-changed', 'info documentation-changed'],
  ),
  edit(
    'other examples',
    'Examples bind nobody.',
    [having({ ...text, examples: ['a'] }), having({ ...text, examples: ['a', 'b'] })],
    ['info documentation-changed', 'info documentation-changed'],
  ),
  edit('a comment', 'It is for authors only.', [having({ ...text, $comment: 'one' }), having({ ...text, $comment: 'two' })], ['none', 'none']),
  edit(
    'a vendor’s keyword',
    'What it means is not known here.',
    [having(text), having({ ...text, 'x-unit': 'hours' })],
    ['info extension-changed', 'info extension-changed'],
  ),
  edit(
    'another value of a vendor’s keyword',
    'What it means is not known here.',
    [having({ ...text, 'x-unit': 'hours' }), having({ ...text, 'x-unit': 'days' })],
    ['info extension-changed', 'info extension-changed'],
  ),
  edit(
    'a keyword that nobody knows',
    'Nothing is passed over in silence.',
    [having(text), having({ ...text, maxlength: 5 })],
    ['info extension-changed', 'info extension-changed'],
  ),
  edit(
    'a value that became sensitive',
    'It disappears for readers without the right.',
    [having(text), having({ ...text, 'x-sensitive': true })],
    ['info sensitive-added', 'breaking sensitive-added'],
  ),
  edit(
    'a value that is no longer sensitive',
    'More readers see it.',
    [having({ ...text, 'x-sensitive': true }), having(text)],
    ['info sensitive-removed', 'info sensitive-removed'],
  ),
  edit(
    'sensitive for another reason',
    'It was kept from some and is.',
    [having({ ...text, 'x-sensitive': 'pay' }), having({ ...text, 'x-sensitive': 'health' })],
    ['info extension-changed', 'info extension-changed'],
  ),
  edit(
    'another name in XML',
    'The element is another.',
    [having({ ...text, xml: { name: 'a' } }), having({ ...text, xml: { name: 'b' } })],
    ['breaking xml-changed', 'breaking xml-changed'],
  ),
];
