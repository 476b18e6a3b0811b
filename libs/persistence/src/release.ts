import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TOP } from './checkout.js';
import type { Release } from './release.rules.js';

/** The running version: that of the package this file is part of, from source or built. */
export const RELEASE: string = (JSON.parse(readFileSync(join(TOP, 'package.json'), 'utf8')) as { version: string }).version;

/**
 * This release: its version, and the oldest release whose apps run on its schema. Apps of earlier
 * releases may use what a migration removes, so `servesFrom` is at least the release that stopped
 * using it (CONTRACTS, checked in test/releases). docs/releases.md has the rule.
 */
export const THIS_RELEASE: Release = { version: RELEASE, servesFrom: '0.2.0' };

/**
 * Migrations since the last release that remove what earlier apps use or store something
 * differently, and the release that stopped using it.
 */
export const CONTRACTS: Record<string, string> = {
  // Earlier portals rely on Postgres to fill the searched columns.
  PortalSearch1796013000000: '0.2.0',
  // Earlier apps let Postgres fold addresses and skills, and so find and write other keys.
  HcmFoldedKeys1796020200000: '0.2.0',
};
