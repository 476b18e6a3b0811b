import { glob, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LAYERS } from '#apis';
import { WrongUse } from '../command.js';

/** A version of an API with the document that the code emits of it. */
export interface EmittedApi {
  /** The app's name; `events` for the events of them all. */
  readonly api: string;
  /** The major version: `1`. */
  readonly version: string;
  /** In the checkout. */
  readonly file: string;
}

/** An app of a layer has the layer before its name; one that is beside them has its name alone. */
const REST = new RegExp(String.raw`^(?:(?:${LAYERS.join('|')})-)?(?<api>.+)\.v(?<version>\d+)\.json$`);
const EVENTS = /^(?<api>events)\.v(?<version>\d+)\.json$/;

/** Every document that the code emits, by name and version; one of `apis` alone if any are named. */
export async function emittedApis(top: string, apis: readonly string[] = []): Promise<EmittedApi[]> {
  const all = [...(await inFolder(top, 'openapi', REST)), ...(await inFolder(top, 'openapi/events', EVENTS)), ...(await schemas(top))];
  for (const api of apis) {
    if (!all.some(one => one.api === api))
      throw new WrongUse(`there is no API ${api}; there are ${[...new Set(all.map(one => one.api))].sort().join(', ')}`);
  }
  const asked = apis.length === 0 ? all : all.filter(one => apis.includes(one.api));
  return asked.sort((one, other) => one.api.localeCompare(other.api) || Number(one.version) - Number(other.version));
}

async function inFolder(top: string, folder: string, named: RegExp): Promise<EmittedApi[]> {
  const files = await readdir(join(top, folder)).catch((): string[] => []);
  return files.flatMap(file => {
    const { api, version } = named.exec(file)?.groups ?? {};
    return api && version ? [{ api, version, file: `${folder}/${file}` }] : [];
  });
}

/** An app's GraphQL schema has one version: it grows, and what goes away is deprecated first. */
async function schemas(top: string): Promise<EmittedApi[]> {
  const files = await Array.fromAsync(glob('apps/*/*/schema.graphql', { cwd: top }));
  return files.map(file => ({ api: basename(dirname(file)), version: '1', file }));
}
