import { cleanJson, isDeeper, Problem } from '#canonical';

export interface VendorCall {
  /**
   * The name of the request in metrics and exceptions: `create-workspace`, `query`. A closed set
   * per vendor, without ids.
   */
  operation: string;
  kind: 'read' | 'write';
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the base URL, or the whole URL of a link that the vendor gave (same origin only). */
  path: string;
  query?: Record<string, string | number | boolean | undefined> | URLSearchParams;
  headers?: Record<string, string>;
  /** An object is sent as JSON, URLSearchParams as a form, a string as it is (give its content-type). */
  body?: object | string;
  /**
   * The call's time limit in ms, including waiting and retries; default: the connector's
   * `timeoutMs`.
   */
  deadlineMs?: number;
  /** Accepted statuses; default 200 to 299. */
  accept?: number[];
}

/** The vendor's answer, whatever its status. Header names are lower-case. */
export interface VendorAnswer {
  status: number;
  headers: Record<string, string>;
  /** As it came; apply `cleanText` to what is taken from it. */
  text: string;
  /**
   * The time, in ms, up to which it certainly shows every change; undefined when the vendor does
   * not state the time. The only foreign time that a feed may continue from.
   */
  asOf?: number;
  /**
   * Cleans the answer's texts, since they enter here. Throws `vendor-unavailable`, code
   * `malformed-answer`, when the text isn't JSON.
   */
  json<T>(): T;
}

/**
 * No vendor's answer nests objects and lists deeper; a deeper one is refused before it is parsed.
 */
const MOST_LEVELS = 64;

/**
 * Whether JSON may contain a text that needs cleaning: most answers are plain, and a test is
 * cheaper than a walk.
 */
const SUSPECT = /[^\t\n\r\x20-\x7e]|\\[bfru]/;

export function vendorAnswer(status: number, headers: Record<string, string>, text: string, asOf?: number): VendorAnswer {
  const json = <T>(): T => {
    if (isDeeper(text, MOST_LEVELS))
      throw new Problem('vendor-unavailable', `the answer (${status}) has more than ${MOST_LEVELS} levels`, { code: 'malformed-answer' });
    try {
      const value = JSON.parse(text) as T;
      return SUSPECT.test(text) ? cleanJson(value) : value;
    } catch (cause) {
      throw new Problem('vendor-unavailable', `the answer (${status}) is not JSON`, { code: 'malformed-answer', cause });
    }
  };
  return { status, headers, text, asOf, json };
}

/** No wait for a vendor is longer: a longer value may be a mistake, and a call finds out. */
const LONGEST_WAIT_MS = 900_000;

/**
 * `Retry-After` in ms, from seconds or an HTTP date, which is relative to the vendor's own clock.
 * Undefined when it gives no usable wait: a past moment, a negative number, not a number.
 */
export function retryAfterMs(headers: Record<string, string>): number | undefined {
  const value = headers['retry-after']?.trim();
  if (!value) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : untilDate(value, headers.date);
  return ms >= 0 ? Math.min(Math.ceil(ms), LONGEST_WAIT_MS) : undefined;
}

/**
 * An HTTP date contains letters. `-5` and `1e9` don't, though Date.parse takes the first for a
 * year.
 */
function untilDate(value: string, date: string | undefined): number {
  if (!/[a-z]{3}/i.test(value)) return NaN;
  const now = Date.parse(date ?? '');
  return Date.parse(value) - (Number.isNaN(now) ? Date.now() : now);
}
