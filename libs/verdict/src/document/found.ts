import type { Change, Direction } from '../change.js';
import { DOCUMENT_RULES, type RuleId } from './document-rules.js';

/**
 * A change by a rule. `sent` is the way of the message, for rules that leave it open. The operation
 * is put in by whoever compares it, since parts are shared by operations.
 */
export function found(id: RuleId, pointer: string, text: string, sent: Direction = 'none'): Change {
  const { severity, direction } = DOCUMENT_RULES[id];
  return { id, severity, direction: direction === 'message' ? sent : direction, operation: null, pointer, text };
}

export const ofOperation = (operation: string, changes: Change[]): Change[] => changes.map(change => ({ ...change, operation }));

/** A phrase as the beginning of a sentence. */
export const sentence = (what: string): string => what.charAt(0).toUpperCase() + what.slice(1);
