import type { ControlAccess } from '../../sandbox/src/kit/index.js';
import type { SandboxEndpoints } from '../../sandbox/src/sandboxes.js';
import { sampleClients, samplePeople, serviceClients } from './issuer/sample-identities.js';

/** `.data/endpoints.json`: where people and programs find everything (DESIGN section 10). */
export interface Endpoints {
  gateway: string;
  graphql: string;
  tokenEndpoint: string;
  issuer: string;
  clients: { name: string; clientId: string; clientSecret: string; scopes: string[]; roles: string[] }[];
  people: { name: string; roles: string[]; legalEntities: string[]; clientId: string; clientSecret: string }[];
  apis: ApiEndpoint[];
  sandboxes: SandboxEndpoints;
  metrics: string;
  faults: string;
  /** The token for the faults control and the other controls: `authorization: Bearer …`. */
  faultsToken: string;
}

export interface ApiEndpoint {
  layer: string;
  name: string;
  version: string;
  baseUrl: string;
  openapi: string;
}

/** The addresses of an app. */
export interface AppAddress {
  layer: string;
  name: string;
  prefix: string;
  versions: readonly string[];
}

export interface EndpointParts {
  gatewayUrl: string;
  issuerUrl: string;
  secretOf: (clientId: string) => string;
  apps: AppAddress[];
  sandboxes: SandboxEndpoints;
  control: ControlAccess;
}

export function endpointsOf({ gatewayUrl, issuerUrl, secretOf, apps, sandboxes, control }: EndpointParts): Endpoints {
  return {
    gateway: gatewayUrl,
    graphql: `${gatewayUrl}/graphql`,
    tokenEndpoint: `${issuerUrl}/token`,
    issuer: issuerUrl,
    clients: [...sampleClients, ...serviceClients].map(({ name, clientId, scopes, roles }) => ({
      name: clientId.endsWith('-service') ? clientId : name,
      clientId,
      clientSecret: secretOf(clientId),
      scopes,
      roles,
    })),
    people: samplePeople.map(({ name, roles, legalEntities, clientId }) => ({
      name,
      roles,
      legalEntities,
      clientId,
      clientSecret: secretOf(clientId),
    })),
    apis: apps.flatMap(app => addressesOf(app, gatewayUrl)),
    sandboxes,
    metrics: `${gatewayUrl}/metrics`,
    faults: `${control.url}/faults`,
    faultsToken: control.token,
  };
}

const addressesOf = ({ layer, name, prefix, versions }: AppAddress, gatewayUrl: string): ApiEndpoint[] =>
  versions.map(version => ({
    layer,
    name,
    version: `v${version}`,
    baseUrl: `${gatewayUrl}${prefix}/v${version}`,
    openapi: `${gatewayUrl}${prefix}/openapi/v${version}.json`,
  }));

/** The path of an app's API behind the gateway. */
export const apiPath = ({ apis }: Pick<Endpoints, 'apis'>, app: string): string => new URL(apis.find(({ name }) => name === app)!.baseUrl).pathname;
