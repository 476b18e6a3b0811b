import type { Firm } from '../../apps/sandbox/src/firm/firm.js';

/** Whoever can call the platform: the house of a suite, the scene of a seed. */
export interface Caller {
  rest(method: string, path: string, o: { as: { person: string }; body: unknown }): Promise<{ status: number; body: unknown }>;
}

/** Sets the firm's mappings as its finance people would: through the API. */
export async function seedMappings(house: Caller, firm: Firm): Promise<void> {
  for (const { kind, source, target } of mappingsOf(firm)) {
    const { status, body } = await house.rest('PUT', `/process/project-initiation/v1/mappings/${kind}/${encodeURIComponent(source)}`, {
      as: { person: 'integration' },
      body: { target, reason: 'set up' },
    });
    if (status !== 200) throw new Error(`${kind} ${source}: ${status} ${JSON.stringify(body)}`);
  }
}

export function mappingsOf(firm: Firm): { kind: string; source: string; target: string }[] {
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
    ...firm.rateCards.map(card => ({ kind: 'rate-card', source: card.entity, target: card.code })),
    ...firm.expenseCategories.flatMap(({ name, erpCode }) => (erpCode === null ? [] : [{ kind: 'expense-category', source: name, target: erpCode }])),
    ...firm.entities.flatMap(entity =>
      countries.map(country => ({ kind: 'tax-code', source: `${entity.code}:${country}`, target: taxCodeOf(firm, entity.code, country) })),
    ),
  ];
}

function taxCodeOf(firm: Firm, entity: string, country: string): string {
  const codes = firm.taxCodes.filter(code => code.entity === entity);
  return (codes.find(code => code.customerCountry === country) ?? codes.find(code => code.customerCountry === '*') ?? codes[0]).code;
}
