import { json, TEXT, type Json } from './cases/case.fixture.js';

/** The same numbers for the same seed (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Size {
  operations: number;
  seed: number;
  /** Schemas, of which bodies, answers and other schemas are made. */
  components?: number;
  /** The share of schemas, parameters and operations that differ from the document without a change. */
  changed?: number;
}

const ref = (kind: string, name: string): Json => ({ $ref: `#/components/${kind}/${name}` });

/** A document as a large firm's gateway has it: every operation with parameters, a body, several answers, all of shared components. */
export function largeDocument({ operations, seed, components = 500, changed = 0 }: Size): Json {
  const random = numbersFrom(seed);
  // What is changed is drawn apart, so that all else is as in the document without a change.
  const drawn = numbersFrom(seed + 1);
  const changes = (): boolean => drawn() < changed;
  const any = (): string => `Schema${Math.floor(random() * components)}`;

  const schemas = Object.fromEntries(
    Array.from({ length: components }, (_, at) => {
      const length = 10 + Math.floor(random() * 90);
      // As in real documents most schemas are leaves, others hold a few leaves, and some hold themselves.
      const leaf = (): Json => ref('schemas', `Schema${Math.floor((random() * components) / 2)}`);
      const inner = { parent: leaf(), parts: leaf(), self: random() < 0.1 };
      const properties = {
        id: { type: 'string', maxLength: changes() ? length - 1 : length },
        state: { type: 'string', enum: changes() ? ['open', 'closed', 'lost'] : ['open', 'closed'] },
        amount: { type: 'object', properties: { value: TEXT, currency: { type: 'string', pattern: '^[A-Z]{3}$' } }, required: ['value'] },
        ...(at > components / 2 ? { parent: inner.parent, parts: { type: 'array', items: inner.parts } } : {}),
        ...(inner.self ? { children: { type: 'array', items: ref('schemas', `Schema${at}`) } } : {}),
        ...(changes() ? { added: TEXT } : {}),
      };
      return [`Schema${at}`, { type: 'object', properties, required: changes() ? ['id'] : ['id', 'state'] }];
    }),
  );
  const parameters = Object.fromEntries(
    Array.from({ length: 20 }, (_, at) => [`Parameter${at}`, { name: `p${at}`, in: at % 2 ? 'query' : 'header', required: changes(), schema: TEXT }]),
  );
  const paths: Record<string, Json> = {};
  for (let at = 0; at < operations; at++) {
    const path = `/things-${Math.floor(at / 2)}/{id}`;
    const parameter = ref('parameters', `Parameter${Math.floor(random() * 20)}`);
    const operation = {
      operationId: `operation${at}`,
      parameters: [parameter, { name: 'limit', in: 'query', schema: { type: 'integer', maximum: changes() ? 100 : 200 } }],
      requestBody: { required: true, ...json(ref('schemas', any())) },
      responses: {
        [changes() ? 202 : 200]: { description: 'As asked.', ...json(ref('schemas', any())) },
        404: ref('responses', 'Problem'),
        default: ref('responses', 'Problem'),
      },
      security: [{ oauth: changes() ? ['read', 'write'] : ['read'] }],
    };
    if (changes()) continue;
    paths[path] ??= { parameters: [{ name: 'id', in: 'path', required: true, schema: TEXT }] };
    paths[path][at % 2 ? 'put' : 'post'] = operation;
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Everything', version: '1.0.0' },
    paths,
    components: {
      schemas,
      parameters,
      responses: { Problem: { description: 'A fault.', ...json({ type: 'object', properties: { title: TEXT } }, 'application/problem+json') } },
      securitySchemes: {
        oauth: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: 'https://id.example.com', scopes: { read: '', write: '' } } } },
      },
    },
  };
}
