import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { Problem } from '#canonical';
import { Windows, type Count } from './windows.js';

export const MINUTE_MS = 60_000;

/** How many callers are counted at once; beyond that, the oldest windows are forgotten first. */
export const MOST_COUNTED = 20_000;

/** How many calls an app takes in a minute. Each process counts by itself. */
export interface Limits {
  /** Calls of one person by one client; a GraphQL operation counts by its cost. */
  perMinute: number;
  /** Calls without a good token from one address. */
  perMinuteOfAddress: number;
}

/**
 * The network address that a call counts for. Fastify reads X-Forwarded-For only as far as trusted
 * proxies wrote it; an invalid value counts for the socket's address. One IPv6 site has 2^64
 * addresses, so these count by their first 64 bits.
 */
export function addressOf(request: FastifyRequest): string {
  const stated = isIP(request.ip) === 0 ? (request.socket.remoteAddress ?? 'none') : request.ip;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(stated);
  if (mapped) return mapped[1];
  return isIP(stated) === 6 ? siteOf(stated) : stated;
}

function siteOf(address: string): string {
  const [head, tail] = address.split('%')[0].split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...zeros, ...after]
    .slice(0, 4)
    .map(part => Number.parseInt(part, 16).toString(16))
    .join(':');
}

/**
 * What each caller may ask of an app. Calls with a good token count per client and person, whatever
 * their outcome; other calls count per address. A spent address budget refuses only calls without a
 * good token. Services of the house (scope act-for) call each other as often as the work needs:
 * their calls don't count.
 */
export class Budgets {
  readonly #callers: Windows;
  readonly #addresses: Windows;

  constructor(
    readonly limits: Limits,
    { now = Date.now, callers }: { now?: () => number; callers?: Windows } = {},
  ) {
    this.#callers = callers ?? new Windows(MINUTE_MS, MOST_COUNTED, now);
    this.#addresses = new Windows(MINUTE_MS, MOST_COUNTED, now);
  }

  /**
   * Charges the caller. Every request is charged one before its handler runs, so an expensive
   * operation charges the rest. Throws `rate-limited` when the budget is too small; then one is
   * charged, not the cost.
   */
  charge(request: FastifyRequest, cost = 1): void {
    const { principal } = request;
    if (!principal || principal.scopes.includes('act-for')) return;
    const count = this.#callers.add(`${principal.clientId} ${principal.id}`, cost, this.limits.perMinute);
    setHeaders(request, count);
    if (count.spent) throw spent(`This caller may make ${this.limits.perMinute} calls in 60 s`, count);
  }

  /**
   * Counts a call without a good token for its address. Throws `rate-limited` once the address has
   * spent its budget.
   */
  chargeAddress(request: FastifyRequest): void {
    const count = this.#addresses.add(addressOf(request), 1, this.limits.perMinuteOfAddress);
    if (count.spent) throw spent(`This address may make ${this.limits.perMinuteOfAddress} calls without a valid token in 60 s`, count);
  }

  /** How many windows are held, for tests and metrics. */
  get held(): { callers: number; addresses: number } {
    return { callers: this.#callers.size, addresses: this.#addresses.size };
  }
}

const spent = (sentence: string, { resetS }: Count): Problem =>
  new Problem('rate-limited', `${sentence}; the next is welcome in ${resetS} s.`, { retryAfterMs: resetS * 1000 });

/**
 * Sets the older headers of the draft and the newer ones on the answer. A GraphQL operation over a
 * socket has no reply to set them on.
 */
function setHeaders({ reply }: FastifyRequest, { limit, remaining, resetS }: Count): void {
  reply?.headers({
    'RateLimit-Limit': limit,
    'RateLimit-Remaining': remaining,
    'RateLimit-Reset': resetS,
    'RateLimit-Policy': `"client";q=${limit};w=${MINUTE_MS / 1000}`,
    RateLimit: `"client";r=${remaining};t=${resetS}`,
  });
}
