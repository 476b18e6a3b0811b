import type { Type } from '@nestjs/common';
import { settingPrefix } from '../app-definition.js';
import { Setting } from '../config/setting.js';

export interface ClientCredentials {
  clientId: string;
  clientSecret: string;
}

const classes = new Map<string, Type<ClientCredentials>>();

/** The config class for an app's own credentials at the issuer: `<APP>_CLIENT_ID`, `<APP>_CLIENT_SECRET`. One class per name. */
export function clientConfigOf(appName: string): Type<ClientCredentials> {
  const known = classes.get(appName);
  if (known) return known;
  const prefix = settingPrefix(appName);
  class AppClientCredentials implements ClientCredentials {
    @Setting({ env: `${prefix}_CLIENT_ID`, default: `${appName}-service`, description: `The client id under which ${appName} calls other apps.` })
    clientId: string;

    @Setting({ env: `${prefix}_CLIENT_SECRET`, secret: true, description: `Its secret at the issuer.` })
    clientSecret: string;
  }
  classes.set(appName, AppClientCredentials);
  return AppClientCredentials;
}
