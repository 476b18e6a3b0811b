import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type EventData, type EventType, type RecordedEvent, thingOf } from '#apis';
import { Subscriptions } from '#events';
import type { Transaction } from '#persistence';
import { Batch, buildFromLog, type ReadModel } from '#read-model';
import { Metrics } from '#service';
import { projectInvoices } from '../invoices/invoices.projection.js';
import { projectLines } from '../lines/lines.projection.js';
import { projectProjects } from '../projects/projects.projection.js';

/** The types of event that partners' rows are built from. */
export const READ: EventType[] = [
  'billing-lines.changed.v1',
  'expense-entry.changed.v1',
  'financial-project.changed.v1',
  'invoice.changed.v1',
  'project.changed.v1',
  'time-entry.changed.v1',
  'worker.changed.v1',
];

/** Splits an event of many lines into events of one, each in the order of its line. */
function linesApart(event: RecordedEvent): RecordedEvent[] {
  const { lines } = event.data as Partial<EventData['billing-lines.changed.v1']>;
  return Array.isArray(lines) ? lines.map(line => ({ ...event, key: `line:${line.id}`, data: { lines: [line] } })) : [event];
}

async function apply(em: Transaction, events: RecordedEvent[]): Promise<void> {
  const batch = new Batch(em, events);
  await projectProjects(batch);
  await projectInvoices(batch);
  await projectLines(batch);
}

/**
 * One reader of all types: whose a line is, is decided by what is known of its worker, and a reader
 * of lines beside one of workers could miss what the other is just writing.
 */
export const partnerReadModel: ReadModel = {
  schema: 'partner',
  parts: [
    {
      name: 'partner.read-model',
      types: READ,
      batch: 50,
      keyOf: event => (event.type === 'billing-lines.changed.v1' ? event.key : thingOf(event)),
      parts: linesApart,
      apply,
    },
  ],
};

@Injectable()
export class PartnerSubscription implements OnModuleInit {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    buildFromLog(partnerReadModel, this.subscriptions, this.metrics);
  }
}
