import type { SystemKind } from '#canonical';
import { Problem } from '#canonical';

/**
 * The optional abilities of a kind of back end, each with the end of the sentence about one that
 * lacks it, after "This PSA".
 */
export type AbilityList<A extends string = string> = Readonly<Record<A, string>>;

/** The optional abilities of an app's back end. */
export class Abilities<A extends string = string> {
  readonly can: A[];
  readonly cannot: A[];

  constructor(
    private readonly kind: SystemKind,
    private readonly list: AbilityList<A>,
    has: readonly A[],
  ) {
    const all = Object.keys(list) as A[];
    this.can = all.filter(ability => has.includes(ability));
    this.cannot = all.filter(ability => !has.includes(ability));
  }

  has(ability: A): boolean {
    return this.can.includes(ability);
  }

  /** Throws `unsupported`, code `no-such-ability`, for an ability that the back end lacks. */
  need(ability: A): void {
    if (!this.has(ability)) throw new Problem('unsupported', `This ${this.kind.toUpperCase()} ${this.list[ability]}.`, { code: 'no-such-ability' });
  }
}
