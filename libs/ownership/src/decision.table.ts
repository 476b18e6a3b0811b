import type { Outcome } from '#apis/exceptions';
import type { Actor } from '#canonical';
import { column, table } from '#persistence';
import type { Detail, Question } from './ownership.rules.js';

/** Differences that people are asked about, and their decisions. */
export const decision = table(
  'ownership.decision',
  {
    recordId: column.text(),
    attribute: column.text(),
    noun: column.text(),
    target: column.text<Question['target']>(),
    stands: column.text(),
    wanted: column.text(),
    outcome: column.text<Outcome>().orNull(),
    /** The value that stands from the decision on. */
    base: column.text().orNull(),
    reason: column.text().orNull(),
    decidedBy: column.json<Actor>().orNull(),
    askedAt: column.instant(),
    decidedAt: column.instant().orNull(),
    legalEntities: column.texts(),
    detail: column.json<Detail>().orNull(),
    /** Computed by Postgres from the current and the wanted value. */
    difference: column.text(),
  },
  ['recordId', 'attribute', 'difference'],
);
