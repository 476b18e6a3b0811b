import type { Message } from '#apis';
import type { BillableTransaction } from '#canonical';
import type { PricedLine } from '../facts/line-facts.js';

const POSTING_DATE = 'price.posting-date';

/** Says why a line is not posted on its work date. */
export const explainPostingDate = ({
  workDate,
  postingDate,
  legalEntity,
}: Pick<BillableTransaction, 'workDate' | 'postingDate' | 'legalEntity'>): Message[] =>
  postingDate === workDate ? [] : [{ code: POSTING_DATE, params: { workDate, postingDate, legalEntity } }];

/** The same price, posted on another day. */
export function datedOn(priced: PricedLine, postingDate: string): PricedLine {
  const transaction = { ...priced.transaction, postingDate };
  return {
    ...priced,
    transaction,
    explanation: [...priced.explanation.filter(({ code }) => code !== POSTING_DATE), ...explainPostingDate(transaction)],
  };
}
