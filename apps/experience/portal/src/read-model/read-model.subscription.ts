import { Injectable, type OnModuleInit } from '@nestjs/common';
import { thingOf, type EventData, type EventType, type RecordedEvent } from '#canonical';
import { Subscriptions } from '#events';
import type { Transaction } from '#persistence';
import { Metrics } from '#service';
import { projectBillingLines } from '../billing/billing-lines.projection.js';
import { projectCustomers } from '../customers/customers.projection.js';
import { projectDeals } from '../deals/deals.projection.js';
import { needsOf, projectExceptions, sumGroups } from '../exceptions/exceptions.projection.js';
import { projectInvoices } from '../invoices/invoices.projection.js';
import { projectJourneys } from '../journeys/journeys.projection.js';
import { projectMappings } from '../mappings/mappings.projection.js';
import { projectProjects } from '../projects/projects.projection.js';
import { projectStaffingRequests } from '../staffing-requests/staffing-requests.projection.js';
import { projectWorkers } from '../workers/workers.projection.js';
import { Batch } from './batch.js';
import { settle } from './settle.js';

export const READ_MODEL = 'portal.read-model';
/** Lines come by the hundred in an event and by the ten thousand in an hour: apart, so that nothing else waits for them. */
export const BILLING_LINES = 'portal.billing-lines';
export const SUBSCRIPTIONS = [READ_MODEL, BILLING_LINES] as const;

const TYPES: EventType[] = [
  'deal.won.v1',
  'deal.changed.v1',
  'deal.reopened.v1',
  'deal.lost.v1',
  'customer.changed.v1',
  'billing-customer.changed.v1',
  'project.changed.v1',
  'financial-project.changed.v1',
  'staffing-request.raised.v1',
  'staffing-request.changed.v1',
  'worker.changed.v1',
  'mapping.changed.v1',
  'project.activated.v1',
  'invoice.changed.v1',
  'journey.step.v1',
  'exception.changed.v1',
];

/** Builds the read model from the event log, a batch at a time: a few statements per noun however many events there are. */
@Injectable()
export class ReadModelSubscription implements OnModuleInit {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    const rejected = ({ type }: RecordedEvent) =>
      this.metrics.counter('throughline_portal_events_rejected_total', 'Events the read model put aside, by type.', ['type']).inc({ type });
    this.subscriptions.subscribe({
      name: READ_MODEL,
      types: TYPES,
      from: 'start',
      batch: 500,
      whole: true,
      keyOf: thingOf,
      rejected,
      handle: applyEvents,
    });
    this.subscriptions.subscribe({
      name: BILLING_LINES,
      types: ['billing-lines.changed.v1'],
      from: 'start',
      batch: 20,
      whole: true,
      parts: linesApart,
      rejected,
      handle: applyBillingLines,
    });
  }
}

/** An event of many lines as many of one, each in the order of its line. */
function linesApart(event: RecordedEvent): RecordedEvent[] {
  const { lines } = event.data as EventData['billing-lines.changed.v1'];
  return Array.isArray(lines) ? lines.map(line => ({ ...event, key: line.id, data: { lines: [line] } })) : [event];
}

export async function applyEvents(em: Transaction, events: RecordedEvent[]): Promise<void> {
  const batch = new Batch(em, events);
  const remapped = await projectMappings(batch);
  await projectDeals(batch, remapped);
  await projectCustomers(batch);
  await projectProjects(batch);
  await projectWorkers(batch);
  await projectStaffingRequests(batch);
  await projectInvoices(batch);
  await projectJourneys(batch);
  const before = await needsOf(
    batch,
    batch.latest('exception.changed.v1').map(({ data }) => data.id),
  );
  const changed = await projectExceptions(batch);
  const reassigned = await settle(batch);
  await sumGroups(batch, [...new Set([...before, ...(await needsOf(batch, [...changed, ...reassigned]))])].sort());
  await readTo(em, READ_MODEL, events);
}

export async function applyBillingLines(em: Transaction, events: RecordedEvent[]): Promise<void> {
  await projectBillingLines(new Batch(em, events));
  await readTo(em, BILLING_LINES, events);
}

async function readTo(em: Transaction, name: string, events: RecordedEvent[]): Promise<void> {
  await em.query(
    `insert into portal.progress as p (name, read_to, applied_at) values ($1, $2, now())
     on conflict (name) do update set read_to = greatest(p.read_to, excluded.read_to), applied_at = excluded.applied_at`,
    [name, events.at(-1)!.recordedAt],
  );
}
