import { Args, Context, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Scopes } from '#auth';
import { text } from '#apis';
import { Freshness, type Listing, type ListInput, OrderDirection } from '#read-model';
import { isOfLines, scopeOf } from '../../billing/billed.rules.js';
import { billingLines } from '../../billing/billing-line.list.js';
import type { BillingLineFilter, BillingLineRow } from '../../billing/billing-line.model.js';
import { BillingSummary } from '../../billing/billing-summary.model.js';
import { summaryOfLines } from '../../billing/billing-summary.js';
import { standingOf, standingOfLine } from '../../billing/billing-summary.rules.js';
import { exceptions, exceptionSource } from '../../exceptions/exception.list.js';
import { Exception, exceptionOf, type ExceptionFilter, type ExceptionRow } from '../../exceptions/exception.model.js';
import type { PortalContext } from '../../request/portal-context.js';
import { findById } from '../../subjects/subject-search.js';
import { loadSubject } from '../subject-loader.js';
import { Subject, SubjectKind } from '../../values/subject.model.js';
import { codedOf, paramsOf, Sentence } from '../../values/sentence.model.js';
import { lineHead } from '../../journeys/line-head.js';
import { journeySteps } from '../../journeys/journey.list.js';
import { lineStepSource } from '../../journeys/line-step.list.js';
import { Journey, JourneyStep, NextStep, type JourneyStepFilter, type JourneyStepRow } from '../../journeys/journey.model.js';
import { summaryOf } from '../../journeys/journey.rules.js';

const BLOCKING_AT_MOST = 20;

@Resolver(() => Journey)
export class JourneysResolver {
  @Query(() => Journey, {
    nullable: true,
    description:
      "The journey of a deal, project, time entry, timesheet, expense, invoice or other subject by canonical id or by any system's own id; of a worker's week as worker:<worker id>:<ISO week, e.g. 2026-W46>; of a project's month as project:<project id>:<month, e.g. 2026-11>. Null when nobody has that id.",
  })
  @Scopes('portal.read')
  async journey(
    @Args('of', { type: () => ID, description: "A canonical id, any system's native id, or a worker's week or a project's month." }) of: string,
    @Args('kind', { type: () => SubjectKind, nullable: true, description: 'Which kind is meant, when the id means several things.' })
    kind: SubjectKind | null,
    @Args('system', {
      type: () => String,
      nullable: true,
      description: 'Which system the native id is from: a vendor product, by its name in lower case.',
    })
    system: string | null,
    @Context() context: PortalContext,
  ): Promise<Journey | null> {
    const matches = await findById(context, of, kind ? [kind] : null, system);
    if (matches.length === 0) return null;
    return { of, matches, ambiguous: matches.length > 1, line: matches.length === 1 ? matches[0].id : null };
  }

  @ResolveField(() => Subject, { nullable: true, description: 'The subject of the journey; null when ambiguous.' })
  subject(@Parent() { line }: Journey, @Context() context: PortalContext): Promise<Subject | null> | null {
    return line === null ? null : loadSubject(context, line);
  }

  @ResolveField(() => journeySteps.Connection, { description: 'What happened, in order.' })
  steps(
    @Parent() { line }: Journey,
    @Args({ type: () => journeySteps.Args }) input: ListInput<JourneyStepFilter>,
    @Context() context: PortalContext,
  ): Listing<JourneyStepRow, JourneyStepFilter> {
    if (line !== null && isOfLines(line)) return journeySteps.of(context, input, scopeOf(line), line, lineStepSource);
    return journeySteps.of(context, input, 'line', line ?? '');
  }

  @ResolveField(() => Sentence, { description: 'Where it stands, in a sentence.' })
  async summary(@Parent() { line, matches }: Journey, @Context() context: PortalContext): Promise<Sentence> {
    if (line !== null && isOfLines(line)) {
      const scope = scopeOf(line)!;
      const summed = await summaryOfLines(context, scope, line);
      return scope === 'line' ? standingOfLine(summed) : standingOf(summed);
    }
    return summaryOf(line === null ? { matches: matches.length } : await lineHead(context, line));
  }

  @ResolveField(() => BillingSummary, {
    nullable: true,
    description: 'The states of its lines of time and expenses on their way to the bank, summed up; null when it can have none, and when ambiguous.',
  })
  billing(@Parent() { line }: Journey, @Context() context: PortalContext): Promise<BillingSummary> | null {
    const scope = line === null ? undefined : scopeOf(line);
    return scope === undefined ? null : summaryOfLines(context, scope, line!);
  }

  @ResolveField(() => billingLines.Connection, {
    nullable: true,
    description:
      'These lines: state, money, and for each what blocks it, on whose desk and since when. Null when it can have none, and when ambiguous.',
  })
  billingLines(
    @Parent() { line }: Journey,
    @Args({ type: () => billingLines.Args }) input: ListInput<BillingLineFilter>,
    @Context() context: PortalContext,
  ): Listing<BillingLineRow, BillingLineFilter> | null {
    const scope = line === null ? undefined : scopeOf(line);
    return scope === undefined ? null : billingLines.of(context, input, scope, line);
  }

  @ResolveField(() => [Exception], { description: `What it waits for, the most urgent first; at most ${BLOCKING_AT_MOST}.` })
  async blocking(@Parent() { line }: Journey, @Context() context: PortalContext): Promise<Exception[]> {
    if (line === null) return [];
    const filter: ExceptionFilter = { state: ['open', 'waiting', 'retrying'] };
    const list = exceptions.of(
      context,
      { first: BLOCKING_AT_MOST, filter, order: { by: 'dueAt', direction: OrderDirection.ASCENDING } },
      isOfLines(line) ? `lines of ${scopeOf(line)}` : 'line',
      line,
    );
    return (await list.page()).rows.map(({ row }) => exceptionOf(row));
  }

  @ResolveField(() => [NextStep], { description: 'What comes next, for each business transaction of the journey that is under way.' })
  async next(@Parent() { line }: Journey, @Context() context: PortalContext): Promise<NextStep[]> {
    return line === null || isOfLines(line)
      ? []
      : (await lineHead(context, line)).next.map(({ subject, kind, params }) => ({ subjectId: subject, kind, params: paramsOf(params) }));
  }

  @ResolveField(() => [Freshness], { description: 'How far each source has been read into this journey.' })
  freshness(@Context() context: PortalContext): Promise<Freshness[]> {
    return context.freshness();
  }
}

@Resolver(() => JourneyStep)
export class JourneyStepsResolver {
  @ResolveField(() => String, { description: 'The step as a sentence: in `language`, else as Accept-Language says, else in English.' })
  text(
    @Parent() { kind, params }: JourneyStep,
    @Args('language', { type: () => String, nullable: true }) language: string | null,
    @Context() { language: preferred }: PortalContext,
  ): string {
    return text(codedOf({ code: kind, params }), language ?? preferred);
  }

  @ResolveField(() => NextStep, { nullable: true, description: 'The expected next step, as known then.' })
  next(@Parent() { subjectId, nextStep }: JourneyStep): NextStep | null {
    return nextStep && { subjectId, kind: nextStep.kind, params: paramsOf(nextStep.params) };
  }

  @ResolveField(() => Subject, { nullable: true })
  subject(@Parent() { subjectId }: JourneyStep, @Context() context: PortalContext): Promise<Subject | null> {
    return loadSubject(context, subjectId);
  }

  @ResolveField(() => Exception, { nullable: true, description: 'The exception that it raised or ended.' })
  async exception(@Parent() { exceptionId }: JourneyStep, @Context() context: PortalContext): Promise<Exception | null> {
    const row = exceptionId === null ? null : await context.row<ExceptionRow>(exceptionSource, exceptionId);
    return row && exceptionOf(row);
  }
}

@Resolver(() => NextStep)
export class NextStepsResolver {
  @ResolveField(() => String)
  text(
    @Parent() { kind, params }: NextStep,
    @Args('language', { type: () => String, nullable: true }) language: string | null,
    @Context() { language: preferred }: PortalContext,
  ): string {
    return text(codedOf({ code: kind, params }), language ?? preferred);
  }
}
