import { Setting } from '#service';
import { PLATFORM_SETTINGS } from './settings.js';

/**
 * The platform's settings for the configuration reference. settings.ts reads them and loads nothing
 * else: the supervisor starts Postgres and the other processes before any module of the apps is
 * loaded.
 */
export class PlatformConfig {}

for (const { env, default: value, description } of PLATFORM_SETTINGS) {
  const name = env.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  Setting({ env, description, ...(value === undefined ? { optional: true } : { default: value }) })(PlatformConfig.prototype, name);
}
