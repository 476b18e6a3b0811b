import { setTimeout as sleep } from 'node:timers/promises';
import type { Counter, Histogram } from 'prom-client';
import { boundedText, cleanText, shortened, fetchHere, MOST_ANSWER_BYTES, Problem, TooLarge } from '#canonical';
import type { Database } from '#persistence';
import { context, log, type Metrics } from '#service';
import { AlreadyThere } from './already-there.js';
import type { AuthScheme, Authorization } from './auth-scheme.js';
import { Breaker, BREAKER_OPEN, HURRIED } from './breaker.js';
import { backoffMs, codeOf, codeOfWrite, NOT_CONNECTED, outcomeOf, reasonOf } from './call-outcomes.js';
import { QuotaGate } from './quota-gate.js';
import { redactText } from './redaction.js';
import { type CodeTable, refusalProblem } from './refusals.js';
import { retryAfterMs, type VendorAnswer, vendorAnswer, type VendorCall } from './vendor-answer.js';
import { VendorClock } from './vendor-clock.js';
import { currentGuard } from './write-guard.js';

export interface ConnectorOptions {
  /** The vendor product, e.g. `kantata`. */
  vendor: string;
  /** The tenant at the vendor; with `vendor` it names the quota. */
  account: string;
  baseUrl: string;
  auth: AuthScheme;
  /** How many calls all processes together may run at once in this account. */
  concurrency: number;
  /** A call's time limit when neither the call nor the context sets a shorter one; default 30 s. */
  timeoutMs?: number;
  /** The largest answer accepted; default 64 MiB. */
  mostAnswerBytes?: number;
  /** Where the quota's permits are kept (`connectorMigrations`). */
  dataSource: Database;
  metrics: Metrics;
  /**
   * The vendor's refusals. A read is repeated when its problem is retryable. A write is never
   * repeated here: one that certainly was not made has the code `not-made` or is a refusal; one
   * whose outcome is unknown has the code `outcome-unknown`.
   */
  codes: CodeTable;
  /** Shared by connectors of one account; by default each makes its own. */
  gate?: QuotaGate;
  breaker?: { resetMs?: number; volume?: number };
}

const TIMEOUT_MS = 30_000;
const READ_ATTEMPTS = 5;

/**
 * Calls one vendor account. Reads are retried within the deadline, writes never. A write's problem
 * distinguishes what certainly was not made (code `not-made`, or a refusal) from an unknown outcome
 * (`vendor-unavailable`, code `outcome-unknown`).
 */
export class Connector {
  readonly clock: VendorClock;
  readonly #gate: QuotaGate;
  readonly #breaker: Breaker;
  readonly #calls: Counter;
  readonly #seconds: Histogram;

  constructor(private readonly options: ConnectorOptions) {
    const { vendor, account, dataSource, metrics, concurrency } = options;
    this.#gate = options.gate ?? new QuotaGate({ dataSource, vendor, account, limit: concurrency });
    this.clock = new VendorClock(vendor, account, metrics);
    this.#breaker = new Breaker(`${vendor} ${account}`, options.breaker);
    this.#calls = metrics.counter('throughline_vendor_calls_total', 'Calls to vendors by how they ended.', ['vendor', 'operation', 'outcome']);
    this.#seconds = metrics.histogram('throughline_vendor_call_seconds', 'Time a call to a vendor took, waiting included.', [
      'vendor',
      'operation',
      'outcome',
    ]);
  }

  /** Throws a Problem for every answer whose status isn't accepted, and when there is no answer. */
  async send(call: VendorCall): Promise<VendorAnswer> {
    const startedAt = performance.now();
    if (call.kind === 'read') currentGuard()?.readMade();
    try {
      if (call.kind === 'write') currentGuard()?.beforeSend(); // checked again just before sending
      const answer = await this.#withRetries(call, this.#deadlineOf(call, startedAt));
      this.#note(call, 'ok', startedAt);
      return answer;
    } catch (error) {
      const problem = this.#problemOf(error, call);
      this.#note(call, outcomeOf(problem), startedAt, problem);
      throw problem;
    }
  }

  /** Returns the permits; for the app's shutdown. */
  async close(): Promise<void> {
    this.#breaker.close();
    await this.#gate.stop();
  }

  /** The earliest of the call's limit, the caller's deadline and a write's lease; performance.now(). */
  #deadlineOf(call: VendorCall, startedAt: number): number {
    const own = startedAt + (call.deadlineMs ?? this.#timeoutMs);
    const { deadlineAt } = context();
    const callers = deadlineAt === undefined ? Infinity : startedAt + (Date.parse(deadlineAt) - Date.now());
    const lease = call.kind === 'write' ? startedAt + (currentGuard()?.remainingMs() ?? Infinity) : Infinity;
    return Math.min(own, callers, lease);
  }

  async #withRetries(call: VendorCall, deadline: number): Promise<VendorAnswer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#throughGate(call, deadline);
      } catch (error) {
        const again =
          call.kind === 'read' && error instanceof Problem && error.retryable && attempt < READ_ATTEMPTS && error.vendor?.code !== BREAKER_OPEN;
        if (!again) throw error;
        const delayMs = backoffMs(attempt, error.retryAfterMs);
        if (performance.now() + delayMs >= deadline) throw error;
        log.debug({ ...this.#facts(call), attempt, delayMs, problem: error.detail }, 'read failed, will retry');
        await sleep(delayMs);
      }
    }
  }

  async #throughGate(call: VendorCall, deadline: number): Promise<VendorAnswer> {
    const leave = await this.#gate.enter(deadline);
    try {
      const answer = await this.#breaker.fire(() => this.#exchange(call, deadline));
      this.#gate.eased();
      return answer;
    } catch (error) {
      if (error instanceof Problem && error.kind === 'rate-limited') this.#gate.throttled(error.retryAfterMs);
      throw error;
    } finally {
      leave();
    }
  }

  async #exchange(call: VendorCall, deadline: number): Promise<VendorAnswer> {
    const first = await this.#authorize(deadline);
    const answer = await this.#once(call, first, deadline);
    // A 401 comes before anything is done, so even a write may be sent again.
    if (answer.status === 401 && this.options.auth.renew(first)) {
      const again = await this.#once(call, await this.#authorize(deadline), deadline);
      return this.#accepted(call, again);
    }
    return this.#accepted(call, answer);
  }

  async #authorize(deadline: number): Promise<Authorization> {
    try {
      return await this.options.auth.authorize(AbortSignal.timeout(msUntil(deadline)));
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw new Problem('vendor-unavailable', `${this.options.vendor}: the log-in was not answered in time`, { code: 'not-made', cause: error });
    }
  }

  async #once(call: VendorCall, authorization: Authorization, deadline: number): Promise<VendorAnswer> {
    const startedAt = performance.now();
    const { url, init } = this.#request(call, authorization);
    const guard = call.kind === 'write' ? currentGuard() : undefined;
    guard?.beforeSend();
    const sentAt = Date.now();
    try {
      const response = await fetchHere(url, { ...init, signal: AbortSignal.timeout(msUntil(deadline)) });
      const receivedAt = Date.now();
      const text = await boundedText(response, this.options.mostAnswerBytes ?? MOST_ANSWER_BYTES);
      const headers = Object.fromEntries(response.headers);
      return vendorAnswer(response.status, headers, text, this.clock.heard(headers.date, sentAt, receivedAt));
    } catch (cause) {
      const problem = cause instanceof TooLarge ? this.#tooLarge(call, cause) : this.#unanswered(call, cause, deadline - startedAt < this.#timeoutMs);
      guard?.ended(problem.code === 'not-made' ? 'not-made' : 'unknown');
      throw problem;
    }
  }

  #accepted(call: VendorCall, answer: VendorAnswer): VendorAnswer {
    const guard = call.kind === 'write' ? currentGuard() : undefined;
    const accepted = call.accept?.includes(answer.status) ?? (answer.status >= 200 && answer.status < 300);
    if (accepted) {
      guard?.ended('answered');
      return answer;
    }
    const problem = this.#refusal(answer, call);
    guard?.ended(problem.code === 'outcome-unknown' ? 'unknown' : 'not-made');
    throw problem;
  }

  #refusal(answer: VendorAnswer, call: VendorCall): Problem {
    const told = this.refusalOf(answer, call);
    const waitMs = told.retryAfterMs ?? retryAfterMs(answer.headers);
    const code = call.kind === 'read' ? told.code : codeOfWrite(told);
    return this.#clean(told, { code, ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }) });
  }

  /** The refusal that the vendor's table finds in an answer with an accepted status. */
  refusalOf(answer: VendorAnswer, call: Pick<VendorCall, 'operation' | 'kind'>): Problem {
    return refusalProblem(this.options.vendor, this.options.codes, answer, call);
  }

  /** A retry would be as large. */
  #tooLarge(call: VendorCall, cause: TooLarge): Problem {
    const { vendor: system } = this.options;
    const vendor = { system, operation: call.operation, code: 'answer-too-large', message: cause.message };
    const detail = `${system} answered ${call.operation} with more than ${cause.mostBytes} bytes`;
    if (call.kind === 'write') return new Problem('vendor-unavailable', detail, { code: 'outcome-unknown', cause, vendor });
    return new Problem('vendor-unavailable', detail, { code: 'answer-too-large', retryable: false, cause, vendor });
  }

  #unanswered(call: VendorCall, cause: unknown, hurried: boolean): Problem {
    const { vendor } = this.options;
    const why = redactText(reasonOf(cause), this.options.auth.secrets());
    const neverLeft = NOT_CONNECTED.test(codeOf(cause));
    const code = call.kind === 'read' ? undefined : neverLeft ? 'not-made' : 'outcome-unknown';
    const what = neverLeft ? 'could not be reached' : 'did not answer';
    return new Problem('vendor-unavailable', `${vendor} ${what} (${call.operation}): ${why}`, {
      code,
      cause,
      vendor: {
        system: vendor,
        operation: call.operation,
        code: hurried && codeOf(cause) === 'TimeoutError' ? HURRIED : codeOf(cause),
        message: why,
      },
    });
  }

  get #timeoutMs(): number {
    return this.options.timeoutMs ?? TIMEOUT_MS;
  }

  #request(call: VendorCall, authorization: Authorization): { url: URL; init: RequestInit } {
    const url = this.#url(call, authorization.baseUrl ?? this.options.baseUrl);
    const { correlationId } = context();
    const headers: Record<string, string> = {
      accept: 'application/json',
      'x-correlation-id': correlationId,
      ...lowerCase(call.headers ?? {}),
      ...authorization.headers,
    };
    if (call.body === undefined) return { url, init: { method: call.method, headers } };
    if (typeof call.body === 'string' || call.body instanceof URLSearchParams)
      return { url, init: { method: call.method, headers, body: call.body } };
    return { url, init: { method: call.method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(call.body) } };
  }

  #url(call: VendorCall, baseUrl: string): URL {
    const base = new URL(baseUrl);
    const link = /^https?:/.test(call.path) ? call.path : base.href.replace(/\/$/, '') + (call.path.startsWith('/') ? '' : '/') + call.path;
    const url = URL.parse(link);
    // Our token is sent nowhere else, whatever link an answer contains.
    const ours = url !== null && (url.origin === base.origin || url.origin === new URL(this.options.baseUrl).origin);
    if (!ours)
      throw new Problem('vendor-unavailable', `${this.options.vendor} gave a link to another host: ${url?.origin ?? shortened(call.path, 200)}`, {
        code: call.kind === 'write' ? 'not-made' : 'malformed-answer',
        retryable: false,
      });
    const query = call.query instanceof URLSearchParams ? [...call.query] : Object.entries(call.query ?? {});
    for (const [name, value] of query) if (value !== undefined) url.searchParams.append(name, String(value));
    return url;
  }

  /** A defect of ours is passed on as it is; a Problem contains no secret. */
  #problemOf(error: unknown, call: VendorCall): Problem {
    if (error instanceof Problem) return error;
    return new Problem('internal', `${this.options.vendor} ${call.operation}: ${redactText(String(error), this.options.auth.secrets())}`, {
      cause: error,
    });
  }

  #clean(problem: Problem, changes: { code?: string; retryAfterMs?: number }): Problem {
    const hide = (text: string) => redactText(cleanText(text), this.options.auth.secrets());
    const { retryable, fields, vendor, cause, retryAfterMs } = problem;
    const options = {
      retryable,
      fields,
      cause,
      retryAfterMs,
      ...(vendor ? { vendor: { ...vendor, message: hide(vendor.message) } } : {}),
      ...changes,
    };
    if (problem instanceof AlreadyThere) return new AlreadyThere(problem.record, hide(problem.detail), options);
    return new Problem(problem.kind, hide(problem.detail), options);
  }

  #facts(call: VendorCall): Record<string, unknown> {
    return { part: 'connector', vendor: this.options.vendor, account: this.options.account, operation: call.operation, kind: call.kind };
  }

  #note(call: VendorCall, outcome: string, startedAt: number, problem?: Problem): void {
    const labels = { vendor: this.options.vendor, operation: call.operation, outcome };
    const ms = Math.round(performance.now() - startedAt);
    this.#calls.inc(labels);
    this.#seconds.observe(labels, ms / 1000);
    if (!problem) log.debug({ ...this.#facts(call), outcome, ms }, 'called');
    else log.warn({ ...this.#facts(call), outcome, ms, code: problem.code, vendorCode: problem.vendor?.code, detail: problem.detail }, 'call failed');
  }
}

const msUntil = (deadline: number): number => Math.max(1, Math.ceil(Math.min(deadline - performance.now(), 2 ** 31 - 1)));

const lowerCase = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
