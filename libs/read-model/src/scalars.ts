import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';

const DECIMAL = /^-?\d{1,15}(\.\d{1,6})?$/;
const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?Z$/;
const DAY_SIZE = 'YYYY-MM-DD'.length;

/**
 * Whether the text begins with a day that the calendar has: not 2026-02-30, nor the year 0, which
 * Postgres does not have either.
 */
export function isRealDay(text: string): boolean {
  const day = text.slice(0, DAY_SIZE);
  const date = new Date(`${day}T00:00:00Z`);
  return DATE.test(day) && !day.startsWith('0000') && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

/**
 * A scalar that is a string in both directions and must match `pattern` and be valid. It is never a
 * number, so that no client rounds it.
 */
function textScalar(
  name: string,
  pattern: RegExp,
  example: string,
  description: string,
  { isReal = () => true, serialize = value => value }: { isReal?: (text: string) => boolean; serialize?: (value: unknown) => unknown } = {},
): GraphQLScalarType {
  const read = (value: unknown): string => {
    if (typeof value !== 'string' || !pattern.test(value)) throw refused(`${name} must be a string like "${example}".`);
    if (!isReal(value)) throw refused(`${name} must be of a day that the calendar has, not ${value}.`);
    return value;
  };
  return new GraphQLScalarType({
    name,
    description,
    serialize: value => read(serialize(value)),
    parseValue: read,
    parseLiteral: (node: ValueNode) => read(node.kind === Kind.STRING ? node.value : undefined),
  });
}

const refused = (message: string): GraphQLError => new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });

export const Decimal = textScalar('Decimal', DECIMAL, '1200.50', 'An exact decimal in a string, never a float.');

export const BusinessDate = textScalar('BusinessDate', DATE, '2026-11-20', 'A calendar date without a zone, YYYY-MM-DD.', { isReal: isRealDay });

export const Instant = textScalar('Instant', INSTANT, '2026-11-20T09:15:00Z', 'A moment in UTC, RFC 3339 with Z.', {
  isReal: isRealDay,
  serialize: value => (value instanceof Date ? value.toISOString() : value),
});
