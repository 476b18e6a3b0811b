import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { databaseOptionsOf, THIS_RELEASE } from '#persistence';
import { APPS } from '../../apps/platform/src/apps.js';
import { faultsOf } from './releasable.js';
import { storedNames } from './stored-names.js';

/*
 * Makes this tree a release: checks it, tags it, and notes what it holds, from which the next one goes on. The tag is made here only;
 * whoever releases pushes it.
 */
const TOP = resolve(import.meta.dirname, '../../..');
const LAST = 'test/releases/last-release.json';

const read = (file: string): string => readFileSync(join(TOP, file), 'utf8');
const git = (...args: string[]): string => execFileSync('git', ['-C', TOP, ...args], { encoding: 'utf8' }).trimEnd();
const refuse = (faults: string[]): never => {
  console.error(faults.join('\n'));
  process.exit(1);
};

const { version, servesFrom } = THIS_RELEASE;
const faults = faultsOf({
  version,
  lockVersion: (JSON.parse(read('package-lock.json')) as { version: string }).version,
  lastVersion: (JSON.parse(read(LAST)) as { version: string }).version,
  changelog: read('CHANGELOG.md'),
  changes: git('status', '--porcelain'),
  tags: git('tag').split('\n'),
});
if (faults.length > 0) refuse(faults);
// Migrations and stored names, beside the last release's.
if (spawnSync('npm', ['test', '--', 'test/releases'], { cwd: TOP, stdio: 'inherit' }).status !== 0) refuse(['Nothing was tagged.']);

git('tag', '--annotate', `v${version}`, '--message', `Release ${version}`);
const migrations = [...new Set(APPS.flatMap(({ module }) => databaseOptionsOf(module)!.migrations))].map(({ name }) => name);
migrations.sort((a, b) => Number(a.slice(-13)) - Number(b.slice(-13)));
const released = { version, commit: git('rev-parse', 'HEAD'), servesFrom, migrations, names: storedNames(TOP) };
writeFileSync(join(TOP, LAST), `${JSON.stringify(released, null, 2)}\n`);
console.log(`
v${version} is tagged here. ${LAST} holds what it is compared with from now on. Next, in one commit:
1. npm version --no-git-tag-version <the next version>
2. a heading "## <the next version> (not released)" in CHANGELOG.md
3. CONTRACTS of libs/persistence/src/release.ts and WENT of test/releases/names-that-went.ts are emptied
Then: npm run format, npm run check, npm test -- test/releases; push the branch, and the tag with git push origin v${version}`);
