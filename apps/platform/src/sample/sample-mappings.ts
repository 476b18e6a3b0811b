import type { Firm } from '../../../sandbox/src/firm/firm.js';
import { apiPath, type Endpoints } from '../endpoints.js';
import type { ThroughlineApi } from './throughline-api.js';

export interface SampleMapping {
  kind: 'legal-entity' | 'cost-centre' | 'tax-code' | 'role' | 'billing-method' | 'expense-category' | 'rate-card';
  source: string;
  target: string;
}

const BILLING_METHODS = { 'T&M': 'time-and-materials', 'Fixed price': 'fixed-price', Milestone: 'milestone', Retainer: 'retainer' };

/**
 * The meanings of the firm's words. `Larkfield Nordics AB` is left out: one sample deal shows what
 * happens then.
 */
export function sampleMappings(firm: Firm): SampleMapping[] {
  const countries = [...new Set([...firm.entities, ...firm.customers].map(one => one.country))];
  const taxCode = (entity: string, country: string) =>
    firm.taxCodes.find(code => code.entity === entity && code.customerCountry === country) ??
    firm.taxCodes.find(code => code.entity === entity && code.customerCountry === '*');
  return [
    ...firm.entities.map(({ name, code }): SampleMapping => ({ kind: 'legal-entity', source: name, target: code })),
    ...firm.costCentres.map(({ practice, code }): SampleMapping => ({ kind: 'cost-centre', source: practice, target: code })),
    ...firm.roles.map(({ productCode, code }): SampleMapping => ({ kind: 'role', source: productCode, target: code })),
    // A category without a counterpart in the ERP stays unmapped: entries booked on it show what
    // happens then.
    ...firm.expenseCategories.flatMap(({ name, erpCode }): SampleMapping[] =>
      erpCode === null ? [] : [{ kind: 'expense-category', source: name, target: erpCode }],
    ),
    // The rate card by which a legal entity bills if no contract says otherwise.
    ...firm.rateCards.map(({ code, entity }): SampleMapping => ({ kind: 'rate-card', source: entity, target: code })),
    ...Object.entries(BILLING_METHODS).map(([source, target]): SampleMapping => ({ kind: 'billing-method', source, target })),
    ...firm.entities.flatMap(({ code: entity }) =>
      countries.flatMap((country): SampleMapping[] => {
        const code = taxCode(entity, country);
        return code ? [{ kind: 'tax-code', source: `${entity}:${country}`, target: code.code }] : [];
      }),
    ),
  ];
}

/** The path of a mapping in the API of project-initiation. */
export const mappingPath = ({ kind, source }: Pick<SampleMapping, 'kind' | 'source'>): string => `mappings/${kind}/${encodeURIComponent(source)}`;

/** Sets the mappings that differ. */
export async function setMappings(api: ThroughlineApi, endpoints: Endpoints, mappings: SampleMapping[]): Promise<void> {
  const path = apiPath(endpoints, 'project-initiation');
  const reason = "The sample firm's own words";
  await Promise.all(mappings.map(mapping => api.put(`${path}/${mappingPath(mapping)}`, { target: mapping.target, reason })));
}
