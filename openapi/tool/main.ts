import { TOP } from '../checkout.js';
import { catalogue } from './commands/catalogue.js';
import { changelog } from './commands/changelog.js';
import { check } from './commands/check.js';
import { deprecate } from './commands/deprecate.js';
import { diff } from './commands/diff.js';
import { lint } from './commands/lint.js';
import { release } from './commands/release.js';
import { retire } from './commands/retire.js';
import { run, type Commands } from './run.js';

/** The governance team's one tool: `npm run api -- <command>`. A line for each command. */
export const COMMANDS: Commands = {
  diff,
  lint,
  release,
  changelog,
  deprecate,
  retire,
  catalogue,
  check,
};

if (import.meta.main) {
  process.exitCode = await run(
    COMMANDS,
    process.argv.slice(2),
    {
      top: TOP,
      // npm stands in the checkout; files are named from where its caller stands.
      cwd: process.env.INIT_CWD ?? process.cwd(),
      today: new Date().toISOString().slice(0, 10),
      out: text => void process.stdout.write(text),
    },
    line => void process.stderr.write(`${line}\n`),
  );
}
