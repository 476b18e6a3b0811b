import { signal, type Transaction } from '#persistence';

/** Wakes the senders. */
export const DUE = 'webhooks.due';

/** The type of message by which an owner's other endpoints are told that one is disabled. */
export const ENDPOINT_DISABLED = 'webhook-endpoint.disabled.v1';

/** What an owner is told, if an endpoint of it asked for the type. */
export interface Message {
  /** The same again is the same message: it is kept once. Receivers know repetitions by it. */
  id: string;
  /** Who may know of it: what the endpoints of nobody else are sent. */
  owner: string;
  type: string;
  /** Messages of one key reach an endpoint in the order in which they were published. */
  key: string;
  /** When it happened. */
  time: Date;
  /** What the owner may read of it. */
  data: object;
}

/** A longer body is a defect of whoever publishes it: a message says what changed, not everything. */
const MOST_BYTES = 64 * 1024;

const PUBLISH = `
  with told as (
    insert into webhooks.message (id, owner, type, key, body, made_at) values ($1, $2, $3, $4, $5, $6)
    on conflict (id) do nothing returning id, seq, key)
  insert into webhooks.delivery (endpoint_id, message_id, seq, key, state, due_at)
  select e.id, t.id, t.seq, t.key, 'pending', $6 from told t, webhooks.endpoint e
  where e.owner = $2 and e.state = 'active' and $3 = any(e.types)`;

/**
 * Publishes a message in the transaction of what it tells; it is sent after the commit. Messages of
 * one key have to be published one after the other. `now` is when they are due.
 */
export async function publish(em: Transaction, { id, owner, type, key, time, data }: Message, now: Date): Promise<void> {
  const body = JSON.stringify({ type, timestamp: time.toISOString(), data });
  if (Buffer.byteLength(body) > MOST_BYTES) throw new Error(`the message ${type} of ${key} has more than ${MOST_BYTES} bytes`);
  await em.query(PUBLISH, [id, owner, type, key, body, now]);
  await signal(em, DUE);
}
