import type { Type } from '@nestjs/common';
import type { Api, Layer } from '#apis';
import type { VendorDefinition } from './vendors/vendor.js';

/**
 * Declares an app once: how it is served, documented and governed. `module` is the app's own
 * composition root. It need not import ServiceModule, because `createApp` adds that.
 */
export interface AppDefinition {
  /** Kebab-case, unique: `crm`, `project-initiation`. */
  name: string;
  layer: Layer;
  /** Where it is mounted behind the gateway: `/system/crm`. Routes inside the app omit it. */
  prefix: string;
  module: Type;
  title: string;
  description: string;
  /** The team that is responsible for it. */
  owner: string;
  /** The back end whose data it serves, for system apps. */
  systemOfRecord?: string;
  lifecycle: 'beta' | 'active' | 'deprecated';
  /** API versions it serves, the newest last: `['1']`. */
  versions: [string, ...string[]];
  /**
   * The REST API of its newest version. The app starts only if its controllers are exactly this.
   */
  api?: Api;
  /** Whether it has a GraphQL endpoint. Its operations need scopes like all others. */
  graphql?: boolean;
  /**
   * Its config classes (fields with `@Setting`). They are checked together at start, provided to
   * the whole app by their class, and documented.
   */
  config?: Type<object>[];
  /**
   * The products that its back end may be. `<APP>_VENDOR` chooses one, by default the first; only
   * the settings of that one are loaded.
   */
  vendors?: readonly VendorDefinition[];
  /**
   * The operations of other apps' APIs that it uses: its `calls.ts`. `ApiClient` requests a token
   * with their scopes.
   */
  calls?: Api[];
}

/** What code inside the app may know about it. */
export type App = Omit<AppDefinition, 'module'>;

/** Injects the app's definition. */
export const APP = Symbol('throughline:app');

/** Injects the environment that the app was given. */
export const ENVIRONMENT = Symbol('throughline:environment');

/** `PROJECT_INITIATION` for `project-initiation`: the prefix of the app's own settings. */
export const settingPrefix = (appName: string): string => appName.toUpperCase().replace(/-/g, '_');
