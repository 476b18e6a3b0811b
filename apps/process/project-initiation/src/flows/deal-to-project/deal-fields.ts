import type { MessageCode, ParamsBeside } from '#apis';
import type { Desk } from '#canonical';
import type { DealField } from '../../needs.js';

/**
 * Words of a deal that are translated: the deal's field, and the message for a word that is absent
 * or not mapped.
 */
export const WORDS = {
  'legal-entity': { field: 'legal-entity', missing: 'deal.legal-entity-missing', unmapped: 'mapping.legal-entity-missing' },
  'cost-centre': { field: 'cost-centre', missing: 'deal.cost-centre-missing', unmapped: 'mapping.cost-centre-missing' },
  'billing-method': { field: 'billing-method', missing: 'deal.billing-method-missing', unmapped: 'mapping.billing-method-missing' },
  'tax-code': { field: 'legal-entity', missing: 'deal.legal-entity-missing', unmapped: 'mapping.tax-code-missing' },
  role: { field: 'roles', missing: 'deal.roles-missing', unmapped: 'mapping.role-missing' },
} as const;

/** Reports a fault of a deal's field. */
export type ReportFault = <Code extends MessageCode>(code: Code, field: DealField, params: ParamsBeside<Code, 'deal'>, desk?: Desk) => void;
