import { emittedApis } from '../apis/emitted.js';
import { settle } from '../apis/files.js';
import { RELEASED } from '../apis/released.js';
import { summariesOf } from '../apis/releasing.js';
import { stamped } from '../apis/stamp.js';
import { standingOf, type Standing } from '../apis/standing.js';
import { unapproved, type Approval } from '../approvals/approval.js';
import { approvalsOf } from '../approvals/approvals.js';
import type { Command, Io } from '../command.js';
import { entriesOf } from '../judge/readable.js';

export const release: Command = {
  operands: '[api…]',
  count: [0, Infinity],
  options: {},
  summary:
    'Releases each document that differs from its newest release: a minor version for additions, a patch for words. A break needs an approval.',
  async run({ operands }, io) {
    const approvals = await approvalsOf(io);
    let refused = false;
    for (const api of await emittedApis(io.top, operands)) {
      refused = !(await releaseOne(await standingOf(api, io), approvals, io)) || refused;
    }
    for (const [file, content] of await summariesOf(io)) {
      if (await settle(io.top, file, content)) io.out(`written: ${file}\n`);
    }
    return refused ? 1 : 0;
  },
};

/** Answers whether the API stands as released. */
async function releaseOne(standing: Standing, approvals: readonly Approval[], io: Io): Promise<boolean> {
  const { of, kind, text, growth, report } = standing;
  if (growth === 'none') {
    io.out(`${of.api} ${standing.version}: nothing to release\n`);
    return true;
  }
  const breaks = unapproved(approvals, { api: of.api, version: numberOf(standing) }, report.changes, io.today);
  if (breaks.length > 0) {
    io.out(`${of.api} ${standing.version}: NOT released; make it a new major version, or have each of these approved in openapi/approvals:\n`);
    io.out(
      entriesOf(breaks)
        .map(entry => `${entry}\n`)
        .join(''),
    );
    return false;
  }
  const next = nextOf(standing);
  const content = stamped(kind, text, { version: next, on: io.today });
  const file = `${RELEASED}/${of.api}/${next.split('.', 2).join('.')}.${kind === 'GraphQL' ? 'graphql' : 'json'}`;
  await settle(io.top, file, content);
  await settle(io.top, of.file, content);
  io.out(`${of.api} ${next}: released, ${WHY[growth]}\n`);
  return true;
}

const WHY = { first: 'for the first time', minor: 'for what was added', patch: 'for its words' };

const numberOf = ({ newest }: Standing): string => (newest ? `${newest.major}.${newest.minor}` : '');

/** `1.0.0`; then a minor version for what was added, and a patch for words alone. */
function nextOf({ of, newest, version, growth }: Standing): string {
  if (!newest) return `${of.version}.0.0`;
  return growth === 'minor' ? `${newest.major}.${newest.minor + 1}.0` : `${newest.major}.${newest.minor}.${Number(version?.split('.')[2] ?? 0) + 1}`;
}
