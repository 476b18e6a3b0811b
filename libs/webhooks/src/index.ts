export { type Delivery } from './delivery.table.js';
export { type Endpoint } from './endpoint.table.js';
export { Endpoints, type ReplayFrom, type Wanted } from './endpoints.js';
export { ENDPOINT_DISABLED, type Message, publish } from './outbox.js';
export { WebhooksConfig } from './webhooks.config.js';
export { webhooksMigrations } from './webhooks.migrations.js';
export { WebhooksModule } from './webhooks.module.js';
