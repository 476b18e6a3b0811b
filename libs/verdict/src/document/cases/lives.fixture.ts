import { api, get, one, told, type Case, type Expected, type Json } from './case.fixture.js';

const GET = 'GET /things';
const at = '/paths/~1things/get';

const operation = (name: string, base: Json | null, revision: Json | null, expected: Expected[] | 'none', why: string, more: Json = {}): Case => ({
  name,
  base: base ? get(base, more) : api({}, more),
  revision: revision ? get(revision, more) : api({}, more),
  expected,
  why,
});

const ending = (sunset: string): Json => ({ deprecated: true, 'x-deprecated-since': '2026-01-01', 'x-sunset': sunset });
const ofAudience = (audience: string): Json => ({ info: { title: 'Things', version: '1.0.0', 'x-audience': audience } });

const inState = (info: Json): Json => ({ info: { title: 'Things', version: '1.0.0', ...info } });

export const LIVES: Case[] = [
  operation(
    'an operation is removed after its end',
    ending('2026-11-30'),
    null,
    one('info', 'none', 'operation-removed-after-sunset', GET, at),
    'The end was announced and has come.',
  ),
  operation(
    'an operation is removed on its last day',
    ending('2026-12-01'),
    null,
    one('info', 'none', 'operation-removed-after-sunset', GET),
    'From that day on it may be gone (RFC 8594).',
  ),
  operation(
    'an operation is removed the day before its end',
    ending('2026-12-02'),
    null,
    one('breaking', 'none', 'operation-removed-before-sunset', GET, at),
    'Callers plan with the day.',
  ),
  operation(
    'an operation is removed that had no announced end',
    { deprecated: true },
    null,
    one('breaking', 'none', 'operation-removed-without-sunset', GET, at),
    'Callers could not know by when to move.',
  ),
  operation(
    'an operation is removed whose end cannot be read',
    { deprecated: true, 'x-sunset': 'soon' },
    null,
    one('breaking', 'none', 'operation-removed-without-sunset', GET),
    'No day was told.',
  ),
  operation(
    'an operation is removed that tells an end and is not deprecated',
    { 'x-sunset': '2026-11-30' },
    null,
    one('breaking', 'none', 'operation-removed', GET),
    'It was not said that it goes.',
  ),
  {
    name: 'an operation of a deprecated API is removed after the API’s end',
    base: get({}, { info: { title: 'T', version: '1.0.0', 'x-lifecycle': 'deprecated', 'x-sunset': '2026-06-01' } }),
    revision: api({}, { info: { title: 'T', version: '1.0.0', 'x-lifecycle': 'deprecated', 'x-sunset': '2026-06-01' } }),
    expected: one('info', 'none', 'operation-removed-after-sunset', GET),
    why: 'The API’s end is that of its operations.',
  },
  operation(
    'an operation is deprecated with an end in half a year',
    {},
    ending('2027-05-30'),
    one('info', 'none', 'deprecation-announced', GET, at),
    '180 days are what partners are promised.',
  ),
  operation(
    'an operation is deprecated with an end in 179 days',
    {},
    ending('2027-05-29'),
    [told('breaking', 'none', 'sunset-too-soon', GET), told('info', 'none', 'deprecation-announced', GET)],
    'Partners are promised 180 days.',
  ),
  operation(
    'an operation is deprecated from next month on, with an end in half a year',
    {},
    { ...ending('2027-05-30'), 'x-deprecated-since': '2027-01-01' },
    [told('breaking', 'none', 'sunset-too-soon', GET), told('info', 'none', 'deprecation-announced', GET)],
    'Notice is counted from the day on which callers are to move.',
  ),
  operation(
    'an operation of an internal API is deprecated with an end in 30 days',
    {},
    ending('2026-12-31'),
    one('info', 'none', 'deprecation-announced', GET),
    'Our own teams are promised 30 days.',
    ofAudience('internal'),
  ),
  operation(
    'an operation of an internal API is deprecated with an end in 29 days',
    {},
    ending('2026-12-30'),
    [told('breaking', 'none', 'sunset-too-soon', GET), told('info', 'none', 'deprecation-announced', GET)],
    'Our own teams are promised 30 days.',
    ofAudience('internal'),
  ),
  operation(
    'an operation of a public API is deprecated with an end in half a year',
    {},
    ending('2027-05-30'),
    [told('breaking', 'none', 'sunset-too-soon', GET), told('info', 'none', 'deprecation-announced', GET)],
    'The public is promised 365 days.',
    ofAudience('public'),
  ),
  operation(
    'an operation of a public API is deprecated with an end in a year',
    {},
    ending('2027-12-01'),
    one('info', 'none', 'deprecation-announced', GET),
    'The public is promised 365 days.',
    ofAudience('public'),
  ),
  operation(
    'an operation is deprecated without an end',
    {},
    { deprecated: true },
    [told('warning', 'none', 'sunset-missing', GET, at), told('info', 'none', 'deprecation-announced', GET, at)],
    'Callers are told to move, and not by when.',
  ),
  operation(
    'a deprecated operation gets its end',
    { deprecated: true },
    { deprecated: true, 'x-sunset': '2027-12-01' },
    one('info', 'none', 'sunset-announced', GET),
    'Callers know until when.',
  ),
  operation(
    'a deprecated operation gets an end next month',
    { deprecated: true },
    { deprecated: true, 'x-sunset': '2027-01-01' },
    one('breaking', 'none', 'sunset-too-soon', GET),
    'Partners are promised 180 days.',
  ),
  operation(
    'a deprecated operation loses its end',
    ending('2027-12-01'),
    { deprecated: true, 'x-deprecated-since': '2026-01-01' },
    one('warning', 'none', 'sunset-missing', GET),
    'Callers no longer know by when.',
  ),
  operation(
    'an end is moved earlier',
    ending('2028-12-01'),
    ending('2028-06-01'),
    one('breaking', 'none', 'sunset-moved-earlier', GET, at),
    'Callers plan with the day.',
  ),
  operation(
    'an end is moved later',
    ending('2028-06-01'),
    ending('2028-12-01'),
    one('info', 'none', 'sunset-moved-later', GET, at),
    'Callers have more time.',
  ),
  operation('an end is written with its time', ending('2028-06-01'), ending('2028-06-01T00:00:00Z'), 'none', 'It is the same moment.'),
  operation(
    'an end can no longer be read',
    ending('2028-06-01'),
    ending('next summer'),
    one('warning', 'none', 'sunset-unreadable', GET),
    'It is no announcement.',
  ),
  operation('a deprecation is taken back', ending('2028-06-01'), {}, one('info', 'none', 'deprecation-withdrawn', GET), 'It stays.'),
  operation(
    'the day of deprecation is corrected',
    ending('2028-06-01'),
    { ...ending('2028-06-01'), 'x-deprecated-since': '2026-02-01' },
    one('info', 'none', 'deprecated-since-changed', GET),
    'What counts is the end.',
  ),
  {
    name: 'an operation is deprecated in an API that has an end',
    base: get({}, inState({ 'x-lifecycle': 'deprecated', 'x-sunset': '2028-01-01' })),
    revision: get({ deprecated: true }, inState({ 'x-lifecycle': 'deprecated', 'x-sunset': '2028-01-01' })),
    expected: one('info', 'none', 'deprecation-announced', GET),
    why: 'It ends with the API at the latest.',
  },
];
