import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Release } from './release.rules.js';

/** The version that runs: of the package this file is part of, from source or built. */
export const RELEASE: string = versionAbove(dirname(fileURLToPath(import.meta.url)));

/**
 * This release: its version, and the oldest whose apps run on its schema. What a migration takes away is used by the apps of earlier
 * releases: `servesFrom` is at least the release that stopped using it (CONTRACTS, checked in test/releases). docs/releases.md has the rule.
 */
export const THIS_RELEASE: Release = { version: RELEASE, servesFrom: '0.2.0' };

function versionAbove(folder: string): string {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return versionAbove(dirname(folder));
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
