import { edit, V30, type SchemaCase } from './schema.cases.js';

const text = { type: 'string' };

export const STRING_CASES: SchemaCase[] = [
  edit(
    'a shortest length',
    'Shorter texts are refused.',
    [text, { ...text, minLength: 1 }],
    ['breaking min-length-raised', 'info min-length-raised'],
  ),
  edit(
    'a lower shortest length',
    'Shorter texts come.',
    [
      { ...text, minLength: 3 },
      { ...text, minLength: 1 },
    ],
    ['info min-length-lowered', 'warning min-length-lowered'],
  ),
  edit(
    'no shortest length any more',
    'Empty texts come.',
    [{ ...text, minLength: 1 }, text],
    ['info min-length-lowered', 'warning min-length-lowered'],
  ),
  edit('a shortest length of nothing', 'Every text is that long.', [text, { ...text, minLength: 0 }], ['none', 'none']),
  edit(
    'a longest length',
    'Longer texts are refused.',
    [text, { ...text, maxLength: 5 }],
    ['breaking max-length-lowered', 'info max-length-lowered'],
  ),
  edit(
    'a lower longest length',
    'Longer texts are refused.',
    [
      { ...text, maxLength: 5 },
      { ...text, maxLength: 3 },
    ],
    ['breaking max-length-lowered', 'info max-length-lowered'],
  ),
  edit(
    'a higher longest length',
    'Longer texts come.',
    [
      { ...text, maxLength: 3 },
      { ...text, maxLength: 5 },
    ],
    ['info max-length-raised', 'warning max-length-raised'],
  ),
  edit(
    'no longest length any more',
    'Longer texts come.',
    [{ ...text, maxLength: 3 }, text],
    ['info max-length-raised', 'warning max-length-raised'],
  ),
  edit('a pattern', 'Other texts are refused.', [text, { ...text, pattern: '^a' }], ['breaking pattern-added', 'info pattern-added']),
  edit('no pattern any more', 'Other texts come.', [{ ...text, pattern: '^a' }, text], ['info pattern-removed', 'warning pattern-removed']),
  edit(
    'another pattern',
    'Neither is known to cover the other.',
    [
      { ...text, pattern: '^a' },
      { ...text, pattern: '^b' },
    ],
    ['breaking pattern-changed', 'warning pattern-changed'],
  ),
  edit(
    'a second pattern',
    'Both have to fit.',
    [{ ...text, pattern: '^a' }, { allOf: [{ ...text, pattern: '^a' }, { pattern: 'b$' }] }],
    ['breaking pattern-added', 'info pattern-added'],
  ),
  edit('a format', 'Other values are refused.', [text, { ...text, format: 'date' }], ['breaking format-added', 'info format-added']),
  edit('no format any more', 'Other values come.', [{ ...text, format: 'date' }, text], ['info format-removed', 'warning format-removed']),
  edit(
    'another format',
    'It cannot be parsed as before.',
    [
      { ...text, format: 'date' },
      { ...text, format: 'date-time' },
    ],
    ['breaking format-changed', 'breaking format-changed'],
  ),
  edit(
    'a larger integer',
    'A reader with 32 bits overflows.',
    [
      { type: 'integer', format: 'int32' },
      { type: 'integer', format: 'int64' },
    ],
    ['info format-widened', 'breaking format-widened'],
  ),
  edit(
    'a smaller integer',
    'Large numbers are refused.',
    [
      { type: 'integer', format: 'int64' },
      { type: 'integer', format: 'int32' },
    ],
    ['breaking format-narrowed', 'info format-narrowed'],
  ),
  edit(
    'a larger fraction',
    'A reader with single precision rounds.',
    [
      { type: 'number', format: 'float' },
      { type: 'number', format: 'double' },
    ],
    ['info format-widened', 'breaking format-widened'],
  ),
  edit(
    'a relative address allowed',
    'A reader of whole addresses fails.',
    [
      { ...text, format: 'uri' },
      { ...text, format: 'uri-reference' },
    ],
    ['info format-widened', 'breaking format-widened'],
  ),
  edit('a number’s format on a text', 'It means nothing there.', [text, { ...text, format: 'int32' }], ['none', 'none']),
  edit(
    'an encoding',
    'Texts that are not base64 are refused.',
    [text, { ...text, contentEncoding: 'base64' }],
    ['breaking content-added', 'info content-added'],
  ),
  edit(
    'no encoding any more',
    'Readers that decode fail.',
    [{ ...text, contentEncoding: 'base64' }, text],
    ['info content-removed', 'breaking content-removed'],
  ),
  edit(
    'another encoding',
    'It has to be decoded in another way.',
    [
      { ...text, contentEncoding: 'base64' },
      { ...text, contentEncoding: 'base32' },
    ],
    ['breaking content-changed', 'breaking content-changed'],
  ),
  edit(
    'a media type',
    'Other content is refused.',
    [text, { ...text, contentMediaType: 'image/png' }],
    ['breaking content-added', 'info content-added'],
  ),
  edit(
    'no media type any more',
    'Other content comes.',
    [{ ...text, contentMediaType: 'image/png' }, text],
    ['info content-removed', 'breaking content-removed'],
  ),
  edit(
    'another media type',
    'It has to be read in another way.',
    [
      { ...text, contentMediaType: 'image/png' },
      { ...text, contentMediaType: 'image/webp' },
    ],
    ['breaking content-changed', 'breaking content-changed'],
  ),
  edit(
    'a schema of the content',
    'It is compared as any other.',
    [
      { ...text, contentMediaType: 'application/json', contentSchema: { type: 'object' } },
      { ...text, contentMediaType: 'application/json', contentSchema: { type: 'array' } },
    ],
    ['breaking type-changed', 'breaking type-changed'],
  ),
  edit(
    'base64 by a format, 3.0',
    'Texts that are not base64 are refused.',
    [text, { ...text, format: 'byte' }],
    ['breaking content-added', 'info content-added'],
    V30,
  ),
];
