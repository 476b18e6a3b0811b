import { Args, Context, ID, Mutation, Resolver } from '@nestjs/graphql';
import type { ExceptionActionBody, Outcome } from '#apis/exceptions';
import { Scopes } from '#auth';
import { Problem, type Desk } from '#canonical';
import { BusinessDate } from '#read-model';
import { ExceptionApps } from '../../clients.js';
import { Answers, ExceptionGroupPayload, ExceptionPayload } from '../../exceptions/exception-actions.model.js';
import { exceptionSource } from '../../exceptions/exception.list.js';
import { exceptionOf, type Exception, type ExceptionRow } from '../../exceptions/exception.model.js';
import { payload } from '../../request/payload.js';
import type { PortalContext } from '../../request/portal-context.js';
import { isOnDesk } from '../../viewer/permissions.rules.js';
import { checkTexts, KEY, REASON, refuseOtherDesk, refuseWithout } from '../../viewer/refusal.js';

// The read model follows the event log within moments. An answer waits at most this long for it, so
// that it shows the result.
const VISIBLE_WITHIN_MS = 2_000;
const LOOK_EVERY_MS = 50;

@Resolver()
export class ExceptionActionsResolver {
  constructor(private readonly apps: ExceptionApps) {}

  @Mutation(() => ExceptionPayload, { description: 'Retries the work.' })
  @Scopes('portal.act')
  retryException(
    @Args('id', { type: () => ID }) id: string,
    @Args('reason', { type: () => String, description: 'The reason; kept in its history.' }) reason: string,
    @Args('idempotencyKey', { type: () => String }) idempotencyKey: string,
    @Context() context: PortalContext,
  ): Promise<ExceptionPayload> {
    return this.#act('retryException', id, { action: 'retry', reason }, idempotencyKey, context);
  }

  @Mutation(() => ExceptionPayload, { description: 'Skips the work; events that wait behind it go on.' })
  @Scopes('portal.act')
  skipException(
    @Args('id', { type: () => ID }) id: string,
    @Args('reason', { type: () => String, description: 'The reason; kept in its history.' }) reason: string,
    @Args('idempotencyKey', { type: () => String }) idempotencyKey: string,
    @Context() context: PortalContext,
  ): Promise<ExceptionPayload> {
    return this.#act('skipException', id, { action: 'skip', reason }, idempotencyKey, context);
  }

  @Mutation(() => ExceptionPayload, {
    description:
      'Answers its question about a difference between systems, or about a sold rate, which only a person may decide. The answer holds until the difference changes.',
  })
  @Scopes('portal.act')
  answerException(
    @Args('id', { type: () => ID }) id: string,
    @Args('answer', { type: () => Answers }) answer: Outcome,
    @Args('reason', { type: () => String, description: 'The reason; kept with the decision.' }) reason: string,
    @Args('idempotencyKey', { type: () => String }) idempotencyKey: string,
    @Context() context: PortalContext,
    @Args('need', { type: () => ID, nullable: true, description: 'Which of its questions; all of them by default.' }) need?: string,
    @Args('from', {
      type: () => BusinessDate,
      nullable: true,
      description: 'For a sold rate: the first work date that it applies to; by default the day of the answer.',
    })
    from?: string,
    @Args('reRate', {
      type: () => Boolean,
      nullable: true,
      description: 'For a sold rate: whether approved lines from that day on that are on no invoice are priced again; by default they are not.',
    })
    reRate?: boolean,
  ): Promise<ExceptionPayload> {
    const body = { action: answer, reason, need: need ?? undefined, from: from ?? undefined, reRate: reRate ?? undefined };
    return this.#act('answerException', id, body, idempotencyKey, context);
  }

  @Mutation(() => ExceptionGroupPayload, {
    description: 'Retries all exceptions with one need: the oldest first, the rest once it has come through.',
  })
  @Scopes('portal.act')
  retryExceptionGroup(
    @Args('need', { type: () => ID }) need: string,
    @Args('reason', { type: () => String, description: 'The reason; kept in their histories.' }) reason: string,
    @Args('idempotencyKey', { type: () => String }) idempotencyKey: string,
    @Context() context: PortalContext,
  ): Promise<ExceptionGroupPayload> {
    return payload('retryExceptionGroup', context, async () => {
      refuseWithout(context.viewer, 'retryExceptionGroup');
      checkTexts({ reason: { value: reason, ...REASON }, idempotencyKey: { value: idempotencyKey, ...KEY } });
      const { apps, desks } = await membersOf(context, need);
      if (!desks.some(desk => isOnDesk(context.viewer, desk))) refuseOtherDesk(context.viewer, desks[0]);
      const exceptions = await this.#retryGroup(apps, need, reason, idempotencyKey);
      await context.refresh();
      return { need, exceptions };
    });
  }

  /**
   * Calls each app that raised some of the group. An app in which all of them are already being
   * retried has nothing to release. If one app fails, retrying with the same key reaches the rest:
   * the others answer the same again.
   */
  async #retryGroup(apps: string[], need: string, reason: string, key: string): Promise<number> {
    const answers: (number | Problem)[] = [];
    for (const app of apps) answers.push(await this.apps.actOnGroup(app, need, reason, key).then(({ exceptions }) => exceptions, nothingToRelease));
    const released = answers.filter(answer => typeof answer === 'number');
    if (released.length === 0) throw answers[0];
    return released.reduce((a, b) => a + b);
  }

  #act(
    name: 'retryException' | 'skipException' | 'answerException',
    id: string,
    body: ExceptionActionBody,
    key: string,
    context: PortalContext,
  ): Promise<ExceptionPayload> {
    return payload(name, context, async () => {
      refuseWithout(context.viewer, name);
      checkTexts({ reason: { value: body.reason, ...REASON }, idempotencyKey: { value: key, ...KEY } });
      const before = await context.row<ExceptionRow>(exceptionSource, id);
      if (!before) throw new Problem('not-found', `There is no exception ${id}.`);
      refuseOtherDesk(context.viewer, before.data.desk);
      const { history } = await this.apps.act(before.data.app, id, body, key);
      return exceptionAfter(context, before, history.length);
    });
  }
}

/**
 * Turns the answer of an app without anything to release into a value; rethrows every other
 * refusal.
 */
function nothingToRelease(error: unknown): Problem {
  if (error instanceof Problem && error.kind === 'not-found') return error;
  throw error;
}

/**
 * Which apps have unresolved exceptions that have or had this need, and the need's desk, as far as
 * the viewer sees them. Exceptions that are being retried are included, so that a repeated request
 * with the same key gets the same answer.
 */
async function membersOf(context: PortalContext, need: string): Promise<{ apps: string[]; desks: Desk[] }> {
  const [members] = await context.reader.query<{ apps: string[] | null; desks: Desk[] | null }>(
    `select array_agg(distinct x.app order by x.app) apps, array_agg(distinct n.desk) desks
     from portal.exception_need n join portal.exception x on x.id = n.exception_id
     where n.need = $1 and x.state in ('open', 'waiting', 'retrying')`,
    [need],
  );
  if (!members?.apps || !members.desks) throw new Problem('not-found', `No open exception needs ${need}.`);
  return { apps: members.apps, desks: members.desks };
}

async function exceptionAfter(context: PortalContext, before: ExceptionRow, entries: number): Promise<Exception> {
  const giveUpAt = Date.now() + VISIBLE_WITHIN_MS;
  for (;;) {
    await context.refresh();
    const now = (await context.row<ExceptionRow>(exceptionSource, before.id)) ?? before;
    if (now.data.history.length >= entries || Date.now() > giveUpAt) return exceptionOf(now);
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
