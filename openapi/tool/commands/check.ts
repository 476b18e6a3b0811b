import { emittedApis, type EmittedApi } from '../apis/emitted.js';
import { newestOfEach, numberOf, releasedApis } from '../apis/released.js';
import { staleSummaries } from '../apis/releasing.js';
import { contentOf, standingOf, type Standing } from '../apis/standing.js';
import { expired, unapproved, type Approval } from '../approvals/approval.js';
import { approvalsOf } from '../approvals/approvals.js';
import type { Command, Io } from '../command.js';
import { entriesOf } from '../judge/readable.js';

export const check: Command = {
  operands: '',
  count: [0, 0],
  options: {},
  summary: 'Whether every emitted document is as released, and no version breaks its callers without an approval.',
  async run(_, io) {
    const approvals = await approvalsOf(io);
    const emitted = await emittedApis(io.top);
    const findings = [
      ...(await Promise.all(emitted.map(async api => findingsOf(await standingOf(api, io), approvals, io)))).flat(),
      ...(await gone(emitted, io)),
    ];
    for (const file of await staleSummaries(io)) findings.push(`${file} differs from the released documents: npm run api -- release`);
    for (const one of approvals) {
      if (expired(one, io.today)) io.out(`${one.file} has expired on ${one.until}: it approves nothing any more\n`);
    }
    io.out(findings.length === 0 ? `${emitted.length} documents are as released\n` : `${findings.join('\n')}\n`);
    return findings.length === 0 ? 0 : 1;
  },
};

function findingsOf({ of, newest, version, growth, report }: Standing, approvals: readonly Approval[], { today }: Io): string[] {
  if (growth === 'none') return [];
  if (!newest) return [`${of.api} ${of.version} was never released: npm run api -- release`];
  const breaks = unapproved(approvals, { api: of.api, version: numberOf(newest) }, report.changes, today);
  if (breaks.length === 0) return [`${of.api} differs from its release ${version}: npm run api -- release`];
  return [`${of.api} breaks the callers of its release ${version}, and no approval in force names it:`, ...entriesOf(breaks)];
}

/** Versions that were released and are emitted no more, though their end was not announced or has not come. */
async function gone(emitted: readonly EmittedApi[], { top, today }: Io): Promise<string[]> {
  const findings: string[] = [];
  for (const api of await releasedApis(top)) {
    for (const release of await newestOfEach(top, api)) {
      if (emitted.some(one => one.api === api && Number(one.version) === release.major)) continue;
      const [document] = await contentOf(top, release.file);
      const info = document.kind === 'GraphQL' ? {} : (document.root.info as Record<string, unknown>);
      const ended = info['x-lifecycle'] === 'retired' || (typeof info['x-sunset'] === 'string' && info['x-sunset'] <= today);
      if (!ended) findings.push(`${api} ${release.major} is emitted no more, and its end was not announced or has not come`);
    }
  }
  return findings;
}
