import { spawnSync, type SpawnOptions } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The embedded server could not be made or started; the message says what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

/** The account that a server runs as when we are root, since Postgres refuses root. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/** `postgres` if the machine has it, else `nobody`; null when we aren't root and no change is needed. */
export async function unprivilegedAccount(): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map(line => line.split(':'));
  const found = accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody');
  if (!found) throw new EmbeddedPostgresError('Postgres does not run as root, and this machine has no user "postgres" or "nobody" to run it as');
  return { name: found[0], uid: Number(found[2]), gid: Number(found[3]) };
}

export interface Launcher {
  command: string;
  args: string[];
  options: Pick<SpawnOptions, 'uid' | 'gid'>;
}

/**
 * How to run `binary` as `account`. The account can't reach a root-owned checkout in a folder that
 * only root may enter (`mktemp -d` makes such folders). There the program gets one capability by
 * util-linux's setpriv: to pass through folders and read, but not to write other owners' files.
 * Anywhere else it gets none.
 */
export async function launcherFor(account: Account | null, binary: string, directory: string): Promise<Launcher> {
  if (!account) return { command: binary, args: [], options: {} };
  const reachable = (await mayEnter(account, dirname(binary))) && (await mayEnter(account, dirname(directory)));
  if (reachable) return { command: binary, args: [], options: { uid: account.uid, gid: account.gid } };
  if (spawnSync('setpriv', ['--version']).status !== 0)
    throw new EmbeddedPostgresError(
      `Postgres runs as user ${account.name}, who may not enter ${directory}: move the checkout to a folder all may enter, or run as another user than root`,
    );
  // no_setuid_fixup: without it access(2), by which initdb looks for its sister programs, ignores
  // the capability.
  const keep = [
    '--securebits',
    '+no_setuid_fixup',
    '--inh-caps',
    '+dac_read_search',
    '--ambient-caps',
    '+dac_read_search',
    '--bounding-set',
    '-all,+dac_read_search',
  ];
  return {
    command: 'setpriv',
    args: ['--reuid', String(account.uid), '--regid', String(account.gid), '--clear-groups', ...keep, binary],
    options: {},
  };
}

async function mayEnter(account: Account, folder: string): Promise<boolean> {
  for (let at = folder; ; at = dirname(at)) {
    const { uid, gid, mode } = await stat(at);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (at === dirname(at)) return true;
  }
}
