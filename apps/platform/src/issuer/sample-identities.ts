/**
 * The rights of each identity of the sample firm. Real firms use their own identity provider with
 * the same claims.
 */
export interface SampleClient {
  name: string;
  clientId: string;
  scopes: string[];
  roles: string[];
  legalEntities: string[];
  fieldRights: string[];
}

export interface SamplePerson extends Omit<SampleClient, 'clientId'> {
  /** Stable; the `sub` of the person's tokens. */
  id: string;
  /** A client with which a program acts as this person, without a browser. */
  clientId: string;
}

/** All scopes, in the order in which people read them. */
export const SCOPES = [
  'crm.read',
  'crm.write',
  'psa.read',
  'psa.write',
  'hcm.read',
  'hcm.write',
  'erp.read',
  'erp.write',
  'feeds.manage',
  'project-initiation.read',
  'project-initiation.run',
  'project-initiation.check',
  'time-to-billing.read',
  'time-to-billing.run',
  'time-to-billing.check',
  'mappings.read',
  'mappings.write',
  'exceptions.read',
  'exceptions.act',
  'portal.read',
  'portal.act',
  'partner.read',
  'partner.write',
  'governance.read',
  'governance.write',
  'act-for',
  'metrics.read',
];

const ALL_ENTITIES = ['*', 'unassigned'];
const DESK_ROLES = ['finance', 'pmo', 'hr-operations', 'sales-operations', 'integration', 'governance'];
const COST_RATE = 'worker.cost-rate';

/**
 * The app's own client, for its calls to other apps: for a person (act-for) or, in a flow, as
 * itself.
 */
const serviceClient = (name: string, scopes: string[], fieldRights: string[] = []): SampleClient => ({
  name,
  clientId: `${name}-service`,
  scopes: [...scopes, 'act-for'],
  roles: [],
  legalEntities: ALL_ENTITIES,
  fieldRights,
});

const SYSTEM_APPS = ['crm', 'psa', 'hcm', 'erp'];
const systemScopes = SYSTEM_APPS.flatMap(app => [`${app}.read`, `${app}.write`]);
const processScopes = SCOPES.filter(scope => /^(project-initiation|time-to-billing|mappings|exceptions)\./.test(scope));

export const serviceClients: SampleClient[] = [
  ...SYSTEM_APPS.map(app => serviceClient(app, [`${app}.read`])),
  serviceClient('project-initiation', systemScopes),
  serviceClient('time-to-billing', systemScopes, [COST_RATE]),
  serviceClient('portal', [...processScopes, ...SYSTEM_APPS.map(app => `${app}.read`)], [COST_RATE]),
  serviceClient('governance', ['governance.read']),
];

export const sampleClients: SampleClient[] = [
  { name: 'portal', clientId: 'portal', scopes: ['portal.read', 'portal.act'], roles: [], legalEntities: ['*'], fieldRights: [] },
  { name: 'partner', clientId: 'partner', scopes: ['portal.read', 'crm.read', 'psa.read'], roles: [], legalEntities: ['LF-UK'], fieldRights: [] },
  // Everything except act-for: operations acts as itself.
  {
    name: 'operations',
    clientId: 'operations',
    scopes: SCOPES.filter(scope => scope !== 'act-for'),
    roles: DESK_ROLES,
    legalEntities: ALL_ENTITIES,
    fieldRights: [COST_RATE],
  },
  // Systems of other firms, once each is bound to its partner.
  { name: 'lending-agency', clientId: 'lending-agency', scopes: ['partner.read', 'partner.write'], roles: [], legalEntities: [], fieldRights: [] },
  { name: 'billed-client', clientId: 'billed-client', scopes: ['partner.read'], roles: [], legalEntities: [], fieldRights: [] },
  { name: 'sales', clientId: 'sales', scopes: ['project-initiation.check'], roles: [], legalEntities: ['*'], fieldRights: [] },
];

const DESK_SCOPES = [
  'portal.read',
  'portal.act',
  'exceptions.read',
  'exceptions.act',
  'mappings.read',
  'project-initiation.read',
  'time-to-billing.read',
  'crm.read',
  'psa.read',
  'erp.read',
];

const person = (
  id: string,
  name: string,
  role: string,
  legalEntities: string[],
  more: { scopes?: string[]; fieldRights?: string[] } = {},
): SamplePerson => ({
  id: `person-${id}`,
  clientId: `person-${id}`,
  name,
  roles: [role],
  legalEntities,
  scopes: [...DESK_SCOPES, ...(more.scopes ?? [])],
  fieldRights: more.fieldRights ?? [],
});

export const samplePeople: SamplePerson[] = [
  person('finance-uk', 'Imogen Hartley', 'finance', ['LF-UK'], { scopes: ['mappings.write', 'time-to-billing.run'] }),
  person('finance', 'Ruth Abelson', 'finance', ALL_ENTITIES, {
    scopes: ['mappings.write', 'project-initiation.run', 'time-to-billing.run', 'time-to-billing.check'],
  }),
  person('pmo-us', 'Marcus Oyelaran', 'pmo', ['LF-US'], { scopes: ['project-initiation.run'] }),
  person('hr', 'Ines Kowalczyk', 'hr-operations', ['*'], { scopes: ['hcm.read'], fieldRights: [COST_RATE] }),
  person('sales-de', 'Jonas Brandt', 'sales-operations', ['LF-DE'], { scopes: ['project-initiation.check'] }),
  person('integration', 'Priya Raman', 'integration', ALL_ENTITIES, {
    scopes: [
      'mappings.write',
      'project-initiation.run',
      'project-initiation.check',
      'time-to-billing.run',
      'time-to-billing.check',
      'feeds.manage',
      'metrics.read',
      'hcm.read',
    ],
  }),
  person('governance', 'Amara Lindqvist', 'governance', ALL_ENTITIES, { scopes: ['governance.read', 'governance.write'] }),
  { ...person('delivery-uk', 'Callum Doyle', 'delivery', ['LF-UK']), scopes: ['portal.read'] },
];

/** The client or person of a client id, in the form of token claims. */
export interface Identity {
  kind: 'person' | 'client';
  id: string;
  name: string;
  scopes: string[];
  roles: string[];
  legalEntities: string[];
  fieldRights: string[];
}

export function identityOfClient(clientId: string): Identity | undefined {
  const person = samplePeople.find(one => one.clientId === clientId);
  if (person) return { ...person, kind: 'person' };
  const client = [...sampleClients, ...serviceClients].find(one => one.clientId === clientId);
  return client && { ...client, kind: 'client', id: clientId };
}

export function identityOfPerson(id: string): Identity | undefined {
  const person = samplePeople.find(one => one.id === id);
  return person && { ...person, kind: 'person' };
}

/** The prefixes of the apps, at whose /docs people sign in. */
export const REFERENCES = [
  '/system/crm',
  '/system/psa',
  '/system/hcm',
  '/system/erp',
  '/process/project-initiation',
  '/process/time-to-billing',
  '/experience/portal',
  '/experience/partner',
  '/governance',
];
