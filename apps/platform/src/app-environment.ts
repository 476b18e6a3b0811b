import { SAMPLE_ACCOUNTS } from '../../sandbox/src/sample-accounts.js';
import type { SandboxEndpoints } from '../../sandbox/src/sandboxes.js';
import type { PlatformEnvironment } from './data-folder.js';
import { serviceClients } from './issuer/sample-identities.js';

export interface Surroundings {
  /** The settings by which each app reaches the database, each as its own role. */
  databases: Record<string, string>;
  gatewayUrl: string;
  issuerUrl: string;
  secretOf: (clientId: string) => string;
  sandboxes: SandboxEndpoints;
  logFile: string;
  logLevel: string;
}

/**
 * The settings under which the apps run against the sandboxes: the same ones that point a deployment at a firm's real tenants
 * (docs/configuration.md). What the environment says goes before these: see `inForce`.
 */
export function appEnvironment({ databases, gatewayUrl, issuerUrl, secretOf, sandboxes, logFile, logLevel }: Surroundings): PlatformEnvironment {
  const { salesforce, kantata, workday, netsuite } = sandboxes;
  return {
    ...databases,
    GATEWAY_URL: gatewayUrl,
    ISSUER_URL: issuerUrl,
    LOG_FILE: logFile,
    LOG_LEVEL: logLevel,
    ...Object.fromEntries(serviceClients.flatMap(client => credentialsOf(client.name, client.clientId, secretOf(client.clientId)))),
    SALESFORCE_LOGIN_URL: salesforce.loginUrl,
    SALESFORCE_CLIENT_ID: salesforce.clientId,
    SALESFORCE_CLIENT_SECRET: salesforce.clientSecret,
    SALESFORCE_API_VERSION: salesforce.apiVersion,
    SALESFORCE_ACCOUNT: SAMPLE_ACCOUNTS.salesforce,
    KANTATA_BASE_URL: kantata.baseUrl,
    KANTATA_APP_URL: kantata.baseUrl,
    KANTATA_TOKEN: kantata.accessToken,
    KANTATA_ACCOUNT: SAMPLE_ACCOUNTS.kantata,
    WORKDAY_BASE_URL: new URL(workday.wsdl).origin,
    WORKDAY_TENANT: SAMPLE_ACCOUNTS.workday,
    WORKDAY_USERNAME: workday.username,
    WORKDAY_PASSWORD: workday.password,
    NETSUITE_ACCOUNT: netsuite.accountId,
    NETSUITE_BASE_URL: netsuite.baseUrl,
    NETSUITE_TOKEN_URL: netsuite.tokenUrl,
    NETSUITE_APP_URL: netsuite.baseUrl,
    NETSUITE_CLIENT_ID: netsuite.clientId,
    NETSUITE_CERTIFICATE_ID: netsuite.certificateId,
    NETSUITE_PRIVATE_KEY_FILE: netsuite.privateKeyFile,
    NETSUITE_ALG: netsuite.alg,
    // Nothing else books the sample firm's expenses.
    TIME_TO_BILLING_EXPENSE_COST: 'record',
    // The sandbox keeps a rate as it comes.
    NETSUITE_RATE_DECIMALS: '6',
  };
}

/** The settings with those in their place that the environment has itself, also where it names a file for one. */
export function inForce(settings: PlatformEnvironment, env: Record<string, string | undefined> = process.env): PlatformEnvironment {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) => {
      if (env[name]) return [[name, env[name]]];
      const file = env[`${name}_FILE`];
      return file ? [[`${name}_FILE`, file]] : [[name, value]];
    }),
  );
}

function credentialsOf(name: string, clientId: string, secret: string): [string, string][] {
  const prefix = name.toUpperCase().replaceAll('-', '_');
  return [
    [`${prefix}_CLIENT_ID`, clientId],
    [`${prefix}_CLIENT_SECRET`, secret],
  ];
}
