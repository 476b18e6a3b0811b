import { Args, Context, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { message } from '#apis';
import { Scopes } from '#auth';
import { money } from '#canonical';
import { isQuestion } from '#ownership';
import { type Listing, type ListInput, MoneyTotal } from '#read-model';
import type { PortalContext } from '../../request/portal-context.js';
import { loadSubject } from '../subject-loader.js';
import { Subject } from '../../values/subject.model.js';
import { Action } from '../../values/action.model.js';
import { actionOf, foreignMapping } from '../../viewer/permissions.rules.js';
import { exceptionGroups, exceptions, exceptionSource } from '../../exceptions/exception.list.js';
import {
  Exception,
  ExceptionGroup,
  ExceptionGroupBy,
  exceptionOf,
  type ExceptionFilter,
  type ExceptionGroupFilter,
  type ExceptionGroupRow,
  type ExceptionRow,
} from '../../exceptions/exception.model.js';

@Resolver(() => Exception)
export class ExceptionsResolver {
  @Query(() => exceptions.Connection, { description: 'What people must decide or correct.' })
  @Scopes('portal.read')
  exceptions(
    @Args({ type: () => exceptions.Args }) input: ListInput<ExceptionFilter>,
    @Context() context: PortalContext,
  ): Listing<ExceptionRow, ExceptionFilter> {
    return exceptions.of(context, input);
  }

  @Query(() => Exception, { nullable: true, description: 'One exception; null when there is none for this viewer.' })
  @Scopes('portal.read')
  async exception(@Args('id', { type: () => ID }) id: string, @Context() context: PortalContext): Promise<Exception | null> {
    const row = await context.row<ExceptionRow>(exceptionSource, id);
    return row && exceptionOf(row);
  }

  @ResolveField(() => Subject, { nullable: true, description: 'The subject of the work.' })
  subject(@Parent() { subjectId }: Exception, @Context() context: PortalContext): Promise<Subject | null> {
    return loadSubject(context, subjectId);
  }

  @ResolveField(() => [Action], { description: 'What the viewer may do with it now.' })
  actions(@Parent() { state, owner: desk, needs }: Exception, @Context() { viewer }: PortalContext): Action[] {
    const obstacle = state !== 'open' && state !== 'waiting' && message('action.exception-not-open', { state });
    const asks = needs.some(({ need, met }) => !met && isQuestion(need));
    return (['retryException', 'skipException', ...(asks ? (['answerException'] as const) : [])] as const).map(name =>
      actionOf(viewer, name, { desk, obstacle }),
    );
  }
}

@Resolver(() => ExceptionGroup)
export class ExceptionGroupsResolver {
  @Query(() => exceptionGroups.Connection, { description: 'Open exceptions by need.' })
  @Scopes('portal.read')
  exceptionGroups(
    @Args('by', { type: () => ExceptionGroupBy, defaultValue: ExceptionGroupBy.NEED }) _by: ExceptionGroupBy,
    @Args({ type: () => exceptionGroups.Args }) input: ListInput<ExceptionGroupFilter>,
    @Context() context: PortalContext,
  ): Listing<ExceptionGroupRow, ExceptionGroupFilter> {
    return exceptionGroups.of(context, input);
  }

  @ResolveField(() => [MoneyTotal], { description: 'The money that waits with them, per currency; each subject counted once.' })
  money(@Parent() { need }: ExceptionGroup, @Context() context: PortalContext): Promise<MoneyTotal[]> {
    return groupMoney(context, need);
  }

  @ResolveField(() => exceptions.Connection, { description: 'The exceptions of the group.' })
  exceptions(
    @Parent() { need }: ExceptionGroup,
    @Args({ type: () => exceptions.Args }) input: ListInput<ExceptionFilter>,
    @Context() context: PortalContext,
  ): Listing<ExceptionRow, ExceptionFilter> {
    return exceptions.of(context, input, 'need', need);
  }

  @ResolveField(() => [Action], { description: 'What the viewer may do with all of them.' })
  actions(@Parent() { need, owner: desk }: ExceptionGroup, @Context() { viewer }: PortalContext): Action[] {
    const retry = actionOf(viewer, 'retryExceptionGroup', { desk });
    return need.startsWith('mapping:') ? [retry, actionOf(viewer, 'setMapping', { obstacle: foreignMapping(viewer, need) })] : [retry];
  }
}

const groupMoney = (context: PortalContext, need: string): Promise<MoneyTotal[]> =>
  context
    .loader<MoneyTotal[]>('group money', async needs => {
      const rows = await context.reader.query<{ need: string; currency: string; amount: string; items: number; estimated: boolean }>(
        `select need, currency, sum(amount)::text amount, sum(items)::int items, bool_or(estimated) estimated
         from portal.exception_group_money where need = any($1::text[]) group by 1, 2 order by 1, 2`,
        [needs],
      );
      return needs.map(key =>
        rows.filter(row => row.need === key).map(({ items, estimated, ...row }) => ({ ...money(row.amount, row.currency), items, estimated })),
      );
    })
    .load(need);
