import { canonicalJson, cleanJson } from '#canonical';

type Attributes = Record<string, unknown>;

/** The attributes of two states that differ, in order of name. */
export function differingAttributes(before: object, after: object): string[] {
  const [a, b] = [before as Attributes, after as Attributes];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return names.filter(name => !same(a[name], b[name]));
}

/** Those of the changed attributes that hold what we wrote: our own write coming back. */
export function echoes(changed: string[], after: object, lastWritten: object | null): string[] {
  if (!lastWritten) return [];
  const [now, written] = [after as Attributes, lastWritten as Attributes];
  return changed.filter(name => name in written && same(written[name], now[name]));
}

/**
 * Stored states may hold texts from before texts were cleaned. That they are cleaned now is not a
 * change of the record.
 */
function same(kept: unknown, now: unknown): boolean {
  const text = canonicalJson(now);
  return canonicalJson(kept) === text || canonicalJson(cleanJson(kept)) === text;
}
