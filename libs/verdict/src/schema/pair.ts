import type { Direction } from '../change.js';
import type { Place } from './places.js';
import { RULES, type Effect, type RuleName } from './rules.js';
import type { View } from './view.js';

/** A schema travels one way at a time; one that travels both ways is compared twice. */
export type Way = Exclude<Direction, 'none'>;

/** A change at a pair, told relative to it: the path of the pair is not known here. */
export interface Found {
  rule: RuleName;
  place: Place;
  /** The path below the pair, `.amount`; empty for the pair itself. */
  label: string;
  /** What is said of it, without the full stop: `is now required`. */
  predicate: string;
}

/** What a part of a schema comes to that is not simply demanded: `not`, `if`. */
export interface Weighed {
  base: View;
  revision: View;
  /** More of the part is fewer of the whole; or whatever changes in it may be both. */
  turns: 'opposite' | 'both';
  told: (effect: Exclude<Effect, 'neither'>) => Found;
}

/** Two schemas of one direction, and what was found between them. */
export class Pair {
  readonly found: Found[] = [];
  readonly follows: { base: View; revision: View; label: string }[] = [];
  readonly weighs: Weighed[] = [];

  constructor(
    readonly base: View,
    readonly revision: View,
    readonly way: Way,
  ) {}

  report(rule: RuleName, place: Place, predicate: string, label = ''): void {
    if (RULES[rule][this.way] !== null) this.found.push({ rule, place, label, predicate });
  }

  /** Both schemas are compared too, and what is found there belongs to this pair. */
  follow(base: View, revision: View, label = ''): void {
    if (base !== revision) this.follows.push({ base, revision, label });
  }

  weigh(weighed: Weighed): void {
    this.weighs.push(weighed);
  }

  /** Says that both allow one of these types; keywords of a type mean nothing for the others. */
  bothAllow(kinds: number): boolean {
    return (this.base.kinds & this.revision.kinds & kinds) !== 0;
  }

  /** Where something stands: in the revision, or in the base if the revision has it no more. */
  at(keyword: string): Place {
    return this.revision.with(keyword).length > 0 || this.base.with(keyword).length === 0 ? this.revision.at(keyword) : this.base.at(keyword);
  }
}
