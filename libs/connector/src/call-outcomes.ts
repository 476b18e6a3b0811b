import type { Problem } from '#canonical';
import { BREAKER_OPEN } from './breaker.js';

const FIRST_BACKOFF_MS = 200;
const LAST_BACKOFF_MS = 8_000;

// No connection was made, so nothing was sent: name look-up, refusal, no route, untrusted
// certificate.
export const NOT_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_.*|ERR_TLS_.*|.*SELF_SIGNED.*|UNABLE_TO_.*|ERR_INVALID_URL)$/;

export function codeOf(error: unknown): string {
  const { cause, code, name } = error as { cause?: unknown; code?: unknown; name?: string };
  if (cause !== undefined && cause !== null) return codeOf(cause);
  return typeof code === 'string' ? code : (name ?? 'Error');
}

export function reasonOf(error: unknown): string {
  const { cause, message, name } = error as { cause?: unknown; message?: string; name?: string };
  if (name === 'TimeoutError') return 'no answer in time';
  if (cause !== undefined && cause !== null) return reasonOf(cause);
  return message || codeOf(error);
}

/** The code of a write that was answered with a problem. */
export function codeOfWrite(problem: Problem): string | undefined {
  if (problem.kind === 'rate-limited') return 'not-made';
  if (problem.kind === 'vendor-unavailable' && problem.code !== 'not-made') return 'outcome-unknown';
  return problem.code;
}

export function outcomeOf(problem: Problem): string {
  if (problem.vendor?.code === BREAKER_OPEN) return BREAKER_OPEN;
  if (problem.code === 'lease-lost') return problem.code;
  if (problem.code === 'outcome-unknown') return 'unknown';
  if (problem.kind === 'rate-limited') return 'rate-limited';
  if (problem.kind === 'vendor-unavailable') return 'unavailable';
  return problem.kind === 'internal' ? 'defect' : 'refused';
}

/** Exponential with full jitter; never sooner than the vendor asked for. */
export function backoffMs(attempt: number, askedMs: number | undefined): number {
  const ceiling = Math.min(LAST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
  const jittered = ceiling / 2 + (Math.random() * ceiling) / 2;
  return askedMs === undefined ? jittered : askedMs + Math.random() * FIRST_BACKOFF_MS;
}
