import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension, ApiOperation } from '@nestjs/swagger';

export const DEPRECATION_METADATA = 'throughline:deprecation';

/**
 * A retirement as callers see it: since when the operation is discouraged, when it ends, and what
 * to read. Dates are `YYYY-MM-DD`, UTC.
 */
export interface Deprecation {
  since: string;
  sunset?: string;
  link?: string;
}

/**
 * Marks an operation or a whole controller as being retired: headers at run time, `deprecated` and
 * `x-sunset` in its document.
 */
export const Deprecated = (deprecation: Deprecation) =>
  applyDecorators(
    SetMetadata(DEPRECATION_METADATA, deprecation),
    ApiOperation({ deprecated: true }),
    ApiExtension('x-deprecated-since', deprecation.since),
    ...(deprecation.sunset ? [ApiExtension('x-sunset', deprecation.sunset)] : []),
  );

const instantOf = (date: string): Date => new Date(`${date}T00:00:00Z`);

/**
 * `Deprecation` (RFC 9745, a structured date), `Sunset` (RFC 8594, an HTTP date) and the link to
 * the replacement.
 */
export function deprecationHeaders({ since, sunset, link }: Deprecation): Record<string, string> {
  return {
    Deprecation: `@${instantOf(since).getTime() / 1000}`,
    ...(sunset ? { Sunset: instantOf(sunset).toUTCString() } : {}),
    ...(link ? { Link: `<${link}>; rel="deprecation"` } : {}),
  };
}
