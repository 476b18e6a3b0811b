import type { Deprecation } from './deprecation.js';
import type { Operations } from './operation.js';

export const LAYERS = ['system', 'process', 'experience'] as const;
export type Layer = (typeof LAYERS)[number];

/** An app's API, or the part of it that another app uses. */
export interface Api<O extends Operations = Operations> {
  readonly app: string;
  readonly layer: Layer;
  readonly version: string;
  readonly operations: O;
  /** What of it goes away. */
  readonly deprecations: readonly Deprecation[];
}

/** The compiler refuses the deprecation of an operation that the API does not have. */
export function defineApi<O extends Operations>(
  { deprecations = [], ...of }: Omit<Api, 'operations' | 'deprecations'> & { deprecations?: readonly Deprecation<NoInfer<keyof O & string>>[] },
  operations: O,
): Api<O> {
  return { ...of, deprecations, operations };
}

/**
 * The operations of an API that an app uses. It has a client for no others, and its token has no
 * scope for them.
 */
export function uses<O extends Operations, Id extends keyof O & string>(api: Api<O>, ...ids: Id[]): Api<Pick<O, Id>> {
  return { ...api, operations: Object.fromEntries(ids.map(id => [id, api.operations[id]])) as Pick<O, Id> };
}
