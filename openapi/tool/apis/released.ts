import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder of the released documents, in the checkout: `<api>/<major.minor>.json` or `.graphql`. */
export const RELEASED = 'openapi/released';

export interface Release {
  readonly api: string;
  readonly major: number;
  readonly minor: number;
  /** In the checkout. */
  readonly file: string;
}

const FILE = /^(?<major>\d+)\.(?<minor>\d+)\.(json|graphql)$/;

/** `1.4` */
export const numberOf = ({ major, minor }: Pick<Release, 'major' | 'minor'>): string => `${major}.${minor}`;

/** The releases of an API, the oldest first; none if it was never released. */
export async function releasesOf(top: string, api: string): Promise<Release[]> {
  const files = await readdir(join(top, RELEASED, api)).catch(() => []);
  return files
    .flatMap(file => {
      const { major, minor } = FILE.exec(file)?.groups ?? {};
      return major && minor ? [{ api, major: Number(major), minor: Number(minor), file: `${RELEASED}/${api}/${file}` }] : [];
    })
    .sort((one, other) => one.major - other.major || one.minor - other.minor);
}

/** Every API that was released once, by name. */
export async function releasedApis(top: string): Promise<string[]> {
  const entries = await readdir(join(top, RELEASED), { withFileTypes: true }).catch(() => []);
  return entries
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort();
}

/** The newest release, of a major version or of all. */
export async function newestRelease(top: string, api: string, major?: string): Promise<Release | undefined> {
  return (await releasesOf(top, api)).findLast(release => major === undefined || release.major === Number(major));
}

/** The newest release of each major version. */
export async function newestOfEach(top: string, api: string): Promise<Release[]> {
  const releases = await releasesOf(top, api);
  return releases.filter((release, at) => releases[at + 1]?.major !== release.major);
}
