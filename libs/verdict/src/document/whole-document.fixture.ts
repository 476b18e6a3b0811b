import { json, TEXT, type Json } from './cases/case.fixture.js';

const THING = {
  type: 'object',
  required: ['id'],
  properties: {
    id: { type: 'string', pattern: '^[a-z]+$' },
    kind: { enum: ['a', 'b'] },
    size: { type: 'integer', minimum: 0, deprecated: true, 'x-sunset': '2028-01-01' },
    parts: { type: 'array', items: { $ref: '#/components/schemas/Thing' } },
  },
};

const WHOLE: Json = {
  openapi: '3.1.0',
  info: {
    title: 'Things',
    version: '1.0.0',
    'x-owner': 'finance',
    'x-audience': 'partner',
    'x-service-level': { availability: '99 %', latency: 'p95 < 1 s' },
  },
  servers: [{ url: 'https://{region}.example.com', variables: { region: { default: 'eu', enum: ['eu', 'us'] } } }],
  tags: [{ name: 'things', description: 'All of them.' }],
  security: [{ oauth: ['read'] }, { key: [] }],
  paths: {
    '/things/{id}': {
      summary: 'One thing.',
      parameters: [{ name: 'id', in: 'path', required: true, schema: TEXT }],
      get: {
        operationId: 'getThing',
        parameters: [
          { $ref: '#/components/parameters/kind' },
          { name: 'filter', in: 'query', ...json({ $ref: '#/components/schemas/Thing' }) },
          { name: 'X-Trace', in: 'header', schema: { type: 'array', items: TEXT }, explode: true },
        ],
        responses: {
          200: { $ref: '#/components/responses/thing' },
          '4XX': { description: 'A fault.', ...json(TEXT, 'application/problem+json') },
          default: { description: 'All else.' },
        },
      },
      post: {
        deprecated: true,
        'x-sunset': '2028-01-01',
        security: [],
        requestBody: { $ref: '#/components/requestBodies/form' },
        responses: { 202: { description: 'Taken on.' } },
        callbacks: { done: { $ref: '#/components/callbacks/done' } },
      },
    },
  },
  webhooks: { made: { $ref: '#/components/pathItems/made' } },
  components: {
    schemas: { Thing: THING },
    parameters: { kind: { name: 'kind', in: 'query', schema: { type: 'array', items: TEXT }, style: 'pipeDelimited' } },
    headers: { total: { schema: { type: 'integer' }, required: true } },
    links: { again: { operationId: 'getThing', parameters: { id: '$response.body#/id' } } },
    requestBodies: {
      form: {
        required: true,
        content: {
          'multipart/form-data': {
            schema: { type: 'object', properties: { photo: { type: 'string', format: 'binary' } } },
            encoding: { photo: { contentType: 'image/png', headers: { 'X-Sum': { schema: TEXT } } } },
          },
        },
      },
    },
    responses: {
      thing: {
        description: 'The thing.',
        headers: { 'X-Total': { $ref: '#/components/headers/total' } },
        ...json({ $ref: '#/components/schemas/Thing' }),
        links: { again: { $ref: '#/components/links/again' } },
      },
    },
    pathItems: { made: { post: { requestBody: json({ $ref: '#/components/schemas/Thing' }), responses: { '2XX': { description: 'Got it.' } } } } },
    callbacks: { done: { '{$request.body#/url}': { $ref: '#/components/pathItems/made' } } },
    securitySchemes: {
      key: { type: 'apiKey', in: 'header', name: 'X-Key' },
      oauth: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: 'https://id.example.com/token', scopes: { read: 'Read.' } } } },
    },
  },
};

/** A document in which every kind of part stands that is compared, each once at least. */
export const wholeDocument = (): Json => structuredClone(WHOLE);
