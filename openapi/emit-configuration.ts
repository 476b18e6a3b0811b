import { configClassesOf, configurationDocument, ServiceConfig } from '#service';
import { appDefinitions, configClasses } from './app-definitions.js';
import { settle } from './written-files.js';

/** Writes the configuration reference from the `@Setting` declarations of every app. */
const apps = (await appDefinitions()).map(def => ({ title: `${def.title} (${def.name})`, classes: configClassesOf(def) }));
const page = configurationDocument([
  { title: 'Every app', classes: [ServiceConfig] },
  ...apps,
  { title: 'The platform on one machine (npm start)', classes: await configClasses('apps/platform/src/**/*.config.js') },
  { title: 'The sandboxes', classes: await configClasses('apps/sandbox/src/**/*.config.js') },
]);
await settle(new Map([['docs/configuration.md', page]]), [], 'config:docs');
