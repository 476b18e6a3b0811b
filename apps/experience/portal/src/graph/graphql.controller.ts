import { HeaderMap, type ApolloServer } from '@apollo/server';
import { Body, Controller, HttpCode, Post, Req, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentPrincipal, Scopes, type Principal } from '#auth';
import { ChecksItsTexts, WritesNothing } from '#service';
import { ContextFactory } from '../request/context-factory.js';
import { checkDocument } from './limits/document.rules.js';
import type { PortalContext } from '../request/portal-context.js';
import type { PortalDriver } from './portal-driver.js';

/**
 * The entrance of /graphql: one POST. Its caller must hold portal.read before the query is looked
 * at.
 */
@ApiExcludeController()
@Controller({ version: VERSION_NEUTRAL })
export class GraphqlController {
  constructor(
    private readonly modules: ModuleRef,
    private readonly contexts: ContextFactory,
  ) {}

  // The process API that makes a change records it, with the states before and after.
  @Post('graphql')
  @ChecksItsTexts()
  @HttpCode(200)
  @Scopes('portal.read')
  @WritesNothing()
  async execute(
    @Body() body: unknown,
    @CurrentPrincipal() viewer: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const context = this.contexts.of(request, reply, viewer);
    try {
      const answer = await this.#server().executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method: 'POST', headers: headersOf(request), search: '', body },
        // Apollo calls this first: a request refused here is neither parsed nor validated.
        context: async () => {
          checkDocument(documentOf(body));
          return context;
        },
      });
      for (const [name, value] of answer.headers) void reply.header(name, value);
      if (answer.status) void reply.code(answer.status);
      if (answer.body.kind === 'chunked') throw new Error('the schema has no @defer or @stream');
      return answer.body.string;
    } finally {
      await context.reader.close();
    }
  }

  #server(): ApolloServer<PortalContext> {
    const { graphQlAdapter } = this.modules.get(GraphQLModule, { strict: false });
    return (graphQlAdapter as PortalDriver).instance as unknown as ApolloServer<PortalContext>;
  }
}

function documentOf(body: unknown): string {
  const { query } = (body ?? {}) as { query?: unknown };
  return typeof query === 'string' ? query : '';
}

function headersOf(request: FastifyRequest): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  return headers;
}
