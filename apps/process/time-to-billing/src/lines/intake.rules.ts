import type { ExpenseEntry, TimeEntry } from '#canonical';
import type { Line } from './line.js';
import { hashOfKept, isWanted, type KnownVersion, versionAfter } from './versions.rules.js';

/** The PSA's latest record of a line. */
export interface PsaRecord {
  kind: Line['kind'];
  entry: TimeEntry | ExpenseEntry;
  deleted: boolean;
  /** The line's number in the event log. */
  sequence: number;
  at: string;
  legalEntities: string[];
  correlationId: string;
}

/**
 * The line after the PSA's record, and whether it is a new version. Each change of what is billed
 * makes one, as does an approval that is withdrawn or given again. Undefined when nothing changes,
 * so that a repeated event or a draft does nothing.
 */
export function lineAfter(line: Line | undefined, record: PsaRecord): { line: Line; newVersion: boolean } | undefined {
  // A line gets a new version only when its source changed, whichever recipe made its hash.
  const hash = line && (line.contentHash === null ? null : hashOfKept(line.entry, record.entry));
  const known = line ? { version: line.version, hash: hash ?? null, sequence: line.sequence } : null;
  const after = versionAfter(known, record);
  if (after === null || after === known) return undefined;
  if (!line) return { line: first(record, after), newVersion: true };
  const newVersion = after.version > line.version;
  if (!newVersion) {
    // A correction without a new version may remove what blocked the line, such as the PSA's own
    // rate: assess it again.
    const assessment = line.assessment === 'blocked' ? 'none' : line.assessment;
    const faults = assessment === 'none' ? null : line.faults;
    return { line: { ...line, entry: record.entry, contentHash: after.hash, sequence: after.sequence, assessment, faults }, newVersion };
  }
  const approved = isWanted(record.entry, record.deleted);
  return {
    newVersion,
    line: {
      ...nextVersion(line),
      version: after.version,
      contentHash: after.hash,
      sequence: after.sequence,
      approved,
      entry: record.entry,
      workerId: line.entry.person.email === record.entry.person.email ? line.workerId : null,
      approvedAt: approved ? (record.entry.approvedAt ?? record.at) : line.approvedAt,
      legalEntities: [...new Set([...line.legalEntities, ...record.legalEntities])].sort(),
      correlationId: record.correlationId,
    },
  };
}

/**
 * The next version of a line, to be priced again, with its entry as it was or as it was corrected.
 */
export const nextVersion = (line: Line): Line => ({
  ...line,
  version: line.version + 1,
  assessment: 'none',
  priced: null,
  estimate: line.priced?.transaction.amount ?? line.estimate,
  faults: null,
  overage: null,
  exceptionId: null,
  postedAt: null,
});

function first(seen: PsaRecord, { version, hash, sequence }: KnownVersion): Line {
  return {
    id: seen.entry.id,
    kind: seen.kind,
    version,
    contentHash: hash,
    sequence,
    approved: true,
    entry: seen.entry,
    assessment: 'none',
    priced: null,
    estimate: null,
    faults: null,
    overage: null,
    exceptionId: null,
    workerId: null,
    stopped: false,
    state: 'received',
    since: seen.at,
    revision: 0,
    postedAt: null,
    approvedAt: seen.entry.approvedAt ?? seen.at,
    legalEntities: seen.legalEntities,
    correlationId: seen.correlationId,
    postings: [],
  };
}
