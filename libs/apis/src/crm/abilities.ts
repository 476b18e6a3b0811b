import { abilitiesOf } from '../abilities/index.js';

/** What CRMs differ in. Customers and deals with their roles every CRM has. */
export const CRM_ABILITIES = ['milestones', 'rate-cards'] as const;
export type CrmAbility = (typeof CRM_ABILITIES)[number];

export const abilities = abilitiesOf('crm.read', CRM_ABILITIES);
