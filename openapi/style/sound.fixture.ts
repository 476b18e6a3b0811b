const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
const FAULTS = Object.fromEntries(['400', '401', '403', '404', '429', '500'].map(status => [status, { $ref: '#/components/responses/Fault' }]));
const CORRELATION = { $ref: '#/components/parameters/CorrelationId' };
const IDEMPOTENCY = { $ref: '#/components/parameters/IdempotencyKey' };
const ID = { name: 'id', in: 'path', required: true, schema: { type: 'string', maxLength: 80 } };
const answer = (name: string) => ({
  '200': { description: 'As asked.', content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } } },
});

/** A small document without a fault: a list, an item that is read and written, and what anybody may read. */
export const SOUND = {
  openapi: '3.1.0',
  servers: [{ url: '/system/parcels' }],
  info: {
    title: 'Parcels',
    description: 'Parcels and what becomes of them.',
    version: '1.0.0',
    contact: { name: 'logistics', email: 'logistics@example.com' },
    license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    'x-owner': 'logistics',
    'x-layer': 'system',
    'x-lifecycle': 'active',
    'x-audience': 'internal',
    'x-service-level': { availability: '99.5 %', latencyMs95: 500, support: 'business hours' },
    'x-system-of-record': 'The shed',
  },
  tags: [{ name: 'parcels', description: 'Parcels.' }],
  paths: {
    '/v1/parcels': {
      get: {
        operationId: 'listParcels',
        tags: ['parcels'],
        summary: 'Parcels, in order of id',
        security: [{ throughline: ['parcels.read'] }],
        parameters: [
          { name: 'cursor', in: 'query', schema: { type: 'string', maxLength: 2000 } },
          { name: 'limit', in: 'query', schema: { type: 'integer', format: 'int32', minimum: 1, maximum: 200, default: 50 } },
          CORRELATION,
        ],
        responses: { ...answer('ParcelPage'), ...FAULTS },
      },
    },
    '/v1/parcels/{id}': {
      get: {
        operationId: 'getParcel',
        tags: ['parcels'],
        summary: 'A parcel',
        security: [{ throughline: ['parcels.read'] }],
        parameters: [ID, CORRELATION],
        responses: { ...answer('Parcel'), ...FAULTS },
      },
      put: {
        operationId: 'putParcel',
        tags: ['parcels'],
        summary: 'Change a parcel',
        security: [{ throughline: ['parcels.write'] }],
        parameters: [ID, CORRELATION, IDEMPOTENCY],
        requestBody: { required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/ParcelBody' } } } },
        responses: { ...answer('Parcel'), ...FAULTS },
      },
    },
    '/v1/opening-hours': {
      get: {
        operationId: 'getOpeningHours',
        tags: ['parcels'],
        summary: 'When the shed is open',
        security: [],
        'x-public': 'It is on the door.',
        parameters: [CORRELATION],
        responses: { ...answer('OpeningHours'), ...FAULTS },
      },
    },
  },
  components: {
    schemas: {
      Parcel: {
        type: 'object',
        required: ['id'],
        properties: {
          id: { type: 'string' },
          state: { type: 'string', enum: ['on-its-way', 'delivered'] },
          price: { $ref: '#/components/schemas/Money' },
          sentOn: { type: 'string', format: 'date' },
          changedAt: { type: 'string', format: 'date-time' },
          handlingMinutes: { type: 'integer', format: 'int32' },
          carrierCost: { allOf: [{ $ref: '#/components/schemas/Money' }], 'x-sensitive': 'parcel.cost' },
          extensions: { type: 'object', additionalProperties: true, description: 'Fields of the shed.' },
          deniedFields: { type: 'array', items: { type: 'string' } },
        },
      },
      ParcelBody: {
        type: 'object',
        additionalProperties: false,
        required: ['label'],
        properties: { label: { type: 'string', maxLength: 20 }, tags: { type: 'array', maxItems: 10, items: { type: 'string', maxLength: 20 } } },
      },
      ParcelPage: {
        type: 'object',
        required: ['items', 'nextCursor'],
        properties: {
          items: { type: 'array', maxItems: 200, items: { $ref: '#/components/schemas/Parcel' } },
          nextCursor: { type: ['string', 'null'] },
        },
      },
      OpeningHours: { type: 'object', properties: { from: { type: 'string' }, to: { type: 'string' } } },
      Money: {
        type: 'object',
        required: ['amount', 'currency'],
        properties: { amount: { type: 'string' }, currency: { type: 'string', pattern: '^[A-Z]{3}$' } },
      },
      Problem: {
        type: 'object',
        required: ['type', 'title', 'status', 'detail'],
        properties: {
          type: { type: 'string' },
          title: { type: 'string' },
          status: { type: 'integer', format: 'int32' },
          detail: { type: 'string' },
        },
      },
    },
    responses: {
      Fault: { description: 'What went wrong.', headers: { 'Retry-After': { schema: { type: 'integer', format: 'int32' } } }, content: problem },
    },
    parameters: {
      CorrelationId: { name: 'X-Correlation-Id', in: 'header', schema: { type: 'string', maxLength: 128 } },
      IdempotencyKey: { name: 'Idempotency-Key', in: 'header', schema: { type: 'string', maxLength: 200 } },
    },
    securitySchemes: {
      throughline: {
        type: 'oauth2',
        flows: {
          clientCredentials: { tokenUrl: 'http://127.0.0.1:8081/token', scopes: { 'parcels.read': 'Read.', 'parcels.write': 'Write.' } },
        },
      },
    },
  },
};
