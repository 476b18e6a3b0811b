import { Bag, Id, Nested, OneOf, Text } from './decorators.js';
import { hashOf } from './json.js';
import { ExternalRef } from './ids.js';
import { Money } from './money.js';

export const SYSTEM_KINDS = ['crm', 'psa', 'hcm', 'erp'] as const;
export type SystemKind = (typeof SYSTEM_KINDS)[number];

export const EFFECT_OPERATIONS = ['create', 'update', 'archive', 'reactivate', 'delete'] as const;
export type EffectOperation = (typeof EFFECT_OPERATIONS)[number];

/**
 * One write to one record of a back end, in canonical terms: what it is now (`before`, null when absent) and what it will be
 * (`after`). `externalId` is deterministic, so that later effects are known before earlier ones run. One effect is one row in
 * the back end's own history.
 */
export class Effect {
  @OneOf(SYSTEM_KINDS) system: SystemKind;
  @Text({ max: 80 }) account: string;
  @OneOf(EFFECT_OPERATIONS) operation: EffectOperation;
  @Text({
    max: 40,
    description:
      'Kebab-case noun: customer, customer-legal-entity, project, task, milestone, staffing-request, financial-project, billing-schedule, financial-task.',
  })
  noun: string;
  @Id() externalId: string;
  @Bag({ optional: true, nullable: true, description: 'What the record holds; null when it is made.' }) before: Record<string, unknown> | null;
  @Bag({ optional: true, nullable: true, description: 'What it will hold; null when it is deleted.' }) after: Record<string, unknown> | null;
  @Nested(() => Money, { optional: true, nullable: true, description: 'The money this record carries, or null.' }) money: Money | null;
}

/** What a `POST …/plans` of a system API answers. Nothing was written. */
export class Planned {
  @Nested(() => Effect, { list: true }) effects: Effect[];
  @Text({ max: 64, description: 'sha-256 of the effects; send it as If-Match to apply exactly these.' }) hash: string;
}

/** What a `PUT` of a system API answers: the effects it had (none when all was so already) and where the record is. */
export class Applied {
  @Nested(() => Effect, { list: true }) effects: Effect[];
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
}

export const hashOfEffects = (effects: Effect[]): string => hashOf(effects);
