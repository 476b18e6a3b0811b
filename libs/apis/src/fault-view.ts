import { DESKS, OneOf, Text, type Desk } from '#canonical';

/** A fault that a check found, as people read it. */
export class FaultView {
  @Text({ max: 80 }) code: string;
  @Text({ max: 1000, description: 'The fault as a sentence.' }) text: string;
  @Text({ optional: true }) field?: string;
  @OneOf(DESKS, { description: 'Who can mend it.' }) desk: Desk;
  @Text({ max: 300, description: 'What has to arrive.' }) need: string;
}
