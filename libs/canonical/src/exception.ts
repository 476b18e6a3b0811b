import { Bag, Flag, Id, Instant, Nested, OneOf, Text, Whole } from './decorators.js';
import { ExternalRef } from './ids.js';
import { Coded } from './coded.js';
import { MoneyTotal } from './money.js';

export const DESKS = ['finance', 'pmo', 'hr-operations', 'sales-operations', 'integration'] as const;
export type Desk = (typeof DESKS)[number];

export const EXCEPTION_CATEGORIES = [
  'validation',
  'missing-reference',
  'refused-by-back-end',
  'policy',
  'conflict',
  'outage',
  'stalled',
  'defect',
] as const;
export type ExceptionCategory = (typeof EXCEPTION_CATEGORIES)[number];

/** A fault as it was stored, maybe by an older release. */
export class StoredReason extends Coded {
  @Text({ optional: true, description: "The field that it is about, in the contract's words." }) field?: string;
}

/**
 * What must arrive before the work can go on, as one string that equal needs share:
 * `mapping:legal-entity:Larkfield Nordics AB`, `customer:cus_…:tax-registration`,
 * `deal:dea_…:milestones`.
 */
export class Need {
  @Text({ max: 300 }) need: string;
  @OneOf(DESKS) desk: Desk;
  @Flag() met: boolean;
  @Nested(() => Coded, { description: 'How it is cured.' }) cure: Coded;
}

const EXCEPTION_STATES = ['open', 'waiting', 'retrying', 'resolved', 'skipped'] as const;
const EFFECTS = ['none', 'made', 'unknown'] as const;

export class HistoryEntry {
  @Instant() at: string;
  @Text({ max: 80 }) action: string;
  @Text() by: string;
  @Text({ optional: true, max: 2000 }) reason?: string;
}

/** Something a person must decide or mend. It holds its lane, not the house. */
export class ExceptionRecord {
  @Id() id: string;
  @Text({ max: 80 }) app: string;
  @Text() flow: string;
  @Text() step: string;
  @Text({ max: 400 }) runId: string;
  @Nested(() => StoredReason, { list: true }) reasons: StoredReason[];
  @OneOf(EXCEPTION_CATEGORIES) category: ExceptionCategory;
  @OneOf(DESKS) desk: Desk;
  @Text({ description: 'The subject of the work, e.g. a deal id.' }) subject: string;
  @Bag({ description: 'Every business key that people search by: deal, dealName, project, customer, customerName, legalEntity.' })
  keys: Record<string, string>;
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
  @Nested(() => Need, { list: true }) needs: Need[];
  @Nested(() => MoneyTotal, { list: true }) money: MoneyTotal[];
  @OneOf(EXCEPTION_STATES) state: (typeof EXCEPTION_STATES)[number];
  @Instant() openedAt: string;
  @Instant() dueAt: string;
  @Instant({ optional: true }) resolvedAt?: string;
  @Whole({ min: 0, description: 'Events of the same key that wait behind it.' }) parkedBehind: number;
  @OneOf(EFFECTS, { description: 'Whether the effect it failed on is known to be made.' }) effect: (typeof EFFECTS)[number];
  @Text({ optional: true, max: 100_000, description: 'The request, redacted.' }) request?: string;
  @Text({ optional: true, max: 100_000, description: 'The answer, redacted.' }) answer?: string;
  @Text({ list: true, max: 40 }) legalEntities: string[];
  @Text({ description: 'The affair it belongs to, as logs, events and calls name it.' }) correlationId: string;
  @Text({ optional: true, max: 100, description: 'W3C trace context.' }) traceparent?: string;
  @Nested(() => HistoryEntry, { list: true }) history: HistoryEntry[];
}
