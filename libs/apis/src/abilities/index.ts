import { OneOf } from '#canonical';
import { get, operations, type Operation } from '../operation.js';
import type { Scope } from '../scope.js';

export type AbilitiesOperation<A extends string> = Operation<unknown, { can: A[]; cannot: A[] }>;

/** In the API of every app with a back end: the optional abilities of that back end. */
export function abilitiesOf<A extends string>(scope: Scope, names: readonly A[]) {
  class AbilitiesResponse {
    @OneOf(names, { list: true, description: 'What it can do.' }) can: A[];
    @OneOf(names, { list: true, description: 'What it can not do: operations on it answer 501, and there is no feed of it.' }) cannot: A[];
  }
  return operations('abilities', {
    getAbilities: get('abilities', {
      scope,
      summary: 'What the back end can do, of what back ends of its kind differ in',
      answer: AbilitiesResponse,
    }),
  });
}
