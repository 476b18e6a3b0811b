export { EventLog } from './event-log.js';
export { eventsMigrations } from './events.migrations.js';
export { EventsModule } from './events.module.js';
export { type Subscription, Subscriptions } from './subscriptions.js';
