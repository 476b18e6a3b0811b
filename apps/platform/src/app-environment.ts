import type { PlatformEnvironment } from './data-folder.js';
import { serviceClients } from './issuer/sample-identities.js';

export interface Surroundings {
  /** The settings with which each app reaches the database, each as its own role. */
  databases: Record<string, string>;
  gatewayUrl: string;
  issuerUrl: string;
  secretOf: (clientId: string) => string;
  /** The settings that point at the vendors' stand-ins. */
  sandboxes: Record<string, string>;
  logFile: string;
  logLevel: string;
}

/**
 * The settings with which the apps run against the sandboxes: the same ones that point a deployment
 * at a firm's real tenants (docs/configuration.md). The environment takes precedence over them: see
 * `inForce`.
 */
export function appEnvironment({ databases, gatewayUrl, issuerUrl, secretOf, sandboxes, logFile, logLevel }: Surroundings): PlatformEnvironment {
  return {
    ...databases,
    GATEWAY_URL: gatewayUrl,
    ISSUER_URL: issuerUrl,
    LOG_FILE: logFile,
    LOG_LEVEL: logLevel,
    ...Object.fromEntries(serviceClients.flatMap(client => credentialsOf(client.name, client.clientId, secretOf(client.clientId)))),
    ...sandboxes,
    // No other system books the sample firm's expenses.
    TIME_TO_BILLING_EXPENSE_COST: 'record',
  };
}

/**
 * The settings, with those replaced that the environment has itself, also when it names a file for
 * one.
 */
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
