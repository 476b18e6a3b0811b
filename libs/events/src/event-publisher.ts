import { Inject, Injectable } from '@nestjs/common';
import { actorOf } from '#auth';
import type { CanonicalEvent, EventType, RecordedEvent } from '#apis';
import { APP, type App, context } from '#service';
import type { Transaction } from '#persistence';
import { EventLog } from './event-log.js';
import { EventShapes } from './event-shapes.js';

type Said<T extends EventType> = Pick<CanonicalEvent<T>, 'id' | 'type' | 'key' | 'data' | 'legalEntities'> &
  Partial<Pick<CanonicalEvent<T>, 'time' | 'correlationId' | 'traceparent' | 'actor'>>;

/**
 * An event without its envelope. The publisher makes the envelope; a value given here takes
 * precedence, for an event of another time or correlation than the current work. `id` is the same
 * when the same event is published again, and no other event of the app has it, of whatever type.
 */
export type NewEvent<T extends EventType = EventType> = { [Type in T]: Said<Type> }[T];

/**
 * Appends an app's events. Their envelopes state the app, the time, the correlation, the trace and
 * the actor.
 */
@Injectable()
export class EventPublisher {
  constructor(
    private readonly log: EventLog,
    @Inject(APP) private readonly app: Pick<App, 'prefix'>,
    private readonly shapes: EventShapes,
  ) {}

  /** Appends in the caller's transaction and answers the new events, in the given order. */
  publish(em: Transaction, events: NewEvent[]): Promise<RecordedEvent[]> {
    const whole = events.map(event => this.of(event));
    this.shapes.note(whole);
    return this.log.append(em, whole);
  }

  of<T extends EventType>(event: NewEvent<T>): CanonicalEvent<T> {
    const { correlationId, traceparent, actor, principal } = context();
    return {
      time: new Date().toISOString(),
      correlationId,
      traceparent,
      actor: actor ?? (principal && actorOf(principal)),
      ...event,
      source: this.app.prefix,
    };
  }
}
