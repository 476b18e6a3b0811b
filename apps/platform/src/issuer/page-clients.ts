import type { ClientMetadata } from 'oidc-provider';
import { REFERENCES, SCOPES } from './sample-identities.js';

/** The operations console: it runs in a browser, so it has no secret. */
export function consoleClient(url: string, consoleUrl = url): ClientMetadata {
  return {
    client_id: 'console',
    client_name: 'Throughline console',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [`${consoleUrl}/console/`, `${consoleUrl}/graphiql`, `${consoleUrl}/governance/catalogue`, 'http://127.0.0.1:5173/'],
    post_logout_redirect_uris: [`${consoleUrl}/console/`],
    scope: ['openid', 'profile', 'offline_access', ...SCOPES].join(' '),
  };
}

/** The apps' reference pages: they run in a browser too. */
export function docsClient(url: string, gatewayUrl = url): ClientMetadata {
  return {
    client_id: 'docs',
    client_name: 'Reference of the APIs',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    response_types: ['code'],
    redirect_uris: REFERENCES.map(prefix => `${gatewayUrl}${prefix}/docs/oauth2-redirect.html`),
    scope: ['openid', 'profile', ...SCOPES].join(' '),
  };
}

export const originsOf = ({ redirect_uris: uris = [] }: ClientMetadata): ReadonlySet<string> => new Set(uris.map(uri => new URL(uri).origin));
