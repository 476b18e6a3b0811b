import { Injectable, type OnModuleInit } from '@nestjs/common';
import { thingOf, type EventData, type EventType, type RecordedEvent } from '#apis';
import { Subscriptions } from '#events';
import type { Transaction } from '#persistence';
import { buildFromLog, type ReadModel } from '#read-model';
import { Metrics } from '#service';
import { projectBillingLines } from './billing-lines.projection.js';
import { projectCustomers } from './customers.projection.js';
import { projectDeals } from './deals.projection.js';
import { needsOf, projectExceptions, sumGroups } from './exceptions.projection.js';
import { projectInvoices } from './invoices.projection.js';
import { projectJourneys } from './journeys.projection.js';
import { projectMappings } from './mappings.projection.js';
import { projectProjects } from './projects.projection.js';
import { projectStaffingRequests } from './staffing-requests.projection.js';
import { projectWorkers } from './workers.projection.js';
import { PortalBatch } from './batch.js';
import { refreshDerived } from './refresh-derived.js';

export const READ_MODEL = 'portal.read-model';
/**
 * Lines come by the hundred in an event and by the ten thousand in an hour. They have a reader of
 * their own, so that nothing else waits for them.
 */
export const BILLING_LINES = 'portal.billing-lines';

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

/** Splits an event of many lines into events of one, each in the order of its line. */
function linesApart(event: RecordedEvent): RecordedEvent[] {
  const { lines } = event.data as EventData['billing-lines.changed.v1'];
  return Array.isArray(lines) ? lines.map(line => ({ ...event, key: line.id, data: { lines: [line] } })) : [event];
}

async function applyEvents(em: Transaction, events: RecordedEvent[]): Promise<void> {
  const batch = new PortalBatch(em, events);
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
  const reassigned = await refreshDerived(batch);
  await sumGroups(batch, [...new Set([...before, ...(await needsOf(batch, [...changed, ...reassigned]))])].sort());
}

async function applyBillingLines(em: Transaction, events: RecordedEvent[]): Promise<void> {
  await projectBillingLines(new PortalBatch(em, events));
}

/** The portal's read model: a few statements per noun, however many events there are. */
export const portalReadModel: ReadModel = {
  schema: 'portal',
  parts: [
    { name: READ_MODEL, types: TYPES, batch: 500, keyOf: thingOf, apply: applyEvents },
    { name: BILLING_LINES, types: ['billing-lines.changed.v1'], batch: 20, parts: linesApart, apply: applyBillingLines },
  ],
};

@Injectable()
export class ReadModelSubscription implements OnModuleInit {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    buildFromLog(portalReadModel, this.subscriptions, this.metrics);
  }
}
