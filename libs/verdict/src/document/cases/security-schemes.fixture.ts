import { get, one, told, type Case, type Expected, type Json } from './case.fixture.js';

const FLOWS = { clientCredentials: { tokenUrl: 'https://id.example.com/token', scopes: { read: 'Read.', write: 'Write.' } } };
const SCHEMES: Json = {
  oauth: { type: 'oauth2', flows: FLOWS },
  key: { type: 'apiKey', in: 'header', name: 'X-Key' },
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  oidc: { type: 'openIdConnect', openIdConnectUrl: 'https://id.example.com/.well-known/openid-configuration' },
};

/** One scheme, which the operation asks for, before and after. */
const scheme = (name: string, base: Json | null, revision: Json | null, expected: Expected[] | 'none', why: string): Case => {
  const of = (one: Json | null): Json => get({ security: [{ it: [] }] }, { components: { securitySchemes: one ? { it: one } : {} } });
  return { name, base: of(base), revision: of(revision), expected, why };
};

const flows = (more: Json, scopes: Json = { read: 'Read.' }): Json => ({
  type: 'oauth2',
  flows: { clientCredentials: { tokenUrl: 'https://a/token', scopes, ...more } },
});
const IT = '/components/securitySchemes/it';

export const SECURITY_SCHEMES: Case[] = [
  scheme(
    'a scheme is removed that operations ask for',
    { type: 'http', scheme: 'basic' },
    null,
    one('breaking', 'request', 'security-scheme-removed', null, IT),
    'Operations asked for it.',
  ),
  scheme(
    'a scheme is of another type',
    { type: 'http', scheme: 'basic' },
    { type: 'mutualTLS' },
    one('breaking', 'request', 'security-scheme-type-changed', null, IT),
    'Callers prove themselves otherwise.',
  ),
  scheme(
    'basic is bearer now',
    { type: 'http', scheme: 'basic' },
    { type: 'http', scheme: 'bearer' },
    one('breaking', 'request', 'security-scheme-http-changed', null, IT),
    'Callers prove themselves otherwise.',
  ),
  scheme(
    'the scheme is written in capitals',
    { type: 'http', scheme: 'bearer' },
    { type: 'http', scheme: 'Bearer' },
    'none',
    'Schemes are the same in all letters (RFC 9110, 11.1).',
  ),
  scheme(
    'the format of the bearer token changes',
    { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
    { type: 'http', scheme: 'bearer', bearerFormat: 'opaque' },
    one('info', 'request', 'security-scheme-bearer-format-changed', null, IT),
    'It is a hint.',
  ),
  scheme(
    'a key moves to the query',
    { type: 'apiKey', in: 'header', name: 'k' },
    { type: 'apiKey', in: 'query', name: 'k' },
    one('breaking', 'request', 'security-scheme-key-moved', null, IT),
    'Nobody looks where it is sent.',
  ),
  scheme(
    'a key has another name',
    { type: 'apiKey', in: 'query', name: 'k' },
    { type: 'apiKey', in: 'query', name: 'key' },
    one('breaking', 'request', 'security-scheme-key-moved', null, IT),
    'Nobody looks where it is sent.',
  ),
  scheme(
    'the header of a key is written in small letters',
    { type: 'apiKey', in: 'header', name: 'X-Key' },
    { type: 'apiKey', in: 'header', name: 'x-key' },
    'none',
    'Names of headers are the same in all letters (RFC 9110, 5.1).',
  ),
  scheme(
    'a key in the query is written in small letters',
    { type: 'apiKey', in: 'query', name: 'Key' },
    { type: 'apiKey', in: 'query', name: 'key' },
    one('breaking', 'request', 'security-scheme-key-moved', null, IT),
    'Names in a query are not.',
  ),
  scheme(
    'the issuer is found elsewhere',
    { type: 'openIdConnect', openIdConnectUrl: 'https://a' },
    { type: 'openIdConnect', openIdConnectUrl: 'https://b' },
    one('breaking', 'request', 'security-scheme-discovery-changed', null, IT),
    'Callers have tokens of the other issuer.',
  ),
  scheme(
    'the address for tokens changes',
    flows({}),
    flows({ tokenUrl: 'https://b/token' }),
    one('breaking', 'request', 'security-flow-url-changed', null),
    'Callers have the other in their settings.',
  ),
  scheme(
    'the address for refreshing changes',
    flows({}),
    flows({ refreshUrl: 'https://b/token' }),
    one('warning', 'request', 'security-flow-refresh-url-changed', null),
    'A new token can still be had.',
  ),
  scheme(
    'a flow is removed',
    { type: 'oauth2', flows: { ...FLOWS, password: { tokenUrl: 'https://a', scopes: {} } } },
    { type: 'oauth2', flows: FLOWS },
    one('breaking', 'request', 'security-flow-removed', null, `${IT}/flows/password`),
    'Callers get their tokens by it.',
  ),
  scheme(
    'a flow is added',
    { type: 'oauth2', flows: FLOWS },
    { type: 'oauth2', flows: { ...FLOWS, password: { tokenUrl: 'https://a', scopes: {} } } },
    one('info', 'request', 'security-flow-added', null),
    'The other remains.',
  ),
  scheme(
    'a scope of a scheme is removed',
    flows({}, { read: 'Read.', write: 'Write.' }),
    flows({}),
    one('breaking', 'request', 'security-scope-removed', null, `${IT}/flows/clientCredentials/scopes/write`),
    'Who asks for it is refused.',
  ),
  scheme(
    'a scope of a scheme is added',
    flows({}),
    flows({}, { read: 'Read.', write: 'Write.' }),
    one('info', 'request', 'security-scope-added', null),
    'Nobody has to ask for it.',
  ),
  scheme(
    'a scope is described otherwise',
    flows({}),
    flows({}, { read: 'Read all.' }),
    one('info', 'none', 'documentation-changed', null),
    'Words only.',
  ),
  scheme(
    'a scheme is described',
    flows({}),
    { ...flows({}), description: 'Ours.' },
    one('info', 'none', 'documentation-changed', null, IT),
    'Words only.',
  ),
  {
    name: 'a scheme is added that nobody asks for',
    base: get({}),
    revision: get({}, { components: { securitySchemes: SCHEMES } }),
    expected: ['oauth', 'key', 'bearer', 'oidc']
      .sort()
      .map(name => told('info', 'none', 'security-scheme-added', null, `/components/securitySchemes/${name}`)),
    why: 'Operations say what they ask for.',
  },
  {
    name: 'a scheme is removed that nobody asked for',
    base: get({}, { components: { securitySchemes: { key: SCHEMES.key } } }),
    revision: get({}, { components: { securitySchemes: {} } }),
    expected: one('info', 'none', 'security-scheme-unused-removed', null, '/components/securitySchemes/key'),
    why: 'No operation asked for it.',
  },
  {
    name: 'a scheme gets another name',
    base: get({ security: [{ key: [] }] }, { components: { securitySchemes: { key: SCHEMES.key } } }),
    revision: get({ security: [{ ours: [] }] }, { components: { securitySchemes: { ours: SCHEMES.key } } }),
    expected: one('info', 'none', 'security-scheme-renamed', null, '/components/securitySchemes/ours'),
    why: 'The name stands in the document only; callers send the same key.',
  },
];
