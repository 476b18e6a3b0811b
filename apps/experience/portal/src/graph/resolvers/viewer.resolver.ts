import { Context, Query, Resolver } from '@nestjs/graphql';
import { hasFieldRight, Scopes } from '#auth';
import { Freshness } from '#read-model';
import type { PortalContext } from '../../request/portal-context.js';
import { COST_RATE_RIGHT } from '../../workers/worker.model.js';
import { Viewer } from '../../viewer/viewer.model.js';

@Resolver(() => Viewer)
export class ViewerResolver {
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
}
