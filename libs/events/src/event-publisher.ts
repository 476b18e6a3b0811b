import { Inject, Injectable } from '@nestjs/common';
import { actorOf } from '#auth';
import type { CanonicalEvent, EventType, RecordedEvent } from '#canonical';
import { APP, type App, context } from '#service';
import type { Transaction } from '#persistence';
import { EventLog } from './event-log.js';

type Said<T extends EventType> = Pick<CanonicalEvent<T>, 'id' | 'type' | 'key' | 'data' | 'legalEntities'> &
  Partial<Pick<CanonicalEvent<T>, 'time' | 'correlationId' | 'traceparent' | 'actor'>>;

/**
 * What an app says happened. The envelope is made by whoever publishes it; what is given here goes before that, for an event that is
 * of another time or another affair than the work at hand.
 */
export type NewEvent<T extends EventType = EventType> = { [Type in T]: Said<Type> }[T];

/** Appends what this app says, in envelopes that say which app, when, in which affair and trace, and who did it. */
@Injectable()
export class EventPublisher {
  constructor(
    private readonly log: EventLog,
    @Inject(APP) private readonly app: Pick<App, 'prefix'>,
  ) {}

  /** In the caller's transaction; answers those that were new, in the order given. */
  publish(em: Transaction, events: NewEvent[]): Promise<RecordedEvent[]> {
    return this.log.append(
      em,
      events.map(event => this.of(event)),
    );
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
