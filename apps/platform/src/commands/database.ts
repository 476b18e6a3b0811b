import { Roles } from '#persistence/roles';
import { prefixOf } from '../database/databases.js';
import { say } from '../sample/story.js';
import { CommandError } from './command-error.js';

const USAGE = 'npm run database -- roles | migrate';

/**
 * `npm run database -- roles` prints the SQL that makes an installation's roles, for somebody who
 * may make roles on the server. `-- migrate` updates the schema and applies policies and grants, as
 * the owner that DATABASE_URL names.
 */
export async function database([what = '']: string[]): Promise<void> {
  const url = process.env.DATABASE_URL;
  if (!url) throw new CommandError(`Set DATABASE_URL to the database, e.g. postgres://owner:password@127.0.0.1:5432/throughline, then ${USAGE}`);
  const roles = new Roles(process.env.DATABASE_ROLES || prefixOf(url));
  if (what === 'roles') return say(await scriptOf(roles, url));
  if (what !== 'migrate') throw new CommandError(`Say what: ${USAGE}`);
  const { prepareInstallation } = await import('../database/installation.js');
  await prepareInstallation(url, roles);
  say('The database is up to date.');
}

async function scriptOf(roles: Roles, url: string): Promise<string> {
  const { takeOverSql } = await import('#persistence/roles');
  return [
    '-- Run this with psql in the database, as a role that may make roles and give away what exists there; it may be run again.',
    `--   psql -v ON_ERROR_STOP=1 ${roles.logins.map(role => `-v ${role}=<password>`).join(' ')} -f roles.sql <database>`,
    roles.sql(role => `:'${role}'`),
    takeOverSql(roles, new URL(url).pathname.slice(1)),
  ].join('\n');
}
