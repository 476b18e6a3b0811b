import { Problem } from '#canonical';

/**
 * One thing that a vendor folder's check found out, for the person who points a system app at a real tenant.
 * `what` is the thing in plain words ("reads opportunities"), `say` what was seen or what is missing and who can mend it.
 */
export interface CheckResult {
  what: string;
  ok: boolean;
  say: string;
}

/** What `see` says when all is well, else why not and what cures it. `cure`: both in one, or throws what no person can mend. */
export async function checkResult(what: string, see: () => Promise<string>, cure: string | ((error: unknown) => string)): Promise<CheckResult> {
  try {
    return { what, ok: true, say: await see() };
  } catch (error) {
    if (typeof cure === 'function') return { what, ok: false, say: cure(error) };
    const why = error instanceof Problem ? error.detail : (error as Error).message;
    return { what, ok: false, say: `${why}. ${cure}` };
  }
}
