import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { JobLoop, type Next } from '#jobs';
import { Database, inTransaction, RELEASE, signalsOf, type Transaction, withFullView } from '#persistence';
import { Audit, isAway, log, Metrics } from '#service';
import { type Attempt, claim, forget, giveBack, nextDue, noteFailure, noteSuccess, secretsOf, settle } from './attempts.store.js';
import { waitAfter } from './back-off.rules.js';
import { endpoint } from './endpoint.table.js';
import { type Answered, ForbiddenAddress, guardedPost } from './guarded-post.js';
import { DUE, ENDPOINT_DISABLED, publish } from './outbox.js';
import { signedHeaders } from './signature.js';
import { WEBHOOKS, type WebhooksOptions } from './webhooks-options.token.js';
import { WebhooksConfig } from './webhooks.config.js';

/** Attempts under way in this process at the same time. */
const SENDERS = 8;
/** Where more is due than endpoints are asked at once, this is how soon to look again. */
const LEAST_WAIT_MS = 100;
const HOUR_MS = 3_600_000;
/** How long messages are kept for replays. */
const KEPT_MS = 30 * 24 * HOUR_MS;
const FORGOTTEN_AT_ONCE = 1_000;

/** What came of an attempt: an answer, or why there is none, in words for the endpoint's owner. */
type Result = Answered | { why: string };

/**
 * Sends what is due, each message at least once: an attempt whose process dies before it is settled
 * is made again. Only an answer of 2xx is a delivery.
 */
@Injectable()
export class Sender implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #loops: JobLoop[];
  readonly #sent;

  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly config: WebhooksConfig,
    @Inject(WEBHOOKS) private readonly options: WebhooksOptions,
    metrics: Metrics,
  ) {
    this.#sent = metrics.counter('throughline_webhook_attempts_total', 'Attempts to send webhooks, by what came of them.', ['outcome']);
    const loop = (name: string, work: (signal: AbortSignal) => Promise<Next>, pace: { firstMs: number; mostMs: number }, topics: string[] = []) =>
      new JobLoop({ part: 'webhooks', name, work, pace, topics, signals: () => signalsOf(database), clock: options.clock });
    this.#loops = [
      ...Array.from({ length: SENDERS }, (_, at) => loop(`sender ${at + 1}`, stop => this.#next(stop), { firstMs: 5_000, mostMs: 30_000 }, [DUE])),
      loop('old messages', () => this.#forgetOld(), { firstMs: HOUR_MS, mostMs: HOUR_MS }),
    ];
  }

  onApplicationBootstrap(): void {
    for (const loop of this.#loops) loop.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.#loops.map(loop => loop.stop()));
  }

  #next(stop: AbortSignal): Promise<Next> {
    return withFullView('it sends what is due to whomever', async () => {
      const attempt = await claim(this.database, this.#now());
      if (!attempt) return this.#untilDue();
      const result = await this.#send(attempt, stop);
      if (stop.aborted && 'why' in result) await giveBack(this.database, attempt);
      else await this.#settle(attempt, result);
      return true;
    });
  }

  async #untilDue(): Promise<Next> {
    const due = await nextDue(this.database);
    return due ? { inMs: Math.max(LEAST_WAIT_MS, due.getTime() - this.options.clock.wall()) } : false;
  }

  async #send({ endpointId, messageId, url, body }: Attempt, signal: AbortSignal): Promise<Result> {
    const now = this.#now();
    const secrets = await secretsOf(this.database, endpointId, now);
    const headers = { ...signedHeaders(messageId, now, body, secrets), 'content-type': 'application/json', 'user-agent': `Throughline/${RELEASE}` };
    const { timeoutMs, loopback } = this.config;
    try {
      return await guardedPost({ url: new URL(url), headers, body, timeoutMs, loopbackOpen: loopback, resolve: this.options.resolve, signal });
    } catch (error) {
      return { why: wordsFor(error, timeoutMs) };
    }
  }

  async #settle(attempt: Attempt, result: Result): Promise<void> {
    const status = 'status' in result ? result.status : undefined;
    const delivered = status !== undefined && status >= 200 && status < 300;
    const now = this.#now();
    const state = await inTransaction(this.database, async em => {
      if (delivered) {
        if (await settle(em, attempt, { state: 'delivered', now, status })) await noteSuccess(em, attempt, now);
        return 'delivered';
      }
      return this.#failed(em, attempt, result, now);
    });
    this.#sent.inc({ outcome: state });
  }

  async #failed(em: Transaction, attempt: Attempt, result: Result, now: Date): Promise<string> {
    const answered = 'status' in result ? result : undefined;
    const why = 'why' in result ? result.why : whyOf(result.status);
    const wait = waitAfter(attempt.attempts, now.getTime() - attempt.firstTriedAt.getTime(), Math.random(), answered?.retryAfterMs);
    const dueAt = wait === undefined ? undefined : new Date(now.getTime() + wait);
    const state = dueAt ? 'pending' : 'dead';
    if (!(await settle(em, attempt, { state, now, dueAt, status: answered?.status, why }))) return 'late';
    const since = await noteFailure(em, attempt, now, wait ?? 0);
    if (answered?.status === 410) await this.#disable(em, attempt, 'It answered 410: it is gone.', now);
    else if (now.getTime() - since.getTime() >= this.config.disableAfterHours * HOUR_MS)
      await this.#disable(em, attempt, `Nothing got through since ${since.toISOString()}; at last: ${why}`, now);
    return dueAt ? 'failed' : 'dead';
  }

  /** What waits for the endpoint goes on waiting, until its owner enables it. */
  async #disable(em: Transaction, { endpointId, owner }: Attempt, why: string, now: Date): Promise<void> {
    const rows = em.getRepository(endpoint.entity);
    const before = await rows.findOneBy({ id: endpointId });
    if (before?.state !== 'active') return;
    const after = { ...before, state: 'disabled' as const, why, changedAt: now };
    await rows.update({ id: endpointId }, after);
    await this.audit.record(em, { what: 'webhook-endpoint-disabled', subject: endpointId, before, after, why });
    const data = { id: endpointId, url: before.url, why };
    await publish(em, { id: `msg_${endpointId}_${now.getTime()}`, owner, type: ENDPOINT_DISABLED, key: endpointId, time: now, data }, now);
    await this.options.disabled?.(em, after);
    log.warn({ endpoint: endpointId, owner, why }, `webhooks: an endpoint of ${owner} is disabled`);
  }

  async #forgetOld(): Promise<Next> {
    const before = new Date(this.options.clock.wall() - KEPT_MS);
    return withFullView(
      'messages of every owner grow old',
      async () => (await forget(this.database, before, FORGOTTEN_AT_ONCE)) === FORGOTTEN_AT_ONCE,
    );
  }

  #now(): Date {
    return new Date(this.options.clock.wall());
  }
}

const whyOf = (status: number): string =>
  status >= 300 && status < 400 ? `It answered ${status}; redirects are not followed.` : `It answered ${status}.`;

/** Of a failed connection only what its owner may know: not how our network looks. */
function wordsFor(error: unknown, timeoutMs: number): string {
  if (error instanceof ForbiddenAddress) return 'Its name does not lead to a public address.';
  const { code, message } = error as NodeJS.ErrnoException;
  if (message.startsWith('it did not answer')) return `It did not answer within ${timeoutMs} ms.`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'Its name is unknown.';
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code ?? '')) return 'Its certificate is not accepted.';
  return isAway(error) ? 'No connection could be made.' : 'The connection broke off.';
}
