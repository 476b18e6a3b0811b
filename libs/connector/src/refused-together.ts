import { Problem, type FieldFault } from '#canonical';

/**
 * Waits for look-ups that may each refuse (`unprocessable`, naming fields). Throws one such refusal
 * with the fields of all, and with the `faults` that needed no look-up. Any other error is thrown
 * as it is.
 */
export async function refusedTogether<T extends unknown[]>(lookUps: { [K in keyof T]: Promise<T[K]> }, faults: FieldFault[] = []): Promise<T> {
  const outcomes = await Promise.allSettled(lookUps);
  const errors = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  const refusals = errors.filter(isRefusal);
  if (refusals.length < errors.length) throw errors.find(error => !isRefusal(error));
  const fields = [...faults, ...refusals.flatMap(refusal => refusal.fields)];
  if (fields.length > 0)
    throw new Problem('unprocessable', `${fields.map(({ message }) => message).join('; ')}.`, { code: refusals[0]?.code ?? 'unfit', fields });
  return outcomes.map(outcome => (outcome as PromiseFulfilledResult<unknown>).value) as T;
}

const isRefusal = (error: unknown): error is Problem => error instanceof Problem && error.kind === 'unprocessable' && error.fields.length > 0;
