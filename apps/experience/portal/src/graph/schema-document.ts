import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaBuilderModule, GraphQLSchemaFactory } from '@nestjs/graphql';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { portalApi } from '#apis/portal';
import { declared } from './declared-schema.js';
import { resolvers } from './resolvers.js';

const HEADER = "# The portal's GraphQL schema, made from the code by `npm run graphql:schema`; `npm run graphql:check` compares.\n\n";

/**
 * The schema as text, from the code alone: nothing is connected or listening, and no setting is
 * needed.
 */
export async function schemaDocument(): Promise<string> {
  const app = await NestFactory.create(GraphQLSchemaBuilderModule, new FastifyAdapter(), { logger: false, abortOnError: false });
  await app.init();
  try {
    const schema = declared(await app.get(GraphQLSchemaFactory).create(resolvers), portalApi);
    return `${HEADER}${printSchema(lexicographicSortSchema(schema))}\n`;
  } finally {
    await app.close();
  }
}
