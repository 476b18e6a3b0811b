import type { MappingKind } from '#apis/mappings';

/**
 * The allowed targets of mappings. An app that serves mappings provides it, since it knows where
 * the canonical words come from.
 */
export abstract class MappingTargets {
  /** Throws `unprocessable`, code `unknown-target`, naming the field and the possible targets. */
  abstract refuseUnknown(kind: MappingKind, target: string): Promise<void>;
}
