export { EventLog, recorded, topicOf } from './event-log.js';
export { EventPublisher, type NewEvent } from './event-publisher.js';
export { misfitOf } from './event-shape.js';
export { EventShapes } from './event-shapes.js';
export { eventsMigrations } from './events.migrations.js';
export { EventsModule } from './events.module.js';
export { placeOf as readerPlace } from './delivery.js';
export {
  asideTopic,
  type FailedItem,
  type Item,
  namedByStop,
  refuseTooMany,
  type SetAsideRow,
  SetAsides,
  stopNaming,
  TooManyFailures,
  faultText as whatIs,
} from './set-aside.js';
export { isAside, isStopped, readerMarks } from './set-aside-conditions.js';
export { setAsideByPlace, stoppedPlaces, visibleSetAside } from './set-aside-seen.js';
export type { Subscription } from './subscription.js';
export { Subscriptions } from './subscriptions.js';
