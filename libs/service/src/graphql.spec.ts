import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { Args, GraphQLModule, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineApi } from '#apis';
import { AccessGuard, AuthenticationGuard, CurrentPrincipal, Scopes, type Principal } from '#auth';
import { Problem } from '#canonical';
import { aDeclaration, testIssuer, type TestIssuer } from '#testing';
import type { AppDefinition } from './app-definition.js';
import { context } from './context/context.js';
import { rootOf } from './app-root.js';
import { adapterOf, createApp, prepare } from './create-app.js';
import { graphqlProblem } from './problems/graphql-problem.js';
import { configure } from './service.module.js';

@Resolver()
class GreetingsResolver {
  @Query(() => String)
  @Scopes('portal.read')
  greeting(@CurrentPrincipal() principal: Principal): string {
    return `${principal.clientId} ${context().correlationId} ${context().principal?.clientId}`;
  }

  @Mutation(() => String)
  @Scopes('portal.act')
  greet(@Args('name') name: string): string {
    if (name === 'nobody') throw new Problem('not-found', 'There is nobody.', { code: 'nobody' });
    if (name === 'bug') throw new Error('secret detail');
    return name;
  }
}

@Module({
  imports: [
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      path: '/graphql',
      graphiql: false,
      formatError: graphqlProblem,
    }),
  ],
  providers: [GreetingsResolver],
})
class GreetingsModule {}

const greetings: AppDefinition = {
  name: 'greetings',
  prefix: '/experience/greetings',
  module: GreetingsModule,
  title: 'Greetings',
  description: 'Says hello.',
  apis: [defineApi(aDeclaration({ app: 'greetings', layer: 'experience', graphql: true }), {})],
};

let issuer: TestIssuer;
let app: NestFastifyApplication;

beforeAll(async () => {
  issuer = await testIssuer();
  app = await createApp(greetings, { env: { ...process.env, LOG_LEVEL: 'silent', RATE_LIMIT_PER_MINUTE: '50' } });
});
afterAll(async () => {
  await app?.close();
  await issuer.close();
});

async function ask(query: string, headers: Record<string, string>) {
  const answer = await app.inject({ method: 'POST', url: '/graphql', payload: { query }, headers });
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: answer.json<{ data?: unknown; errors?: { message: string; extensions: Record<string, unknown> }[] }>(),
  };
}

describe('a GraphQL app', () => {
  it('answers a stranger 401 before it looks at the query', async () => {
    expect(await ask('{ nonsense', {})).toMatchObject({ status: 401, body: { type: 'urn:throughline:problem:unauthenticated' } });
  });

  it('runs an operation whose scope the caller holds, in the context of the request', async () => {
    const bearer = await issuer.bearer({ client: 'portal' });
    const { status, body } = await ask('{ greeting }', { ...bearer, 'x-correlation-id': 'affair-7' });
    expect([status, body]).toEqual([200, { data: { greeting: 'portal affair-7 portal' } }]);
  });

  it('refuses an operation whose scope the caller lacks, as a problem', async () => {
    const { body } = await ask('mutation { greet(name: "x") }', await issuer.bearer({ client: 'partner', scopes: ['portal.read'] }));
    expect(body.errors?.[0]?.extensions).toMatchObject({
      type: 'urn:throughline:problem:forbidden',
      status: 403,
      code: 'FORBIDDEN',
      problemCode: 'scope-missing',
    });
    expect(body.data ?? null).toBeNull();
  });

  it('carries the members of a problem in the extensions of an error', async () => {
    const { body } = await ask('mutation { greet(name: "nobody") }', await issuer.bearer({ client: 'portal' }));
    expect(body.errors?.[0]).toMatchObject({
      message: 'There is nobody.',
      extensions: { code: 'NOT_FOUND', problemCode: 'nobody', status: 404, retryable: false, correlationId: expect.any(String) as string },
    });
  });

  it('reveals nothing of a defect except its correlation id', async () => {
    const { body } = await ask('mutation { greet(name: "bug") }', await issuer.bearer({ client: 'portal' }));
    expect(JSON.stringify(body)).not.toContain('secret detail');
    expect(body.errors?.[0]?.extensions).toMatchObject({ type: 'urn:throughline:problem:internal', status: 500 });
  });

  it('makes a problem of a query that does not fit the schema', async () => {
    const { body } = await ask('{ nonsense }', await issuer.bearer({ client: 'portal' }));
    expect(body.errors?.[0]?.extensions).toMatchObject({ type: 'urn:throughline:problem:invalid', code: 'GRAPHQL_VALIDATION_FAILED' });
    expect(JSON.stringify(body)).not.toContain('stacktrace');
  });

  it('counts an operation of several fields as one call of its client', async () => {
    const bearer = await issuer.bearer({ client: 'operations' });
    const first = await ask('{ greeting }', bearer);
    const second = await ask('{ a: greeting b: greeting c: greeting }', bearer);
    expect([first.headers['ratelimit-remaining'], second.headers['ratelimit-remaining']]).toEqual(['49', '48']);
  });

  it('would answer anybody everything if the guards were not in its composition root', async () => {
    const nobody = { canActivate: () => true };
    const configured = configure(greetings, { ...process.env, LOG_LEVEL: 'silent', CONFORMANCE: 'report' });
    const built = await Test.createTestingModule({ imports: [rootOf(greetings, configured)] })
      .overrideProvider(AuthenticationGuard)
      .useValue(nobody)
      .overrideProvider(AccessGuard)
      .useValue(nobody)
      .compile();
    const open = await prepare(built.createNestApplication<NestFastifyApplication>(adapterOf(configured), { logger: false }), greetings);
    const answer = await open.inject({ method: 'POST', url: '/graphql', payload: { query: 'mutation { greet(name: "x") }' } });
    await open.close();
    expect([answer.statusCode, answer.json()]).toEqual([200, { data: { greet: 'x' } }]);
  });

  it('refuses to start when an operation states no scope', async () => {
    @Resolver()
    class OpenResolver {
      @Query(() => String)
      leak(): string {
        return 'x';
      }
    }
    @Module({ imports: [GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true })], providers: [OpenResolver] })
    class OpenModule {}
    await expect(createApp({ ...greetings, module: OpenModule }, { env: { ...process.env, LOG_LEVEL: 'silent' } })).rejects.toThrow(
      'greetings OpenResolver.leak: scope: it states neither @Scopes nor @Public',
    );
  });
});
