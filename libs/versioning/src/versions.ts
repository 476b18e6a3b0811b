import { VersioningType, type VersioningOptions } from '@nestjs/common';

/**
 * Versions are in the path: `/v1/deals`. A controller without a version serves all of them; one
 * whose operations are not in all states its own: `@Controller({ version: '2' })`.
 */
export const uriVersions = (all: string[]): VersioningOptions => ({ type: VersioningType.URI, prefix: 'v', defaultVersion: all });
