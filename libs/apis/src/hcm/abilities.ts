import { abilitiesOf } from '../abilities/index.js';

/** What HCMs differ in. Workers as of any day every HCM has. */
export const HCM_ABILITIES = ['cost-rates'] as const;
export type HcmAbility = (typeof HCM_ABILITIES)[number];

export const abilities = abilitiesOf('hcm.read', HCM_ABILITIES);
