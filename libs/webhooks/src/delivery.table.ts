import { column, table, type ReadRow } from '#persistence';

/** What became of one message at one endpoint. */
export const delivery = table(
  'webhooks.delivery',
  {
    endpointId: column.text(),
    messageId: column.text(),
    seq: column.bigint(),
    key: column.text(),
    /** A dead letter is not tried any more, unless it is replayed. */
    state: column.text<'pending' | 'delivered' | 'dead'>(),
    attempts: column.integer(),
    firstTriedAt: column.instant().orNull(),
    dueAt: column.instant(),
    attempt: column.uuid().orNull(),
    leasedUntil: column.instant().orNull(),
    /** Of the last answer. */
    status: column.integer().orNull(),
    /** Why the last attempt failed, in words for the endpoint's owner. */
    why: column.text().orNull(),
    settledAt: column.instant().orNull(),
  },
  ['endpointId', 'messageId'],
);

export type Delivery = ReadRow<typeof delivery.columns>;
