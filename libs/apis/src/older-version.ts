import type { AnyTranslation, Made, Operation, Translation } from './operation.js';

const SAME = ['method', 'scope', 'writesNothing', 'ifMatch', 'status'] as const;

/**
 * An operation of an older version that nobody implements: requests are translated to the newer
 * operation, answers back. Who may call it, and what it changes, must be the same. Throws where
 * they differ.
 */
export function olderVersion<In, Out, Current extends Operation>(made: Made<In, Out>, translation: Translation<In, Out, Current>): Made<In, Out> {
  const { of } = translation;
  const differs = SAME.filter(name => made[name] !== of[name]);
  if (differs.length > 0) throw new Error(`${made.path} of an older version has another ${differs.join(' and ')} than ${of.id}, which serves it.`);
  return { ...made, translation: translation as unknown as AnyTranslation };
}
