import { isBelow } from '#persistence';

/** What is looked at before a release is made. */
export interface ReleaseState {
  version: string;
  lockVersion: string;
  lastVersion: string;
  /** CHANGELOG.md. */
  changelog: string;
  /** `git status --porcelain`. */
  changes: string;
  tags: string[];
}

/** The entry of a version: its heading, `## 0.2.0 (2026-11-30)` or `## 0.3.0 (not released)`, and what it tells. */
export function entryOf(version: string, changelog: string): { released: string; told: string } | undefined {
  const [, ...entries] = changelog.split(/^## /m);
  const [heading = '', ...told] = (entries.find(entry => entry.startsWith(`${version} `)) ?? '').split('\n');
  const released = /^\S+ \((not released|\d{4}-\d\d-\d\d)\)$/.exec(heading)?.[1];
  return released === undefined ? undefined : { released, told: told.join('\n').trim() };
}

/** Everything that keeps a version from being released, in words. */
export function faultsOf({ version, lockVersion, lastVersion, changelog, changes, tags }: ReleaseState): string[] {
  const entry = entryOf(version, changelog);
  return [
    ...(/^\d+\.\d+\.\d+$/.test(version) ? [] : [`The version ${version} of package.json is not three numbers.`]),
    ...(lockVersion === version ? [] : [`package-lock.json says ${lockVersion} and package.json ${version}: run npm install --package-lock-only.`]),
    ...(isBelow(lastVersion, version) ? [] : [`${version} is not above ${lastVersion}, the last release.`]),
    ...(entry && entry.told !== '' ? [] : [`CHANGELOG.md tells nothing under a heading "## ${version} (<date>)".`]),
    ...(entry?.released === 'not released' ? [`CHANGELOG.md still says of ${version} that it is not released: give its date.`] : []),
    ...(changes === '' ? [] : [`The tree has changes that are not committed:\n${changes}`]),
    ...(tags.includes(`v${version}`) ? [`The tag v${version} is there already.`] : []),
  ];
}
