import { Problem, type Need } from '#canonical';
import { soldRateNeed, type Detail } from '#ownership';

/**
 * Refuses fields of an action that would be ignored: the caller relies on them. Throws
 * `unprocessable` naming each such field.
 */
function refuse(given: object, unheard: string[], rule: string, of: string): void {
  const fields = unheard
    .filter(field => (given as Record<string, unknown>)[field] !== undefined)
    .map(field => ({ field, rule, message: `${field} may be given with ${of} only` }));
  if (fields.length > 0) throw new Problem('unprocessable', `${fields.map(({ message }) => message).join('; ')}.`, { code: 'not-asked', fields });
}

/**
 * Only an answer about sold rates may say from when the rate holds and what happens to priced work.
 */
export function refuseSoldRatePart(answer: Partial<Detail>, asked: Pick<Need, 'need'>[]): void {
  if (!asked.some(({ need }) => soldRateNeed.is(need))) refuse(answer, ['from', 'reRate'], 'sold-rate', 'an answer about a sold rate');
}

/** Retry and skip answer no question. */
export const refuseAnswerPart = (body: Partial<Detail> & { need?: string }): void => refuse(body, ['need', 'from', 'reRate'], 'answer', 'an answer');
