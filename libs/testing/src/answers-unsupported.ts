import { expect, it } from 'vitest';
import type { SystemKind } from '#canonical';
import { Abilities, type AbilityList, type Vendor } from '#connector';

/** Of an ability that a back end lacks: the app answers 501 for what needs it, and the vendor has no part that does it. */
export function answersUnsupported<A extends string, V extends Vendor<A>>(
  kind: SystemKind,
  list: AbilityList<A>,
  ability: A,
  connected: () => V,
  part: (vendor: V) => unknown = () => undefined,
): void {
  it(`answers unsupported: ${ability}`, () => {
    const vendor = connected();
    expect(part(vendor)).toBeUndefined();
    const abilities = new Abilities(kind, list, vendor.abilities);
    expect(() => abilities.need(ability)).toThrow(expect.objectContaining({ kind: 'unsupported', code: 'no-such-ability', retryable: false }));
  });
}
