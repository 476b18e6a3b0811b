import { isInRequest, schemasOf, typesOf, type SchemaAt } from './schemas.js';
import { finds, isFields, type StyleRule } from './style-rule.js';

const BOUNDS_OF_TEXT = ['maxLength', 'pattern', 'enum', 'const', 'format'];
const BOUNDS_OF_OBJECTS = ['additionalProperties', 'unevaluatedProperties'];

/** Judges what callers send. The server bounds headers as a whole. */
const everySent = (fault: (sent: SchemaAt) => string | undefined) =>
  finds(function* (document) {
    for (const sent of schemasOf(document)) {
      if (!isInRequest(sent)) continue;
      const message = fault(sent);
      if (message) yield { at: sent.path, message };
    }
  });

/** What a request may be. */
export const REQUEST_RULES = {
  'texts-in-requests-are-bounded': {
    reason: 'A text without a bound is as long as whoever means harm.',
    given: '$',
    resolved: false,
    judge: everySent(({ schema, places }) => {
      const inHeaders = [...places].every(place => place === 'header' || place === 'answer');
      const bounded = BOUNDS_OF_TEXT.some(name => schema[name] !== undefined);
      return typesOf(schema).includes('string') && !inHeaders && !bounded ? 'A text in a request has a maxLength, a pattern or values.' : undefined;
    }),
  },
  'lists-in-requests-are-bounded': {
    reason: 'A list without a bound is as long as whoever means harm; an answer is bounded by its page.',
    given: '$',
    resolved: false,
    judge: everySent(({ schema }) =>
      typesOf(schema).includes('array') && schema.maxItems === undefined ? 'A list in a request has maxItems.' : undefined,
    ),
  },
  'requests-are-strict': {
    reason: 'A field that is not declared is refused, so that a slip of the pen is noticed; a document that says so spares the try.',
    given: '$',
    resolved: false,
    judge: everySent(({ schema, places, member }) => {
      const takesMore = isFields(schema.properties) && BOUNDS_OF_OBJECTS.every(name => schema[name] === undefined);
      // What is answered as well may get fields, which callers ignore.
      return takesMore && !member && !places.has('answer') ? 'A request says additionalProperties: false.' : undefined;
    }),
  },
} satisfies Record<string, StyleRule>;
