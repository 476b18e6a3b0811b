import type { Clock, Transaction } from '#persistence';
import type { Endpoint } from './endpoint.table.js';
import type { Resolve } from './guarded-post.js';

/** Under which Nest injects what the app says of its webhooks. */
export const WEBHOOKS = Symbol('webhooks');

export interface WebhooksOptions {
  /** The types of message that an endpoint may ask for, besides that of a disabled endpoint. */
  types: readonly string[];
  /** What the app does besides when an endpoint is disabled, in the same transaction. */
  disabled?(em: Transaction, endpoint: Endpoint): Promise<void>;
  clock: Clock;
  /** How names are looked up; the system's way by default. */
  resolve?: Resolve;
}
