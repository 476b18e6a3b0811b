import type { Deprecations } from '../deprecation.js';

/** What goes away, by version. Written by `npm run api -- deprecate`. */
export const deprecations = {
  1: [],
} as const satisfies Deprecations;
