import { Context, Query, Resolver } from '@nestjs/graphql';
import { hasFieldRight, Scopes } from '#auth';
import { Problem } from '#canonical';
import { Freshness } from '#read-model';
import { log } from '#service';
import { Psa } from '../../clients.js';
import type { PortalContext } from '../../request/portal-context.js';
import { COST_RATE_RIGHT } from '../../workers/worker.model.js';
import { sentence, Sentence } from '../../values/sentence.model.js';
import { NOT_KEPT } from '../../viewer/not-kept.js';
import { Viewer } from '../../viewer/viewer.model.js';

@Resolver(() => Viewer)
export class ViewerResolver {
  constructor(private readonly psa: Psa) {}

  @Query(() => Viewer, { description: 'Who asks.' })
  @Scopes('portal.read')
  viewer(@Context() { viewer }: PortalContext): Viewer {
    const { id, name, kind } = viewer.actingFor ?? viewer;
    const { roles, legalEntities, seesUnassigned, scopes } = viewer;
    return {
      person: { id, name, kind },
      roles,
      seesUnassigned,
      scopes,
      legalEntities: legalEntities === '*' ? [] : legalEntities,
      allLegalEntities: legalEntities === '*',
      deniedFields: hasFieldRight(viewer, COST_RATE_RIGHT) ? [] : ['Worker.costRate', 'Intercompany.owningCost', 'Intercompany.lendingCost'],
    };
  }

  @Query(() => [Freshness], { description: 'How far each source has been read into the answers given here.' })
  @Scopes('portal.read')
  freshness(@Context() context: PortalContext): Promise<Freshness[]> {
    return context.freshness();
  }

  @Query(() => [Sentence], {
    nullable: true,
    description:
      'What the PSA in use does not keep, so that a list of it is empty or a field says nothing; null when the PSA app could not be asked.',
  })
  @Scopes('portal.read')
  notKept(@Context() context: PortalContext): Promise<Sentence[] | null> {
    // Asked once per request, however many aliases ask for it.
    return context.loader('not kept', async keys => Array<Sentence[] | null>(keys.length).fill(await this.#notKept())).load('psa');
  }

  async #notKept(): Promise<Sentence[] | null> {
    try {
      const lacks = new Set<string>(await this.psa.lacks());
      // A later PSA app may lack abilities that this release has no sentence for.
      return Object.entries(NOT_KEPT)
        .filter(([ability]) => lacks.has(ability))
        .map(([, code]) => sentence(code));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      log.warn({ err: error }, 'the PSA app could not be asked what its back end lacks');
      return null;
    }
  }
}
