import { answerFit, pathOf, type Api, type CallOptions, type Client, type Operation } from '#apis';
import { ACTOR_HEADER, actorHeader, AUDIENCE, Authority } from '#auth';
import { RELEASE } from '#persistence';
import { boundedText, fetchHere, MOST_ANSWER_BYTES, Problem, TooLarge } from '#canonical';
import { context, type Context } from '../context/context.js';
import { log } from '../logs/log.js';
import { problemOfAnswer } from '../problems/problem-body.js';
import { ServiceToken } from './service-token.js';

export interface ApiClientOptions {
  clientId: string;
  clientSecret: string;
  /** Space-separated; empty requests all scopes that the client has. */
  scope: string;
  /** The apps' common address; GATEWAY_URL by default. */
  baseUrl?: string;
  /** Addresses of single apps that have their own. */
  addresses?: Record<string, string | undefined>;
  /** The issuer of tokens; ISSUER_URL by default. */
  issuerUrl?: string;
}

type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

/** One call as it goes over the wire. The APIs in libs/apis define what apps say to each other. */
export interface Call extends CallOptions {
  method: string;
  /** The app's own address, if it differs from the common one. */
  address?: string;
  /** With the app's prefix, as behind the gateway: `/system/crm/v1/deals/dea_…`. */
  path: string;
  query?: Query;
  body?: unknown;
  /** What it is a call of: its answer is checked by it. */
  operation?: Operation;
}

const DEFAULT_DEADLINE_MS = 30_000;
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

/**
 * Calls other apps: over HTTP, under this app's own token, through the gateway. Correlation id,
 * trace and deadline go along, and so does the caller, person or client: the next app then shows
 * what both may see. Without a caller (in a flow) the app calls as itself. When the answer is a
 * problem, it is thrown as that Problem. It never retries: the flow does that.
 *
 * When no answer came, the Problem is `vendor-unavailable`. Its code is `not-made` when the call
 * surely had no effect, otherwise `outcome-unknown`. So it is when the answer is not what the
 * operation declares; the code of a call that writes nothing is then `answer-not-as-declared`.
 */
export class ApiClient {
  readonly #token: ServiceToken;
  readonly #baseUrl: string;
  readonly #addresses: Record<string, string | undefined>;

  constructor(options: ApiClientOptions) {
    const authority = new Authority(options.issuerUrl ?? required('ISSUER_URL'));
    this.#baseUrl = options.baseUrl ?? required('GATEWAY_URL');
    this.#addresses = options.addresses ?? {};
    this.#token = new ServiceToken({ ...options, audience: AUDIENCE, tokenEndpoint: () => authority.tokenEndpoint() });
  }

  /** This app's client of another app's API. */
  of<A extends Api>(api: A): Client<A> {
    const address = this.#addresses[api.app];
    const calls = Object.values(api.operations).map(operation => {
      const call = (input: { query?: Query; body?: unknown } = {}, options: CallOptions = {}) => {
        const { query, body } = input;
        return this.send({
          ...options,
          method: operation.method.toUpperCase(),
          address,
          path: pathOf(api, operation, input),
          query,
          body,
          operation,
        });
      };
      return [operation.id, call] as const;
    });
    return Object.fromEntries(calls) as unknown as Client<A>;
  }

  async send<T>(call: Call): Promise<T> {
    const here = context();
    const waitMs = remaining(here, call.deadlineMs ?? DEFAULT_DEADLINE_MS);
    let answer = await this.#try(call, here, waitMs);
    if (answer.status === 401) {
      // our token was refused before anything was done: the keys may have been rotated
      await answer.body?.cancel();
      this.#token.refused();
      answer = await this.#try(call, here, waitMs);
    }
    const text = await read(answer, call);
    if (!answer.ok) throw problemOfAnswer(answer.status, parsed(text), call.path);
    return said(call, answer, text) as T;
  }

  async #try(call: Call, here: Context, waitMs: number): Promise<Response> {
    const token = await this.#token.value();
    const url = (call.address ?? this.#baseUrl).replace(/\/$/, '') + call.path + queryText(call.query);
    try {
      return await fetchHere(url, {
        method: call.method,
        headers: headersOf(call, here, token, waitMs),
        body: call.body === undefined ? undefined : JSON.stringify(call.body),
        signal: here.signal ? AbortSignal.any([here.signal, AbortSignal.timeout(waitMs)]) : AbortSignal.timeout(waitMs),
      });
    } catch (cause) {
      if (call.method === 'GET') here.signal?.throwIfAborted();
      throw unanswered(call, cause);
    }
  }
}

function headersOf(call: Call, here: Context, token: string, waitMs: number): Record<string, string> {
  const { principal } = here;
  return {
    accept: 'application/json',
    // the app that is called counts its callers by release
    'user-agent': `throughline/${RELEASE}`,
    authorization: `Bearer ${token}`,
    'x-correlation-id': here.correlationId,
    'throughline-deadline': new Date(Date.now() + waitMs).toISOString(),
    ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(here.traceparent ? { traceparent: here.traceparent } : {}),
    ...(principal ? { [ACTOR_HEADER]: actorHeader(principal) } : {}),
    ...(call.ifMatch ? { 'if-match': call.ifMatch } : {}),
    ...(call.idempotencyKey ? { 'idempotency-key': call.idempotencyKey } : {}),
  };
}

function remaining({ deadlineAt }: Context, wantedMs: number): number {
  const leftMs = deadlineAt === undefined ? wantedMs : Math.min(wantedMs, Date.parse(deadlineAt) - Date.now());
  if (leftMs <= 0) throw new Problem('vendor-unavailable', 'The time was up before the call was made.', { code: 'not-made' });
  return leftMs;
}

function queryText(query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : (Array.isArray(value) ? (value as string[]) : [value]).map(item => [name, String(item)] as [string, string]),
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}

async function read(answer: Response, call: Call): Promise<string> {
  try {
    return await boundedText(answer, MOST_ANSWER_BYTES);
  } catch (cause) {
    if (cause instanceof TooLarge) throw unusable(call, cause.message);
    throw unanswered(call, cause);
  }
}

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/** What a successful answer says: JSON that has what the operation declares. */
function said(call: Call, answer: Response, text: string): unknown {
  const fit = call.operation && answerFit(call.operation);
  if (text === '') {
    if (fit) throw unusable(call, 'the answer is empty');
    return undefined;
  }
  const type = answer.headers.get('content-type') ?? '';
  const body = JSON_TYPE.test(type) ? parsed(text) : text;
  if (body === text) throw unusable(call, 'the answer is not JSON');
  const misfit = fit?.(body);
  if (misfit) throw unusable(call, `${misfit.at.replace(/^\./, '') || 'the answer'} ${misfit.is}`);
  return body;
}

/** As when no answer came: whoever answered may be no app of ours, and what a write did is unknown. */
function unusable(call: Call, why: string): Problem {
  const { method, path, operation } = call;
  const [, , app] = path.split('/');
  const problem = `${app} answered ${operation?.id ?? path} otherwise than declared: ${why}.`;
  log.warn({ part: 'calls to apps', problem }, "another app's answer can't be used");
  const isRead = method === 'GET' || operation?.writesNothing === true;
  return new Problem('vendor-unavailable', problem, { code: isRead ? 'answer-not-as-declared' : 'outcome-unknown' });
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text; // a proxy's page; kept as the problem's cause
  }
}

function unanswered(call: Call, cause: unknown): Problem {
  const code = (cause as { cause?: { code?: string } }).cause?.code ?? '';
  const sent = !NEVER_SENT.has(code);
  const detail = sent ? `${call.path} gave no answer.` : `${call.path} can't be reached.`;
  return new Problem('vendor-unavailable', detail, { cause, code: sent ? 'outcome-unknown' : 'not-made' });
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Problem('internal', `${name} is not set, so other apps can't be called.`);
  return value;
}
