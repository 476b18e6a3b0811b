import { edit, having, type SchemaCase } from './schema.cases.js';

const object = { type: 'object' };
const text = { type: 'string' };
const whole = { type: 'integer' };
const closed = { additionalProperties: false };

export const OBJECT_CASES: SchemaCase[] = [
  edit(
    'further properties refused',
    'Senders of others are refused.',
    [having(text), having(text, closed)],
    ['breaking additional-properties-refused', 'info additional-properties-refused'],
  ),
  edit(
    'further properties allowed',
    'Strict readers refuse them.',
    [having(text, closed), having(text)],
    ['info additional-properties-allowed', 'warning additional-properties-allowed'],
  ),
  edit('additionalProperties: true', 'It is what holds without.', [having(text), having(text, { additionalProperties: true })], ['none', 'none']),
  edit(
    'additionalProperties: {}',
    'It is what holds without.',
    [having(text, { additionalProperties: {} }), having(text, { additionalProperties: true })],
    ['none', 'none'],
  ),
  edit(
    'a schema for further properties',
    'Others are refused.',
    [object, { ...object, additionalProperties: text }],
    ['breaking type-narrowed', 'info type-narrowed'],
  ),
  edit(
    'no schema for further properties any more',
    'Others come.',
    [{ ...object, additionalProperties: text }, object],
    ['info type-widened', 'breaking type-widened'],
  ),
  edit(
    'another schema for further properties',
    'Nothing that fitted fits now.',
    [
      { ...object, additionalProperties: text },
      { ...object, additionalProperties: whole },
    ],
    ['breaking type-changed', 'breaking type-changed'],
  ),
  edit(
    'further properties of a schema refused',
    'Senders of them are refused.',
    [
      { ...object, additionalProperties: text },
      { ...object, ...closed },
    ],
    ['breaking additional-properties-refused', 'info additional-properties-refused'],
  ),
  edit(
    'a declared property where all had one schema',
    'It had that schema before.',
    [
      { ...object, additionalProperties: text },
      { ...object, properties: { a: text }, additionalProperties: text },
    ],
    ['none', 'none'],
  ),
  edit(
    'a property removed where all others have its schema',
    'It is one of those now.',
    [
      { ...object, properties: { a: text }, additionalProperties: text },
      { ...object, additionalProperties: text },
    ],
    ['none', 'none'],
  ),
  edit(
    'unevaluatedProperties: false',
    'Properties that nothing describes are refused.',
    [having(text), having(text, { unevaluatedProperties: false })],
    ['breaking additional-properties-refused', 'info additional-properties-refused'],
  ),
  edit(
    'unevaluatedProperties: false removed',
    'Properties that nothing describes come.',
    [having(text, { unevaluatedProperties: false }), having(text)],
    ['info additional-properties-allowed', 'warning additional-properties-allowed'],
  ),
  edit(
    'unevaluatedProperties for additionalProperties',
    'In a plain schema they are the same.',
    [having(text, closed), having(text, { unevaluatedProperties: false })],
    ['none', 'none'],
  ),

  edit(
    'a schema for names of a pattern',
    'Others of such names are refused.',
    [object, { ...object, patternProperties: { '^x': text } }],
    ['breaking pattern-properties-added', 'info pattern-properties-added'],
  ),
  edit(
    'no schema for names of a pattern any more',
    'Anything may come under such names.',
    [{ ...object, patternProperties: { '^x': text } }, object],
    ['info pattern-properties-removed', 'warning pattern-properties-removed'],
  ),
  edit(
    'names of a pattern in a closed object',
    'Strict readers refuse them.',
    [
      { ...object, ...closed },
      { ...object, patternProperties: { '^x': text }, ...closed },
    ],
    ['info pattern-properties-allowed', 'warning pattern-properties-allowed'],
  ),
  edit(
    'names of a pattern refused',
    'Their senders are refused.',
    [
      { ...object, patternProperties: { '^x': text }, ...closed },
      { ...object, ...closed },
    ],
    ['breaking pattern-properties-refused', 'info pattern-properties-refused'],
  ),
  edit(
    'another schema for names of a pattern',
    'It is compared as any other.',
    [
      { ...object, patternProperties: { '^x': text } },
      { ...object, patternProperties: { '^x': whole } },
    ],
    ['breaking type-changed', 'breaking type-changed'],
  ),
  edit(
    'a property that a pattern described already',
    'It had that schema before.',
    [
      { ...object, patternProperties: { '^x': text }, ...closed },
      { ...object, properties: { x1: text }, patternProperties: { '^x': text }, ...closed },
    ],
    ['none', 'none'],
  ),
  edit(
    'names of properties limited',
    'Other names are refused.',
    [object, { ...object, propertyNames: { maxLength: 3 } }],
    ['breaking max-length-lowered', 'info max-length-lowered'],
  ),
  edit(
    'names of properties no longer limited',
    'Other names come.',
    [{ ...object, propertyNames: { maxLength: 3 } }, object],
    ['info max-length-raised', 'warning max-length-raised'],
  ),

  edit(
    'a least number of properties',
    'Smaller objects are refused.',
    [object, { ...object, minProperties: 1 }],
    ['breaking min-properties-raised', 'info min-properties-raised'],
  ),
  edit(
    'no least number of properties any more',
    'Empty objects come.',
    [{ ...object, minProperties: 1 }, object],
    ['info min-properties-lowered', 'warning min-properties-lowered'],
  ),
  edit(
    'a most of properties',
    'Larger objects are refused.',
    [object, { ...object, maxProperties: 3 }],
    ['breaking max-properties-lowered', 'info max-properties-lowered'],
  ),
  edit(
    'no most of properties any more',
    'Larger objects come.',
    [{ ...object, maxProperties: 3 }, object],
    ['info max-properties-raised', 'warning max-properties-raised'],
  ),

  edit(
    'a property required beside another',
    'Senders of the one alone are refused.',
    [object, { ...object, dependentRequired: { a: ['b'] } }],
    ['breaking dependent-required-added', 'info dependent-required-added'],
  ),
  edit(
    'a property no longer required beside another',
    'Readers that count on it fail.',
    [{ ...object, dependentRequired: { a: ['b'] } }, object],
    ['info dependent-required-removed', 'breaking dependent-required-removed'],
  ),
  edit(
    'a property required beside another and anyway',
    'Nothing is demanded that was not.',
    [
      { ...object, required: ['b'] },
      { ...object, required: ['b'], dependentRequired: { a: ['b'] } },
    ],
    ['none', 'none'],
  ),
  edit(
    'a schema beside a property',
    'More is demanded where it is present.',
    [object, { ...object, dependentSchemas: { a: { required: ['b'] } } }],
    ['breaking dependent-schema-added', 'info dependent-schema-added'],
  ),
  edit(
    'no schema beside a property any more',
    'Less holds where it is present.',
    [{ ...object, dependentSchemas: { a: { required: ['b'] } } }, object],
    ['info dependent-schema-removed', 'warning dependent-schema-removed'],
  ),
  edit(
    'another schema beside a property',
    'It is compared as any other.',
    [
      { ...object, dependentSchemas: { a: { maxProperties: 3 } } },
      { ...object, dependentSchemas: { a: { maxProperties: 2 } } },
    ],
    ['breaking max-properties-lowered', 'info max-properties-lowered'],
  ),
];
