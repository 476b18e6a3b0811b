import type { Report } from '#verdict';
import { judge } from '../judge/judge.js';
import { numberOf, releasesOf } from './released.js';
import { betweenReleases, contentOf } from './standing.js';
import { stampOf } from './stamp.js';

/** A release of an API, and what it changed for callers of the one before. */
export interface Past {
  readonly api: string;
  /** `1.4` */
  readonly number: string;
  /** With its patches: `1.4.2`. */
  readonly version: string;
  readonly on?: string;
  /** Absent of the first release of a major version: it stands beside the versions before it. */
  readonly since?: { readonly number: string; readonly report: Report };
}

/** By this day no end has come: the day of a release that does not tell its own. */
const LONG_AGO = '1970-01-01';

/** The releases of an API, the newest first. */
export async function historyOf(top: string, api: string): Promise<Past[]> {
  const releases = await releasesOf(top, api);
  const past: Past[] = [];
  for (const [at, release] of releases.entries()) {
    const [document, text] = await contentOf(top, release.file);
    const { version, on } = stampOf(document.kind, text);
    const before = releases[at - 1];
    const base = before?.major === release.major ? await contentOf(top, before.file) : undefined;
    const since = base && { number: numberOf(before), report: betweenReleases(await judge(base[0], document, on ?? LONG_AGO)) };
    past.unshift({ api, number: numberOf(release), version, on, since });
  }
  return past;
}
