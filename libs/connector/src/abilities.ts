import type { SystemKind } from '#canonical';
import { Problem } from '#canonical';

/** What the back ends of a kind differ in: each ability, and what is said of one that lacks it, after "This PSA". */
export type AbilityList<A extends string = string> = Readonly<Record<A, string>>;

/** What the back end of an app can do of what those of its kind differ in. */
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

  /** Throws `unsupported`, code `no-such-ability`, for what the back end can't do. */
  need(ability: A): void {
    if (!this.has(ability)) throw new Problem('unsupported', `This ${this.kind.toUpperCase()} ${this.list[ability]}.`, { code: 'no-such-ability' });
  }
}
