import { Problem } from '#canonical';
import { noteRefusal } from '#service';
import type { PortalContext } from '../graphql/portal-context.js';
import type { ProblemReport } from './problem.model.js';

/**
 * What a mutation answers: what it did, or why not. Refusals and unreachable back ends are part of the answer; a defect of our own
 * is thrown, so that it is logged and told as one.
 */
export async function payload<T>(
  mutation: string,
  { lifetime }: PortalContext,
  work: () => Promise<T>,
): Promise<{ result: T | null; problems: ProblemReport[] }> {
  try {
    lifetime.refuseLate();
    return { result: await work(), problems: [] };
  } catch (error) {
    if (!(error instanceof Problem) || error.kind === 'internal') throw error;
    noteRefusal(`mutation ${mutation}`, error);
    return { result: null, problems: reportsOf(error) };
  }
}

function reportsOf({ kind, code, detail, fields, retryable }: Problem): ProblemReport[] {
  const about = (field: string | null, said: string): ProblemReport => ({ kind, code: code ?? null, detail: said, field, retryable });
  return fields.length === 0 ? [about(null, detail)] : fields.map(({ field, message }) => about(field, message));
}
