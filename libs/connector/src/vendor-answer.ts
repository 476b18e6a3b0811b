import { cleanJson, isDeeper, Problem } from '#canonical';

export interface VendorCall {
  /** What is asked, as metrics and exceptions name it: `create-workspace`, `query`. A closed set per vendor: no ids in it. */
  operation: string;
  kind: 'read' | 'write';
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the base URL, or the whole URL of a link that the vendor gave (same origin only). */
  path: string;
  query?: Record<string, string | number | boolean | undefined> | URLSearchParams;
  headers?: Record<string, string>;
  /** An object is sent as JSON, URLSearchParams as a form, a string as it is (give its content-type). */
  body?: object | string;
  /** The call's whole time, in ms, waiting and retries included; the connector's `timeoutMs` if not said. */
  deadlineMs?: number;
  /** Statuses that are answers; 200 to 299 if not said. */
  accept?: number[];
}

/** What the vendor answered, whatever the status. Header names are lower-case. */
export interface VendorAnswer {
  status: number;
  headers: Record<string, string>;
  /** As it came; `cleanText` what is taken from it. */
  text: string;
  /** Up to when, in ms, it surely shows every change; undefined when the vendor does not tell the time. The only foreign time a feed may read on by. */
  asOf?: number;
  /** Its texts are cleaned: this is where they enter. Throws `vendor-unavailable`, code `malformed-answer`, when the text isn't JSON. */
  json<T>(): T;
}

/** No vendor's answer has more levels of objects and lists; deeper ones are refused before they are parsed. */
const MOST_LEVELS = 64;

/** Whether JSON may hold a text that needs cleaning: most answers are plain, and a look is cheaper than a walk. */
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

/** Longer than this no vendor is waited for: it may be a slip, and a call finds out. */
const LONGEST_WAIT_MS = 900_000;

/**
 * `Retry-After` in ms, from seconds or an HTTP date, which is told by the vendor's own clock. Undefined when it says nothing that
 * can be waited for: a moment that is over, a negative number, no number at all.
 */
export function retryAfterMs(headers: Record<string, string>): number | undefined {
  const value = headers['retry-after']?.trim();
  if (!value) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : untilDate(value, headers.date);
  return ms >= 0 ? Math.min(Math.ceil(ms), LONGEST_WAIT_MS) : undefined;
}

/** A moment in words has letters; `-5` and `1e9` are none, though Date.parse takes the first for a year. */
function untilDate(value: string, date: string | undefined): number {
  if (!/[a-z]{3}/i.test(value)) return NaN;
  const now = Date.parse(date ?? '');
  return Date.parse(value) - (Number.isNaN(now) ? Date.now() : now);
}
