import { column, table, type ReadRow } from '#persistence';

/** Minutes in which an operation that goes away is answered as if it had gone. */
export interface BrownOut {
  /** RFC 3339. */
  from: string;
  minutes: number;
}

/** Who let an operation end although these consumers still used it. */
export interface RetirementApproval {
  by: string;
  why: string;
  /** It may end before the announced day, or without one. */
  beforeSunset?: boolean;
  /** Each remaining consumer: when its contact was told, and by when it moves. Days are `YYYY-MM-DD`. */
  consumers: { consumer: string; toldOn: string; movesBy: string }[];
}

/** The end of a version of an API, or of one operation of it. */
export const retirement = table(
  'governance.retirement',
  {
    app: column.text(),
    version: column.text(),
    /** The operation's id; empty for the whole version. */
    operation: column.text(),
    /** Null while only brown-outs are announced. */
    retiredAt: column.instant().orNull(),
    /** The path of what replaces it, behind the gateway. */
    successor: column.text().orNull(),
    approval: column.json<RetirementApproval>().orNull(),
    brownOuts: column.json<BrownOut[]>(),
    changedAt: column.instant(),
  },
  ['app', 'version', 'operation'],
);

export type Retirement = Omit<ReadRow<typeof retirement.columns>, 'changedAt'>;
