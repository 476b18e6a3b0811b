import { resolve } from 'node:path';
import { SANDBOX_VENDORS } from '../../sandbox/src/vendors.js';

/**
 * The settings of `npm start`, from the environment. docs/configuration.md has those of the apps.
 */
export interface PlatformSettings {
  port: number;
  issuerPort: number;
  sandboxPort: number;
  dataDir: string;
  /** A Postgres of your own instead of the embedded one. */
  databaseUrl?: string;
  /** The prefix of the names of the database's roles. */
  databaseRoles?: string;
  sampleJourneys: boolean;
  firmSize: number;
  approvedLines: number;
  logLevel: string;
}

interface PlatformSetting {
  env: string;
  default?: string;
  description: string;
  /** Returns what is wrong with a value, or undefined. */
  fault?: (value: string) => string | undefined;
}

const isPort = (value: string) =>
  /^\d{1,5}$/.test(value) && Number(value) <= 65_535 ? undefined : `"${value}" is not a port; give a number from 0 to 65535 (0: any free one)`;
const isOnOff = (value: string) => (value === 'on' || value === 'off' ? undefined : `"${value}" is neither on nor off`);

const listed = (words: string[]) => `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

export const PLATFORM_SETTINGS: PlatformSetting[] = [
  { env: 'PORT', default: '8080', description: 'The gateway: every app, /graphql and /graphiql. 0: any free one.', fault: isPort },
  { env: 'ISSUER_PORT', default: '8081', description: 'The embedded OpenID provider.', fault: isPort },
  {
    env: 'SANDBOX_PORT',
    default: '8090',
    description: `The sandboxes' control port; ${listed(Object.values(SANDBOX_VENDORS).map(({ title }) => title))} follow it.`,
    fault: isPort,
  },
  { env: 'DATA_DIR', default: '.data', description: 'Where Postgres, the sandboxes, keys and logs are kept.' },
  {
    env: 'DATABASE_URL',
    description:
      'A Postgres of your own, as a superuser, which makes the roles, or as the owner that migrates; without it an embedded one runs on DATA_DIR.',
    fault: value => (URL.canParse(value) ? undefined : 'is not a URL like postgres://user:password@host:5432/name'),
  },
  {
    env: 'DATABASE_ROLES',
    description: "What the names of the installation's database roles begin with; without it, the database's name.",
    fault: value => (/^[a-z_][a-z0-9_]{0,29}$/.test(value) ? undefined : `"${value}" is not up to 30 of a to z, 0 to 9 and _`),
  },
  {
    env: 'SAMPLE_JOURNEYS',
    default: 'on',
    description: 'Win three sample deals on the first start, and show the result for the time approved before it: on or off.',
    fault: isOnOff,
  },
  {
    env: 'FIRM_SIZE',
    default: '60',
    description: 'Consultants of the sample firm, when the sandboxes are first seeded.',
    fault: value => (/^[1-9]\d{0,5}$/.test(value) ? undefined : `"${value}" is not a number of people`),
  },
  {
    env: 'FIRM_APPROVED_LINES',
    default: '120',
    description: 'Lines of time that the sample firm has approved already, when the sandboxes are first seeded.',
    fault: value => (/^\d{1,7}$/.test(value) ? undefined : `"${value}" is not a number of lines`),
  },
  { env: 'LOG_LEVEL', default: 'info', description: 'How much the apps log into DATA_DIR/logs: fatal, error, warn, info, debug, trace or silent.' },
];

/** Reports all wrong settings at once. */
export class PlatformSettingsError extends Error {
  override readonly name = 'PlatformSettingsError';
}

export function platformSettings(env: Record<string, string | undefined> = process.env): PlatformSettings {
  const values = new Map(PLATFORM_SETTINGS.map(setting => [setting.env, env[setting.env] || setting.default]));
  const faults = PLATFORM_SETTINGS.flatMap(({ env: name, fault }) => {
    const value = values.get(name);
    const wrong = value === undefined ? undefined : fault?.(value);
    return wrong ? [`  ${name}: ${wrong}`] : [];
  });
  if (faults.length > 0) throw new PlatformSettingsError(`These settings are wrong:\n${faults.join('\n')}`);
  const value = (name: string) => values.get(name)!;
  return {
    port: Number(value('PORT')),
    issuerPort: Number(value('ISSUER_PORT')),
    sandboxPort: Number(value('SANDBOX_PORT')),
    dataDir: resolve(value('DATA_DIR')),
    databaseUrl: values.get('DATABASE_URL'),
    databaseRoles: values.get('DATABASE_ROLES'),
    sampleJourneys: value('SAMPLE_JOURNEYS') === 'on',
    firmSize: Number(value('FIRM_SIZE')),
    approvedLines: Number(value('FIRM_APPROVED_LINES')),
    logLevel: value('LOG_LEVEL'),
  };
}
