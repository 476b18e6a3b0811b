import fc, { type Arbitrary } from 'fast-check';

/** Texts that parsers, databases and logs have stumbled over; a plain one now and then, so that what lies behind is reached. */
export const nastyText: Arbitrary<string> = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '\ud83d',
    '\u200b',
    'e\u0301',
    '__proto__',
    'constructor',
    '$&$&',
    "'; select 1 --",
    '../../etc/passwd',
    '%00',
    '%',
    '2026-02-31',
    '99999999999999999999',
    '-1',
    '1e400',
    'NaN',
    'null',
    '[]',
    '{}',
    'LF-UK',
    'prj_x',
    '{{7*7}}',
  ),
  fc.integer({ min: 1, max: 5_000 }).map(length => 'x'.repeat(length)),
);

const scalar: Arbitrary<unknown> = fc.oneof(
  nastyText,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constantFrom<unknown>(null, 1e308, -0, '2026-01-01', '2026-01-01T00:00:00Z', '10.00', 'USD'),
);

/** JSON of any shape, small; `deep` and `wide` ones are made apart. */
export const anyJson: Arbitrary<unknown> = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(fc.oneof(nastyText, fc.string({ maxLength: 8 })), tie('value'), { maxKeys: 6 }),
  ),
})).value;

const deep = fc
  .tuple(fc.integer({ min: 1, max: 20_000 }), fc.constantFrom('[]', '{}'))
  .map(([levels, kind]) => (kind === '[]' ? '['.repeat(levels) + ']'.repeat(levels) : '{"a":'.repeat(levels) + '1' + '}'.repeat(levels)));
const wide = fc.integer({ min: 1, max: 20_000 }).map(members => `{${Array.from({ length: members }, (_, n) => `"f${n}":${n}`).join(',')}}`);
const long = fc.integer({ min: 1, max: 300_000 }).map(length => JSON.stringify({ [`k${'x'.repeat(length)}`]: ['\0', '\0'] }));
const broken = fc.tuple(anyJson, fc.integer({ min: 0, max: 60 })).map(([value, cut]) => (JSON.stringify(value) ?? '').slice(0, cut));
const repeated = fc.constantFrom('{"a":1,"a":2}', '{"__proto__":{"admin":true}}', '\ufeff{}', '{"a":1e999999}', '"\\ud800"', '01', '[1,]');

/** What may be sent as a body, as text. */
export const bodyText: Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: anyJson.map(value => JSON.stringify(value) ?? '') },
  { weight: 1, arbitrary: deep },
  { weight: 1, arbitrary: wide },
  { weight: 1, arbitrary: long },
  { weight: 2, arbitrary: broken },
  { weight: 1, arbitrary: repeated },
);

/** Values that a header may legally carry on the wire, and that nobody should send. */
const headerText = fc.oneof(
  fc.string({ maxLength: 60 }).map(text => text.replace(/[^\x20-\x7e]/g, '')),
  fc.constantFrom('*/*', 'application/json; charset=utf-7', 'gzip', 'chunked', '999999999', '-1', '1970', 'W/"x"', '{}', '[]', '{"kind":1}', 'null'),
  fc.integer({ min: 1, max: 9_000 }).map(length => 'h'.repeat(length)),
);

const HEADERS = [
  'accept',
  'content-type',
  'content-encoding',
  'idempotency-key',
  'if-match',
  'origin',
  'range',
  'throughline-actor',
  'throughline-deadline',
  'traceparent',
  'x-correlation-id',
  'x-forwarded-for',
  'x-http-method-override',
];

export const someHeaders: Arbitrary<Record<string, string>> = fc.dictionary(fc.constantFrom(...HEADERS), headerText, { maxKeys: 3 });

/** A cursor as somebody would forge it: base64url of JSON, or not. */
export const forgedCursor: Arbitrary<string> = fc.oneof(
  fc.array(scalar, { maxLength: 4 }).map(parts => Buffer.from(JSON.stringify(parts)).toString('base64url')),
  anyJson.map(value => Buffer.from(JSON.stringify(value) ?? '').toString('base64url')),
  nastyText,
);
