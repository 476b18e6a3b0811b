import { fieldsIn, schemasOf, typesOf, type FieldAt } from './schemas.js';
import { fieldsOf, finds, isFields, listOf, type Fields, type StyleRule } from './style-rule.js';

const CAMEL = /^[a-z][A-Za-z0-9]*$/;
/** Kebab-case, or a code of the field itself: a country, a currency, a URN, a number. */
const VALUE = /^([a-z0-9]+(-[a-z0-9]+)*|[A-Z]{2,3}|urn:[a-z0-9][a-z0-9-]*(:[a-z0-9-]+)+)$/;
const RIGHT = /^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/;
const WAYS_TO_SAY = ['type', '$ref', 'allOf', 'anyOf', 'oneOf', 'enum', 'const'];

const isText = (schema: Fields): boolean => typesOf(schema).includes('string');
const isNumber = (schema: Fields): boolean => typesOf(schema).some(type => type === 'number' || type === 'integer');

/** Judges every field of every object. */
const everyField = (fault: (field: FieldAt) => string | undefined) =>
  finds(function* (document) {
    for (const field of fieldsIn(document)) {
      const message = fault(field);
      if (message) yield { at: field.path, message };
    }
  });

/** What fields are, in requests and in answers. */
export const SCHEMA_RULES = {
  'fields-are-camel-case': {
    reason: 'Fields are names in the code of most callers as they are.',
    given: '$',
    resolved: false,
    judge: everyField(({ name }) => (CAMEL.test(name) ? undefined : `The field ${name} is in camelCase.`)),
  },
  'fields-have-a-type': {
    reason: 'A field that may be anything is read by guessing.',
    given: '$',
    resolved: false,
    judge: everyField(({ name, schema }) => (WAYS_TO_SAY.some(way => schema[way] !== undefined) ? undefined : `The field ${name} says its type.`)),
  },
  'objects-are-named': {
    reason: 'A nested object without a name gets another one in each generated client.',
    severity: 'warn',
    given: '$',
    resolved: false,
    judge: everyField(({ name, schema }) =>
      [schema, fieldsOf(schema.items)].some(held => isFields(held.properties)) ? `The object in ${name} is a schema of its own.` : undefined,
    ),
  },
  'open-objects-are-described': {
    reason: 'Of an object without declared fields only its description says what it holds.',
    given: '$',
    resolved: false,
    judge: everyField(({ name, schema }) => {
      const isOpen = typesOf(schema).includes('object') && !isFields(schema.properties);
      return isOpen && !schema.description ? `The description of ${name} says what it holds.` : undefined;
    }),
  },
  'required-fields-are-declared': {
    reason: 'A required field that is not declared is a slip of the pen, and no request satisfies it.',
    given: '$',
    resolved: false,
    judge: finds(function* (document) {
      for (const { schema, path, member } of schemasOf(document)) {
        if (member || !isFields(schema.properties)) continue;
        const unknown = listOf(schema.required).find(name => !(String(name) in (schema.properties as Fields)));
        if (unknown !== undefined) yield { at: [...path, 'required'], message: `${String(unknown)} is required and not declared.` };
      }
    }),
  },
  'money-is-exact': {
    reason: 'A binary number cannot hold 0.10, and a cent that is lost is found by an auditor.',
    given: '$',
    resolved: false,
    judge: everyField(({ name, schema }) =>
      // A whole number may be a rate of something else, such as of requests.
      (/amount|price|cost$/i.test(name) && isNumber(schema)) || (/rate$/i.test(name) && typesOf(schema).includes('number'))
        ? `${name} is a decimal in a string, "1200.50".`
        : undefined,
    ),
  },
  'money-has-a-currency': {
    reason: 'An amount is of a currency; two that are apart get mixed up.',
    given: '$',
    resolved: false,
    judge: finds(function* (document) {
      for (const { schema, path } of schemasOf(document)) {
        const { amount, currency } = fieldsOf(schema.properties);
        if (isText(fieldsOf(amount)) && currency === undefined)
          yield { at: [...path, 'properties', 'amount'], message: 'An amount has its currency beside it.' };
      }
    }),
  },
  'currencies-are-codes': {
    reason: 'A currency is its ISO 4217 code; signs and names are of several currencies.',
    given: '$',
    resolved: false,
    judge: everyField(({ name, schema }) =>
      /currency$/i.test(name) && isText(schema) && schema.pattern === undefined && schema.enum === undefined
        ? `${name} is a code of three capitals.`
        : undefined,
    ),
  },
  'days-are-dates': {
    reason: 'A business day has no zone: an instant of it is the day before for half of the world.',
    given: '$',
    resolved: false,
    judge: everyField(({ name, schema }) =>
      /(^date|Date|[a-z]On)$/.test(name) && isText(schema) && schema.format !== 'date' ? `${name} is a day, of the format date.` : undefined,
    ),
  },
  'instants-are-date-times': {
    reason: 'A moment is written in one way, RFC 3339, so that it sorts and is read everywhere.',
    given: '$',
    resolved: false,
    judge: everyField(({ name, schema }) =>
      /(^at|[a-z]At)$/.test(name) && isText(schema) && schema.format !== 'date-time' ? `${name} is an instant, of the format date-time.` : undefined,
    ),
  },
  'durations-are-whole': {
    reason: 'Worked time is counted in minutes and waiting in milliseconds; a fraction is rounded by each caller in another way.',
    given: '$',
    resolved: false,
    judge: everyField(({ name, schema }) =>
      /[a-z](Minutes|Seconds|Ms)$/.test(name) && typesOf(schema).some(type => type === 'number' || type === 'string')
        ? `${name} is an integer.`
        : undefined,
    ),
  },
  'values-are-kebab-case': {
    reason: 'A value of a list is a name like a path: lower case, with hyphens, or the code that the field of business has for it.',
    given: '$',
    resolved: false,
    judge: finds(function* (document) {
      for (const { schema, path } of schemasOf(document)) {
        const odd = listOf(schema.enum).find(value => typeof value === 'string' && !VALUE.test(value));
        if (odd !== undefined) yield { at: [...path, 'enum'], message: `The value ${String(odd)} is in kebab-case.` };
      }
    }),
  },
  'sensitive-fields-name-their-right': {
    reason: 'Who may see a field is decided by the right that the field names.',
    given: '$',
    resolved: false,
    judge: everyField(({ name, schema }) => {
      const right = schema['x-sensitive'];
      return right === undefined || RIGHT.test(String(right)) ? undefined : `x-sensitive of ${name} is a right, like worker.cost-rate.`;
    }),
  },
  'sensitive-fields-can-be-denied': {
    reason: 'A reader tells "not allowed" from "absent" by `deniedFields`.',
    given: '#Answers.content[*].schema',
    judge: finds(function* (answer) {
      if (hasField(answer, (_, schema) => schema['x-sensitive'] !== undefined) && !hasField(answer, name => name === 'deniedFields'))
        yield { at: [], message: 'An answer with sensitive fields names those that it leaves out in deniedFields.' };
    }),
  },
} satisfies Record<string, StyleRule>;

/** Whether an object has such a field, at any depth. */
function hasField(value: unknown, is: (name: string, schema: Fields) => boolean, seen = new Set<unknown>()): boolean {
  if (typeof value !== 'object' || value === null || seen.has(value)) return false;
  seen.add(value);
  const fields = Object.entries(fieldsOf(fieldsOf(value).properties));
  return fields.some(([name, schema]) => is(name, fieldsOf(schema))) || Object.values(value).some(held => hasField(held, is, seen));
}
