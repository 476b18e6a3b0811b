import type { NoticeFault, VendorCall, VendorRequest } from './vendor.js';

/** Which requests a fault is for. All given parts must match. */
export interface FaultMatch {
  vendor: string;
  kind?: VendorCall['kind'];
  type?: string;
  operation?: string;
  /** A regular expression on the path. */
  path?: string;
  /** A regular expression on the raw body. */
  body?: string;
}

export type FaultAction =
  | { do: 'latency'; ms: number }
  | { do: 'error'; status: number }
  | { do: 'throttle'; retryAfterSeconds?: number }
  | { do: 'maintenance' }
  /**
   * The vendor refuses in its own form with this code and text; `done`: it has done the work
   * nevertheless. Matched with kind `record` it refuses single records of a job.
   */
  | { do: 'code'; code: string; message: string; status?: number; done?: boolean }
  /**
   * The vendor's clock is `aheadMs` ahead of ours (negative: behind): in the answers' Date, or in
   * the stamps on records.
   */
  | { do: 'clock'; aheadMs: number; shownIn: 'answers' | 'records' }
  /** The write happens, the connection dies before the answer. */
  | { do: 'lose-answer' }
  /** The connection dies at once; the request commits `ms` later (up to 30 s). */
  | { do: 'late-commit'; ms: number }
  /** The request is never handled and never answered; the connection is cut after `ms`. */
  | { do: 'timeout'; ms: number }
  /** SIGKILL to process `pid` before or after the commit; the answer is lost with it. */
  | { do: 'kill'; pid: number; when: 'before' | 'after' }
  /**
   * SIGSTOP to `pid` when the request arrives, and SIGCONT after `ms` even if this process is dead
   * by then; the request is handled at once.
   */
  | { do: 'freeze'; pid: number; ms: number }
  /**
   * The write happens, but the notice of its change is lost, comes `ms` late or comes twice.
   * Salesforce has no notices, so there queries see the change late.
   */
  | ({ do: 'notice' } & NoticeFault);

/**
 * A planned fault. It counts the matching requests, from 1. It is delivered on those in `nth` (a
 * number or a list), or on each with probability `rate` from a generator seeded by `seed`; at most
 * `times` in all (nth: each once).
 */
export interface Fault {
  id: string;
  match: FaultMatch;
  action: FaultAction;
  nth?: number | number[];
  rate?: number;
  seed?: number;
  times?: number;
}

interface Planned extends Fault {
  seen: number;
  delivered: number;
  random: () => number;
}

/** mulberry32: a small seeded generator; the same seed gives the same faults. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Delivers planned faults by counting the requests that the sandboxes see. */
export class Faults {
  #planned: Planned[] = [];
  #next = 1;

  plan(fault: Omit<Fault, 'id'>): Fault {
    const planned = { ...fault, id: `f${this.#next++}`, seen: 0, delivered: 0, random: seeded(fault.seed ?? 1) };
    this.#planned.push(planned);
    return planned;
  }

  list(): (Fault & { seen: number; delivered: number })[] {
    return this.#planned.map(({ random: _, ...fault }) => fault);
  }

  clear(): void {
    this.#planned = [];
  }

  remove(id: string): void {
    this.#planned = this.#planned.filter(fault => fault.id !== id);
  }

  /** The faults to deliver on this request, each counted as delivered. */
  due(vendor: string, call: VendorCall, request: VendorRequest): FaultAction[] {
    const due: FaultAction[] = [];
    for (const fault of this.#planned) {
      if (!matches(fault, vendor, call, request)) continue;
      fault.seen++;
      if (fault.delivered >= (fault.times ?? Infinity)) continue;
      const hit = fault.nth === undefined ? fault.random() < (fault.rate ?? 1) : [fault.nth].flat().includes(fault.seen);
      if (!hit) continue;
      fault.delivered++;
      due.push(fault.action);
    }
    return due;
  }
}

function matches({ match, action }: Fault, vendor: string, call: VendorCall, request: VendorRequest): boolean {
  return (
    match.vendor === vendor &&
    (action.do !== 'notice' || call.kind === 'write') &&
    (call.kind !== 'record' || match.kind === 'record') &&
    (match.kind === undefined || match.kind === call.kind) &&
    (match.type === undefined || match.type.toLowerCase() === call.type.toLowerCase()) &&
    (match.operation === undefined || match.operation === call.operation) &&
    (match.path === undefined || new RegExp(match.path).test(request.path)) &&
    (match.body === undefined || new RegExp(match.body).test(request.body))
  );
}
