import { abilitiesOf } from '../abilities/index.js';

/** The optional abilities of CRMs. Every CRM has customers, and deals with their roles. */
export const CRM_ABILITIES = ['milestones', 'rate-cards'] as const;
export type CrmAbility = (typeof CRM_ABILITIES)[number];

export const abilities = abilitiesOf('crm.read', CRM_ABILITIES);
