import { existsSync } from 'node:fs';

/** The programs of the oldest supported release, where Debian 12 puts them: npm has none of it. */
export const OLDEST_POSTGRES = '/usr/lib/postgresql/15/bin';

/** Why a test of it is left out on this machine; undefined where it runs. */
export const withoutOldestPostgres = (): string | undefined =>
  existsSync(OLDEST_POSTGRES) ? undefined : `there is no ${OLDEST_POSTGRES}: apt-get install postgresql-15`;
