import { Effect, Instant, Nested, Ref, Text } from '#canonical';
import { get, operations, post } from '../operation.js';

export class PlanBody {
  @Ref('Deal') dealId: string;
}

/** What winning this deal would do, write by write, in order. Nothing of it was done. */
export class PlanView {
  @Text({ max: 64, description: 'sha-256 of the effects: apply exactly these by sending it as If-Match to POST /runs.' }) hash: string;
  @Ref('Deal') dealId: string;
  @Nested(() => Effect, { list: true }) effects: Effect[];
  @Text({ list: true, max: 40 }) legalEntities: string[];
  @Instant() createdAt: string;
}

export const plans = operations('plans', {
  plansCreate: post('plans', {
    scope: 'project-initiation.run',
    summary: 'A dry run: every effect with what is before and after, and the money; nothing is written',
    body: PlanBody,
    answer: PlanView,
    status: 201,
  }),
  plansGet: get('plans/:hash', { scope: 'project-initiation.read', summary: 'A plan that was made before', answer: PlanView }),
});
