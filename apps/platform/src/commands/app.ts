import { DataFolder } from '../data-folder.js';
import { tryPort } from '../ports.js';
import { say } from '../sample/story.js';
import { CommandError } from './command-error.js';

/**
 * `npm run app -- <name>`: runs one app alone, as a deployment does, with settings from the
 * environment. Missing settings are taken from the platform that last ran on DATA_DIR, so the app
 * joins that platform: same database, gateway and issuer.
 */
export async function runApp([name]: string[]): Promise<void> {
  const data = new DataFolder(process.env.DATA_DIR || '.data');
  const { LOG_FILE: _, ...kept } = data.environment ?? {};
  for (const [setting, value] of Object.entries(kept)) process.env[setting] ||= value;
  process.env.PORT ||= String(await tryPort(0));
  const { serve } = await import('#service');
  const { APPS } = await import('../apps.js');
  const def = APPS.find(app => app.name === name);
  if (!def) throw new CommandError(`${name ? `There is no app ${name}` : 'Say which app'}: npm run app -- ${APPS.map(app => app.name).join(' | ')}`);
  const { databaseSetting } = await import('#persistence/roles');
  const setting = databaseSetting(def.name);
  if (![setting, `${setting}_FILE`, 'DATABASE_URL', 'DATABASE_URL_FILE'].some(one => process.env[one]))
    throw new CommandError(`${setting} is not set, and no platform has run here: npm start first, or set it.`);
  await serve(def);
  say(`${def.name} serves http://127.0.0.1:${process.env.PORT}${def.prefix}, ready at /readyz`);
}
