import type { Desk, ExceptionCategory } from '#canonical';
import { message, type Message, type MessageCode, type ParamsOf } from './messages.js';

/** A fault as a code and its parameters; made into text when read. `field`: in the contract's words, when it is about one. */
export type Reason = Message & { field?: string };

export const reasonOf = <Code extends MessageCode>(code: Code, params: ParamsOf<Code>, at: { field?: string } = {}): Reason => ({
  ...(message(code, params) as Message),
  ...at,
});

/** Something wrong that a rule found: what it is, whose desk it is on, and what has to arrive before the work can go on. */
export interface Fault {
  reason: Reason;
  category: ExceptionCategory;
  desk: Desk;
  need: string;
}
