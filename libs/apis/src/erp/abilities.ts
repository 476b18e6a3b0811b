import { abilitiesOf } from '../abilities/index.js';

/** What ERPs differ in. Billing customers and financial projects every ERP has. */
export const ERP_ABILITIES = ['billing', 'books'] as const;
export type ErpAbility = (typeof ERP_ABILITIES)[number];

export const abilities = abilitiesOf('erp.read', ERP_ABILITIES);
