import type { ErpAbility } from '#apis/erp';

/** The end of the sentence about an ERP that lacks the ability. */
export const LACKING: Readonly<Record<ErpAbility, string>> = {
  billing: 'takes no billable transactions',
  books: "doesn't tell its books: exchange rates, periods and invoices",
};
