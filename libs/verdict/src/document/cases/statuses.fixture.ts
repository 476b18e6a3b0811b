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
const number = { description: 'An answer.', ...json({ type: 'integer' }) };

export const STATUSES: Case[] = [
  changed(
    'a success is added',
    { 200: text() },
    { 200: text(), 201: text() },
    one('warning', 'response', 'response-success-status-added', GET, `${at}/201`),
    'Callers may take any success for the one that they know.',
  ),
  changed(
    'a success is removed',
    { 200: text(), 204: { description: 'None.' } },
    { 200: text() },
    one('breaking', 'response', 'response-success-status-removed', GET, `${at}/204`),
    'Callers wait for it.',
  ),
  changed(
    '200 is 202 now',
    { 200: text() },
    { 202: text() },
    one('breaking', 'response', 'response-status-changed', GET, `${at}/202`),
    'Done is not the same as taken on.',
  ),
  changed(
    '200 is 201 now, and says something else',
    { 200: text() },
    { 201: number },
    [told('breaking', 'response', 'response-status-changed', GET, `${at}/201`), told('breaking', 'response', 'response-type-changed', GET)],
    'The one is compared with the other.',
  ),
  changed(
    '200 is a redirect now',
    { 200: text() },
    { 303: { description: 'An answer.' } },
    [told('breaking', 'response', 'response-status-changed', GET), told('breaking', 'response', 'response-media-type-removed', GET)],
    'The answer is elsewhere.',
  ),
  changed(
    'a fault is added',
    { 200: text() },
    { 200: text(), 409: text() },
    one('info', 'response', 'response-error-status-added', GET, `${at}/409`),
    'Callers take any 4xx as a fault.',
  ),
  changed(
    'a failure is added',
    { 200: text() },
    { 200: text(), 503: text() },
    one('info', 'response', 'response-error-status-added', GET, `${at}/503`),
    'Callers take any 5xx as a failure.',
  ),
  changed(
    'a fault is removed',
    { 200: text(), 404: text() },
    { 200: text() },
    one('warning', 'response', 'response-error-status-removed', GET, `${at}/404`),
    'Who acts on 404 needs another sign.',
  ),
  changed(
    '404 is 410 now',
    { 200: text(), 404: text() },
    { 200: text(), 410: text() },
    [told('warning', 'response', 'response-error-status-removed', GET), told('info', 'response', 'response-error-status-added', GET)],
    'Who acts on 404 needs another sign.',
  ),
  changed(
    'a default is added',
    { 200: text() },
    { 200: text(), default: text() },
    one('info', 'response', 'response-default-added', GET, `${at}/default`),
    'It was possible before.',
  ),
  changed(
    'the default is removed',
    { 200: text(), default: text() },
    { 200: text() },
    one('warning', 'response', 'response-default-removed', GET, `${at}/default`),
    'It is no longer said.',
  ),
  changed(
    'the default changes',
    { 200: text(), default: text() },
    { 200: text(), default: number },
    one('breaking', 'response', 'response-type-changed', GET),
    'Callers read every fault by it.',
  ),
  changed(
    'the answer 200 falls under 2XX',
    { 200: text() },
    { '2XX': text() },
    one('warning', 'response', 'response-status-widened', GET, `${at}/2XX`),
    '200 is covered, and others may come.',
  ),
  changed(
    'of 2XX only 200 is left',
    { '2XX': text() },
    { 200: text() },
    one('info', 'response', 'response-status-narrowed', GET),
    '200 was one of them.',
  ),
  changed(
    'of 2XX only 200 is left, and says something else',
    { '2XX': text() },
    { 200: number },
    [told('info', 'response', 'response-status-narrowed', GET), told('breaking', 'response', 'response-type-changed', GET)],
    '200 was described by 2XX.',
  ),
  changed('the range is written in small letters', { '2XX': text() }, { '2xx': text() }, 'none', 'It can mean nothing else.'),
  changed('a status is told apart within its range', { '2XX': text() }, { '2XX': text(), 201: text() }, 'none', 'It could come before, as the same.'),
  changed(
    '404 falls under 4XX',
    { 200: text(), 404: text() },
    { 200: text(), '4XX': text() },
    one('info', 'response', 'response-error-status-added', GET),
    'Other faults may come.',
  ),
  changed(
    '404 falls under the default',
    { 200: text(), 404: text(), default: text() },
    { 200: text(), default: text() },
    one('warning', 'response', 'response-error-status-removed', GET),
    'It is no longer told apart.',
  ),
  changed(
    '404 is told apart from the default',
    { 200: text(), default: text() },
    { 200: text(), default: text(), 404: number },
    [told('info', 'response', 'response-error-status-added', GET), told('breaking', 'response', 'response-type-changed', GET)],
    'Its body was the default’s.',
  ),
  changed(
    'a success beside a default is not the default’s',
    { 200: text(), default: number },
    { 200: text(), 201: text(), default: number },
    one('warning', 'response', 'response-success-status-added', GET),
    'The default is for faults where successes are named.',
  ),
  changed(
    'the only default is told as 200',
    { default: text() },
    { 200: text(), default: text() },
    one('warning', 'response', 'response-success-status-added', GET),
    'Without a named success the default is the success too.',
  ),
];
