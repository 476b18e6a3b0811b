import type { ApiDeclaration } from './api.js';
import { RELEASES } from './releases.js';

/** A release of an API: the full version of its document, and the day, `YYYY-MM-DD`. */
export interface ApiRelease {
  readonly version: string;
  /** Absent until it is released. */
  readonly on?: string;
}

/** By API and major version. */
const releases: Readonly<Record<string, Readonly<Record<string, ApiRelease>>>> = RELEASES;

/** The newest release of a version of an API; an API that was never released is at its first. */
export const releaseOf = ({ app, version }: Pick<ApiDeclaration, 'app' | 'version'>): ApiRelease =>
  releases[app]?.[version] ?? { version: `${version}.0.0` };

/** The same as a line of text, which a GraphQL schema carries in its description. */
export const releaseLine = ({ version, on }: ApiRelease): string => `Release: ${version}${on ? ` of ${on}` : ''}.`;

/** The release that a text says by such a line. */
export function releaseIn(text: string): ApiRelease {
  const { version = '', on } = /^Release: (?<version>\S+?)( of (?<on>\S+))?\.$/m.exec(text)?.groups ?? {};
  return { version, on };
}
