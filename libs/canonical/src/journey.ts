import type { Actor } from './actor.js';
import type { ExternalRef } from './ids.js';
import type { Money } from './money.js';

/**
 * One thing that happened to a subject (a deal, later a line of time). `kind` is an open string.
 * Together with `params` it is the code that is made into text when read. Steps of one run share
 * `runId`.
 */
export interface JourneyStep {
  id: string;
  /**
   * Canonical id of the subject whose journey this is; a project and a customer find it through
   * `related`.
   */
  subject: string;
  related: string[];
  at: string;
  kind: string;
  params: Record<string, string>;
  /** Which system it happened in: a vendor product by its name in lower case, or throughline. */
  system: string;
  outcome: 'done' | 'waiting' | 'failed' | 'undone';
  refs: ExternalRef[];
  money: Money | null;
  actor: Actor;
  runId?: string;
  exceptionId?: string;
  /** Codes of what comes next or what blocks, for the head of the journey. */
  next?: { kind: string; params: Record<string, string> };
  legalEntities: string[];
}
