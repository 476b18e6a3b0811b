import { Global, Module } from '@nestjs/common';
import { DeclaredReads } from './declared-reads.js';
import { EventLog } from './event-log.js';
import { EventPublisher } from './event-publisher.js';
import { EventShapes } from './event-shapes.js';
import { EventMetrics } from './event-metrics.js';
import { SetAsideHealth } from './set-aside-health.js';
import { SetAsides } from './set-aside.js';
import { Subscriptions } from './subscriptions.js';

/** The event log and its readers, on the app's own data source. */
@Global()
@Module({
  providers: [DeclaredReads, EventLog, EventPublisher, EventShapes, EventMetrics, SetAsideHealth, SetAsides, Subscriptions],
  exports: [EventLog, EventPublisher, SetAsides, Subscriptions],
})
export class EventsModule {}
