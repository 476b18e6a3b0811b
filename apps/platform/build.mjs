// Compiles the tree into dist when a source is newer. Plain JavaScript, because it runs before
// anything is compiled.
import { spawn } from 'node:child_process';
import { mkdir, open, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const top = resolve(import.meta.dirname, '../..');
/** The compiled tree. */
export const dist = join(top, 'dist');
const stamp = join(dist, '.built');
const lock = join(dist, '.building');
const SOURCES = ['apps', 'libs', 'openapi', 'test'];
const ABANDONED_MS = 60_000;

/** Updates the compiled tree and returns its folder. Calls `say` when there was something to do. */
export async function build(say = () => {}) {
  if (await upToDate()) return dist;
  await mkdir(dist, { recursive: true });
  await locked(async () => {
    if (await upToDate()) return;
    const begun = new Date();
    const code = await compile();
    // tsgo emits despite type errors: `npm run types` refuses wrong types, and a tree that doesn't
    // run fails by itself.
    if (code !== 0) say('the tree has type errors: npm run types shows them');
    await writeFile(stamp, '');
    await utimes(stamp, begun, begun);
    say(`compiled in ${Date.now() - begun.getTime()} ms`);
  });
  return dist;
}

async function upToDate() {
  const built = (await stat(stamp).catch(() => null))?.mtimeMs;
  if (built === undefined) return false;
  const newest = Math.max(
    ...(await Promise.all([
      ...SOURCES.map(folder => newestIn(join(top, folder))),
      ...['tsconfig.json', 'package.json'].map(file => modified(join(top, file))),
    ])),
  );
  return newest < built;
}

const modified = async file => (await stat(file)).mtimeMs;

async function newestIn(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const sources = entries.filter(entry => entry.isFile() && /\.(ts|json)$/.test(entry.name));
  return Math.max(0, ...(await Promise.all(sources.map(entry => modified(join(entry.parentPath, entry.name))))));
}

async function compile() {
  const tsgo = join(top, 'node_modules/@typescript/native-preview/bin', await binOf('@typescript/native-preview'));
  const child = spawn(process.execPath, [tsgo, '-p', join(top, 'tsconfig.json')], { stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((done, fail) => child.once('error', fail).once('exit', done));
}

async function binOf(name) {
  const { bin } = JSON.parse(await readFile(join(top, 'node_modules', name, 'package.json'), 'utf8'));
  return Object.values(bin)[0].split('/').at(-1);
}

/**
 * One build at a time, also between processes. The lock of a killed build is broken after a minute.
 */
async function locked(work) {
  for (;;) {
    const mine = await open(lock, 'wx').catch(error => {
      if (error.code === 'EEXIST') return null;
      throw error;
    });
    if (mine) {
      await mine.close();
      try {
        return await work();
      } finally {
        await rm(lock, { force: true });
      }
    }
    const age = Date.now() - ((await stat(lock).catch(() => null))?.mtimeMs ?? Date.now());
    if (age > ABANDONED_MS) await rm(lock, { force: true });
    await sleep(50);
  }
}

// When run directly: by npm run build, and by npm ci through `prepare`, so that the first start has
// nothing to compile. An install without the compiler brings its own dist.
if (import.meta.filename === process.argv[1]) {
  // To stderr: stdout is what the command behind it answers.
  if (await stat(join(top, 'node_modules/@typescript/native-preview')).catch(() => null)) await build(text => console.error(text));
}
