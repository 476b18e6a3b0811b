import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { APPS, databaseSetting, isSuperuser, makeRoles, Roles } from '#persistence/roles';

/** The database can't be used as it was given; the message says what to do. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}

export interface DatabaseWish {
  /** As the embedded server's superuser, or what DATABASE_URL says of a server of one's own. */
  url: string;
  /** What the roles' names begin with. */
  prefix: string;
  /** Where the passwords that are made here are kept. */
  passwordFile: string;
  environment?: Record<string, string | undefined>;
}

/** `My-Firm` gives `my_firm`: what a database's name makes of the names of its roles. */
export const prefixOf = (url: string): string => {
  const name = decodeURIComponent(new URL(url).pathname.slice(1)).toLowerCase().replace(/\W+/g, '_').slice(0, 30);
  return /^[a-z_]/.test(name) ? name : `db_${name}`.slice(0, 30);
};

/**
 * Makes the installation's database ready: its roles, where the role that was given may make them, then, as the owner, its schema,
 * policies and grants. Answers the settings by which each app reaches it, each as its own role.
 */
export async function readyDatabases(wish: DatabaseWish): Promise<Record<string, string>> {
  const roles = new Roles(wish.prefix);
  const apps = Object.keys(APPS);
  if (!(await isSuperuser(wish.url))) {
    const environment = wish.environment ?? process.env;
    const missing = apps.map(databaseSetting).filter(name => !environment[name] && !environment[`${name}_FILE`]);
    if (missing.length > 0)
      throw new DatabaseError(
        `The role of DATABASE_URL may not make roles. Let npm run database -- roles print what makes them, give DATABASE_URL as ${roles.owner}, and set ${missing.join(', ')}.`,
      );
    await prepare(wish.url, roles);
    return {};
  }
  const passwords = keptPasswords(wish.passwordFile, roles);
  await makeRoles(wish.url, roles, passwords);
  const as = (role: string): string => Object.assign(new URL(wish.url), { username: role, password: passwords[role] }).href;
  await prepare(as(roles.owner), roles);
  return Object.fromEntries(apps.map(app => [databaseSetting(app), as(roles.app(app))]));
}

/** Made once, and for roles that came later; only their owner may read them. */
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
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString('utf8')).slice(-8_000)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new DatabaseError(`The database could not be brought up to date:\n${said}`);
}
