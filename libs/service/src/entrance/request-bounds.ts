import type { FastifyRequest } from 'fastify';
import { Problem } from '#canonical';

/** The bounds of a request besides its body. Node itself accepts at most 16 KiB of headers. */
export const LONGEST_URL = 8_192;
export const MOST_HEADERS = 100;
/** A page of 200 can be requested by its ids, besides other parameters. */
export const MOST_PARAMETERS = 500;

const invalid = (field: string, rule: string, message: string, code: string): Problem =>
  new Problem('invalid', `${message}.`, { code, fields: [{ field, rule, message }] });

/**
 * Checks only the request line and the headers: constant work, before anything is known about the
 * caller.
 */
export function withinRequestBounds({ raw, query }: FastifyRequest): void {
  if ((raw.url ?? '').length > LONGEST_URL) throw invalid('url', 'longest-url', `The URL has more than ${LONGEST_URL} characters`, 'uri-too-long');
  if (raw.rawHeaders.length / 2 > MOST_HEADERS)
    throw invalid('headers', 'most-headers', `The request has more than ${MOST_HEADERS} headers`, 'headers-too-many');
  if (parametersOf(query) > MOST_PARAMETERS)
    throw invalid('query', 'most-parameters', `The query has more than ${MOST_PARAMETERS} parameters`, 'beyond-bounds');
}

function parametersOf(query: unknown): number {
  if (typeof query !== 'object' || query === null) return 0;
  return Object.values(query).reduce<number>((count, value) => count + (Array.isArray(value) ? value.length : 1), 0);
}
