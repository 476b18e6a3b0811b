import type { Firm } from '../../apps/sandbox/src/firm/firm.js';
import type { House } from './house.js';

/** Sets the firm's mappings as its finance people would: through the API. */
export async function seedMappings(house: House, firm: Firm): Promise<void> {
  for (const { kind, source, target } of mappingsOf(firm)) {
    const { status, body } = await house.rest('PUT', `/process/project-initiation/v1/mappings/${kind}/${encodeURIComponent(source)}`, {
      as: { person: 'integration' },
      body: { target, reason: 'set up' },
    });
    if (status !== 200) throw new Error(`${kind} ${source}: ${status} ${JSON.stringify(body)}`);
  }
}

function mappingsOf(firm: Firm): { kind: string; source: string; target: string }[] {
  const methods = [
    ['T&M', 'time-and-materials'],
    ['Fixed price', 'fixed-price'],
    ['Milestone', 'milestone'],
    ['Retainer', 'retainer'],
  ];
  const countries = [...new Set(firm.customers.map(customer => customer.country))];
  return [
    ...firm.entities.map(entity => ({ kind: 'legal-entity', source: entity.name, target: entity.code })),
    ...firm.roles.map(role => ({ kind: 'role', source: role.productCode, target: role.code })),
    ...firm.costCentres.map(centre => ({ kind: 'cost-centre', source: centre.practice, target: centre.code })),
    ...methods.map(([source, target]) => ({ kind: 'billing-method', source, target })),
    ...firm.entities.flatMap(entity =>
      countries.map(country => ({ kind: 'tax-code', source: `${entity.code}:${country}`, target: taxCodeOf(firm, entity.code, country) })),
    ),
  ];
}

function taxCodeOf(firm: Firm, entity: string, country: string): string {
  const codes = firm.taxCodes.filter(code => code.entity === entity);
  return (codes.find(code => code.customerCountry === country) ?? codes.find(code => code.customerCountry === '*') ?? codes[0]).code;
}
