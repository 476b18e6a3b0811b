import type { Actor, ExceptionRecord, JourneyStep } from '#canonical';
import type { CrmEvents } from './crm/events.js';
import type { ErpEvents } from './erp/events.js';
import type { Reason } from './fault.js';
import type { HcmEvents } from './hcm/events.js';
import type { ProjectInitiationEvents } from './project-initiation/events.js';
import type { PsaEvents } from './psa/events.js';
import type { TimeToBillingEvents } from './time-to-billing/events.js';

/**
 * A record, line or event that was set aside because it could not be processed, or a feed or reader
 * that was stopped because of too many of them.
 */
export interface SetAside {
  /** The id of its exception. */
  id: string;
  /** Who could not take it: `feed psa/time-entries`, `reader time-to-billing.intake`. */
  place: string;
  /**
   * `open`: it waits for a person or another release; `closed`: it was processed after all,
   * something newer replaced it, or a person skipped it.
   */
  state: 'open' | 'closed';
  /** The system where it is to be corrected, and what it is there. */
  system: string;
  noun: string;
  nativeId: string;
  reason: Reason;
  /** Later ones of its key that wait behind it. */
  held: number;
}

/** Events that several apps publish, each its own. */
export interface CommonEvents {
  'mapping.changed.v1': {
    kind: string;
    source: string;
    target: string | null;
    /** Its former target; absent in events of releases that did not state it. */
    previous?: string | null;
  };
  'journey.step.v1': JourneyStep;
  'exception.changed.v1': ExceptionRecord;
  /**
   * A record or event whose content could not be processed, or now is. Key: the id of its
   * exception.
   */
  'set-aside.changed.v1': SetAside;
  'drift.detected.v1': { noun: string; id: string; system: string; attributes: string[] };
}

/**
 * The canonical events, type -> data. Whole states, so that a reader needs no other source. Types
 * end in `.v1` and are never rewritten. Events contain no pay data: `worker` states come without
 * `costRate`.
 */
export interface EventData extends CommonEvents, CrmEvents, PsaEvents, HcmEvents, ErpEvents, ProjectInitiationEvents, TimeToBillingEvents {}

export type EventType = keyof EventData;

/** A canonical event: a CloudEvents 1.0 envelope. `key` is the business key whose order it keeps (CloudEvents `subject`). */
export interface CanonicalEvent<T extends EventType = EventType> {
  /** Unique with `source`; the same happening always has the same id. */
  id: string;
  /** Which app said it, e.g. `/system/crm`. */
  source: string;
  type: T;
  key: string;
  /** When it happened, RFC 3339. */
  time: string;
  data: EventData[T];
  /** Legal entities it concerns; rows built from it are seen by people of these. */
  legalEntities: string[];
  correlationId: string;
  traceparent?: string;
  actor?: Actor;
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
