/** What a change means for those who call the API today. */
export type Severity = 'breaking' | 'warning' | 'info';

/**
 * Which way the changed part travels. A request that takes less breaks its senders; an answer that
 * says more, or no longer says something, breaks its readers.
 */
export type Direction = 'request' | 'response' | 'none';

/** One difference between two releases of an API's document. */
export interface Change {
  /** The rule's name, stable over releases: approvals and machines refer to it. */
  id: string;
  severity: Severity;
  direction: Direction;
  /** `GET /v1/projects/{id}`; null for what belongs to no single operation. */
  operation: string | null;
  /**
   * JSON Pointer (RFC 6901) to where the thing stands once every `$ref` is followed: in the
   * revision, or in the base if the revision has it no more.
   */
  pointer: string;
  /** A sentence that a partner understands. */
  text: string;
}

export type Verdict = 'breaking' | 'warning' | 'compatible' | 'none';

export interface Report {
  verdict: Verdict;
  changes: Change[];
}

/** The verdict is that of the worst change; without any change it is `none`. */
export function reportOf(changes: Change[]): Report {
  const has = (severity: Severity): boolean => changes.some(change => change.severity === severity);
  if (has('breaking')) return { verdict: 'breaking', changes };
  if (has('warning')) return { verdict: 'warning', changes };
  return { verdict: changes.length > 0 ? 'compatible' : 'none', changes };
}
