import { column, table, type ReadRow } from '#persistence';

/** Where an owner is told of which types of message. */
export const endpoint = table(
  'webhooks.endpoint',
  {
    id: column.text(),
    owner: column.text(),
    url: column.text(),
    types: column.texts(),
    state: column.text<'active' | 'disabled'>(),
    /** Why it is disabled, in words for its owner. */
    why: column.text().orNull(),
    failingSince: column.instant().orNull(),
    waitsUntil: column.instant().orNull(),
    createdAt: column.instant(),
    changedAt: column.instant(),
  },
  ['id'],
);

export type Endpoint = ReadRow<typeof endpoint.columns>;
