import { Id, Instant, Nested, OneOf, Ref, Text, Whole } from '#canonical';
import { get, operations, post } from '../operation.js';

const TURN_STATES = ['queued', 'parked', 'failed', 'done', 'skipped'] as const;

export class RunBody {
  @Ref('Deal') dealId: string;
  @Text({ min: 3, max: 500, description: 'Why it is run; kept in the audit.' }) reason: string;
}

export class RunRequested {
  @Id({ description: 'The event that asked for it; its turn comes after those before it.' }) requestId: string;
  @Ref('Deal') dealId: string;
}

export class TurnView {
  @Whole() sequence: number;
  @Text() event: string;
  @OneOf(TURN_STATES) state: (typeof TURN_STATES)[number];
  @Whole({ description: 'How often it was started.' }) run: number;
  @Instant() enteredAt: string;
  @Instant({ optional: true }) finishedAt?: string;
}

export class RunsOfDeal {
  @Ref('Deal') dealId: string;
  @Nested(() => TurnView, { list: true }) turns: TurnView[];
}

export const runs = operations('runs', {
  runsRequest: post('runs', {
    scope: 'project-initiation.run',
    summary: 'Run a won deal again, after what its lane holds already',
    body: RunBody,
    answer: RunRequested,
    status: 202,
    ifMatch: 'Hash of a plan.',
  }),
  runsOfDeal: get('runs/:dealId', { scope: 'project-initiation.read', summary: "The turns of a deal's lane, in order", answer: RunsOfDeal }),
});
