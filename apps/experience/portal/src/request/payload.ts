import { Problem } from '#canonical';
import { noteRefusal } from '#service';
import type { PortalContext } from './portal-context.js';
import type { ProblemReport } from '../values/problem.model.js';

/** One request may have many changes, made one after the other. */
const CHANGES_BEGIN_WITHIN_MS = 60_000;

/**
 * What a mutation answers: what it did, or why not. Refusals and unreachable back ends are part of the answer; a defect of our own
 * is thrown, so that it is logged and told as one.
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

/** Some time before the request's own is up, so that what was begun comes to its end. */
function refuseLate(beganAt: number): void {
  if (Date.now() - beganAt <= CHANGES_BEGIN_WITHIN_MS) return;
  const detail = `This was not begun within ${CHANGES_BEGIN_WITHIN_MS} ms of the request, and nothing of it was done.`;
  throw new Problem('vendor-unavailable', detail, { code: 'deadline-passed' });
}

function reportsOf({ kind, code, detail, fields, retryable }: Problem): ProblemReport[] {
  const about = (field: string | null, said: string): ProblemReport => ({ kind, code: code ?? null, detail: said, field, retryable });
  return fields.length === 0 ? [about(null, detail)] : fields.map(({ field, message }) => about(field, message));
}
