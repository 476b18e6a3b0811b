import type { Money } from '#canonical';
import { column, table } from '#persistence';
import type { ExpenseTerm } from '../pricing/expense-terms.rules.js';

/** How expenses are billed, as finance states it. */
export const expenseTerm = table(
  'billing.expense_term',
  {
    id: column.text(),
    level: column.text<ExpenseTerm['level']>(),
    subject: column.text(),
    category: column.text().orNull(),
    treatment: column.text<ExpenseTerm['treatment']>(),
    percent: column.numeric().orNull(),
    unit: column.text<NonNullable<ExpenseTerm['unit']>>().orNull(),
    unitRate: column.json<Money>().orNull(),
    unitCost: column.json<Money>().orNull(),
    tripEndsPercent: column.numeric().orNull(),
    maxAmount: column.json<Money>().orNull(),
    receiptOver: column.json<Money>().orNull(),
    from: column.date().called('from_date'),
    legalEntities: column.texts(),
  },
  ['id'],
);
