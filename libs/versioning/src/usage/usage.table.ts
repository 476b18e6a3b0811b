import { column, table } from '#persistence';

/**
 * How often a consumer used an operation, or a field of one, on a day (UTC). An app writes its own
 * rows.
 */
export const usage = table(
  'governance.usage',
  {
    /** The app that was called. */
    app: column.text(),
    day: column.date(),
    /** The API version: `1`. */
    version: column.text(),
    /** The operation's id; `graphql` for a GraphQL API. */
    operation: column.text(),
    /**
     * Empty for the operation itself; else what was sent (`body.lines[].note`, `query.limit`), what
     * a translation had to supply (`answer.minutes`), or what was selected (`Deal.name`).
     */
    field: column.text(),
    /** The client that called. */
    consumer: column.text(),
    /** The release of an app of the house that called; empty for others. */
    release: column.text(),
    calls: column.bigint(),
    lastAt: column.instant(),
  },
  ['app', 'day', 'version', 'operation', 'field', 'consumer', 'release'],
);
