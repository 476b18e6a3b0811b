import { column, table, type ReadRow } from '#persistence';

/** A consumer took note that a version of an API, or an operation of it, ends. */
export const acknowledgement = table(
  'governance.acknowledgement',
  {
    app: column.text(),
    version: column.text(),
    /** The operation's id; empty for the whole version. */
    operation: column.text(),
    consumer: column.text(),
    /** Who took note for the consumer. */
    by: column.text(),
    /** When that was, and by when it moves. Days are `YYYY-MM-DD`. */
    toldOn: column.date(),
    movesBy: column.date(),
    changedAt: column.instant(),
  },
  ['app', 'version', 'operation', 'consumer'],
);

export type Acknowledgement = Omit<ReadRow<typeof acknowledgement.columns>, 'changedAt'>;
