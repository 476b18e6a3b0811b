import type { ErpAbility } from '#apis/erp';

/** What is said of one that lacks an ability. */
export const LACKING: Readonly<Record<ErpAbility, string>> = {
  billing: 'takes no billable transactions',
  books: "doesn't tell its books: exchange rates, periods and invoices",
};
