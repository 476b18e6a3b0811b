import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { shortened } from '#canonical';
import { graphqlError, graphqlProblem } from '#service';

/** GraphQL's own errors quote the refused text in full, however long it is. */
const MESSAGE_LENGTH = 500;

/**
 * GraphQL compares fields with the same name in pairs, up to its limit of 500,000, and then says
 * only this.
 */
const PLAINER: Record<string, string> = {
  'Validation aborted.': 'This document has the same fields too often to be compared (more than 500000 times); have each of them once.',
};

/**
 * For Apollo's `formatError`: formats errors as problems; only the log shows the details of a
 * defect.
 */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const original = unwrapResolverError(error);
  if (!(original instanceof GraphQLError)) return asProblem(formatted, original);
  if (formatted.extensions?.code === 'INTERNAL_SERVER_ERROR') return asProblem(formatted, original.originalError ?? new Error(original.message));
  return graphqlProblem({ ...formatted, message: shortened(PLAINER[formatted.message] ?? formatted.message, MESSAGE_LENGTH) });
}

function asProblem(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { message, extensions } = graphqlError(error);
  return { ...formatted, message, extensions };
}
