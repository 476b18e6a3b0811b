import type { CrmAbility } from '#apis/crm';

/** The end of the sentence about a CRM that lacks the ability. */
export const LACKING: Readonly<Record<CrmAbility, string>> = {
  milestones: 'keeps no milestones of its deals',
  'rate-cards': 'keeps no rate cards',
};
