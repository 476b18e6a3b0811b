import { abilitiesOf } from '../abilities/index.js';

/** The optional abilities of ERPs. Every ERP has billing customers and financial projects. */
export const ERP_ABILITIES = ['billing', 'books'] as const;
export type ErpAbility = (typeof ERP_ABILITIES)[number];

export const abilities = abilitiesOf('erp.read', ERP_ABILITIES);
