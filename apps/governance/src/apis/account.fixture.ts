import type { AccountQuery, ApiAccount, AppAccount, Layer, UsedAccount } from '#apis';

const A_THING = { id: 'getThing', method: 'GET', path: 'things/:id', summary: 'A thing', scope: 'crm.read' };

/** A deprecated version with one operation. */
export const aVersion = (app: string, layer: Layer, more: Partial<ApiAccount> = {}): ApiAccount => ({
  version: '1',
  layer,
  kind: 'rest',
  owner: 'integration',
  contact: 'integration@example.com',
  audience: 'partner',
  state: 'deprecated',
  deprecatedSince: '2026-11-01',
  sunset: '2027-06-01',
  successor: `/${layer}/${app}/v2`,
  availability: '99.5 %',
  latencyMs95: 500,
  support: 'business hours',
  operations: [A_THING],
  deprecations: [],
  ...more,
});

/** A use of an operation of version 1. */
export const aUse = (consumer: string, more: Partial<UsedAccount> = {}): UsedAccount => ({
  version: '1',
  operation: 'getThing',
  consumer,
  calls: 1,
  lastAt: new Date().toISOString(),
  ...more,
});

/** What an app says of itself, with the uses that it is asked for. */
export const anAccount = (
  app: string,
  layer: Layer,
  { since = '2026-09-01', version, operation, field }: AccountQuery,
  { used = [], ...more }: Partial<AppAccount> = {},
): AppAccount => ({
  app,
  release: '9.9.9',
  title: app.toUpperCase(),
  description: `The ${app}.`,
  apis: [aVersion(app, layer)],
  usedSince: since,
  used: used.filter(
    use => use.field === field && (version === undefined || use.version === version) && (operation === undefined || use.operation === operation),
  ),
  usedCut: false,
  findings: [{ route: 'GET /v1/strays', missing: 'document', text: 'it is in no document' }],
  ...more,
});
