import { Problem } from '#canonical';
import { noteRefusal } from '#service';
import type { PortalContext } from './portal-context.js';
import type { ProblemReport } from '../values/problem.model.js';

/** One request may contain many changes, made one after the other. */
const CHANGES_BEGIN_WITHIN_MS = 60_000;

/**
 * The answer of a mutation: its result, or why there is none. Refusals and unavailable back ends
 * are part of the answer. Our own defects are thrown, so that they are logged and answered as such.
 */
export async function payload<T>(
  mutation: string,
  { beganAt }: PortalContext,
  work: () => Promise<T>,
): Promise<{ result: T | null; problems: ProblemReport[] }> {
  try {
    refuseLate(beganAt);
    return { result: await work(), problems: [] };
  } catch (error) {
    if (!(error instanceof Problem) || error.kind === 'internal') throw error;
    noteRefusal(`mutation ${mutation}`, error);
    return { result: null, problems: reportsOf(error) };
  }
}

/**
 * Refuses some time before the request's own time limit, so that a change that was begun can
 * finish.
 */
function refuseLate(beganAt: number): void {
  if (Date.now() - beganAt <= CHANGES_BEGIN_WITHIN_MS) return;
  const detail = `This was not begun within ${CHANGES_BEGIN_WITHIN_MS} ms of the request, and nothing of it was done.`;
  throw new Problem('vendor-unavailable', detail, { code: 'deadline-passed' });
}

function reportsOf({ kind, code, detail, fields, retryable }: Problem): ProblemReport[] {
  const about = (field: string | null, said: string): ProblemReport => ({ kind, code: code ?? null, detail: said, field, retryable });
  return fields.length === 0 ? [about(null, detail)] : fields.map(({ field, message }) => about(field, message));
}
