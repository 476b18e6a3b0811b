import { Injectable } from '@nestjs/common';
import type { CanonicalEvent } from '#apis';
import { log, Metrics } from '#service';
import { misfitOf } from './event-shape.js';

/** Each difference is logged once in a process, and no more than so many: after that they are only counted. */
const MOST_LOGGED = 100;

/**
 * Notes events that are not as their type declares. They are published all the same: what happened
 * happened, and money may hang on it. Readers are robust, and the count raises an alert.
 */
@Injectable()
export class EventShapes {
  readonly #logged = new Set<string>();

  constructor(private readonly metrics: Metrics) {}

  note(events: CanonicalEvent[]): void {
    for (const event of events) {
      const misfit = misfitOf(event);
      if (misfit !== undefined) this.#noteMisfit(event, misfit);
    }
  }

  #noteMisfit({ type, id, source }: CanonicalEvent, misfit: string): void {
    this.metrics.counter('throughline_event_misfits_total', 'Published events that are not as their type declares.', ['type']).inc({ type });
    const difference = `${type} ${misfit.replace(/\d+/g, '*')}`;
    if (this.#logged.has(difference) || this.#logged.size >= MOST_LOGGED) return;
    this.#logged.add(difference);
    log.error({ type, id, source, misfit }, 'an event is not as its type declares; it was published');
  }
}
