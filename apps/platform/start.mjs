// Runs the npm scripts' commands. Plain JavaScript: checks Node, compiles when something changed,
// then runs the compiled command.
const NODE = 24;
const major = Number(process.versions.node.split('.')[0]);
if (major < NODE) {
  console.error(
    `Throughline needs Node ${NODE} or newer; this is ${process.version}. The package "node" brings it: run it by an npm script (npm start), after npm ci with install scripts allowed.`,
  );
  process.exit(1);
}

const { existsSync } = await import('node:fs');
const { enableCompileCache } = await import('node:module');
const { join, resolve } = await import('node:path');
const { pathToFileURL } = await import('node:url');
process.chdir(resolve(import.meta.dirname, '../..'));
enableCompileCache(join('node_modules', '.cache', 'throughline'));
process.env.NODE_COMPILE_CACHE ??= resolve('node_modules', '.cache', 'throughline');

const COMMANDS = {
  start: ['supervisor/start.js', 'start'],
  app: ['commands/app.js', 'runApp'],
  demo: ['commands/demo.js', 'demo'],
  resolve: ['commands/resolve.js', 'resolveSample'],
  reset: ['commands/reset.js', 'reset'],
  database: ['commands/database.js', 'database'],
  'vendor-check': ['commands/vendor-check.js', 'vendorCheck'],
};
const STARTS = ['start', 'app', 'vendor-check', 'database'];
const [name = 'start', ...args] = process.argv.slice(2);
const command = COMMANDS[name];
if (!command) {
  console.error(`There is no command ${name}; there are ${Object.keys(COMMANDS).join(', ')}.`);
  process.exit(1);
}
try {
  const { build, dist } = await import('./build.mjs');
  // A command for the running platform runs the code that the platform runs, and leaves it in
  // place. BUILD=off: nothing is compiled, for an image that has dist and no compiler.
  if ((STARTS.includes(name) && process.env.BUILD !== 'off') || !existsSync(dist)) await build(text => console.log(text));
  // Stored and logged data are for their owner alone.
  process.umask(0o077);
  const module = await import(pathToFileURL(join(dist, 'apps/platform/src', command[0])).href);
  await module[command[1]](args);
} catch (error) {
  // An error that a person can correct is shown in one line; any other is shown in full.
  const mendable =
    ['PortsTaken', 'DataFolderError', 'PlatformSettingsError', 'EmbeddedPostgresError', 'CommandError', 'DatabaseError'].includes(error?.name) ||
    ['EACCES', 'EPERM', 'EROFS', 'ENOSPC'].includes(error?.code);
  console.error(mendable ? error.message : error);
  process.exit(1);
}
