import type { SystemKind } from '#canonical';

export interface CaptureOptions {
  /** Which system app's feeds these are; the shadow's first key. */
  system: SystemKind;
  /** False: feeds are read only on request (tests). */
  polls?: boolean;
}

export const CAPTURE_OPTIONS = Symbol('capture options');
