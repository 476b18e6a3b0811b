import { column, table, type ReadRow } from '#persistence';

export type ConsumerState = 'active' | 'suspended';

/** Whoever calls our APIs by a client of the issuer: a program, or an app that people use. */
export const consumer = table(
  'governance.consumer',
  {
    /** The client's id at the issuer: the `client_id` of its tokens. */
    clientId: column.text(),
    name: column.text(),
    /** Whom to write to before something that it uses ends. */
    contact: column.text(),
    /** The name of its plan. */
    plan: column.text(),
    /** A suspended consumer is refused. */
    state: column.text<ConsumerState>(),
    changedAt: column.instant(),
  },
  ['clientId'],
);

export type Consumer = Omit<ReadRow<typeof consumer.columns>, 'changedAt'>;
