import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import lastRelease from '../releases/last-release.json' with { type: 'json' };

const run = promisify(execFile);

export interface EarlierTree {
  path: string;
  commit: string;
  close(): Promise<void>;
}

/**
 * The tree that an upgrade begins with, checked out beside the one at `top` and compiled: that of
 * `revision` as git names it, by default the last release's, which users upgrade from. Throws when
 * the clone does not hold that commit: a shallow clone has to be deepened.
 */
export async function earlierTree(top: string, revision = lastRelease.commit): Promise<EarlierTree> {
  const git = async (...args: string[]) => (await run('git', ['-C', top, ...args])).stdout.trimEnd();
  const commit = await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`).catch((cause: unknown) => {
    throw new Error(`This clone does not hold ${revision}, which the upgrade is tested from: git fetch --unshallow`, { cause });
  });
  const path = join(await mkdtemp(join(tmpdir(), 'throughline-earlier-')), 'tree');
  await git('worktree', 'add', '--detach', '--force', path, commit);
  // The same packages serve both as long as the locks agree; else the tree gets its own.
  if (await sameLock(top, path)) await symlink(join(top, 'node_modules'), join(path, 'node_modules'));
  else await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: path });
  if (!existsSync(join(path, 'dist'))) await run(process.execPath, ['apps/platform/build.mjs'], { cwd: path });
  return {
    path,
    commit,
    close: async () => {
      await git('worktree', 'remove', '--force', path);
      await rm(resolve(path, '..'), { recursive: true, force: true });
    },
  };
}

/** Whether the two trees lock the same packages; what the project says of itself does not count. */
async function sameLock(one: string, other: string): Promise<boolean> {
  const packages = async (tree: string) => {
    const { packages: all } = JSON.parse(await readFile(join(tree, 'package-lock.json'), 'utf8')) as { packages: Record<string, object> };
    return JSON.stringify(Object.entries(all).filter(([name]) => name !== ''));
  };
  return (await packages(one)) === (await packages(other));
}
