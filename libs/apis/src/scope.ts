/**
 * Every scope that a token may carry, and what it permits. The list is closed: an operation can't
 * require a scope that nobody grants.
 */
export const SCOPES = {
  'crm.read': 'Read deals, customers and rate cards as sold.',
  'crm.write': 'Change records in the CRM.',
  'psa.read': 'Read projects, staffing requests, assignments, approved time and expenses.',
  'psa.write': 'Create and change projects and staffing requests.',
  'hcm.read': 'Read workers and ask who could take a role.',
  'hcm.write': 'Change records in the HCM.',
  'erp.read': 'Read billing customers, financial projects, invoices, periods and reference data.',
  'erp.write': 'Create and change billing customers and financial projects; post billable transactions.',
  'feeds.manage': 'Look after the feeds that learn changes from back ends: pause, resume, poll, sweep.',
  'project-initiation.read': 'Read the runs that take a deal to a project.',
  'project-initiation.run': 'Start, plan and retry such runs.',
  'project-initiation.check': 'Ask whether a deal could become a project, before it closes.',
  'time-to-billing.read': 'Read the lines of time and expenses on their way to billing, the queue, rates and policies.',
  'time-to-billing.run': 'State rates, policies and credits; retry.',
  'time-to-billing.check': 'Ask whether time or an expense could be billed, while it is entered.',
  'mappings.read': 'Read mappings between vocabularies.',
  'mappings.write': 'Set mappings between vocabularies.',
  'exceptions.read': 'Read exceptions.',
  'exceptions.act': 'Retry, skip and resolve exceptions.',
  'portal.read': "Ask the portal's GraphQL.",
  'portal.act': "Use the portal's mutations.",
  'partner.read': 'Read what a partner may know of its own: a client its projects and invoices, an agency the lines of its people.',
  'partner.write': 'Submit, correct and withdraw time and expenses of the own people, as an agency.',
  'governance.read': 'Read what every API declares, who uses it, and the consumers and partners with their plans.',
  'governance.write': 'Register consumers and partners, make plans, retire versions of APIs.',
  'act-for': 'Act for a person who is named with each call.',
  'metrics.read': 'Read metrics.',
} as const;

export type Scope = keyof typeof SCOPES;

/** The scopes that a partner can be given: those of the partner API, and no other. */
export const PARTNER_SCOPES = ['partner.read', 'partner.write'] as const satisfies Scope[];
