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

/**
 * Migrations since the last release that take away what earlier apps use, or keep something otherwise than they do, and the release that
 * stopped using it.
 */
export const CONTRACTS: Record<string, string> = {
  // Earlier portals leave it to Postgres to fill what is searched.
  PortalSearch1796013000000: '0.2.0',
  // Earlier apps fold addresses and skills by Postgres, and so find and write other ones.
  HcmFoldedKeys1796020200000: '0.2.0',
};

function versionAbove(folder: string): string {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return versionAbove(dirname(folder));
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
