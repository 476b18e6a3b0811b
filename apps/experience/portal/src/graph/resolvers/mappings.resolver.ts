import { Args, Context, Mutation, Resolver } from '@nestjs/graphql';
import { Scopes } from '#auth';
import { ProjectInitiation } from '../../clients.js';
import type { PortalContext } from '../../request/portal-context.js';
import { payload } from '../../request/payload.js';
import { checkTexts, KEY, REASON, refuseWithout } from '../../viewer/refusal.js';
import { MappingPayload } from '../../mappings/mapping.model.js';

const WORD = { min: 1, max: 200 };

@Resolver()
export class MappingsResolver {
  constructor(private readonly initiation: ProjectInitiation) {}

  @Mutation(() => MappingPayload, { description: 'Sets what a word means. Exceptions that waited for it are released, one first.' })
  @Scopes('portal.act')
  setMapping(
    @Args('kind', { type: () => String, description: 'legal-entity, cost-centre, tax-code, role, billing-method, expense-category or rate-card.' })
    kind: string,
    @Args('source', { type: () => String, description: "The system's word." }) source: string,
    @Args('target', { type: () => String, description: 'Its canonical meaning.' }) target: string,
    @Args('reason', { type: () => String, description: 'The reason; kept in the audit.' }) reason: string,
    @Args('idempotencyKey', { type: () => String }) idempotencyKey: string,
    @Context() context: PortalContext,
  ): Promise<MappingPayload> {
    return payload('setMapping', context, async () => {
      refuseWithout(context.viewer, 'setMapping');
      checkTexts({
        kind: { value: kind, ...WORD },
        source: { value: source, ...WORD },
        target: { value: target, ...WORD },
        reason: { value: reason, ...REASON },
        idempotencyKey: { value: idempotencyKey, ...KEY },
      });
      const mapping = await this.initiation.setMapping(kind, source, target, reason, idempotencyKey);
      await context.refresh();
      return mapping;
    });
  }
}
