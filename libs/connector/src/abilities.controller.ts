import { Controller, Get, type Type } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Scopes } from '#auth';
import { OneOf, type SystemKind } from '#canonical';
import { Abilities, type AbilityList } from './abilities.js';

/** `GET /v1/abilities` of a kind of system: what its back end can do of what those of the kind differ in. */
export function abilitiesController(kind: SystemKind, list: AbilityList): Type<object> {
  const names = Object.keys(list);

  class AbilitiesResponse {
    @OneOf(names, { list: true, description: 'What it can do.' }) can: string[];
    @OneOf(names, { list: true, description: 'What it can not do: operations on it answer 501, and there is no feed of it.' }) cannot: string[];
  }

  @ApiTags('abilities')
  @Scopes(`${kind}.read`)
  @Controller({ path: 'abilities', version: '1' })
  class AbilitiesController {
    constructor(private readonly abilities: Abilities) {}

    @Get()
    @ApiOperation({ operationId: 'getAbilities', summary: 'What the back end can do, of what back ends of its kind differ in' })
    @ApiOkResponse({ type: AbilitiesResponse })
    get(): AbilitiesResponse {
      const { can, cannot } = this.abilities;
      return { can, cannot };
    }
  }

  return AbilitiesController;
}
