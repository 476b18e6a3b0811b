import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RELEASE } from '#persistence';
import lastRelease from './last-release.json' with { type: 'json' };
import { entryOf, faultsOf } from './releasable.js';

const read = (file: string) => readFileSync(resolve(import.meta.dirname, '../..', file), 'utf8');

const CHANGELOG = '# Changelog\n\n## 0.4.0 (2026-12-01)\n\nIt sings.\n\n## 0.3.0 (2026-11-30)\n\nIt dances.\n';
const good = { version: '0.4.0', lockVersion: '0.4.0', lastVersion: '0.3.0', changelog: CHANGELOG, changes: '', tags: ['v0.3.0'] };

describe('a release', () => {
  it('is made of a version that is told of, locked, above the last, committed and not tagged', () => {
    expect(faultsOf(good)).toEqual([]);
  });

  it.each([
    [{ version: '0.4', lockVersion: '0.4' }, 'not three numbers'],
    [{ lockVersion: '0.3.0' }, 'package-lock.json says 0.3.0'],
    [{ lastVersion: '0.4.0' }, '0.4.0 is not above 0.4.0'],
    [{ lastVersion: '0.10.0' }, '0.4.0 is not above 0.10.0'],
    [{ changelog: CHANGELOG.replace('0.4.0', '0.5.0') }, 'tells nothing under a heading "## 0.4.0'],
    [{ changelog: CHANGELOG.replace('It sings.', '') }, 'tells nothing under a heading "## 0.4.0'],
    [{ changelog: CHANGELOG.replace('2026-12-01', 'not released') }, 'still says of 0.4.0 that it is not released'],
    [{ changes: ' M package.json' }, ' M package.json'],
    [{ tags: ['v0.3.0', 'v0.4.0'] }, 'The tag v0.4.0 is there already.'],
  ])('is not made with %j', (over, fault) => {
    expect(faultsOf({ ...good, ...over }).join('\n')).toContain(fault);
  });
});

describe('this version', () => {
  it('is told of in CHANGELOG.md, as the last release is', () => {
    const changelog = read('CHANGELOG.md');
    expect(entryOf(RELEASE, changelog)?.told).toMatch(/\w/);
    expect(entryOf(lastRelease.version, changelog)?.released).toMatch(/^\d/);
  });

  it('is locked', () => {
    expect((JSON.parse(read('package-lock.json')) as { version: string }).version).toBe(RELEASE);
  });
});
