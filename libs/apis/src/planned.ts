import { OmitType } from '@nestjs/swagger';
import { Applied, Planned } from '#canonical';

export class PlannedResponse extends OmitType(Planned, []) {}
export class AppliedResponse extends OmitType(Applied, []) {}

/** The description of `If-Match` for a write that may be bound to a plan. */
export const IF_MATCH = 'The hash of a plan: apply exactly this plan, else 412 and nothing is written.';
