import { globSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';
import { eventsDocument, placeOf } from '#apis';
import { emitOpenApi, newestApi } from '#service';
import { APPS } from '../apps/platform/src/apps.js';
import { TOP } from './checkout.js';
import { settle, type Generated } from './written-files.js';

const written = (document: object): string => `${JSON.stringify(document, null, 2)}\n`;

/** One OpenAPI document per app and version, named after its place: `<layer>-<app>.v<version>.json`. An app without REST operations has none. */
async function apis(): Promise<Generated> {
  const documents: Generated = new Map();
  for (const def of APPS) {
    for (const [version, document] of await emitOpenApi(def)) {
      if (Object.keys(document.paths).length === 0) continue;
      documents.set(`openapi/${placeOf(newestApi(def)).slice(1).replace('/', '-')}.v${version}.json`, written(document));
    }
  }
  return documents;
}

/** The AsyncAPI document of the canonical events. Throws when it is none. */
async function events(): Promise<Generated> {
  const content = written(eventsDocument(Object.fromEntries(APPS.map(({ name, reads = [] }) => [name, reads]))));
  const { diagnostics } = await new Parser().parse(content);
  const faults = diagnostics.filter(({ severity }) => severity <= 1).map(({ path, message }) => `${path.join('.')}: ${message}`);
  if (faults.length > 0) throw new Error(`The document of the events is not AsyncAPI: ${faults.join('; ')}`);
  return new Map([['openapi/events/events.v1.json', content]]);
}

const present = globSync('openapi/{*,events/*}.json', { cwd: TOP });
await settle(new Map([...(await apis()), ...(await events())]), present, 'openapi');
