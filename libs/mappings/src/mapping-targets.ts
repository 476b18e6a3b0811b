import type { MappingKind } from '#apis/mappings';

/** What a mapping may mean. An app that serves mappings provides it, since it knows where the canonical words come from. */
export abstract class MappingTargets {
  /** Throws `unprocessable`, code `unknown-target`, naming the field and what there is. */
  abstract refuseUnknown(kind: MappingKind, target: string): Promise<void>;
}
