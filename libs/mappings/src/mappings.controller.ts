import { Body, Controller, Param, Query, type OnApplicationBootstrap } from '@nestjs/common';
import type { Page } from '#apis';
import { MappingBody, MappingPath, MappingQuery, MappingRemoval, mappings, type MappingView } from '#apis/mappings';
import { actorOf, CurrentPrincipal, maySee, type Principal } from '#auth';
import { Problem } from '#canonical';
import { Database } from '#persistence';
import { decodeCursor, DEFAULT_PAGE_SIZE, Implements, log, pageOf } from '#service';
import { MappingTargets } from './mapping-targets.js';
import { Mappings } from './mappings.js';
import { sidesOf } from './mappings.rules.js';
import { wordKey } from './words.rules.js';

@Controller()
export class MappingsController implements OnApplicationBootstrap {
  constructor(
    private readonly dataSource: Database,
    private readonly mappings: Mappings,
    private readonly targets: MappingTargets,
  ) {}

  /**
   * Logs words that were mapped in several ways, from before spellings counted as one word: people
   * decide which is right.
   */
  async onApplicationBootstrap(): Promise<void> {
    const conflicting = await this.mappings.conflicting();
    if (conflicting.length === 0) return;
    const mappings = conflicting.map(({ kind, source, target }) => ({ kind, source, target }));
    log.warn(
      { part: 'mappings', mappings },
      'spellings of one word are mapped to different targets; other spellings stay unmapped until all but one are removed',
    );
  }

  /** The mappings, by kind and source. */
  @Implements(mappings.mappingsList)
  async list(@Query() query: MappingQuery): Promise<Page<MappingView>> {
    const limit = query.limit ?? DEFAULT_PAGE_SIZE;
    const [kind, source] = query.cursor ? decodeCursor(query.cursor, 'text', 'text') : [];
    const after = kind !== undefined && source !== undefined ? { kind, source } : undefined;
    const rows = await this.mappings.list(query.kind, after, limit + 1);
    return pageOf(
      rows,
      limit,
      mapping => [mapping.kind, mapping.source],
      mapping => mapping,
    );
  }

  /** Sets what a word means. Exceptions that waited for it are released, one canary first. */
  @Implements(mappings.mappingsSet)
  async set(@Param() path: MappingPath, @Body() body: MappingBody, @CurrentPrincipal() principal: Principal): Promise<MappingView> {
    refuseUnseen(path.source);
    await this.#refuseForeign(path, body.target, principal);
    await this.targets.refuseUnknown(path.kind, body.target);
    return this.mappings.set(path.kind, path.source, body.target, actorOf(principal), body.reason);
  }

  @Implements(mappings.mappingsRemove)
  async remove(@Param() path: MappingPath, @Query() query: MappingRemoval, @CurrentPrincipal() principal: Principal): Promise<void> {
    await this.#refuseForeign(path, undefined, principal);
    await this.mappings.remove(path.kind, path.source, actorOf(principal), query.reason);
  }

  async #refuseForeign({ kind, source }: MappingPath, target: string | undefined, principal: Principal): Promise<void> {
    const before = await this.mappings.find(this.dataSource.manager, kind, source);
    const sides = sidesOf(kind, source, before?.target, target);
    const theirs = sides === 'all' ? principal.legalEntities === '*' : sides.every(side => maySee(principal, side));
    if (theirs) return;
    const whose = sides === 'all' ? 'all legal entities share it' : sides.map(side => side[0] ?? 'rows without a legal entity').join(' and ');
    throw new Problem('forbidden', `The ${kind} mapping of "${source}" isn't yours to change: ${sides === 'all' ? '' : 'it concerns '}${whose}.`, {
      code: 'not-your-entities',
    });
  }
}

/** A word that consists of invisible characters only would be empty. */
function refuseUnseen(source: string): void {
  if (wordKey(source) !== '') return;
  const message = 'source must have a character that can be seen';
  throw new Problem('invalid', `${message}.`, { code: 'validation', fields: [{ field: 'source', rule: 'seen', message }] });
}
