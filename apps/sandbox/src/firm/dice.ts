import { seeded } from '../kit/faults.js';

/** Choices from a seeded generator: the same seed makes the same choices in the same order. */
export class Dice {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seeded(seed);
  }

  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }

  pick<T>(items: readonly T[]): T {
    return items[this.whole(0, items.length - 1)];
  }

  /** `count` different items, in the order they stand. */
  some<T>(items: readonly T[], count: number): T[] {
    const left = items.map((_, index) => index);
    while (left.length > count) left.splice(this.whole(0, left.length - 1), 1);
    return left.map(index => items[index]);
  }

  digits(count: number): string {
    return Array.from({ length: count }, (_, index) => this.whole(index === 0 ? 1 : 0, 9)).join('');
  }
}
