import { existsSync } from 'node:fs';

/**
 * The programs of the oldest supported release, where Debian 12 installs them. npm has no package
 * of it.
 */
export const OLDEST_POSTGRES = '/usr/lib/postgresql/15/bin';

/** Why tests on it are skipped on this machine; undefined if they run. */
export const withoutOldestPostgres = (): string | undefined =>
  existsSync(OLDEST_POSTGRES) ? undefined : `there is no ${OLDEST_POSTGRES}: apt-get install postgresql-15`;
