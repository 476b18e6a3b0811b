import type { Type } from '@nestjs/common';
import type { Api, EventType, Layer } from '#apis';
import type { VendorDefinition } from './vendors/vendor.js';

/**
 * Declares an app once: how it is served, documented and governed. `module` is the app's own
 * composition root. It need not import ServiceModule, because `createApp` adds that.
 */
export interface AppDefinition {
  /** Kebab-case, unique: `crm`, `project-initiation`. */
  name: string;
  /** Where it is mounted behind the gateway: `/system/crm`. Routes inside the app omit it. */
  prefix: string;
  module: Type;
  title: string;
  description: string;
  /**
   * The versions of its API, the newest last: each says whose it is, who may use it and where it is
   * in its life. The app starts only if the controllers of a version are exactly its operations.
   */
  apis: readonly [Api, ...Api[]];
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
  /**
   * The types of event that it reads, whichever part of it subscribes. An app that states them starts
   * only if they are what it subscribes to; the document of the events names its readers by them.
   */
  reads?: readonly EventType[];
}

/** The version of an app's API that is current. */
export const newestApi = ({ apis }: Pick<AppDefinition, 'apis'>): Api => apis.at(-1)!;

export const layerOf = (def: Pick<AppDefinition, 'apis'>): Layer => newestApi(def).layer;

/** What code inside the app may know about it. */
export type App = Omit<AppDefinition, 'module'>;

/** Injects the app's definition. */
export const APP = Symbol('throughline:app');

/** Injects the environment that the app was given. */
export const ENVIRONMENT = Symbol('throughline:environment');

/** `PROJECT_INITIATION` for `project-initiation`: the prefix of the app's own settings. */
export const settingPrefix = (appName: string): string => appName.toUpperCase().replace(/-/g, '_');
