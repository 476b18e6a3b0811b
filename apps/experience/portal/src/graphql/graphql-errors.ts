import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { graphqlError, graphqlProblem } from '#service';

/** For Apollo's `formatError`: what a field's resolver threw is told as a problem; a defect's detail only the log sees. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const original = unwrapResolverError(error);
  if (original instanceof GraphQLError) return graphqlProblem(formatted);
  const { message, extensions } = graphqlError(original);
  return { ...formatted, message, extensions };
}
