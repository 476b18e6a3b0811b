import type { PartnerLineState } from '#apis/partner';
import { column, table } from '#persistence';
import type { BillingSide, EntrySide } from './line.rules.js';

/** Time or an expense, and whose person's it is. */
export const line = table(
  'partner.line',
  {
    id: column.text(),
    entry: column.json<EntrySide>().orNull(),
    billing: column.json<BillingSide>().orNull(),
    email: column.text().orNull(),
    workerId: column.text().orNull(),
    agency: column.text().orNull(),
    kind: column.text<'time' | 'expense'>(),
    state: column.text<PartnerLineState>(),
    blocks: column.texts(),
    projectId: column.text(),
    person: column.text(),
    workDate: column.date(),
    minutes: column.integer().orNull(),
    spent: column.numeric(21, 6).orNull(),
    currency: column.char(3).orNull(),
    category: column.text().orNull(),
    note: column.text().orNull(),
    changedAt: column.instant(),
    legalEntities: column.texts(),
  },
  ['id'],
);

/** By whom a worker is lent, from a day until that of the worker's next row. */
export const employment = table(
  'partner.employment',
  {
    workerId: column.text(),
    fromDate: column.date(),
    seq: column.bigint(),
    email: column.text().orNull(),
    agency: column.text().orNull(),
  },
  ['workerId', 'fromDate'],
);
