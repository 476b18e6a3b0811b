import type { HcmAbility } from '#apis/hcm';

/** What is said of one that lacks an ability. */
export const LACKING: Readonly<Record<HcmAbility, string>> = {
  'cost-rates': "doesn't tell what workers cost",
};
