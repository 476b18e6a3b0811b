import { get, one, told, type Case, type Expected, type Json } from './case.fixture.js';

const GET = 'GET /things';
const at = '/paths/~1things/get/security';

const FLOWS = { clientCredentials: { tokenUrl: 'https://id.example.com/token', scopes: { read: 'Read.', write: 'Write.' } } };
const SCHEMES: Json = {
  oauth: { type: 'oauth2', flows: FLOWS },
  key: { type: 'apiKey', in: 'header', name: 'X-Key' },
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  oidc: { type: 'openIdConnect', openIdConnectUrl: 'https://id.example.com/.well-known/openid-configuration' },
};

/** What an operation asks for; undefined: it says nothing of its own. */
const asking = (security: unknown, all?: unknown): Json =>
  get(security === undefined ? {} : { security }, { components: { securitySchemes: SCHEMES }, ...(all === undefined ? {} : { security: all }) });

const changed = (name: string, base: unknown, revision: unknown, expected: Expected[] | 'none', why: string): Case => ({
  name,
  base: asking(base),
  revision: asking(revision),
  expected,
  why,
});

export const SECURITY: Case[] = [
  changed(
    'a scope more is required',
    [{ oauth: ['read'] }],
    [{ oauth: ['read', 'write'] }],
    one('breaking', 'request', 'security-scope-required', GET, at),
    'Tokens that callers hold lack it.',
  ),
  changed(
    'a scope less is required',
    [{ oauth: ['read', 'write'] }],
    [{ oauth: ['read'] }],
    one('info', 'request', 'security-scope-no-longer-required', GET),
    'A token that was good is still good.',
  ),
  changed(
    'another scope is required',
    [{ oauth: ['read'] }],
    [{ oauth: ['write'] }],
    one('breaking', 'request', 'security-scope-required', GET),
    'Tokens that callers hold lack it.',
  ),
  changed(
    'scopes are listed in another order',
    [{ oauth: ['read', 'write'] }],
    [{ oauth: ['write', 'read'] }],
    'none',
    'All are required, in any order.',
  ),
  changed(
    'an alternative is removed',
    [{ oauth: ['read'] }, { key: [] }],
    [{ oauth: ['read'] }],
    one('breaking', 'request', 'security-alternative-removed', GET),
    'Who has a key gets 401.',
  ),
  changed(
    'an alternative is added',
    [{ oauth: ['read'] }],
    [{ oauth: ['read'] }, { key: [] }],
    one('info', 'request', 'security-alternative-added', GET),
    'The way of before remains.',
  ),
  changed(
    'alternatives are in another order',
    [{ oauth: ['read'] }, { key: [] }],
    [{ key: [] }, { oauth: ['read'] }],
    'none',
    'Any of them will do.',
  ),
  changed(
    'one scheme takes the place of another',
    [{ key: [] }],
    [{ bearer: [] }],
    [told('breaking', 'request', 'security-alternative-removed', GET), told('info', 'request', 'security-alternative-added', GET)],
    'Who has a key gets 401.',
  ),
  changed(
    'a second scheme is required as well',
    [{ oauth: ['read'] }],
    [{ oauth: ['read'], key: [] }],
    one('breaking', 'request', 'security-scheme-required', GET),
    'Callers have to prove more.',
  ),
  changed(
    'of two schemes that are required one is enough',
    [{ oauth: ['read'], key: [] }],
    [{ key: [] }],
    one('info', 'request', 'security-alternative-added', GET),
    'Who has both has the one.',
  ),
  changed(
    'an alternative asks for a scope more, the other stays',
    [{ oauth: ['read'] }, { key: [] }],
    [{ oauth: ['read', 'write'] }, { key: [] }],
    one('breaking', 'request', 'security-scope-required', GET),
    'Those with a token get 403.',
  ),
  changed(
    'a stricter alternative is added',
    [{ oauth: ['read'] }],
    [{ oauth: ['read'] }, { oauth: ['read', 'write'] }],
    one('info', 'request', 'security-alternative-added', GET),
    'Nobody has to take it.',
  ),
  changed('security is asked for', [], [{ oauth: ['read'] }], one('breaking', 'request', 'security-added', GET), 'Callers have no token.'),
  changed(
    'security is no longer asked for',
    [{ oauth: ['read'] }],
    [],
    [told('warning', 'request', 'security-removed', GET)],
    'Everybody is let in: it has to be meant.',
  ),
  changed(
    'security becomes optional',
    [{ oauth: ['read'] }],
    [{ oauth: ['read'] }, {}],
    one('warning', 'request', 'security-made-optional', GET),
    'Everybody is let in: it has to be meant.',
  ),
  changed(
    'security is no longer optional',
    [{ oauth: ['read'] }, {}],
    [{ oauth: ['read'] }],
    one('breaking', 'request', 'security-added', GET),
    'Who calls without a token gets 401.',
  ),
  changed('no security is said as an empty way', [], [{}], 'none', 'Both ask for nothing.'),
  {
    name: 'what the document asks for is said of the operation',
    base: asking(undefined, [{ oauth: ['read'] }]),
    revision: asking([{ oauth: ['read'] }]),
    expected: 'none',
    why: 'An operation that says nothing asks for what the document does.',
  },
  {
    name: 'the document asks for a scope more',
    base: asking(undefined, [{ oauth: ['read'] }]),
    revision: asking(undefined, [{ oauth: ['read', 'write'] }]),
    expected: one('breaking', 'request', 'security-scope-required', GET, '/security'),
    why: 'Each operation that says nothing of its own asks for it.',
  },
  {
    name: 'the document asks for a scope more, and the operation for nothing',
    base: asking([], [{ oauth: ['read'] }]),
    revision: asking([], [{ oauth: ['read', 'write'] }]),
    expected: 'none',
    why: 'An empty list of its own counts.',
  },
];
