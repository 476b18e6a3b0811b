import { api, get, one, type Case, type Expected, type Json } from './case.fixture.js';

const GET = 'GET /things';
const at = '/paths/~1things/get';

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

const PARTNER = { info: { title: 'Things', version: '1.0.0', 'x-audience': 'partner' } };

export const DECLARATIONS: Case[] = [
  whole(
    'a public API is for partners only',
    { 'x-audience': 'public' },
    { 'x-audience': 'partner' },
    one('breaking', 'none', 'audience-narrowed', null, '/info/x-audience'),
    'Others may not call it any more.',
  ),
  whole(
    'a partner API is internal',
    { 'x-audience': 'partner' },
    { 'x-audience': 'internal' },
    one('breaking', 'none', 'audience-narrowed', null),
    'Partners may not call it any more.',
  ),
  whole(
    'an internal API is for partners too',
    { 'x-audience': 'internal' },
    { 'x-audience': 'partner' },
    one('info', 'none', 'audience-widened', null),
    'All who call it still may.',
  ),
  whole(
    'an audience is of another list',
    { 'x-audience': 'external-partner' },
    { 'x-audience': 'partner' },
    one('warning', 'none', 'audience-changed', null),
    'The two cannot be compared.',
  ),
  {
    name: 'an operation of a partner API is internal',
    base: get({}, PARTNER),
    revision: get({ 'x-audience': 'internal' }, PARTNER),
    expected: one('breaking', 'none', 'audience-narrowed', GET, `${at}/x-audience`),
    why: 'Without a word its audience was the API’s.',
  },
  {
    name: 'an operation of a partner API says that it is for partners',
    base: get({}, PARTNER),
    revision: get({ 'x-audience': 'partner' }, PARTNER),
    expected: 'none',
    why: 'Without a word its audience was the API’s.',
  },
  whole(
    'less availability is promised',
    { 'x-service-level': { availability: '99.9 %' } },
    { 'x-service-level': { availability: '99.5 %' } },
    one('warning', 'none', 'service-level-lowered', null, '/info/x-service-level'),
    'Callers count on it.',
  ),
  whole(
    'more availability is promised',
    { 'x-service-level': { availability: '99.5%' } },
    { 'x-service-level': { availability: '99.9 %' } },
    one('info', 'none', 'service-level-raised', null),
    'Callers get more.',
  ),
  whole(
    'a longer latency is promised',
    { 'x-service-level': { latency: 'p95 < 300 ms' } },
    { 'x-service-level': { latency: 'p95 < 1 s' } },
    one('warning', 'none', 'service-level-lowered', null),
    'Callers wait longer.',
  ),
  whole(
    'a shorter latency is promised, as a number',
    { 'x-service-level': { latencyMs95: 500 } },
    { 'x-service-level': { latencyMs95: 300 } },
    one('info', 'none', 'service-level-raised', null),
    'Callers wait less.',
  ),
  whole(
    'a latency of another kind is promised',
    { 'x-service-level': { latency: 'p95 < 300 ms' } },
    { 'x-service-level': { latency: 'p50 < 100 ms' } },
    one('warning', 'none', 'service-level-changed', null),
    'The two cannot be compared.',
  ),
  whole(
    'a promise of support is gone',
    { 'x-service-level': { availability: '99 %', support: 'at all hours' } },
    { 'x-service-level': { availability: '99 %' } },
    one('warning', 'none', 'service-level-lowered', null),
    'Callers count on it.',
  ),
  whole(
    'a service level is promised',
    {},
    { 'x-service-level': { availability: '99 %' } },
    one('info', 'none', 'service-level-raised', null),
    'Callers get more.',
  ),
  whole(
    'the system of record changes',
    { 'x-system-of-record': 'CRM' },
    { 'x-system-of-record': 'ERP' },
    one('warning', 'none', 'system-of-record-changed', null),
    'The same fields tell what another system knows.',
  ),
  whole(
    'another team owns the API',
    { 'x-owner': 'finance' },
    { 'x-owner': 'sales' },
    one('info', 'none', 'owner-changed', null, '/info/x-owner'),
    'Callers do nothing.',
  ),
  whole(
    'the contact changes',
    { 'x-contact': 'a@example.com' },
    { 'x-contact': 'b@example.com' },
    one('info', 'none', 'contact-changed', null),
    'Callers do nothing.',
  ),
  whole('the layer changes', { 'x-layer': 'system' }, { 'x-layer': 'process' }, one('info', 'none', 'layer-changed', null), 'Callers do nothing.'),
  whole(
    'an extension of others changes',
    { 'x-logo': { url: 'a' } },
    { 'x-logo': { url: 'b' } },
    one('info', 'none', 'extension-changed', null, '/info/x-logo'),
    'What it means is not known.',
  ),
  operation(
    'an operation says that it is public',
    {},
    { 'x-public': 'A status page.' },
    one('warning', 'none', 'public-declared', GET, `${at}/x-public`),
    'It is open to everybody.',
  ),
  operation(
    'an operation no longer says that it is public',
    { 'x-public': 'A status page.' },
    {},
    one('warning', 'none', 'public-withdrawn', GET, `${at}/x-public`),
    'It may ask for a token.',
  ),
  operation(
    'why an operation is public is said otherwise',
    { 'x-public': 'A' },
    { 'x-public': 'B' },
    one('info', 'none', 'extension-changed', GET),
    'It is as open as before.',
  ),
];
