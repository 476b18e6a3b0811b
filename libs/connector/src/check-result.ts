import { Problem } from '#canonical';

/**
 * One result of a vendor folder's check, for the person who connects a system app to a real tenant.
 * `what` names the check in plain words ("reads opportunities"); `say` states what was found, or
 * what is missing and who can provide it.
 */
export interface CheckResult {
  what: string;
  ok: boolean;
  say: string;
}

/**
 * Runs `see`, whose answer states that all is well; if it throws, the result states why and the
 * cure. `cure` as a function gives both in one text, or rethrows what no person can fix.
 */
export async function checkResult(what: string, see: () => Promise<string>, cure: string | ((error: unknown) => string)): Promise<CheckResult> {
  try {
    return { what, ok: true, say: await see() };
  } catch (error) {
    if (typeof cure === 'function') return { what, ok: false, say: cure(error) };
    const why = error instanceof Problem ? error.detail : (error as Error).message;
    return { what, ok: false, say: `${why}. ${cure}` };
  }
}
