import type { Desk, ExceptionCategory } from '#canonical';
import { message, type Message, type MessageCode, type ParamsOf } from './messages.js';

/**
 * A fault as a code and its parameters; made into text when read. `field`: the field that it is
 * about, in the contract's words.
 */
export type Reason = Message & { field?: string };

export const reasonOf = <Code extends MessageCode>(code: Code, params: ParamsOf<Code>, at: { field?: string } = {}): Reason => ({
  ...(message(code, params) as Message),
  ...at,
});

/**
 * Something wrong that a rule found: what it is, its desk, and what must arrive before the work can
 * go on.
 */
export interface Fault {
  reason: Reason;
  category: ExceptionCategory;
  desk: Desk;
  need: string;
}
