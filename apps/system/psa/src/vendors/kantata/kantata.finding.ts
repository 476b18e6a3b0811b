import { Problem } from '#canonical';
import type { Finding } from '#connector';

/** What `see` says when all is well, else why not and what cures it. */
export async function finding(what: string, see: () => Promise<string>, cure: string): Promise<Finding> {
  try {
    return { what, ok: true, say: await see() };
  } catch (error) {
    const why = error instanceof Problem ? error.detail : (error as Error).message;
    return { what, ok: false, say: `${why}. ${cure}` };
  }
}
