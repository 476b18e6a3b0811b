import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { placeOf } from '#apis';
import { emitOpenApi, newestApi } from '#service';
import { APPS } from '../apps/platform/src/apps.js';
import { TOP } from './checkout.js';
import { settle, type Generated } from './written-files.js';

/** Writes one OpenAPI document per app and version, named after its place: `<layer>-<app>.v<version>.json`. An app without REST operations has none. */
async function documents(): Promise<Generated> {
  const written: Generated = new Map();
  for (const def of APPS) {
    for (const [version, document] of await emitOpenApi(def)) {
      if (Object.keys(document.paths).length === 0) continue;
      written.set(`openapi/${placeOf(newestApi(def)).slice(1).replace('/', '-')}.v${version}.json`, `${JSON.stringify(document, null, 2)}\n`);
    }
  }
  return written;
}

const present = (await readdir(join(TOP, 'openapi'))).filter(file => file.endsWith('.json')).map(file => `openapi/${file}`);
await settle(await documents(), present, 'openapi');
