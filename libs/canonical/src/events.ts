import type { AccountingPeriod, BillingLine, DatedRateCard, ExchangeRate, Invoice } from './billing.js';
import type { Actor } from './actor.js';
import type { Deal } from './deal.js';
import type { ExceptionRecord, Reason } from './exception.js';
import type { JourneyStep } from './journey.js';
import type { ReferredValue } from './reference-data.js';
import type { Customer } from './customer.js';
import type { ProjectInPsa, FinancialProject } from './project.js';
import type { StaffingRequest, StaffingRequestWithEligibility } from './staffing-request.js';
import type { Assignment, ExpenseEntry, TimeEntry } from './time-entry.js';
import type { Worker } from './worker.js';
import type { ExternalRef } from './ids.js';
import type { AgreedRates, SaidOfPriced } from './rate.js';

/** A noun's new whole state, with the attributes that differ from the one before (`[]` when it is new). */
export interface Changed<T> {
  state: T;
  changed: string[];
  previous?: Partial<T>;
  deleted?: boolean;
}

/** A record, line or event that was set aside since it could not be taken, or a feed or reader that was stopped for too many of them. */
export interface SetAside {
  /** The id of its exception. */
  id: string;
  /** Who could not take it: `feed psa/time-entries`, `reader time-to-billing.intake`. */
  place: string;
  /** `open`: it waits for somebody; `closed`: it was taken after all, something newer went before it, or a person passed it over. */
  state: 'open' | 'closed';
  /** Where it is to be mended, and what it is there. */
  system: string;
  noun: string;
  nativeId: string;
  reason: Reason;
  /** Later ones of its key that wait behind it. */
  held: number;
}

/**
 * The canonical events, type -> data. Whole states, so that a reader needs no other source. Types end in `.v1` and are never
 * rewritten. Pay data is left out of events: `worker` states come without `costRate`.
 */
export interface EventData {
  'deal.won.v1': Changed<Deal>;
  'deal.changed.v1': Changed<Deal>;
  'deal.reopened.v1': Changed<Deal>;
  'deal.lost.v1': Changed<Deal>;
  'customer.changed.v1': Changed<Customer>;
  'billing-customer.changed.v1': Changed<Customer>;
  'project.changed.v1': Changed<ProjectInPsa>;
  'financial-project.changed.v1': Changed<FinancialProject & { refs: ExternalRef[] }>;
  /** By the flow that raised it, with HCM's answer as of that moment. */
  'staffing-request.raised.v1': { state: StaffingRequestWithEligibility; refs: ExternalRef[] };
  /** By the PSA's capture; knows nothing of eligibility. */
  'staffing-request.changed.v1': Changed<StaffingRequest & { refs: ExternalRef[] }>;
  'worker.changed.v1': Changed<Omit<Worker, 'costRate'>>;
  /** Time and expenses that are or were approved; drafts are nobody's business. Key: the line's id. */
  'time-entry.changed.v1': Changed<TimeEntry>;
  'expense-entry.changed.v1': Changed<ExpenseEntry>;
  'assignment.changed.v1': Changed<Assignment>;
  'rate-card.changed.v1': Changed<DatedRateCard>;
  'exchange-rate.changed.v1': Changed<ExchangeRate>;
  'accounting-period.changed.v1': Changed<AccountingPeriod>;
  /** What records of the ERP may refer to: payment terms, a subsidiary, an employee. Key: its `referenceId`. */
  'reference-value.changed.v1': Changed<ReferredValue & { id: string }>;
  'invoice.changed.v1': Changed<Invoice>;
  /** Many lines of a batch in one event, since they come by the hundred; each carries its own `revision`. */
  'billing-lines.changed.v1': { lines: BillingLine[] };
  'mapping.changed.v1': {
    kind: string;
    source: string;
    target: string | null;
    /** What it meant before; absent in events of releases that did not tell. */
    previous?: string | null;
  };
  'project.activated.v1': { projectId: string; dealId: string; customerId: string; refs: ExternalRef[] };
  /** By the flow that took the deal, or by whoever answered what it asked. Key: the deal's id. */
  'deal-rates.agreed.v1': { state: AgreedRates; said: SaidOfPriced[] };
  'run.requested.v1': { dealId: string; planHash?: string; reason?: string };
  'journey.step.v1': JourneyStep;
  'exception.changed.v1': ExceptionRecord;
  /** A record or event that could not be taken for what it says, or is taken after all. Key: the id of its exception. */
  'set-aside.changed.v1': SetAside;
  'drift.detected.v1': { noun: string; id: string; system: string; attributes: string[] };
}
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

/** What an event states the whole of: a newer one about the same thing says all that an older one did. */
export function thingOf({ type, key, data }: Pick<CanonicalEvent, 'type' | 'key' | 'data'>): string {
  const { state, id } = (data ?? {}) as { state?: { id?: string }; id?: string };
  // However a deal changed, its event states all of it; other nouns have a type for each thing that is said of them.
  return `${type.startsWith('deal.') ? 'deal' : type}:${state?.id ?? id ?? key}`;
}
