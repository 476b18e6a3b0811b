import type { HcmAbility } from '#apis/hcm';

/** The end of the sentence about an HCM that lacks the ability. */
export const LACKING: Readonly<Record<HcmAbility, string>> = {
  'cost-rates': "doesn't tell what workers cost",
};
