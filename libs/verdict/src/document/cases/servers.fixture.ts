import { get, one, type Case, type Expected, type Json } from './case.fixture.js';

const at = (...urls: string[]): Json[] => urls.map(url => ({ url }));

const changed = (name: string, base: Json[] | null, revision: Json[] | null, expected: Expected[] | 'none', why: string): Case => ({
  name,
  base: get({}, base ? { servers: base } : {}),
  revision: get({}, revision ? { servers: revision } : {}),
  expected,
  why,
});

const variable = (more: Json): Json[] => [{ url: 'https://{region}.a', variables: { region: { default: 'eu', ...more } } }];

export const SERVERS: Case[] = [
  changed(
    'a server is added',
    at('https://a'),
    at('https://a', 'https://b'),
    one('info', 'none', 'server-added', null, '/servers/1'),
    'The other is still there.',
  ),
  changed(
    'a server is removed',
    at('https://a', 'https://b'),
    at('https://a'),
    one('warning', 'none', 'server-removed', null, '/servers/1'),
    'Callers may have it in their settings.',
  ),
  changed(
    'the server’s address changes',
    at('https://a'),
    at('https://b'),
    one('warning', 'none', 'server-url-changed', null, '/servers/0'),
    'Callers may have the old one.',
  ),
  changed('the server’s address gets a slash at its end', at('https://a/v1'), at('https://a/v1/'), 'none', 'It leads to the same paths.'),
  changed('servers are in another order', at('https://a', 'https://b'), at('https://b', 'https://a'), 'none', 'Any of them serves.'),
  changed('a server is named where none was', null, at('https://a'), one('info', 'none', 'server-added', null), 'The document was served somewhere.'),
  changed(
    'a server is described',
    at('https://a'),
    [{ url: 'https://a', description: 'Production' }],
    one('info', 'none', 'documentation-changed', null, '/servers/0'),
    'Words only.',
  ),
  changed(
    'a variable has another default',
    variable({}),
    variable({ default: 'us' }),
    one('warning', 'none', 'server-variable-changed', null),
    'The same settings lead elsewhere.',
  ),
  changed(
    'a variable has one value less',
    variable({ enum: ['eu', 'us'] }),
    variable({ enum: ['eu'] }),
    one('warning', 'none', 'server-variable-changed', null),
    'Callers may use it.',
  ),
  changed('a variable has one value more', variable({ enum: ['eu'] }), variable({ enum: ['eu', 'us'] }), 'none', 'All that callers use is there.'),
  {
    name: 'an operation has a server of its own now',
    base: get({}, { servers: at('https://a') }),
    revision: get({ servers: at('https://b') }, { servers: at('https://a') }),
    expected: one('warning', 'none', 'server-url-changed', 'GET /things', '/paths/~1things/get/servers/0'),
    why: 'The operation’s own counts.',
  },
  {
    name: 'an operation’s own server is the document’s',
    base: get({ servers: at('https://a') }, { servers: at('https://a') }),
    revision: get({}, { servers: at('https://a') }),
    expected: 'none',
    why: 'It is called where it was.',
  },
];
