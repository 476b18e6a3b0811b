import { Actor, ExceptionRecord, Id, Instant, JourneyStep, Nested, OneOf, StoredReason, Text, Whole } from '#canonical';
import { crmEvents } from './crm/events.js';
import { erpEvents } from './erp/events.js';
import { defineEvents, type DataOf } from './event.js';
import type { Reason } from './fault.js';
import { hcmEvents } from './hcm/events.js';
import { projectInitiationEvents } from './project-initiation/events.js';
import { psaEvents } from './psa/events.js';
import { timeToBillingEvents } from './time-to-billing/events.js';

/**
 * A record, line or event that was set aside because it could not be processed, or a feed or reader
 * that was stopped because of too many of them.
 */
export class SetAside {
  @Id({ description: 'Of its exception.' }) id: string;
  @Text({ description: 'Who could not take it: `feed psa/time-entries`, `reader time-to-billing.intake`.' }) place: string;
  @OneOf(['open', 'closed'], {
    description:
      'open: it waits for a person or another release; closed: it was processed after all, something newer replaced it, or a person skipped it.',
  })
  state: 'open' | 'closed';
  @Text({ description: 'Where it is to be corrected.' }) system: string;
  @Text({ max: 100, description: 'What it is there.' }) noun: string;
  @Text({ max: 400 }) nativeId: string;
  @Nested(() => StoredReason) reason: Reason;
  @Whole({ min: 0, description: 'Later ones of its key that wait behind it.' }) held: number;
}

class MappingChanged {
  @Text({ max: 80 }) kind: string;
  @Text({ max: 200 }) source: string;
  @Text({ max: 200, nullable: true, description: 'null: it means nothing any more.' }) target: string | null;
  @Text({ optional: true, max: 200, nullable: true, description: 'Its former target; absent in events of releases that did not state it.' })
  previous?: string | null;
}

class DriftDetected {
  @Text({ max: 80 }) noun: string;
  @Text() id: string;
  @Text() system: string;
  @Text({ list: true, max: 80 }) attributes: string[];
}

const SYSTEM_APPS = ['crm', 'psa', 'hcm', 'erp'];
const PROCESS_APPS = ['project-initiation', 'time-to-billing'];

/** Events that several apps publish, each its own. */
const commonEvents = {
  ...defineEvents(['project-initiation'], {
    'mapping.changed.v1': { summary: "What a system's word means was set or removed.", key: 'Mapping, by kind and source', data: MappingChanged },
  }),
  ...defineEvents(PROCESS_APPS, {
    'journey.step.v1': { summary: 'Something happened to a deal or a line, as people read it.', key: 'Subject of the journey', data: JourneyStep },
    'exception.changed.v1': { summary: 'A person must decide or mend something, or has.', key: 'Subject of the work', data: ExceptionRecord },
  }),
  ...defineEvents([...SYSTEM_APPS, ...PROCESS_APPS, 'portal', 'partner'], {
    'set-aside.changed.v1': {
      summary: 'A record or event could not be processed and was set aside, or now is processed.',
      key: 'Exception',
      data: SetAside,
    },
  }),
  ...defineEvents(SYSTEM_APPS, {
    'drift.detected.v1': { summary: 'A back end differs from what we wrote there, and nobody of ours changed it.', key: 'Noun', data: DriftDetected },
  }),
};

/**
 * The canonical events, by type. Whole states, so that a reader needs no other source. Events
 * contain no pay data: `worker` states come without `costRate`.
 */
export const EVENTS = {
  ...commonEvents,
  ...crmEvents,
  ...psaEvents,
  ...hcmEvents,
  ...erpEvents,
  ...projectInitiationEvents,
  ...timeToBillingEvents,
};

/** The data of the canonical events, type -> data. */
export type EventData = DataOf<typeof EVENTS>;

export type EventType = keyof EventData;

/** What is said of every event beside its data: a CloudEvents 1.0 envelope. */
export class EventEnvelope {
  @Text({ max: 400, description: 'Unique with `source`; the same happening always has the same id.' }) id: string;
  @Text({ max: 80, description: 'Which app published it, e.g. /system/crm.' }) source: string;
  @Text({ max: 80 }) type: string;
  @Text({ max: 400, description: 'The business key whose order it keeps (CloudEvents `subject`).' }) key: string;
  @Instant({ description: 'When it happened.' }) time: string;
  @Text({ list: true, max: 40, description: 'The legal entities that it concerns: only people of these see what is built from it.' })
  legalEntities: string[];
  @Text({ max: 200, description: 'The affair it belongs to, as logs and calls name it.' }) correlationId: string;
  @Text({ optional: true, max: 100, description: 'W3C trace context.' }) traceparent?: string;
  @Nested(() => Actor, { optional: true, description: 'Who did it, where somebody is known to.' }) actor?: Actor;
}

/** A canonical event. */
export interface CanonicalEvent<T extends EventType = EventType> extends EventEnvelope {
  type: T;
  data: EventData[T];
}

/** An event as the log holds it. `keySeq` counts from 1 within the key without gaps. */
export type RecordedEvent<T extends EventType = EventType> = CanonicalEvent<T> & { pos: string; keySeq: number; recordedAt: string };

/**
 * The thing that an event states as a whole: a newer event about the same thing replaces an older
 * one.
 */
export function thingOf({ type, key, data }: Pick<CanonicalEvent, 'type' | 'key' | 'data'>): string {
  const { state, id } = (data ?? {}) as { state?: { id?: string }; id?: string };
  // Every event of a deal states the whole deal; other nouns have one type for each thing that is
  // stated about them.
  return `${type.startsWith('deal.') ? 'deal' : type}:${state?.id ?? id ?? key}`;
}
