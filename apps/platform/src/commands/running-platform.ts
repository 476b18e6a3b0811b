import { readFileSync } from 'node:fs';
import { DataFolder } from '../data-folder.js';
import type { Endpoints } from '../endpoints.js';
import { platformSettings } from '../settings.js';
import { CommandError } from './command-error.js';

/** The endpoints of the running platform. Throws when none runs. */
export function runningEndpoints(): Endpoints {
  const data = new DataFolder(platformSettings().dataDir);
  if (data.runningPid === undefined) throw new CommandError(`The platform is not running on ${data.path}: start it with npm start.`);
  return JSON.parse(readFileSync(data.endpoints, 'utf8')) as Endpoints;
}
