import type { Type } from '@nestjs/common';
import { settingPrefix, type AppDefinition } from '../app-definition.js';
import { IsHttpUrl } from '../config/http-url-rule.js';
import { Setting } from '../config/setting.js';

/** An app's settings as a client: its identity at the issuer, and the addresses of other apps. */
export interface ClientConfig {
  clientId: string;
  clientSecret: string;
  /** Addresses by app; absent for apps behind the gateway. */
  [address: `at:${string}`]: string | undefined;
}

const classes = new Map<string, Type<ClientConfig>>();

/**
 * Makes the config class of an app as a client: `<APP>_CLIENT_ID`, `<APP>_CLIENT_SECRET`, and
 * `<APP>_<OTHER>_URL` of each app it calls. One class per app.
 */
export function clientConfigOf({ name, calls = [] }: Pick<AppDefinition, 'name' | 'calls'>): Type<ClientConfig> {
  const known = classes.get(name);
  if (known) return known;
  const prefix = settingPrefix(name);
  class AppClientConfig implements ClientConfig {
    @Setting({ env: `${prefix}_CLIENT_ID`, default: `${name}-service`, description: `The client id under which ${name} calls other apps.` })
    clientId: string;

    @Setting({ env: `${prefix}_CLIENT_SECRET`, secret: true, description: `Its secret at the issuer.` })
    clientSecret: string;

    [address: `at:${string}`]: string | undefined;
  }
  for (const { app } of calls) {
    const env = `${prefix}_${settingPrefix(app)}_URL`;
    Setting({ env, optional: true, description: `Where ${name} reaches ${app}, when not at GATEWAY_URL.` })(AppClientConfig.prototype, `at:${app}`);
    IsHttpUrl()(AppClientConfig.prototype, `at:${app}`);
  }
  classes.set(name, AppClientConfig);
  return AppClientConfig;
}

export const addressesOf = (config: ClientConfig, { calls = [] }: Pick<AppDefinition, 'calls'>): Record<string, string | undefined> =>
  Object.fromEntries(calls.map(({ app }) => [app, config[`at:${app}`]]));
