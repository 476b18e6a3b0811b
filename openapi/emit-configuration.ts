import { configClassesOf, configurationDocument, ServiceConfig, settingsOf, type DocumentedSetting } from '#service';
import { APPS } from '../apps/platform/src/apps.js';
import { PLATFORM_SETTINGS } from '../apps/platform/src/settings.js';
import { settle } from './written-files.js';

/** Writes the configuration reference from the declarations of every app. */
const everyApp = settingsOf(ServiceConfig);
const ofApps = APPS.map(def => ({ title: `${def.title} (${def.name})`, settings: configClassesOf(def).flatMap(settingsOf) }));
const platform: DocumentedSetting[] = PLATFORM_SETTINGS.map(setting => ({ optional: true, secret: setting.env === 'DATABASE_URL', ...setting }));
const page = configurationDocument([
  { title: 'Every app', settings: everyApp },
  ...ofApps,
  { title: 'The platform on one machine (npm start)', settings: platform },
]);
await settle(new Map([['docs/configuration.md', page]]), [], 'config:docs');
