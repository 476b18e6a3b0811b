import { json, one, post, TEXT, told, type Case, type Expected, type Json } from './case.fixture.js';

const POST = 'POST /things';
const at = '/paths/~1things/post/requestBody';

const changed = (name: string, base: Json | null, revision: Json | null, expected: Expected[] | 'none', why: string): Case => ({
  name,
  base: post(base ? { requestBody: base } : {}),
  revision: post(revision ? { requestBody: revision } : {}),
  expected,
  why,
});

/** A body that may come in these media types. */
const inTypes = (...types: string[]): Json => ({ content: Object.fromEntries(types.map(type => [type, { schema: TEXT }])) });

const FORM = {
  type: 'object',
  properties: { photo: { type: 'string', format: 'binary' }, note: TEXT, about: { type: 'object' }, tags: { type: 'array', items: TEXT } },
};
const form = (encoding: Json | null, type = 'multipart/form-data'): Json => ({
  content: { [type]: { schema: FORM, ...(encoding ? { encoding } : {}) } },
});

export const BODIES: Case[] = [
  changed(
    'a required body is added',
    null,
    { ...json(TEXT), required: true },
    one('breaking', 'request', 'request-body-added-required', POST, at),
    'Nobody sends one yet.',
  ),
  changed(
    'an optional body is added',
    null,
    json(TEXT),
    one('info', 'request', 'request-body-added-optional', POST, at),
    'Who sends none is served as before.',
  ),
  changed('the body is removed', json(TEXT), null, one('breaking', 'request', 'request-body-removed', POST, at), 'What callers send is lost.'),
  changed(
    'the body becomes required',
    json(TEXT),
    { ...json(TEXT), required: true },
    one('breaking', 'request', 'request-body-became-required', POST, at),
    'Callers may leave it out today.',
  ),
  changed(
    'the body becomes optional',
    { ...json(TEXT), required: true },
    json(TEXT),
    one('info', 'request', 'request-body-became-optional', POST, at),
    'Who sends it still may.',
  ),
  changed(
    'the body is described',
    json(TEXT),
    { ...json(TEXT), description: 'A thing.' },
    one('info', 'none', 'documentation-changed', POST, at),
    'Words only.',
  ),
  changed(
    'an example of the body changes',
    { content: { 'application/json': { example: 1 } } },
    { content: { 'application/json': { example: 2 } } },
    one('info', 'none', 'documentation-changed', POST, `${at}/content/application~1json`),
    'Words only.',
  ),
  changed(
    'the body’s schema is tightened',
    json(TEXT),
    json({ type: 'string', pattern: '^a' }),
    one('breaking', 'request', 'request-pattern-added', POST),
    'Texts of another form are refused.',
  ),
  changed(
    'the body’s schema is loosened',
    json({ type: 'string', pattern: '^a' }),
    json(TEXT),
    one('info', 'request', 'request-pattern-removed', POST),
    'What was sent is taken still.',
  ),
  changed(
    'a media type is removed',
    inTypes('application/json', 'application/xml'),
    inTypes('application/json'),
    one('breaking', 'request', 'request-media-type-removed', POST, `${at}/content/application~1xml`),
    'Its senders get 415.',
  ),
  changed(
    'a media type is added',
    inTypes('application/json'),
    inTypes('application/json', 'application/xml'),
    one('info', 'request', 'request-media-type-added', POST, `${at}/content/application~1xml`),
    'More is taken.',
  ),
  changed(
    'a media type is another one',
    inTypes('application/json'),
    inTypes('application/merge-patch+json'),
    [told('breaking', 'request', 'request-media-type-removed', POST), told('info', 'request', 'request-media-type-added', POST)],
    'Its senders get 415.',
  ),
  changed(
    'the charset is named',
    inTypes('application/json'),
    inTypes('application/json; charset=utf-8'),
    'none',
    'UTF-8 is what JSON is in (RFC 8259, 8.1).',
  ),
  changed(
    'a media type is written in capitals',
    inTypes('application/json'),
    inTypes('Application/JSON;Charset="UTF-8"'),
    'none',
    'Types and names of parameters are the same in all letters.',
  ),
  changed(
    'parameters of a media type change their order',
    inTypes('a/b; x=1; y=2'),
    inTypes('a/b;y=2;x=1'),
    'none',
    'Their order says nothing (RFC 9110, 5.6.6).',
  ),
  changed(
    'another profile is asked for',
    inTypes('application/json; profile=a'),
    inTypes('application/json; profile=b'),
    [told('breaking', 'request', 'request-media-type-removed', POST), told('info', 'request', 'request-media-type-added', POST)],
    'A parameter other than the charset makes another type.',
  ),
  changed(
    'a range takes the place of a type',
    inTypes('image/png'),
    inTypes('image/*'),
    one('info', 'request', 'request-media-type-widened', POST, `${at}/content/image~1*`),
    'The type is one of the range.',
  ),
  changed(
    'a type takes the place of a range',
    inTypes('image/*'),
    inTypes('image/png'),
    one('breaking', 'request', 'request-media-type-narrowed', POST, `${at}/content/image~1png`),
    'Senders of other images get 415.',
  ),
  changed(
    'all types take the place of a range',
    inTypes('image/*'),
    inTypes('*/*'),
    one('info', 'request', 'request-media-type-widened', POST),
    'The range is a part of all.',
  ),
  changed(
    'a type is told apart within a range',
    inTypes('image/*'),
    inTypes('image/*', 'image/png'),
    'none',
    'The range took it before, with the same schema.',
  ),
  changed(
    'a range by suffix takes the place of a type',
    inTypes('application/hal+json'),
    inTypes('application/*+json'),
    one('info', 'request', 'request-media-type-widened', POST),
    'The type has the suffix.',
  ),
  changed(
    'the schema of a range applies to the type within',
    inTypes('image/*'),
    { content: { 'image/*': { schema: TEXT }, 'image/png': { schema: { type: 'string', maxLength: 9 } } } },
    one('breaking', 'request', 'request-max-length-lowered', POST),
    'An image/png fell under the range.',
  ),
  changed(
    'a part of a form may come in one type less',
    form({ photo: { contentType: 'image/png, image/jpeg' } }),
    form({ photo: { contentType: 'image/png' } }),
    one('breaking', 'request', 'request-encoding-content-type-removed', POST, `${at}/content/multipart~1form-data/encoding/photo`),
    'Its senders are refused.',
  ),
  changed(
    'a part of a form may come in one type more',
    form({ photo: { contentType: 'image/png' } }),
    form({ photo: { contentType: 'image/png,image/jpeg' } }),
    one('info', 'request', 'request-encoding-content-type-added', POST),
    'More is taken.',
  ),
  changed(
    'the types of a form’s parts are said that follow from their schemas',
    form(null),
    form({
      photo: { contentType: 'application/octet-stream' },
      note: { contentType: 'text/plain' },
      about: { contentType: 'application/json' },
      tags: { contentType: 'application/json' },
    }),
    'none',
    'They are what was meant without a word.',
  ),
  changed(
    'a part of a form has to have a header',
    form({ photo: {} }),
    form({ photo: { headers: { 'X-Sum': { required: true, schema: TEXT } } } }),
    one('breaking', 'request', 'request-header-added-required', POST),
    'Nobody sends it yet.',
  ),
  changed(
    'a part of a form may have a header',
    form({ photo: {} }),
    form({ photo: { headers: { 'X-Sum': { schema: TEXT } } } }),
    one('info', 'request', 'request-header-added-optional', POST),
    'It may be left out.',
  ),
  changed(
    'a header of a form’s part becomes required',
    form({ photo: { headers: { 'X-Sum': {} } } }),
    form({ photo: { headers: { 'X-Sum': { required: true } } } }),
    one('breaking', 'request', 'request-header-became-required', POST),
    'It may be left out today.',
  ),
  changed(
    'a header of a form’s part becomes optional',
    form({ photo: { headers: { 'X-Sum': { required: true } } } }),
    form({ photo: { headers: { 'X-Sum': {} } } }),
    one('info', 'request', 'request-header-became-optional', POST),
    'Who sends it still may.',
  ),
  changed(
    'a header of a form’s part is removed',
    form({ photo: { headers: { 'X-Sum': {} } } }),
    form({ photo: {} }),
    one('warning', 'request', 'request-header-removed', POST),
    'Nobody reads what is still sent in it.',
  ),
  changed(
    'a list in a form is no longer exploded',
    form({ tags: { explode: true } }, 'application/x-www-form-urlencoded'),
    form({ tags: { explode: false } }, 'application/x-www-form-urlencoded'),
    one('breaking', 'request', 'explode-changed', POST),
    'The same list is written in another way.',
  ),
  changed(
    'an encoding stands where nothing is a form',
    json(FORM),
    { content: { 'application/json': { schema: FORM, encoding: { note: { contentType: 'a/b' } } } } },
    'none',
    'OpenAPI reads it for forms only.',
  ),
  {
    name: 'a body is written as a component',
    base: post({ requestBody: { ...json(TEXT), required: true } }),
    revision: post(
      { requestBody: { $ref: '#/components/requestBodies/thing' } },
      { components: { requestBodies: { thing: { ...json(TEXT), required: true } } } },
    ),
    expected: 'none',
    why: 'A reference says the same as what it leads to.',
  },
];
