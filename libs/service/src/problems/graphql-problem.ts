import type { GraphQLFormattedError } from 'graphql';
import { Problem } from '#canonical';
import { context } from '../context/context.js';
import { problemBody } from './problem-body.js';

/**
 * For Apollo's `formatError`: adds the members of a problem to Apollo's own errors (a query that
 * doesn't parse or doesn't fit the schema, a limit). Ours have them already. Stack traces stay in
 * the log.
 */
export function graphqlProblem(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const { code, stacktrace: _, ...extensions } = formatted.extensions ?? {};
  if (typeof extensions.type === 'string') return { ...formatted, extensions: { code, ...extensions } };
  const kind = code === 'INTERNAL_SERVER_ERROR' ? 'internal' : 'invalid';
  const detail = kind === 'internal' ? 'Something went wrong here. The log has it under this correlation id.' : formatted.message;
  const { code: __, ...body } = problemBody(new Problem(kind, detail), context().correlationId);
  return { ...formatted, message: detail, extensions: { ...extensions, ...body, code: kind === 'internal' ? 'INTERNAL' : (code ?? 'INVALID') } };
}
