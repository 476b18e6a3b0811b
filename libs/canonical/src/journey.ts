import { Actor } from './actor.js';
import { Bag, Id, Instant, Nested, OneOf, Text } from './decorators.js';
import { ExternalRef } from './ids.js';
import { Money } from './money.js';

/** What comes next, or what blocks. */
export class NextStep {
  @Text({ max: 80, description: 'A code; an open list.' }) kind: string;
  @Bag() params: Record<string, string>;
}

/**
 * One thing that happened to a subject (a deal, later a line of time). Together with `params`,
 * `kind` is the code that is made into text when read. Steps of one run share `runId`.
 */
export class JourneyStep {
  @Text({ max: 400 }) id: string;
  @Text({ description: 'Canonical id of the subject whose journey this is; a project and a customer find it through `related`.' }) subject: string;
  @Text({ list: true }) related: string[];
  @Instant() at: string;
  @Text({ max: 80, description: 'A code; an open list.' }) kind: string;
  @Bag() params: Record<string, string>;
  @Text({ description: 'Which system it happened in: a vendor product by its name in lower case, or throughline.' }) system: string;
  @OneOf(['done', 'waiting', 'failed', 'undone']) outcome: 'done' | 'waiting' | 'failed' | 'undone';
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
  @Nested(() => Money, { nullable: true }) money: Money | null;
  @Nested(() => Actor) actor: Actor;
  @Text({ optional: true, max: 400 }) runId?: string;
  @Id({ optional: true }) exceptionId?: string;
  @Nested(() => NextStep, { optional: true, description: 'For the head of the journey.' }) next?: NextStep;
  @Text({ list: true, max: 40 }) legalEntities: string[];
}
