import { PROBLEM_KINDS, type ProblemKind } from '#canonical';
import { OLDER_HEADERS_UNTIL } from '#throttling';
import { PROBLEMS } from '../problems/problem-body.js';

const text = (description: string): object => ({ type: 'string', description });
const INTEGER = { type: 'integer', format: 'int32' };

const PROBLEM_SCHEMA = {
  type: 'object',
  description: 'RFC 9457 problem details.',
  required: ['type', 'title', 'status', 'detail', 'correlationId', 'retryable'],
  properties: {
    type: { type: 'string', enum: PROBLEM_KINDS.map(kind => `urn:throughline:problem:${kind}`) },
    title: text('What kind of problem it is.'),
    status: INTEGER,
    detail: text('What went wrong this time, for a person.'),
    code: text('Tells the cases of one kind apart; stable.'),
    correlationId: text('Give it to support: the log has everything under it.'),
    retryable: { type: 'boolean', description: 'Whether the same request may succeed later.' },
    retryAfterMs: { ...INTEGER, description: 'When to try again at the earliest.' },
    fields: { type: 'array', items: { $ref: '#/components/schemas/FieldFault' }, description: 'Every field that is not valid.' },
    vendor: { $ref: '#/components/schemas/VendorFault' },
    successor: text('Of what is gone: the path of what replaces it, behind the gateway.'),
  },
};

const FIELD_FAULT_SCHEMA = {
  type: 'object',
  required: ['field', 'rule', 'message'],
  properties: {
    field: text('Its path in the request: roles[0].amount.'),
    rule: text('The rule it breaks; stable.'),
    message: text('For a person.'),
    reference: text('What it refers to and is not there: payment-terms:Net 30.'),
  },
};

const VENDOR_FAULT_SCHEMA = {
  type: 'object',
  description: "The back end's own words, without secrets.",
  required: ['system', 'operation', 'code', 'message'],
  properties: { system: { type: 'string' }, operation: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } },
};

const responseName = (kind: ProblemKind): string => kind.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase());

const OLDER = { deprecated: true, 'x-deprecated-since': '2026-11-30', 'x-sunset': OLDER_HEADERS_UNTIL };

/** What every answer to an authenticated caller says of its plan. */
const PLAN_HEADERS = {
  'RateLimit-Policy': {
    description: "The limits of the caller's plan: draft-ietf-httpapi-ratelimit-headers-12.",
    schema: { type: 'string', maxLength: 500 },
    example: '"rate";q=600;w=60, "burst";q=60;w=1, "daily-quota";q=50000;w=86400, "concurrency";q=10;qu="concurrent-requests"',
  },
  RateLimit: {
    description: 'What is left of the window (r), and in how many seconds more is free (t).',
    schema: { type: 'string', maxLength: 100 },
    example: '"rate";r=412;t=17',
  },
  'RateLimit-Limit': { ...OLDER, description: 'Read RateLimit-Policy instead.', schema: INTEGER },
  'RateLimit-Remaining': { ...OLDER, description: 'Read RateLimit instead.', schema: INTEGER },
  'RateLimit-Reset': { ...OLDER, description: 'Read RateLimit instead.', schema: INTEGER },
};

const PLAN_HEADER_REFS = Object.fromEntries(Object.keys(PLAN_HEADERS).map(name => [name, { $ref: `#/components/headers/${name}` }]));

const HEADERS: Partial<Record<ProblemKind, object>> = {
  gone: { 'Retry-After': { description: 'Seconds until the brown-out ends; absent when it was retired.', schema: INTEGER } },
  'rate-limited': { 'Retry-After': { description: 'Seconds.', schema: INTEGER }, ...PLAN_HEADER_REFS },
  'vendor-unavailable': { 'Retry-After': { description: 'Seconds, when known.', schema: INTEGER } },
};

const MEDIA_TYPE = 'application/problem+json';

const responseOf = (kind: ProblemKind): object => ({
  description: `${PROBLEMS[kind].title}.`,
  ...(HEADERS[kind] ? { headers: HEADERS[kind] } : {}),
  content: { [MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
});

/** The components that every document may refer to. */
export const PROBLEM_COMPONENTS = {
  headers: PLAN_HEADERS,
  schemas: { Problem: PROBLEM_SCHEMA, FieldFault: FIELD_FAULT_SCHEMA, VendorFault: VENDOR_FAULT_SCHEMA },
  responses: {
    Problem: { description: 'Any other problem.', content: { [MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } } },
    ...Object.fromEntries(PROBLEM_KINDS.map(kind => [responseName(kind), responseOf(kind)])),
  },
  parameters: {
    CorrelationId: {
      name: 'X-Correlation-Id',
      in: 'header',
      required: false,
      description: 'Names the affair this call belongs to; answered back, made up when absent.',
      schema: { type: 'string', maxLength: 128 },
    },
    IdempotencyKey: {
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description: 'Sent again with the same request, it is answered as the first time and does nothing.',
      schema: { type: 'string', minLength: 1, maxLength: 200 },
    },
  },
};

interface Operation {
  parameters?: { in?: string; name?: string }[];
  responses?: Record<string, unknown>;
  requestBody?: unknown;
  'x-public'?: unknown;
}

/** Adds to an operation its possible problems and the headers that every operation understands. */
export function addProblems(path: string, method: string, operation: Operation, goesAway: boolean): void {
  const unsafe = method !== 'get';
  const takesInput = operation.requestBody !== undefined || (operation.parameters ?? []).length > 0;
  const conditional = operation.parameters?.some(({ in: place, name }) => place === 'header' && name?.toLowerCase() === 'if-match') === true;
  const kinds: ProblemKind[] = [
    ...(takesInput ? (['invalid'] as const) : []),
    ...(operation['x-public'] === undefined ? (['unauthenticated', 'forbidden'] as const) : []),
    ...(path.includes('{') ? (['not-found'] as const) : []),
    ...(goesAway ? (['gone'] as const) : []),
    ...(unsafe ? (['conflict', 'unprocessable'] as const) : []),
    ...(conditional ? (['precondition-failed'] as const) : []),
    'rate-limited',
    'internal',
    'vendor-unavailable',
  ];
  for (const kind of kinds) (operation.responses ??= {})[PROBLEMS[kind].status] ??= { $ref: `#/components/responses/${responseName(kind)}` };
  // others come from around the handler: 413 and 415 of a body, 504 of a deadline, 501 of a back end
  operation.responses!.default ??= { $ref: '#/components/responses/Problem' };
  describeAnswers(operation.responses ?? {}, operation['x-public'] === undefined ? PLAN_HEADER_REFS : {});
  const headers = ['CorrelationId', ...(unsafe ? ['IdempotencyKey'] : [])].map(name => ({ $ref: `#/components/parameters/${name}` }));
  operation.parameters = [...(operation.parameters ?? []), ...(headers as object[])];
}

const ANSWERS: Record<string, string> = {
  200: 'As asked.',
  201: 'Made.',
  202: 'Taken on; it goes on after this answer.',
  204: 'Done; there is nothing to say.',
};

function describeAnswers(responses: Record<string, unknown>, headers: object): void {
  for (const [status, response] of Object.entries(responses)) {
    const described = response as { description?: string; $ref?: string; headers?: object };
    if (described.$ref !== undefined) continue;
    if (Object.keys(headers).length > 0) described.headers = { ...described.headers, ...headers };
    if (!described.description) described.description = ANSWERS[status] ?? `Status ${status}.`;
  }
}
