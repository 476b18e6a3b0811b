import { AgreedRates, ExternalRef, Nested, Ref, SaidOfPriced, StaffingRequestWithEligibility, Text } from '#canonical';
import { defineEvents } from '../event.js';

class RunRequestedData {
  @Ref('Deal') dealId: string;
  @Text({ optional: true, max: 80, description: 'Hash of the plan that is to be applied.' }) planHash?: string;
  @Text({ optional: true, max: 500 }) reason?: string;
}

class StaffingRequestRaised {
  @Nested(() => StaffingRequestWithEligibility, { description: "With HCM's answer as of that moment." }) state: StaffingRequestWithEligibility;
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
}

class DealRatesAgreed {
  @Nested(() => AgreedRates) state: AgreedRates;
  @Nested(() => SaidOfPriced, { list: true }) said: SaidOfPriced[];
}

class ProjectActivated {
  @Ref('Project') projectId: string;
  @Ref('Deal') dealId: string;
  @Ref('Customer') customerId: string;
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
}

/** The events of project-initiation. */
export const projectInitiationEvents = defineEvents(['project-initiation'], {
  'run.requested.v1': { summary: 'Somebody asked to run a deal again.', key: 'Deal', data: RunRequestedData },
  'staffing-request.raised.v1': { summary: 'A sold role was requested in the PSA.', key: 'Project', data: StaffingRequestRaised },
  'deal-rates.agreed.v1': {
    summary:
      "The rates that a deal's lines are sold at were agreed: by the flow that processed the deal, or by the person who answered its question.",
    key: 'Deal',
    data: DealRatesAgreed,
  },
  'project.activated.v1': { summary: 'A won deal has become a running project.', key: 'Deal', data: ProjectActivated },
});
