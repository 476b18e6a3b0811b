import { column, table, type ReadRow } from '#persistence';

/** How much a consumer may ask of the whole house: of all its apps and replicas together. */
export const plan = table(
  'governance.plan',
  {
    name: column.text(),
    /** Calls in any window of `windowSeconds`. A GraphQL operation counts by its cost. */
    rate: column.integer(),
    /** 10 to 3600. */
    windowSeconds: column.integer(),
    /** Calls in any second. */
    burst: column.integer(),
    /** Requests that run at the same time; null is any number. */
    concurrency: column.integer().orNull(),
    /** Calls in a day of UTC; null is any number. */
    dailyQuota: column.integer().orNull(),
    changedAt: column.instant(),
  },
  ['name'],
);

export type Plan = Omit<ReadRow<typeof plan.columns>, 'changedAt'>;
