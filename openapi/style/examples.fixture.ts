import type { RuleName } from './rules.js';
import { SOUND } from './sound.fixture.js';
import { isFields, type Fields } from './style-rule.js';

/** A document beside the sound one: what it says otherwise (RFC 7396; null takes a field away). */
type Otherwise = Fields;

/** What keeps a rule, and what breaks it and no other. */
export interface Example {
  good: Otherwise;
  bad: Otherwise;
}

export function soundBut(otherwise: Otherwise): Fields {
  return patched(SOUND, otherwise) as Fields;
}

function patched(value: unknown, by: unknown): unknown {
  if (!isFields(by)) return by;
  const fields: Fields = isFields(value) ? { ...value } : {};
  for (const [name, change] of Object.entries(by)) {
    if (change === null) delete fields[name];
    else fields[name] = patched(fields[name], change);
  }
  return fields;
}

const info = (said: Fields): Otherwise => ({ info: said });
const at = (path: string, method: string, said: Fields): Otherwise => ({ paths: { [path]: { [method]: said } } });
const list = (said: Fields): Otherwise => at('/v1/parcels', 'get', said);
const item = (said: Fields): Otherwise => at('/v1/parcels/{id}', 'get', said);
const put = (said: Fields): Otherwise => at('/v1/parcels/{id}', 'put', said);
const open = (said: Fields): Otherwise => at('/v1/opening-hours', 'get', said);
const schema = (name: string, said: Fields): Otherwise => ({ components: { schemas: { [name]: said } } });
const field = (name: string, said: Fields): Otherwise => schema('Parcel', { properties: { [name]: said } });
const sent = (name: string, said: Fields): Otherwise => schema('ParcelBody', { properties: { [name]: said } });

const LIST = SOUND.paths['/v1/parcels'].get;
const ITEM = SOUND.paths['/v1/parcels/{id}'].get;
const PUT = SOUND.paths['/v1/parcels/{id}'].put;
const anotherItem = (path: string): Otherwise => at(path, 'get', { ...ITEM, operationId: 'getAnother' });
const another = (path: string): Otherwise => at(path, 'get', { ...LIST, operationId: 'listOthers' });
const deleting = (said: Fields): Otherwise => at('/v1/parcels/{id}', 'delete', { ...ITEM, operationId: 'deleteParcel', ...said });
const asking = (...parameters: object[]): Otherwise => list({ parameters: [...LIST.parameters, ...parameters] });
const answering = (content: Fields): Fields => ({ responses: { '200': { content: { 'application/json': content } } } });

/** For each rule of the guide. */
export const EXAMPLES: Record<RuleName, Example> = {
  'owner-is-named': { good: info({ 'x-owner': 'hr-operations' }), bad: info({ 'x-owner': null }) },
  'contact-is-named': { good: info({ contact: { name: 'hr-operations' } }), bad: info({ contact: { email: null } }) },
  'layer-is-named': { good: info({ 'x-layer': 'process' }), bad: info({ 'x-layer': 'middle' }) },
  'lifecycle-is-stated': { good: info({ 'x-lifecycle': 'draft' }), bad: info({ 'x-lifecycle': 'alive' }) },
  'ends-are-dated': {
    good: info({ 'x-lifecycle': 'deprecated', 'x-deprecated-since': '2026-01-01', 'x-sunset': '2027-01-01' }),
    bad: info({ 'x-lifecycle': 'deprecated', 'x-deprecated-since': '2026-01-01', 'x-sunset': 'soon' }),
  },
  'audience-is-stated': { good: info({ 'x-audience': 'partner' }), bad: info({ 'x-audience': 'everybody' }) },
  'service-level-is-stated': {
    good: info({ 'x-service-level': { availability: '99.95 %' } }),
    bad: info({ 'x-service-level': { availability: 'high' } }),
  },
  'system-of-record-is-named': { good: info({ 'x-system-of-record': 'none' }), bad: info({ 'x-system-of-record': null }) },
  'version-is-semantic': { good: info({ version: '1.12.3' }), bad: info({ version: '1.2' }) },
  'paths-begin-with-the-version': { good: another('/v1/lost-parcels'), bad: another('/v2/lost-parcels') },

  'paths-are-kebab-case': { good: another('/v1/lost-parcels'), bad: another('/v1/lostParcels') },
  'collections-are-plural': { good: anotherItem('/v1/reference-data/{id}'), bad: anotherItem('/v1/label/{id}') },
  'paths-are-nouns': { good: another('/v1/getaways'), bad: another('/v1/get-parcels') },
  'parameters-are-camel-case': {
    good: asking({ name: 'sentOn', in: 'query', schema: { type: 'string', format: 'date' } }),
    bad: asking({ name: 'sent_on', in: 'query', schema: { type: 'string', format: 'date' } }),
  },

  'operation-ids-are-camel-case': { good: list({ operationId: 'everyParcel' }), bad: list({ operationId: 'every-parcel' }) },
  'access-is-stated': { good: open({ security: [], 'x-public': 'It is on the door.' }), bad: open({ security: null }) },
  'public-has-a-reason': { good: open({ 'x-public': 'Anybody may ask.' }), bad: open({ 'x-public': null }) },
  'scopes-are-named': { good: list({ security: [{ throughline: ['parcels.write'] }] }), bad: list({ security: [{ throughline: [] }] }) },
  'summaries-are-there': { good: list({ summary: 'Every parcel' }), bad: list({ summary: null }) },
  'summaries-are-phrases': { good: list({ summary: 'Parcels of today, e.g. letters' }), bad: list({ summary: 'Parcels of today.' }) },
  'summaries-are-short': { good: list({ summary: 'P'.repeat(100) }), bad: list({ summary: 'P'.repeat(101) }) },
  'reads-have-no-body': { good: put({ requestBody: PUT.requestBody }), bad: item({ requestBody: PUT.requestBody }) },
  'bodies-are-json': {
    good: put({
      requestBody: { content: { 'application/json': null, 'application/merge-patch+json': PUT.requestBody.content['application/json'] } },
    }),
    bad: put({ requestBody: { content: { 'application/xml': PUT.requestBody.content['application/json'] } } }),
  },
  'unsafe-requests-can-be-repeated': { good: deleting({ parameters: PUT.parameters }), bad: deleting({ parameters: ITEM.parameters }) },
  'requests-can-be-followed': { good: list({ parameters: LIST.parameters }), bad: list({ parameters: LIST.parameters.slice(0, 2) }) },
  'statuses-are-of-the-table': {
    good: list({ responses: { '503': { $ref: '#/components/responses/Fault' } } }),
    bad: list({ responses: { '418': { $ref: '#/components/responses/Fault' } } }),
  },
  'answers-have-a-schema': {
    good: put({ responses: { '200': null, '204': { description: 'Done.' } } }),
    bad: item({ responses: { '200': { content: null } } }),
  },
  'faults-are-problems': {
    good: list({ responses: { '404': { $ref: '#/components/responses/Fault' } } }),
    bad: list({ responses: { '404': { $ref: null, description: 'Gone.', content: { 'text/plain': { schema: { type: 'string' } } } } } }),
  },
  'problems-have-their-members': {
    good: schema('Problem', { required: ['type', 'title', 'status', 'detail', 'instance'], properties: { instance: { type: 'string' } } }),
    bad: schema('Problem', { required: ['type', 'title', 'status'] }),
  },
  'deprecated-operations-have-an-end': {
    good: list({ deprecated: true, 'x-deprecated-since': '2026-01-01', 'x-sunset': '2027-01-01' }),
    bad: list({ deprecated: true, 'x-deprecated-since': '2026-01-01' }),
  },

  'lists-are-pages': {
    good: list(answering({ schema: { $ref: '#/components/schemas/ParcelPage' } })),
    bad: open(answering({ schema: { $ref: null, type: 'array', items: { $ref: '#/components/schemas/OpeningHours' } } })),
  },
  'pages-are-asked-by-cursor-and-limit': { good: list({ parameters: LIST.parameters }), bad: list({ parameters: LIST.parameters.slice(1) }) },
  'limits-are-bounded': {
    good: limited({ maximum: 100, default: 20 }),
    bad: limited({ maximum: 100_000, default: 20 }),
  },
  'pages-are-bounded': {
    good: schema('ParcelPage', { properties: { items: { maxItems: 50 } } }),
    bad: schema('ParcelPage', { properties: { items: { maxItems: 5000 } } }),
  },

  'texts-in-requests-are-bounded': { good: sent('note', { type: 'string', pattern: '^[a-z]{1,9}$' }), bad: sent('note', { type: 'string' }) },
  'lists-in-requests-are-bounded': { good: sent('tags', { maxItems: 5 }), bad: sent('tags', { maxItems: null }) },
  'requests-are-strict': { good: schema('ParcelBody', { additionalProperties: false }), bad: schema('ParcelBody', { additionalProperties: null }) },

  'fields-are-camel-case': { good: field('netWeight', { type: 'string' }), bad: field('net_weight', { type: 'string' }) },
  'fields-have-a-type': { good: field('label', { type: 'string' }), bad: field('label', { description: 'What is on it.' }) },
  'objects-are-named': {
    good: field('fee', { $ref: '#/components/schemas/Money' }),
    bad: field('size', { type: 'object', properties: { height: { type: 'string' } } }),
  },
  'open-objects-are-described': {
    good: field('marks', { type: 'object', additionalProperties: true, description: 'What is stamped on it.' }),
    bad: field('marks', { type: 'object', additionalProperties: true }),
  },
  'required-fields-are-declared': { good: schema('Parcel', { required: ['id', 'state'] }), bad: schema('Parcel', { required: ['id', 'stat'] }) },
  'money-is-exact': { good: field('unitPrice', { type: 'string' }), bad: field('unitPrice', { type: 'number' }) },
  'money-has-a-currency': {
    good: schema('Money', { required: ['amount', 'currency'] }),
    bad: schema('Money', { required: ['amount'], properties: { currency: null } }),
  },
  'currencies-are-codes': {
    good: field('currency', { type: 'string', enum: ['EUR', 'GBP'] }),
    bad: field('currency', { type: 'string' }),
  },
  'days-are-dates': {
    good: field('arrivedOn', { type: 'string', format: 'date' }),
    bad: field('arrivedOn', { type: 'string', format: 'date-time' }),
  },
  'instants-are-date-times': { good: field('arrivedAt', { type: 'string', format: 'date-time' }), bad: field('arrivedAt', { type: 'string' }) },
  'durations-are-whole': {
    good: field('waitingMinutes', { type: 'integer', format: 'int32' }),
    bad: field('waitingMinutes', { type: 'number' }),
  },
  'values-are-kebab-case': {
    good: field('carrier', { type: 'string', enum: ['by-rail', 'DE', 'urn:carrier:sea'] }),
    bad: field('carrier', { type: 'string', enum: ['byRail'] }),
  },
  'sensitive-fields-name-their-right': {
    good: field('margin', { type: 'string', 'x-sensitive': 'parcel.margin' }),
    bad: field('margin', { type: 'string', 'x-sensitive': true }),
  },
  'sensitive-fields-can-be-denied': {
    good: schema('OpeningHours', {
      properties: { guard: { type: 'string', 'x-sensitive': 'guard.name' }, deniedFields: { type: 'array', items: { type: 'string' } } },
    }),
    bad: schema('OpeningHours', { properties: { guard: { type: 'string', 'x-sensitive': 'guard.name' } } }),
  },
};

function limited(said: object): Otherwise {
  const [cursor, limit, ...others] = LIST.parameters;
  return list({ parameters: [cursor, { ...limit, schema: { type: 'integer', format: 'int32', minimum: 1, ...said } }, ...others] });
}
