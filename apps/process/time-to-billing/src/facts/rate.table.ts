import { column, table } from '#persistence';
import type { RateRow } from '../rates/rates.rules.js';

/**
 * The rates that lines are priced by: those that finance states, and those of won deals and rate
 * cards.
 */
export const rate = table(
  'billing.rate',
  {
    id: column.text(),
    level: column.text<RateRow['level'] | 'card'>(),
    subject: column.text(),
    role: column.text().orNull(),
    resourcingEntity: column.text().orNull(),
    overtime: column.boolean().orNull(),
    unit: column.text<RateRow['unit']>(),
    minutesPerDay: column.integer().orNull(),
    amount: column.numeric(),
    currency: column.char(3),
    from: column.date().called('from_date'),
    to: column.date().called('to_date').orNull(),
    /** `stated`, or the deal or card that brought the row. */
    origin: column.text(),
    legalEntities: column.texts(),
  },
  ['id'],
);
