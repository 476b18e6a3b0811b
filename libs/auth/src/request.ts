import type { ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from './principal.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is calling, once authenticated. */
    principal?: Principal;
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

/** Its reply; absent for a GraphQL subscription over a socket. */
export function replyOf(context: ExecutionContext): FastifyReply | undefined {
  if (context.getType<string>() !== 'graphql') return context.switchToHttp().getResponse<FastifyReply>();
  const { res, reply } = context.getArgByIndex<{ res?: FastifyReply; reply?: FastifyReply }>(2);
  return res ?? reply;
}
