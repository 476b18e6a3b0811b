import { VersioningType, type VersioningOptions } from '@nestjs/common';

/** Versions are in the path: `/v1/deals`. Controllers say theirs with `@Controller({ path, version })`; without one they are in `fallback`. */
export const uriVersions = (fallback: string): VersioningOptions => ({ type: VersioningType.URI, prefix: 'v', defaultVersion: fallback });
