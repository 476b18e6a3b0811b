import { Controller, type Type } from '@nestjs/common';
import type { AbilitiesOperation } from '#apis/abilities';
import { Implements } from '#service';
import { Abilities } from './abilities.js';

/** The optional abilities that the back end has, by the names of its kind's API. */
export function abilitiesController<A extends string>(operation: AbilitiesOperation<A>): Type<object> {
  @Controller()
  class AbilitiesController {
    constructor(private readonly abilities: Abilities<A>) {}

    @Implements(operation)
    get(): { can: A[]; cannot: A[] } {
      const { can, cannot } = this.abilities;
      return { can, cannot };
    }
  }

  return AbilitiesController;
}
