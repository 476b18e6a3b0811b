import { type Type } from '@nestjs/common';
import { Args, ArgsType, Context, Field, ID, InputType, Int, ObjectType, Parent, registerEnumType, ResolveField, Resolver } from '@nestjs/graphql';
import { Problem } from '#canonical';
import { Freshness } from './freshness.model.js';
import { MoneyTotal } from './money.model.js';
import type { ListArgs, ListSource } from './list-source.js';
import { Facet, OrderDirection, PageInfo, TotalCount } from './list.model.js';
import type { ListRequest, Lists, Page } from './lists.js';

export const FIRST_BY_DEFAULT = 50;
export const FIRST_AT_MOST = 200;

/** What a request provides for its lists. */
export interface ListContext {
  lists: Lists;
  /** How far each source has been read. */
  freshness(): Promise<Freshness[]>;
}

/** The arguments of a list field, as the query gives them. */
export interface ListInput<F extends object> {
  first: number;
  after?: string | null;
  filter?: F | null;
  order?: { by: string; direction: OrderDirection } | null;
}

/** A list as requested. Each of its parts is read only when the query selects it. */
export class Listing<R extends object, F extends object> {
  constructor(
    readonly lists: Lists,
    readonly ask: ListRequest<F>,
    readonly nodeOf: (row: R) => object,
  ) {}

  page(): Promise<Page<R>> {
    return this.lists.page<R, F>(this.ask);
  }
}

interface ListOptions<R extends object, F extends object> {
  /** Type prefix: `Deal` gives DealConnection, DealEdge, DealOrder, DealOrderBy, DealFacet. */
  name: string;
  node: () => Type;
  nodeOf: (row: R) => object;
  filter: Type<F>;
  source: ListSource<F>;
  defaultOrder: { by: string; descending: boolean };
}

const constantCase = (text: string): string => text.replace(/[A-Z]/g, letter => `_${letter}`).toUpperCase();
const enumOf = (keys: string[]): Record<string, string> => Object.fromEntries(keys.map(key => [constantCase(key), key]));

/**
 * Makes all schema types of a list from its source. There is one convention, so all lists are
 * alike.
 */
export function listModel<R extends object, F extends object>(options: ListOptions<R, F>) {
  const { name, node, nodeOf, filter, source, defaultOrder } = options;
  const By = enumOf(Object.keys(source.orders));
  registerEnumType(By, { name: `${name}OrderBy` });

  @InputType(`${name}Order`)
  class Order {
    @Field(() => By) by: string;
    @Field(() => OrderDirection, { defaultValue: OrderDirection.ASCENDING }) direction: OrderDirection;
  }

  @ArgsType()
  class ListArguments {
    @Field(() => Int, { defaultValue: FIRST_BY_DEFAULT, description: `1 to ${FIRST_AT_MOST}.` }) first: number;
    @Field(() => String, { nullable: true, description: 'The cursor of the last row seen.' }) after?: string;
    @Field(() => filter, { nullable: true }) filter?: F;
    @Field(() => Order, { nullable: true }) order?: Order;
  }

  @ObjectType(`${name}Edge`)
  class Edge {
    @Field(() => String) cursor: string;
    @Field(node) node: object;
  }

  @ObjectType(`${name}Connection`)
  class Connection {}

  @Resolver(() => Connection)
  class ConnectionResolver {
    @ResolveField(() => [node()], { description: 'The rows of this page.' })
    async nodes(@Parent() list: Listing<R, F>): Promise<object[]> {
      return (await list.page()).rows.map(({ row }) => list.nodeOf(row));
    }

    @ResolveField(() => [Edge], { description: 'The same rows, each with its cursor.' })
    async edges(@Parent() list: Listing<R, F>): Promise<Edge[]> {
      return (await list.page()).rows.map(({ row, cursor }) => ({ cursor, node: list.nodeOf(row) }));
    }

    @ResolveField(() => PageInfo)
    async pageInfo(@Parent() list: Listing<R, F>): Promise<PageInfo> {
      const { rows, hasNextPage } = await list.page();
      return { hasNextPage, endCursor: rows.at(-1)?.cursor ?? null };
    }

    @ResolveField(() => TotalCount)
    totalCount(@Parent() list: Listing<R, F>): Promise<TotalCount> {
      return list.lists.count(list.ask);
    }

    @ResolveField(() => [Freshness], { description: 'How fresh what this list is made of is.' })
    freshness(@Context() context: ListContext): Promise<Freshness[]> {
      return context.freshness();
    }
  }

  const resolvers: Type[] = [ConnectionResolver];
  if (Object.keys(source.facets).length > 0) resolvers.push(facetsResolver(name, Connection, source));
  if (source.money) resolvers.push(totalsResolver(Connection));

  /** `from` is another source of the same rows, with the same orders, filters and facets. */
  const of = (context: ListContext, input: ListInput<F>, scope: string | null = null, parent: string | null = null, from = source): Listing<R, F> =>
    new Listing(context.lists, { source: from, scope, parent, args: checked(input, defaultOrder) }, nodeOf);

  return { Connection: Connection as Type, Args: ListArguments as Type, Edge: Edge as Type, resolvers, of };
}

function facetsResolver<F extends object>(name: string, Connection: Type, source: ListSource<F>): Type {
  const Facets = enumOf(Object.keys(source.facets));
  registerEnumType(Facets, { name: `${name}Facet` });

  @Resolver(() => Connection)
  class FacetsResolver {
    @ResolveField(() => [Facet])
    facets(
      @Parent() list: Listing<object, F>,
      @Args('by', { type: () => [Facets], nullable: true, description: 'All that there are when not said.' }) by: string[] | null,
    ): Promise<Facet[]> {
      return Promise.all(
        [...new Set(by ?? Object.values(Facets))].map(async facet => ({ name: facet, values: await list.lists.facet(list.ask, facet) })),
      );
    }
  }
  return FacetsResolver;
}

function totalsResolver(Connection: Type): Type {
  @Resolver(() => Connection)
  class TotalsResolver {
    @ResolveField(() => [MoneyTotal], { description: 'The sum of all rows the filter lets through, on whatever page, per currency.' })
    totals(@Parent() list: Listing<object, object>): Promise<MoneyTotal[]> {
      return list.lists.totals(list.ask);
    }
  }
  return TotalsResolver;
}

function checked<F extends object>({ first, after, filter, order }: ListInput<F>, defaultOrder: { by: string; descending: boolean }): ListArgs<F> {
  checkFirst(first);
  return {
    first,
    after: after ?? null,
    filter: filter ?? ({} as F),
    order: order ? { by: order.by, descending: order.direction === OrderDirection.DESCENDING } : defaultOrder,
  };
}

export function checkFirst(first: number): void {
  if (Number.isInteger(first) && first >= 1 && first <= FIRST_AT_MOST) return;
  throw new Problem('invalid', `A page has 1 to ${FIRST_AT_MOST} rows, not ${first}.`, {
    fields: [{ field: 'first', rule: 'range', message: `first must be from 1 to ${FIRST_AT_MOST}` }],
  });
}

/** The filter by id, which every list has. */
export const IdsField = (): PropertyDecorator => Field(() => [ID], { nullable: true });
