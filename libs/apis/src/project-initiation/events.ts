import type { AgreedRates, ExternalRef, SaidOfPriced, StaffingRequestWithEligibility } from '#canonical';

/** The events of project-initiation. */
export interface ProjectInitiationEvents {
  'run.requested.v1': { dealId: string; planHash?: string; reason?: string };
  /** With HCM's answer as of that moment. */
  'staffing-request.raised.v1': { state: StaffingRequestWithEligibility; refs: ExternalRef[] };
  /**
   * Published by the flow that processed the deal, or by the person who answered its question. Key:
   * the deal's id.
   */
  'deal-rates.agreed.v1': { state: AgreedRates; said: SaidOfPriced[] };
  'project.activated.v1': { projectId: string; dealId: string; customerId: string; refs: ExternalRef[] };
}
