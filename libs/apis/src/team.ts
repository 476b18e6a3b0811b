/** A team of the firm, and where its mail goes. */
export interface Team {
  readonly team: string;
  readonly email: string;
}

const teams = <Name extends string>(emails: Record<Name, string>) =>
  Object.fromEntries(Object.entries(emails).map(([team, email]) => [team, { team, email }])) as Record<Name, Team>;

/** The teams that own APIs. The addresses are of the sample firm. */
export const TEAMS = teams({
  'sales-operations': 'sales-operations@example.com',
  'hr-operations': 'hr-operations@example.com',
  pmo: 'pmo@example.com',
  finance: 'finance-systems@example.com',
  integration: 'integration@example.com',
  portal: 'portal@example.com',
  partners: 'partners@example.com',
});
