import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { growthFor, reportOf, type Change, type Report } from '#verdict';
import type { Io } from '../command.js';
import { judge } from '../judge/judge.js';
import { readDocument, type ApiDocument } from '../read/document.js';
import { folderOf } from '../read/shelf.js';
import type { EmittedApi } from './emitted.js';
import { newestRelease, type Release } from './released.js';
import { stamped, stampOf } from './stamp.js';

/** What a release on top of the newest one would be: the first, more of it, other words, or none. */
export type Growth = 'first' | 'minor' | 'patch' | 'none';

/** Where an emitted document stands beside the newest release of its version. */
export interface Standing {
  readonly of: EmittedApi;
  readonly kind: ApiDocument['kind'];
  readonly text: string;
  readonly newest?: Release;
  /** The full version of the newest release: `1.4.2`. */
  readonly version?: string;
  readonly growth: Growth;
  readonly report: Report;
}

/** The version and the day of a release, which differ from release to release by themselves. */
const OWN = ['/info/version', '/info/x-released-on'];

/** What changed besides. */
export const betweenReleases = ({ changes }: Report): Report => reportOf(changes.filter(({ pointer }) => !OWN.includes(pointer)));

export async function standingOf(of: EmittedApi, { top, today }: Io): Promise<Standing> {
  const [document, text] = await contentOf(top, of.file);
  const newest = await newestRelease(top, of.api, of.version);
  if (!newest) return { of, kind: document.kind, text, growth: 'first', report: reportOf([]) };
  const [base, baseText] = await contentOf(top, newest.file);
  const { version } = stampOf(base.kind, baseText);
  const seen = { of, kind: document.kind, text, newest, version };
  const sameStamp = { version, on: today };
  if (stamped(base.kind, baseText, sameStamp) === stamped(document.kind, text, sameStamp)) return { ...seen, growth: 'none', report: reportOf([]) };
  const report = betweenReleases(await judge(base, asNext(document, newest), today));
  return { ...seen, growth: report.changes.every(isWords) ? 'patch' : 'minor', report };
}

export async function contentOf(top: string, file: string): Promise<[ApiDocument, string]> {
  return [await readDocument(folderOf(join(top, file), file)), await readFile(join(top, file), 'utf8')];
}

/** As the next minor version of it would be. */
function asNext(document: ApiDocument, { major, minor }: Release): ApiDocument {
  if (document.kind === 'GraphQL') return document;
  return { ...document, root: { ...document.root, info: { ...(document.root.info as object), version: `${major}.${minor + 1}.0` } } };
}

/** People read it otherwise, and no program does. */
export const isWords = (change: Change): boolean => growthFor([change]) === 'patch' || /-description-(added|changed|removed)$/.test(change.id);
