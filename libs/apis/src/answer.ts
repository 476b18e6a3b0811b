import { fitOf, listOf, objectOf, type Fit } from '#canonical';
import type { Operation } from './operation.js';

const cursor: Fit = value => (value === null || typeof value === 'string' ? undefined : { at: '', is: 'is neither a text nor null' });

/** The check whether an answer is what an operation declares; none where it declares no answer. */
export function answerFit({ answer, pageOf }: Operation): Fit | undefined {
  if (!pageOf) return answer && fitOf(answer);
  return objectOf([
    { name: 'items', required: true, fit: listOf(fitOf(pageOf)) },
    { name: 'nextCursor', required: true, fit: cursor },
  ]);
}
