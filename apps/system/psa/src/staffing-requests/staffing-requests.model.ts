import { OmitType } from '@nestjs/swagger';
import { ExternalRef, Nested, StaffingRequest } from '#canonical';

/** The staffing request as it is to be: `requested` or `cancelled`. */
export class StaffingRequestBody extends OmitType(StaffingRequest, []) {}

/** The staffing request as the PSA holds it. */
export class StaffingRequestResponse extends OmitType(StaffingRequest, []) {
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
}
