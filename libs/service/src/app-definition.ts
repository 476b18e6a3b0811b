import type { Type } from '@nestjs/common';
import type { Api, Layer } from '#apis';
import type { VendorDefinition } from './vendors/vendor.js';

/**
 * What an app says about itself, once: how it is served, documented and governed. `module` is the app's own composition root; it
 * need not import ServiceModule, `createApp` puts it beside it.
 */
export interface AppDefinition {
  /** Kebab-case, unique: `crm`, `project-initiation`. */
  name: string;
  layer: Layer;
  /** Where it is mounted behind the gateway: `/system/crm`. Routes inside the app are without it. */
  prefix: string;
  module: Type;
  title: string;
  description: string;
  /** The team that answers for it. */
  owner: string;
  /** The back end whose data it serves, for system apps. */
  systemOfRecord?: string;
  lifecycle: 'beta' | 'active' | 'deprecated';
  /** API versions it serves, the newest last: `['1']`. */
  versions: [string, ...string[]];
  /** What it serves over REST, of its newest version: its controllers are this and no more, or it doesn't start. */
  api?: Api;
  /** It has a GraphQL endpoint, whose operations need scopes like any other. */
  graphql?: boolean;
  /** Its config classes (fields with `@Setting`). Checked together at start, provided by their class to the whole app, and documented. */
  config?: Type<object>[];
  /** The products its back end may be. `<APP>_VENDOR` chooses one, the first if nobody says; only that one's settings are loaded. */
  vendors?: readonly VendorDefinition[];
  /** What it uses of other apps' APIs: its `calls.ts`. `ApiClient` asks for a token with the scopes of these operations. */
  calls?: Api[];
}

/** What the inside of an app may know of itself. */
export type App = Omit<AppDefinition, 'module'>;

/** Injects the app's definition. */
export const APP = Symbol('throughline:app');

/** Injects the environment the app was given. */
export const ENVIRONMENT = Symbol('throughline:environment');

/** `PROJECT_INITIATION` for `project-initiation`: what the app's own settings start with. */
export const settingPrefix = (appName: string): string => appName.toUpperCase().replace(/-/g, '_');
