import { Injectable } from '@nestjs/common';
import type { Pump } from './pump.js';

/** Tells the pumps of this process that there is work; those of others find it at their next look. A commit follows a moment later. */
@Injectable()
export class Wakes {
  readonly #pumps = { assessor: [] as Pump[], poster: [] as Pump[] };

  register(kind: 'assessor' | 'poster', pump: Pump): void {
    this.#pumps[kind].push(pump);
  }

  assessor(): void {
    this.#wake(this.#pumps.assessor);
  }

  poster(): void {
    this.#wake(this.#pumps.poster);
  }

  #wake(pumps: Pump[]): void {
    // The caller's transaction commits a moment later.
    setTimeout(() => {
      // One is enough: whoever finds more than a batch wakes the next.
      (pumps.find(pump => pump.idle) ?? pumps[0])?.wake();
    }, 5);
  }
}
