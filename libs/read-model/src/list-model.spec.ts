import { NestFactory } from '@nestjs/core';
import { Args, Context, Field, GraphQLSchemaBuilderModule, GraphQLSchemaFactory, InputType, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { GraphQLEnumType, GraphQLObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { oneOf, type ListSource } from './list-source.js';
import { IdsField, type ListContext, type ListInput, listModel } from './list-model.js';

@ObjectType()
class Opening {
  @Field(() => String) id: string;
}

@InputType()
class OpeningFilter {
  @IdsField() ids?: string[];
}

const plain: ListSource<OpeningFilter> = {
  name: 'openings',
  from: 'bureau.opening t',
  columns: 't.id',
  id: 't.id',
  orders: { startsOn: { sql: 't.starts_on', type: 'date' } },
  filters: { ids: oneOf('t.id') },
  facets: {},
};
const listOf = (name: string, source: ListSource<OpeningFilter>) =>
  listModel<Opening, OpeningFilter>({
    name,
    node: () => Opening,
    nodeOf: row => row,
    filter: OpeningFilter,
    source,
    defaultOrder: { by: 'startsOn', descending: false },
  });

const openings = listOf('Opening', plain);
const priced = listOf('PricedOpening', {
  ...plain,
  facets: { role: { sql: 't.role', filter: 'ids' } },
  money: { amount: 't.rate', currency: 't.currency' },
});

@Resolver()
class OpeningsResolver {
  @Query(() => openings.Connection)
  openings(@Args({ type: () => openings.Args }) input: ListInput<OpeningFilter>, @Context() context: ListContext): object {
    return openings.of(context, input);
  }

  @Query(() => priced.Connection)
  pricedOpenings(@Args({ type: () => priced.Args }) input: ListInput<OpeningFilter>, @Context() context: ListContext): object {
    return priced.of(context, input);
  }
}

async function schema() {
  const app = await NestFactory.create(GraphQLSchemaBuilderModule, new FastifyAdapter(), { logger: false });
  await app.init();
  try {
    return await app.get(GraphQLSchemaFactory).create([OpeningsResolver, ...openings.resolvers, ...priced.resolvers]);
  } finally {
    await app.close();
  }
}

describe("a list's schema", () => {
  it('is made from its source: only what is ordered, faceted and summed there', async () => {
    const made = await schema();
    const fields = (name: string) => Object.keys((made.getType(name) as GraphQLObjectType).getFields()).sort();
    const words = (name: string) => (made.getType(name) as GraphQLEnumType).getValues().map(value => value.name);
    expect(fields('OpeningConnection')).toEqual(['edges', 'freshness', 'nodes', 'pageInfo', 'totalCount']);
    expect(fields('PricedOpeningConnection')).toEqual(['edges', 'facets', 'freshness', 'nodes', 'pageInfo', 'totalCount', 'totals']);
    expect([words('OpeningOrderBy'), words('PricedOpeningFacet')]).toEqual([['STARTS_ON'], ['ROLE']]);
  });

  it.each([0, -1, 201, 1.5])('refuses a page of %s rows', first => {
    expect(() => openings.of({ lists: undefined } as never, { first })).toThrow(`A page has 1 to 200 rows, not ${first}.`);
  });

  it('uses its own order by default', () => {
    expect(openings.of({ lists: undefined } as never, { first: 1 }).ask.args).toEqual({
      first: 1,
      after: null,
      filter: {},
      order: { by: 'startsOn', descending: false },
    });
  });
});
