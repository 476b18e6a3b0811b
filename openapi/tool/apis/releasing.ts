import { approvalsOf } from '../approvals/approvals.js';
import type { Io } from '../command.js';
import { CHANGELOG, changelogOf } from './changelog.js';
import { contentAt } from './files.js';
import { historyOf } from './history.js';
import { newestOfEach, releasedApis } from './released.js';
import { contentOf } from './standing.js';
import { stampOf } from './stamp.js';

const RELEASES = 'libs/apis/src/releases.ts';

/** The files that say of all releases what the released documents say: path -> content. */
export async function summariesOf(io: Io): Promise<Map<string, string>> {
  const apis = await releasedApis(io.top);
  const histories = await Promise.all(apis.map(api => historyOf(io.top, api)));
  return new Map([
    [RELEASES, await releasesModule(io.top)],
    [CHANGELOG, changelogOf(histories, await approvalsOf(io))],
  ]);
}

/** The module by which the code knows the release of each document that it emits. */
async function releasesModule(top: string): Promise<string> {
  const lines = [];
  for (const api of await releasedApis(top)) {
    const releases = await newestOfEach(top, api);
    const stamps = await Promise.all(
      releases.map(async ({ file, major }) => {
        const [{ kind }, text] = await contentOf(top, file);
        const { version, on } = stampOf(kind, text);
        return `${major}: { version: '${version}', on: '${on}' }`;
      }),
    );
    lines.push(`  ${/^[a-z]+$/.test(api) ? api : `'${api}'`}: { ${stamps.join(', ')} },\n`);
  }
  const before = '/** The newest release of each version of each API. Written by `npm run api -- release`. */\n';
  return `${before}export const RELEASES = {${lines.length > 0 ? `\n${lines.join('')}` : ''}};\n`;
}

/** Those of them that the checkout has otherwise. */
export async function staleSummaries(io: Io): Promise<string[]> {
  const summaries = await summariesOf(io);
  const stale = await Promise.all([...summaries].map(async ([file, content]) => ((await contentAt(io.top, file)) === content ? [] : [file])));
  return stale.flat();
}
