import { api, get, one, told, type Case, type Expected, type Json } from './case.fixture.js';

const GET = 'GET /things';

const operation = (name: string, base: Json | null, revision: Json | null, expected: Expected[] | 'none', why: string, more: Json = {}): Case => ({
  name,
  base: base ? get(base, more) : api({}, more),
  revision: revision ? get(revision, more) : api({}, more),
  expected,
  why,
});

/** The whole API, before and after. */
const whole = (name: string, base: Json, revision: Json, expected: Expected[] | 'none', why: string): Case => ({
  name,
  base: get({}, { info: { title: 'Things', version: '1.0.0', ...base } }),
  revision: get({}, { info: { title: 'Things', version: '1.0.0', ...revision } }),
  expected,
  why,
});

const inState = (info: Json): Json => ({ info: { title: 'Things', version: '1.0.0', ...info } });

export const STABILITIES: Case[] = [
  whole(
    'an API that was active is beta',
    { 'x-lifecycle': 'active' },
    { 'x-lifecycle': 'beta' },
    one('breaking', 'none', 'stability-lowered', null, '/info'),
    'Partners built on a promise that is taken back.',
  ),
  whole(
    'an API that was beta is draft',
    { 'x-lifecycle': 'beta' },
    { 'x-lifecycle': 'draft' },
    one('breaking', 'none', 'stability-lowered', null),
    'Less is promised.',
  ),
  whole(
    'an API that was beta is active',
    { 'x-lifecycle': 'beta' },
    { 'x-lifecycle': 'active' },
    one('info', 'none', 'stability-raised', null),
    'More is promised.',
  ),
  whole(
    'an API that said nothing is beta',
    {},
    { 'x-lifecycle': 'beta' },
    one('warning', 'none', 'stability-declared-below-active', null),
    'Callers may have taken it for stable.',
  ),
  whole(
    'an API that said nothing is active',
    {},
    { 'x-lifecycle': 'active' },
    one('info', 'none', 'stability-declared', null),
    'It was taken for that.',
  ),
  whole(
    'an API no longer says that it is active',
    { 'x-lifecycle': 'active' },
    {},
    one('warning', 'none', 'stability-no-longer-declared', null),
    'It is no longer promised.',
  ),
  whole(
    'an API is in a state of others',
    { 'x-lifecycle': 'active' },
    { 'x-lifecycle': 'constructor' },
    one('warning', 'none', 'stability-changed', null),
    'The two cannot be compared.',
  ),
  whole(
    'an active API is deprecated',
    { 'x-lifecycle': 'active' },
    { 'x-lifecycle': 'deprecated', 'x-sunset': '2027-12-01' },
    one('info', 'none', 'deprecation-announced', null, '/info'),
    'Deprecated is not less stable.',
  ),
  whole(
    'an active API is deprecated, written as one object',
    { 'x-lifecycle': { state: 'active' } },
    { 'x-lifecycle': { state: 'deprecated', sunset: '2026-12-24' } },
    [told('breaking', 'none', 'sunset-too-soon', null), told('info', 'none', 'deprecation-announced', null)],
    'Partners are promised 180 days.',
  ),
  whole(
    'a deprecated API is active again',
    { 'x-lifecycle': 'deprecated' },
    { 'x-lifecycle': 'active' },
    one('info', 'none', 'deprecation-withdrawn', null),
    'It stays.',
  ),
  whole(
    'an active API is retired',
    { 'x-lifecycle': 'active' },
    { 'x-lifecycle': 'retired' },
    one('breaking', 'none', 'retired-without-deprecation', null),
    'Callers were never told.',
  ),
  whole(
    'a deprecated API is retired before its end',
    { 'x-lifecycle': 'deprecated', 'x-sunset': '2027-01-01' },
    { 'x-lifecycle': 'retired', 'x-sunset': '2027-01-01' },
    one('breaking', 'none', 'retired-before-sunset', null),
    'Callers plan with the day.',
  ),
  whole(
    'a deprecated API is retired after its end',
    { 'x-lifecycle': 'deprecated', 'x-sunset': '2026-11-01' },
    { 'x-lifecycle': 'retired' },
    one('info', 'none', 'retired-after-sunset', null),
    'The end was announced and has come.',
  ),
  operation(
    'an operation of another maker is less stable',
    { 'x-stability-level': 'stable' },
    { 'x-stability-level': 'alpha' },
    one('breaking', 'none', 'stability-lowered', GET),
    'Less is promised.',
  ),
  operation(
    'an operation of another maker is more stable',
    { 'x-stability-level': 'alpha' },
    { 'x-stability-level': 'beta' },
    one('info', 'none', 'stability-raised', GET),
    'More is promised.',
  ),
  {
    name: 'an operation of an active API is declared to be beta',
    base: get({}, inState({ 'x-lifecycle': 'active' })),
    revision: get({ 'x-lifecycle': 'beta' }, inState({ 'x-lifecycle': 'active' })),
    expected: one('breaking', 'none', 'stability-lowered', GET),
    why: 'Without a word it was as stable as the API.',
  },
];
