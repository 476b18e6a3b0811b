import type { ExternalRef } from './ids.js';
import type { Coded } from './messages.js';
import type { MoneyTotal } from './money.js';

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

/**
 * A fault as it was stored, maybe by an older release. `field`: the field that it is about, in the
 * contract's words.
 */
export type StoredReason = Coded & { field?: string };

/**
 * What must arrive before the work can go on, as one string that equal needs share:
 * `mapping:legal-entity:Larkfield Nordics AB`, `customer:cus_…:tax-registration`,
 * `deal:dea_…:milestones`.
 */
export interface Need {
  need: string;
  desk: Desk;
  met: boolean;
  /** How it is cured: a code and parameters. */
  cure: Coded;
}

/** Something a person must decide or mend. It holds its lane, not the house. */
export interface ExceptionRecord {
  id: string;
  app: string;
  flow: string;
  step: string;
  runId: string;
  reasons: StoredReason[];
  category: ExceptionCategory;
  desk: Desk;
  /**
   * The subject of the work, e.g. a deal id, and every business key that people search by: `{ deal,
   * dealName, project, customer, customerName, legalEntity }`.
   */
  subject: string;
  keys: Record<string, string>;
  refs: ExternalRef[];
  needs: Need[];
  money: MoneyTotal[];
  state: 'open' | 'waiting' | 'retrying' | 'resolved' | 'skipped';
  openedAt: string;
  dueAt: string;
  resolvedAt?: string;
  /** Events of the same key that wait behind it. */
  parkedBehind: number;
  /** Whether the effect it failed on is known to be made. */
  effect: 'none' | 'made' | 'unknown';
  /** The request and answer, redacted. */
  request?: string;
  answer?: string;
  legalEntities: string[];
  /** The affair it belongs to, as logs, events and calls name it. */
  correlationId: string;
  traceparent?: string;
  history: { at: string; action: string; by: string; reason?: string }[];
}
