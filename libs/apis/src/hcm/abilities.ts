import { abilitiesOf } from '../abilities/index.js';

/** The optional abilities of HCMs. Every HCM has workers as of any day. */
export const HCM_ABILITIES = ['cost-rates'] as const;
export type HcmAbility = (typeof HCM_ABILITIES)[number];

export const abilities = abilitiesOf('hcm.read', HCM_ABILITIES);
