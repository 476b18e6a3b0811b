import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { APPS, databaseSetting, isSuperuser, makeRoles, Roles } from '#persistence/roles';

/** The given database can't be used; the message says what to do. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}

export interface DatabaseOptions {
  /** As the embedded server's superuser, or as given in DATABASE_URL. */
  url: string;
  /** The prefix of the roles' names. */
  prefix: string;
  /** The file with the generated passwords. */
  passwordFile: string;
  environment?: Record<string, string | undefined>;
}

/** `My-Firm` gives `my_firm`: the prefix of role names, from a database's name. */
export const prefixOf = (url: string): string => {
  const name = decodeURIComponent(new URL(url).pathname.slice(1)).toLowerCase().replace(/\W+/g, '_').slice(0, 30);
  return /^[a-z_]/.test(name) ? name : `db_${name}`.slice(0, 30);
};

/**
 * Prepares the installation's database: makes its roles, if the given role may do so, then applies
 * schema, policies and grants as the owner. Returns the settings with which each app reaches it as
 * its own role.
 */
export async function readyDatabases(options: DatabaseOptions): Promise<Record<string, string>> {
  const roles = new Roles(options.prefix);
  const apps = Object.keys(APPS);
  if (!(await isSuperuser(options.url))) {
    const environment = options.environment ?? process.env;
    const missing = apps.map(databaseSetting).filter(name => !environment[name] && !environment[`${name}_FILE`]);
    if (missing.length > 0)
      throw new DatabaseError(
        `The role of DATABASE_URL may not make roles. Let npm run database -- roles print what makes them, give DATABASE_URL as ${roles.owner}, and set ${missing.join(', ')}.`,
      );
    await prepare(options.url, roles);
    return {};
  }
  const passwords = keptPasswords(options.passwordFile, roles);
  await makeRoles(options.url, roles, passwords);
  const as = (role: string): string => Object.assign(new URL(options.url), { username: role, password: passwords[role] }).href;
  await prepare(as(roles.owner), roles);
  return Object.fromEntries(apps.map(app => [databaseSetting(app), as(roles.app(app))]));
}

/** Makes passwords once, and later for new roles. Only the file's owner may read them. */
export function keptPasswords(file: string, roles: Roles): Record<string, string> {
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
  const passwords = Object.fromEntries(roles.logins.map(role => [role, kept[role] ?? randomBytes(24).toString('base64url')]));
  writeFileSync(file, JSON.stringify(passwords, null, 2), { mode: 0o600 });
  chmodSync(file, 0o600);
  return passwords;
}

async function prepare(ownerUrl: string, { prefix }: Roles): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.js')], {
    env: { ...process.env, OWNER_URL: ownerUrl, ROLE_PREFIX: prefix },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString('utf8')).slice(-8_000)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new DatabaseError(`The database could not be brought up to date:\n${output}`);
}
