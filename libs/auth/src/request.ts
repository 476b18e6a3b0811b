import type { ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from './principal.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller, once authenticated. */
    principal?: Principal;
    /** The reply, for code that gets only the request: GraphQL operations. */
    reply?: FastifyReply;
  }
  interface FastifyContextConfig {
    /** Why this route needs no token. */
    public?: string;
  }
}

/** The HTTP request behind a REST handler or a GraphQL operation. */
export function requestOf(context: ExecutionContext): FastifyRequest {
  if (context.getType<string>() !== 'graphql') return context.switchToHttp().getRequest<FastifyRequest>();
  // a resolver's arguments: parent, args, context, info
  return context.getArgByIndex<{ req: FastifyRequest }>(2).req;
}

/** The reply; undefined for a GraphQL operation over a socket. */
export function replyOf(context: ExecutionContext): FastifyReply | undefined {
  return context.getType<string>() === 'graphql' ? requestOf(context).reply : context.switchToHttp().getResponse<FastifyReply>();
}
