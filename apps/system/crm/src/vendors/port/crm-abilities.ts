import type { CrmAbility } from '#apis/crm';

/** What is said of one that lacks an ability. */
export const LACKING: Readonly<Record<CrmAbility, string>> = {
  milestones: 'keeps no milestones of its deals',
  'rate-cards': 'keeps no rate cards',
};
