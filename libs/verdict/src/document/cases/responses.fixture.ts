import { get, json, one, TEXT, told, type Case, type Expected, type Json } from './case.fixture.js';

const GET = 'GET /things';
const at = '/paths/~1things/get/responses';

const changed = (name: string, base: Json, revision: Json, expected: Expected[] | 'none', why: string): Case => ({
  name,
  base: get({ responses: base }),
  revision: get({ responses: revision }),
  expected,
  why,
});

const text = (more: Json = {}): Json => ({ description: 'An answer.', ...json(TEXT), ...more });
const inTypes = (...types: string[]): Json => ({
  200: { description: 'An answer.', content: Object.fromEntries(types.map(type => [type, { schema: TEXT }])) },
});
const withHeader = (name: string, header: Json): Json => ({ 200: text({ headers: { [name]: header } }) });
const withLink = (link: Json | null): Json => ({ 200: text(link ? { links: { next: link } } : {}) });

export const RESPONSES: Case[] = [
  changed(
    'the answer says less',
    { 200: text() },
    { 200: { description: 'An answer.', ...json({ type: 'string', enum: ['a'] }) } },
    one('info', 'response', 'response-enum-added', GET),
    'A narrower answer breaks no reader.',
  ),
  changed(
    'the answer says more',
    { 200: { description: 'An answer.', ...json({ type: 'string', enum: ['a'] }) } },
    { 200: { description: 'An answer.', ...json({ type: 'string', enum: ['a', 'b'] }) } },
    one('breaking', 'response', 'response-enum-value-added', GET),
    'Readers may not know the value.',
  ),
  changed(
    'an answer has no body any more',
    { 200: text() },
    { 200: { description: 'An answer.' } },
    one('breaking', 'response', 'response-media-type-removed', GET, `${at}/200/content/application~1json`),
    'Callers read it.',
  ),
  changed(
    'an answer has a body now',
    { 200: { description: 'An answer.' } },
    { 200: text() },
    one('info', 'response', 'response-media-type-added', GET),
    'Callers that read none are not harmed.',
  ),
  changed(
    'a media type of the answer is removed',
    inTypes('application/json', 'text/csv'),
    inTypes('application/json'),
    one('breaking', 'response', 'response-media-type-removed', GET),
    'Who accepts nothing else gets 406.',
  ),
  changed(
    'a media type of the answer is added',
    inTypes('application/json'),
    inTypes('application/json', 'text/csv'),
    one('info', 'response', 'response-media-type-added', GET),
    'It is sent to those who accept it.',
  ),
  changed(
    'the answer may be of any type',
    inTypes('text/csv'),
    inTypes('text/*'),
    one('breaking', 'response', 'response-media-type-widened', GET),
    'Callers may be unable to read what comes.',
  ),
  changed(
    'the answer is of one type of a range',
    inTypes('text/*'),
    inTypes('text/csv'),
    one('info', 'response', 'response-media-type-narrowed', GET),
    'It was one of them.',
  ),
  changed(
    'a part of an answer in parts comes in another type',
    { 200: { description: 'An answer.', content: { 'multipart/mixed': { schema: { type: 'object', properties: { a: TEXT } } } } } },
    {
      200: {
        description: 'An answer.',
        content: { 'multipart/mixed': { schema: { type: 'object', properties: { a: TEXT } }, encoding: { a: { contentType: 'text/csv' } } } },
      },
    },
    [
      told('breaking', 'response', 'response-encoding-content-type-added', GET),
      told('info', 'response', 'response-encoding-content-type-removed', GET),
    ],
    'Readers know texts only.',
  ),
  changed(
    'a header is removed',
    withHeader('X-Total', { schema: TEXT }),
    { 200: text() },
    one('breaking', 'response', 'response-header-removed', GET, `${at}/200/headers/X-Total`),
    'Callers may read it.',
  ),
  changed(
    'a header is added',
    { 200: text() },
    withHeader('X-Total', { schema: TEXT }),
    one('info', 'response', 'response-header-added', GET, `${at}/200/headers/X-Total`),
    'Callers ignore what they do not know.',
  ),
  changed(
    'a header becomes optional',
    withHeader('X-Total', { required: true }),
    withHeader('X-Total', {}),
    one('breaking', 'response', 'response-header-became-optional', GET),
    'Callers may count on it.',
  ),
  changed(
    'a header becomes required in an answer',
    withHeader('X-Total', {}),
    withHeader('X-Total', { required: true }),
    one('info', 'response', 'response-header-became-required', GET),
    'Who reads it still can.',
  ),
  changed(
    'a header’s schema changes',
    withHeader('X-Total', { schema: TEXT }),
    withHeader('X-Total', { schema: { type: 'integer' } }),
    one('breaking', 'response', 'response-type-changed', GET),
    'Callers read a text.',
  ),
  changed(
    'a header of an answer is written in small letters',
    withHeader('X-Total', { schema: TEXT }),
    withHeader('x-total', { schema: TEXT }),
    'none',
    'Names of headers are the same in all letters.',
  ),
  changed(
    'a header’s list is exploded',
    withHeader('X-Total', { schema: { type: 'object' } }),
    withHeader('X-Total', { schema: { type: 'object' }, explode: true }),
    one('breaking', 'response', 'explode-changed', GET),
    'The same object is written in another way.',
  ),
  changed(
    'a header is deprecated',
    withHeader('X-Total', {}),
    withHeader('X-Total', { deprecated: true, 'x-sunset': '2027-12-01' }),
    one('info', 'none', 'deprecation-announced', GET),
    'Callers know until when it comes.',
  ),
  changed(
    'Content-Type is said as a header',
    { 200: text() },
    withHeader('Content-Type', { required: true }),
    'none',
    'OpenAPI ignores it: the media types say it.',
  ),
  changed(
    'a header may only be seen with a right',
    withHeader('X-Total', {}),
    withHeader('X-Total', { 'x-sensitive': 'total.read' }),
    one('breaking', 'response', 'sensitivity-added', GET),
    'Who lacks the right does not get it any more.',
  ),
  changed(
    'a header may be seen by all',
    withHeader('X-Total', { 'x-sensitive': 'total.read' }),
    withHeader('X-Total', {}),
    one('info', 'response', 'sensitivity-removed', GET),
    'All who see it today still do.',
  ),
  changed(
    'an answer is described otherwise',
    { 200: text() },
    { 200: text({ description: 'Another.' }) },
    one('info', 'none', 'documentation-changed', GET, `${at}/200`),
    'Words only.',
  ),
  changed(
    'a link is added',
    withLink(null),
    withLink({ operationId: 'a' }),
    one('info', 'response', 'link-added', GET, `${at}/200/links/next`),
    'Nothing that was there changes.',
  ),
  changed(
    'a link is removed',
    withLink({ operationId: 'a' }),
    withLink(null),
    one('warning', 'response', 'link-removed', GET, `${at}/200/links/next`),
    'Clients follow it by its name.',
  ),
  changed(
    'a link leads elsewhere',
    withLink({ operationId: 'a' }),
    withLink({ operationId: 'b' }),
    one('warning', 'response', 'link-changed', GET),
    'Clients come out elsewhere.',
  ),
  changed(
    'a link’s parameters change',
    withLink({ operationId: 'a', parameters: { id: '$response.body#/id' } }),
    withLink({ operationId: 'a', parameters: { id: '$request.path.id' } }),
    one('warning', 'response', 'link-changed', GET),
    'It leads to another thing.',
  ),
  changed(
    'a link is described',
    withLink({ operationId: 'a' }),
    withLink({ operationId: 'a', description: 'The next.' }),
    one('info', 'none', 'documentation-changed', GET),
    'Words only.',
  ),
];
