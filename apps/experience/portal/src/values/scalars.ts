import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';

const DECIMAL = /^-?\d{1,15}(\.\d{1,6})?$/;
const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$/;

/** A string that must look as `pattern` says, in both directions; never a number, so that no client rounds it. */
function textScalar(
  name: string,
  pattern: RegExp,
  example: string,
  description: string,
  serialize: (value: unknown) => unknown = value => value,
): GraphQLScalarType {
  const read = (value: unknown): string => {
    if (typeof value === 'string' && pattern.test(value)) return value;
    throw new GraphQLError(`${name} must be a string like "${example}".`, { extensions: { code: 'BAD_USER_INPUT' } });
  };
  return new GraphQLScalarType({
    name,
    description,
    serialize: value => read(serialize(value)),
    parseValue: read,
    parseLiteral: (node: ValueNode) => read(node.kind === Kind.STRING ? node.value : undefined),
  });
}

export const Decimal = textScalar('Decimal', DECIMAL, '1200.50', 'An exact decimal in a string, never a float.');

export const BusinessDate = textScalar('BusinessDate', DATE, '2026-11-20', 'A calendar date without a zone, YYYY-MM-DD.');

export const Instant = textScalar('Instant', INSTANT, '2026-11-20T09:15:00Z', 'A moment in UTC, RFC 3339 with Z.', value =>
  value instanceof Date ? value.toISOString() : value,
);
