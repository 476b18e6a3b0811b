import { api, json, one, post, TEXT, told, type Case, type Expected, type Json } from './case.fixture.js';

const HOOK = 'POST billed';
const at = '/webhooks/billed/post';

const OK = { 200: { description: 'Got it.' } };
const hook = (operation: Json | null): Json => api({}, { webhooks: operation ? { billed: { post: { responses: OK, ...operation } } } : {} });

const changed = (name: string, base: Json | null, revision: Json | null, expected: Expected[] | 'none', why: string): Case => ({
  name,
  base: hook(base),
  revision: hook(revision),
  expected,
  why,
});

const body = (schema: Json, more: Json = {}): Json => ({ requestBody: { ...json(schema), ...more } });
const parameter = (more: Json = {}): Json => ({ parameters: [{ name: 'X-Try', in: 'header', schema: TEXT, ...more }] });
const two = (required: string[]): Json => ({ type: 'object', properties: { a: TEXT, b: TEXT }, required });
const answers = (...statuses: string[]): Json => ({ responses: Object.fromEntries(statuses.map(status => [status, { description: 'Got it.' }])) });
const answerWith = (headers: Json): Json => ({ responses: { 200: { description: 'Got it.', headers } } });

/** An operation that calls back at the address that it is given. */
const callback = (operation: Json | null, expression = '{$request.body#/url}'): Json =>
  post(operation ? { callbacks: { done: { [expression]: { post: { responses: OK, ...operation } } } } } : {});

const POST = 'POST /things';

export const WEBHOOKS: Case[] = [
  changed('a webhook is added', null, {}, one('info', 'response', 'webhook-added', HOOK, '/webhooks/billed'), 'Who subscribes gets it.'),
  changed('a webhook is removed', {}, null, one('breaking', 'response', 'webhook-removed', HOOK, '/webhooks/billed'), 'Receivers wait for it.'),
  changed(
    'a webhook’s body may hold one value more',
    body({ type: 'string', enum: ['a'] }),
    body({ type: 'string', enum: ['a', 'b'] }),
    one('breaking', 'response', 'response-enum-value-added', HOOK),
    'Receivers read it as callers read an answer.',
  ),
  changed(
    'a webhook’s body may hold one value less',
    body({ type: 'string', enum: ['a', 'b'] }),
    body({ type: 'string', enum: ['a'] }),
    one('info', 'response', 'response-enum-value-removed', HOOK),
    'Receivers know all that still comes.',
  ),
  changed(
    'a webhook always sends a member',
    body(two(['a'])),
    body(two(['a', 'b'])),
    one('info', 'response', 'response-property-became-required', HOOK),
    'In what we send that is a promise more.',
  ),
  changed(
    'a webhook need not send a member',
    body(two(['a', 'b'])),
    body(two(['a'])),
    one('breaking', 'response', 'response-property-became-optional', HOOK),
    'Receivers count on it.',
  ),
  changed(
    'a webhook has no body any more',
    body(TEXT),
    {},
    one('breaking', 'response', 'webhook-body-removed', HOOK, `${at}/requestBody`),
    'Receivers read it.',
  ),
  changed(
    'a webhook has a body now',
    {},
    body(TEXT),
    one('info', 'response', 'webhook-body-added', HOOK, `${at}/requestBody`),
    'Receivers look for none.',
  ),
  changed(
    'a webhook’s body may be missing',
    body(TEXT, { required: true }),
    body(TEXT),
    one('breaking', 'response', 'webhook-body-became-optional', HOOK),
    'Receivers count on it.',
  ),
  changed(
    'a webhook’s body is always there',
    body(TEXT),
    body(TEXT, { required: true }),
    one('info', 'response', 'webhook-body-became-required', HOOK),
    'Who reads it still can.',
  ),
  changed(
    'a webhook may come as XML',
    body(TEXT),
    { requestBody: { content: { 'application/json': { schema: TEXT }, 'application/xml': { schema: TEXT } } } },
    one('breaking', 'response', 'webhook-media-type-added', HOOK),
    'Receivers are not asked what they accept.',
  ),
  changed('a webhook’s header is removed', parameter(), {}, one('breaking', 'response', 'webhook-parameter-removed', HOOK), 'Receivers may read it.'),
  changed(
    'a webhook’s header moves to the query',
    parameter(),
    parameter({ in: 'query' }),
    one('breaking', 'response', 'webhook-parameter-moved', HOOK),
    'Receivers look for it where it was.',
  ),
  changed(
    'a webhook has a required header now',
    {},
    parameter({ required: true }),
    one('info', 'response', 'webhook-parameter-added', HOOK),
    'We send it; receivers ignore it.',
  ),
  changed(
    'a webhook’s header may be missing',
    parameter({ required: true }),
    parameter(),
    one('breaking', 'response', 'webhook-parameter-became-optional', HOOK),
    'Receivers may count on it.',
  ),
  changed(
    'a webhook’s header is always there',
    parameter(),
    parameter({ required: true }),
    one('info', 'response', 'webhook-parameter-became-required', HOOK),
    'Who reads it still can.',
  ),
  changed(
    'a webhook’s query may have reserved characters',
    parameter({ in: 'query' }),
    parameter({ in: 'query', allowReserved: true }),
    one('breaking', 'response', 'webhook-parameter-allowance-widened', HOOK),
    'Receivers do not expect them.',
  ),
  changed(
    'a webhook’s query has no reserved characters any more',
    parameter({ in: 'query', allowReserved: true }),
    parameter({ in: 'query' }),
    one('info', 'response', 'webhook-parameter-allowance-narrowed', HOOK),
    'What still comes could come before.',
  ),
  changed(
    'receivers may no longer answer 202',
    answers('200', '202'),
    answers('200'),
    one('breaking', 'request', 'webhook-status-removed', HOOK, `${at}/responses/202`),
    'Who answers so is taken to have failed.',
  ),
  changed(
    'receivers may also answer 202',
    answers('200'),
    answers('200', '202'),
    one('info', 'request', 'webhook-status-added', HOOK, `${at}/responses/202`),
    'They need not.',
  ),
  changed(
    'receivers may answer any 2XX',
    answers('200'),
    answers('2XX'),
    one('info', 'request', 'webhook-status-widened', HOOK),
    '200 is one of them.',
  ),
  changed(
    'receivers may answer 200 only',
    answers('2XX'),
    answers('200'),
    one('breaking', 'request', 'webhook-status-narrowed', HOOK),
    'Who answers 204 is taken to have failed.',
  ),
  changed(
    'receivers have to answer with a header',
    answerWith({}),
    answerWith({ 'X-Got': { required: true } }),
    one('breaking', 'request', 'request-header-added-required', HOOK),
    'No receiver does yet.',
  ),
  changed(
    'what receivers answer is tightened',
    { responses: { 200: { description: 'Got it.', ...json(TEXT) } } },
    { responses: { 200: { description: 'Got it.', ...json({ type: 'string', maxLength: 1 }) } } },
    one('breaking', 'request', 'request-max-length-lowered', HOOK),
    'Their answer is sent to us.',
  ),
  changed(
    'webhooks are signed in another way',
    { security: [{ a: [] }] },
    { security: [{ b: [] }] },
    one('breaking', 'response', 'webhook-security-changed', HOOK),
    'Receivers check by it that the call is ours.',
  ),
  {
    name: 'a webhook is made by PUT, and no longer by POST',
    base: hook({}),
    revision: api({}, { webhooks: { billed: { put: { responses: OK } } } }),
    expected: [
      told('breaking', 'response', 'webhook-removed', 'PUT billed', at),
      told('info', 'response', 'webhook-added', 'PUT billed', '/webhooks/billed/put'),
    ],
    why: 'Receivers have no handler for it.',
  },
  {
    name: 'a callback is added',
    base: callback(null),
    revision: callback({}),
    expected: one('info', 'response', 'callback-added', POST),
    why: 'It is made to those who give an address.',
  },
  {
    name: 'a callback is removed',
    base: callback({}),
    revision: callback(null),
    expected: one('breaking', 'response', 'callback-removed', POST, '/paths/~1things/post/callbacks/done'),
    why: 'Receivers wait for it.',
  },
  {
    name: 'a callback is made to another address',
    base: callback({}),
    revision: callback({}, '{$request.body#/hook}'),
    expected: one('breaking', 'request', 'callback-expression-changed', POST),
    why: 'Callers put the address where it was.',
  },
  {
    name: 'a callback’s body has another type',
    base: callback(body(TEXT)),
    revision: callback(body({ type: ['string', 'null'] })),
    expected: one('breaking', 'response', 'response-null-allowed', POST),
    why: 'Receivers read it.',
  },
  {
    name: 'a callback’s answer has to be shorter',
    base: callback({ responses: { 200: { description: 'x', ...json(TEXT) } } }),
    revision: callback({ responses: { 200: { description: 'x', ...json({ type: 'string', maxLength: 2 }) } } }),
    expected: one('breaking', 'request', 'request-max-length-lowered', POST),
    why: 'Receivers send it.',
  },
  {
    name: 'the operation of a callback gets another id',
    base: callback({ operationId: 'a' }),
    revision: callback({ operationId: 'b' }),
    expected: one('warning', 'none', 'operation-id-changed', POST),
    why: 'Generated receivers name their handlers by it.',
  },
  {
    name: 'a webhook of a document of 3.0 is removed',
    base: api({}, { openapi: '3.0.3', 'x-webhooks': { billed: { post: { responses: OK } } } }),
    revision: api({}, { openapi: '3.0.3' }),
    expected: one('breaking', 'response', 'webhook-removed', HOOK, '/x-webhooks/billed'),
    why: '3.0 has webhooks as an extension only.',
  },
  {
    name: 'webhooks are said as 3.1 says them',
    base: api({}, { openapi: '3.0.3', 'x-webhooks': { billed: { post: { responses: OK } } } }),
    revision: hook({}),
    expected: one('info', 'none', 'openapi-version-changed', null),
    why: 'They are the same webhooks.',
  },
];
