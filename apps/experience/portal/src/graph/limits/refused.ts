import { HeaderMap } from '@apollo/server';
import { GraphQLError, type ASTNode } from 'graphql';
import type { Problem } from '#canonical';
import { graphqlError, statusOf } from '#service';

/**
 * An error that refuses a whole request before any of it runs: code, status 400, and the place in
 * the document.
 */
export const refused = (message: string, code: string, more: Record<string, unknown> = {}, nodes: readonly ASTNode[] = []): GraphQLError =>
  new GraphQLError(message, { nodes, extensions: { code, ...more, http: { status: 400 } } });

/** The same for a problem, which has its own status. */
export function refusedBy(problem: Problem): GraphQLError {
  const { message, extensions } = graphqlError(problem);
  const headers = new HeaderMap();
  if (problem.retryAfterMs !== undefined) headers.set('retry-after', String(Math.ceil(problem.retryAfterMs / 1_000)));
  return new GraphQLError(message, { extensions: { ...extensions, http: { status: statusOf(problem), headers } } });
}
