import type { Shape } from './operation.js';

/**
 * A field as documents name it (`LineView.workerName`, with the name of its schema), or a parameter of one
 * operation's query (`listDeals.query.limit`, as usage names it).
 */
export type FieldName<Field extends string = string> = `${string}.${Field}`;

/**
 * An announcement that an operation or a field goes away. Dates are `YYYY-MM-DD`, UTC. It becomes
 * `deprecated` and `x-sunset` in the document, `@deprecated` in the GraphQL schema, and the headers
 * of RFC 9745 and RFC 8594 on every answer.
 */
export interface Deprecation<Operation extends string = string> {
  /** The operation's id, or a field. */
  of: Operation | FieldName;
  since: string;
  /** The first day on which it may be gone. */
  sunset: string;
  /** What to use instead: the id of an operation, a field, or the path of either elsewhere. */
  successor?: string;
  /** A sentence that a partner understands. */
  why: string;
}

/** The deprecations of an app's API by its major version. */
export type Deprecations = Readonly<Record<string, readonly Deprecation[]>>;

/** Names a field for a deprecation; the compiler refuses a field that the class does not have. */
export function field<T extends object, Field extends keyof T & string>(of: Shape<T>, name: Field): FieldName<Field> {
  return `${of.name}.${name}`;
}
