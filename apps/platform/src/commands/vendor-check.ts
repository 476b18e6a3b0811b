import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import type { CheckResult, VendorClock } from '#connector';
import type { Database } from '#persistence';
import type { Environment } from '#service';
import { DataFolder, type PlatformEnvironment } from '../data-folder.js';
import { dim, say } from '../sample/story.js';
import { CommandError } from './command-error.js';

/** What a check needs of every system app's vendor. */
interface Checkable {
  check(): Promise<CheckResult[]>;
  readonly clock: VendorClock;
  close(): Promise<void>;
}

interface Definition {
  name: string;
  config: Type<object>;
  connect(o: { config: object; dataSource: Database; metrics: unknown; history: { years: number } }): Checkable;
}

const APPS: Record<string, () => Promise<{ vendors: unknown }>> = {
  crm: () => import('../../../system/crm/src/vendors/index.js'),
  psa: () => import('../../../system/psa/src/vendors/index.js'),
  hcm: () => import('../../../system/hcm/src/vendors/index.js'),
  erp: () => import('../../../system/erp/src/vendors/index.js'),
};

/**
 * `npm run vendor:check -- crm`: logs in to the back end in the environment, reads one page of each
 * thing that is needed, and says in plain words what is missing. Exits with 1 if anything is.
 * Without settings of the vendor it checks the sandbox of the platform that last ran here. Needs no
 * platform and no database of its own.
 */
export async function vendorCheck([app = '']: string[]): Promise<void> {
  if (!Object.hasOwn(APPS, app))
    throw new CommandError(`${app ? `${app} has no vendor to check` : 'Say which app'}: npm run vendor:check -- ${Object.keys(APPS).join(' | ')}`);
  const { checkVendor } = await import('#connector');
  const { configureLog, loadConfig, Metrics } = await import('#service');
  configureLog({ logLevel: process.env.LOG_LEVEL ?? 'fatal' });
  const { env, vendor } = await settingsFor(app);
  const config = configured(() => loadConfig(vendor.config, env));
  const { dataSource, close } = await permits(env[`${app.toUpperCase()}_DATABASE_URL`] ?? env.DATABASE_URL);
  const checked = vendor.connect({ config, dataSource, metrics: new Metrics(), history: { years: 1 } });
  try {
    process.exitCode = await checkVendor(vendor.name, checked, say);
  } finally {
    await checked.close();
    await close();
  }
}

/**
 * The environment; for a vendor without settings in it, the settings of the platform that last ran
 * here.
 */
async function settingsFor(app: string): Promise<{ env: Environment; vendor: Definition }> {
  const { settingsOf } = await import('#service');
  const vendors = (await APPS[app]()).vendors as Definition[];
  const wanted = process.env[`${app.toUpperCase()}_VENDOR`] || vendors[0].name;
  const vendor = vendors.find(({ name }) => name === wanted);
  if (!vendor) throw new CommandError(`${app.toUpperCase()}_VENDOR is ${wanted}; there are ${vendors.map(({ name }) => name).join(', ')}.`);
  const names = settingsOf(vendor.config).flatMap(({ env }) => [env, `${env}_FILE`]);
  const platform: PlatformEnvironment = new DataFolder(process.env.DATA_DIR ?? '.data').environment ?? {};
  const own = names.filter(name => process.env[name]);
  if (own.length === 0 && names.some(name => platform[name])) {
    say(dim(`No setting of ${vendor.name} is in the environment: this checks the sandbox of the platform that last ran here.`));
    return { vendor, env: { ...platform, ...process.env } };
  }
  const database = `${app.toUpperCase()}_DATABASE_URL`;
  return { vendor, env: { ...(platform[database] ? { [database]: platform[database] } : {}), ...process.env } };
}

/** Reports wrong settings as an error for people instead of a crash. */
function configured<T>(load: () => T): T {
  try {
    return load();
  } catch (error) {
    if (error instanceof Error && error.name === 'SettingsError')
      throw new CommandError(`${error.message}\ndocs/configuration.md has every setting.`);
    throw error;
  }
}

/**
 * The database that counts the vendor account's permits: the platform's, so that the check stays
 * within its quota, or a temporary one.
 */
async function permits(url: string | undefined): Promise<{ dataSource: Database; close(): Promise<void> }> {
  const { dataSourceFor, migrate } = await import('#persistence');
  const { EmbeddedPostgres } = await import('#persistence/embedded-postgres');
  const { connectorMigrations } = await import('#connector');
  const options = { name: 'vendor-check', migrations: connectorMigrations, poolSize: 2 };
  const shared =
    url &&
    (await dataSourceFor(options, url)
      .initialize()
      .catch(() => undefined));
  if (shared) {
    return { dataSource: shared, close: () => shared.destroy() };
  }
  const directory = await mkdtemp(join(tmpdir(), 'throughline-vendor-check-'));
  await chmod(directory, 0o755); // Postgres runs as another user than root
  const postgres = new EmbeddedPostgres({ directory: join(directory, 'postgres') });
  const dataSource = await dataSourceFor(options, (await postgres.start()).url).initialize();
  await migrate(dataSource);
  const close = async () => {
    await dataSource.destroy();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  };
  // Postgres would otherwise outlive this process.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close().finally(() => process.exit(130)));
  return { dataSource, close };
}
