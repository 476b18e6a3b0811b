import { Agent, request as httpRequest } from 'node:http';

/** One call as its caller saw it. Moments are ms of the monotonic clock. */
export interface Seen {
  at: number;
  ms: number;
  status: number;
  /** What it counts for, if it was let in. */
  units: number;
  kind: 'rest' | 'graphql';
}

export interface Offer {
  token: string;
  /** Calls a second, over all replicas in turn. */
  perSecond: number;
  /** What is called, in turn. */
  calls: readonly { kind: Seen['kind']; path: string; body?: string; units: number }[];
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

/** Calls the replicas in turn at an even pace, whether they answer in time or not, for so many ms. */
export async function load(urls: readonly string[], { token, perSecond, calls }: Offer, forMs: number): Promise<Seen[]> {
  const seen: Promise<Seen>[] = [];
  const startedAt = performance.now();
  await new Promise<void>(resolve => {
    const timer = setInterval(() => {
      const elapsed = performance.now() - startedAt;
      const due = Math.floor((Math.min(elapsed, forMs) / 1000) * perSecond);
      for (let n = seen.length; n < due; n++) seen.push(one(urls[n % urls.length], token, calls[Math.floor(n / urls.length) % calls.length]));
      if (elapsed < forMs) return;
      clearInterval(timer);
      resolve();
    }, 5);
  });
  return Promise.all(seen);
}

function one(url: string, token: string, { kind, path, body, units }: Offer['calls'][number]): Promise<Seen> {
  const began = performance.now();
  return new Promise(resolve => {
    const headers = { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) };
    const request = httpRequest(url + path, { method: body ? 'POST' : 'GET', agent, headers }, answer => {
      answer.resume();
      answer.once('end', () => {
        const at = performance.now();
        resolve({ at, ms: at - began, status: answer.statusCode!, units: answer.statusCode === 429 ? 0 : units, kind });
      });
    });
    request.once('error', () => resolve({ at: performance.now(), ms: performance.now() - began, status: 0, units: 0, kind }));
    request.end(body);
  });
}

/**
 * The most units of any window of this length, of calls that were both sent and answered within it:
 * a call is let in at some moment between.
 */
export function mostIn(windowMs: number, seen: readonly Seen[]): number {
  const inside = seen.filter(({ units }) => units > 0).map(({ at, ms, units }) => ({ from: at - ms, until: at, units }));
  return Math.max(0, ...inside.map(({ from }) => sumOf(inside.filter(call => call.from >= from && call.until < from + windowMs))));
}

const sumOf = (calls: readonly { units: number }[]): number => calls.reduce((sum, { units }) => sum + units, 0);

export function quantile(part: number, values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
}
