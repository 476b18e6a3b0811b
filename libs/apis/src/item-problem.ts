import { Nested, Text, Whole } from '#canonical';

/** A fault of one field of an item. */
export class ItemFault {
  @Text({ max: 300, description: 'Its path in the request: days[0].time[1].role.' }) field: string;
  @Text({ max: 80, description: 'The rule it breaks; stable.' }) rule: string;
  @Text({ max: 1000, description: 'For a person.' }) message: string;
}

/** Why one item of a request could not be answered: RFC 9457 members, inside an answer to all of them. */
export class ItemProblem {
  @Text({ max: 80, description: 'urn:throughline:problem:<kind>.' }) type: string;
  @Text({ max: 120 }) title: string;
  @Whole({ min: 400, max: 599 }) status: number;
  @Text({ max: 1000, description: 'What is wrong with this item, for a person.' }) detail: string;
  @Text({ optional: true, max: 80, description: 'Tells the cases of one kind apart; stable.' }) code?: string;
  @Nested(() => ItemFault, { list: true }) fields: ItemFault[];
}
