import { shortened } from '#canonical';

const LONGEST_REASON = 200;

/**
 * Addresses: URLs, host names with a port, network addresses. Callers of health checks don't need
 * them.
 */
const PLACES: RegExp[] = [
  /\b[a-z][a-z0-9+.-]*:\/\/\S+/gi,
  /\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b/g,
  /\[?\b(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}\b\]?(?::\d+)?/gi,
  /(?:\[)?::1\]?(?::\d+)?/g,
  /\b[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*:\d{2,5}\b/gi,
  /\b(?:[a-z0-9-]+\.)+(?:[a-z]{2,}|internal|local)\b/gi,
  /(?<=\bE(?:NOTFOUND|AI_AGAIN)\s)\S+/g,
];

/**
 * Why something isn't well, in public words: short, and without addresses. The log has the whole
 * error.
 */
export function publicReason(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  // what the system or a driver reports about a connection is an address and a code
  if (typeof code === 'string' && /^(E[A-Z_]+|\d[0-9A-Z]{4})$/.test(code)) return "can't be reached";
  const text = error instanceof Error ? error.message : String(error);
  return shortened(
    PLACES.reduce((rest, place) => rest.replace(place, '…'), shortened(text, 1_000)),
    LONGEST_REASON,
  );
}
