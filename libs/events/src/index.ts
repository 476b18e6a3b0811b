export { EventLog, topicOf } from './event-log.js';
export { eventsMigrations } from './events.migrations.js';
export { EventsModule } from './events.module.js';
export { type Item, type SetAsideRow, SetAsides, TooMany } from './set-aside.js';
export { type Subscription, Subscriptions } from './subscriptions.js';
