import { VersioningType, type VersioningOptions } from '@nestjs/common';

/**
 * Versions are in the path: `/v1/deals`. A controller states its version with `@Controller({ path,
 * version })`; without one it has `fallback`.
 */
export const uriVersions = (fallback: string): VersioningOptions => ({ type: VersioningType.URI, prefix: 'v', defaultVersion: fallback });
