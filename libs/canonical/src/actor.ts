import { Nested, OneOf, Text } from './decorators.js';

/** The person or system that a flow acts for. */
export class ActingFor {
  @OneOf(['person', 'client', 'system']) kind: 'person' | 'client' | 'system';
  @Text() id: string;
  @Text({ optional: true }) name?: string;
}

/** Who did it. A flow acts as itself for the person or system that caused it. */
export class Actor {
  @OneOf(['person', 'client', 'flow', 'system']) kind: 'person' | 'client' | 'flow' | 'system';
  @Text() id: string;
  @Text({ optional: true }) name?: string;
  @Nested(() => ActingFor, { optional: true }) actingFor?: ActingFor;
}
