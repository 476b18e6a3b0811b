import { fieldsOf, finds, isFields, listOf, says, type Fields, type StyleRule } from './style-rule.js';

/**
 * The statuses of the table in `openapi/README.md`. `default` is the Problem of those that any
 * operation may answer.
 */
const STATUSES = [200, 201, 202, 204, 304, 400, 401, 403, 404, 409, 410, 412, 413, 414, 415, 422, 429, 500, 501, 503, 504, 'default'].map(String);

const LONGEST_SUMMARY = 100;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const PROBLEM_MEMBERS = ['type', 'title', 'status', 'detail'];

const takes = (operation: Fields, place: string, name: string): boolean =>
  listOf(operation.parameters)
    .map(fieldsOf)
    .some(one => one.in === place && String(one.name).toLowerCase() === name.toLowerCase());

/** What is said of an operation, its request and its answers. */
export const OPERATION_RULES = {
  'operation-ids-are-camel-case': {
    reason: 'The id is the name of the method in every generated client.',
    given: '#Operations',
    judge: says('operationId', /^[a-z][A-Za-z0-9]*$/, 'in camelCase'),
  },
  'access-is-stated': {
    reason: 'An operation that says nothing of access is open by accident: it asks for scopes, or says that it is public.',
    given: '#Operations',
    judge: finds(function* ({ security }) {
      if (security === undefined) yield { at: [], message: 'security names the scopes, or is empty for a public operation.' };
    }),
  },
  'public-has-a-reason': {
    reason: 'What needs no token is read by anybody, so somebody has to have thought about it.',
    given: '#Operations',
    judge: finds(function* (operation) {
      if (isOpen(operation.security) && !operation['x-public']) yield { at: [], message: 'x-public says why no token is needed.' };
    }),
  },
  'scopes-are-named': {
    reason: 'Any token at all is more than an operation should accept.',
    given: '#Operations',
    judge: finds(function* ({ security }) {
      for (const [index, requirement] of listOf(security).entries())
        for (const [scheme, scopes] of Object.entries(fieldsOf(requirement)))
          if (listOf(scopes).length === 0) yield { at: ['security', index, scheme], message: `${scheme} asks for at least one scope.` };
    }),
  },
  'summaries-are-there': {
    reason: 'Lists of operations show the summary, and nothing else.',
    given: '#Operations',
    judge: says('summary', /\S/, 'what the operation does, in a phrase'),
  },
  'summaries-are-phrases': {
    reason: 'A summary is a heading: it starts with a capital and has no full stop.',
    severity: 'warn',
    given: '#Operations',
    judge: finds(function* ({ summary }) {
      if (typeof summary === 'string' && summary !== '' && !/^[A-Z].*[^.\s]$/s.test(summary))
        yield { at: ['summary'], message: 'summary starts with a capital and ends without a full stop.' };
    }),
  },
  'summaries-are-short': {
    reason: 'Menus of a reference have one line; the rest belongs in the description.',
    severity: 'warn',
    given: '#Operations',
    judge: finds(function* ({ summary }) {
      const length = typeof summary === 'string' ? summary.length : 0;
      if (length > LONGEST_SUMMARY) yield { at: ['summary'], message: `summary has ${length} characters of at most ${LONGEST_SUMMARY}.` };
    }),
  },
  'reads-have-no-body': {
    reason: 'Proxies drop the body of a GET or DELETE, and caches do not see it.',
    given: '$.paths[*][get,delete]',
    judge: finds(function* ({ requestBody }) {
      if (requestBody !== undefined) yield { at: ['requestBody'], message: 'A GET or DELETE takes no body; POST a question.' };
    }),
  },
  'bodies-are-json': {
    reason: 'The door reads JSON and answers 415 to all else.',
    given: '#Operations.requestBody',
    judge: finds(function* ({ content }) {
      for (const media of Object.keys(fieldsOf(content)))
        if (!/^application\/(.+\+)?json$/.test(media)) yield { at: ['content', media], message: `${media} is not JSON.` };
    }),
  },
  'unsafe-requests-can-be-repeated': {
    reason: 'A caller whose answer got lost repeats the request by its key, and nothing happens twice.',
    given: '$.paths[*][put,post,patch,delete]',
    judge: finds(function* (operation) {
      if (!takes(operation, 'header', 'Idempotency-Key')) yield { at: [], message: 'The operation takes Idempotency-Key.' };
    }),
  },
  'requests-can-be-followed': {
    reason: 'One affair is found in the logs of every app by one id.',
    given: '#Operations',
    judge: finds(function* (operation) {
      if (!takes(operation, 'header', 'X-Correlation-Id')) yield { at: [], message: 'The operation takes X-Correlation-Id.' };
    }),
  },
  'statuses-are-of-the-table': {
    reason: 'Callers handle the statuses of the guide once, for every API.',
    given: '#Operations.responses',
    judge: finds(function* (responses) {
      for (const status of Object.keys(responses))
        if (!STATUSES.includes(status)) yield { at: [status], message: `${status} is not in the guide's table of statuses.` };
    }),
  },
  'answers-have-a-schema': {
    reason: 'An answer that is not described cannot be checked, and no client can be made of it.',
    given: '$.paths[*][get,put,post,patch,delete].responses[?(@property.match(/^2/) && @property !== "204" && @property !== "202")]',
    judge: finds(function* ({ content }) {
      const medias = Object.entries(fieldsOf(content));
      if (medias.length === 0) yield { at: [], message: 'What is answered is described by a schema.' };
      for (const [media, held] of medias)
        if (!isFields(fieldsOf(held).schema)) yield { at: ['content', media], message: 'What is answered is described by a schema.' };
    }),
  },
  'faults-are-problems': {
    reason: 'One reader of RFC 9457 problems serves every fault of every API.',
    given: '#Faults',
    judge: finds(function* ({ content }) {
      const schema = fieldsOf(fieldsOf(content)['application/problem+json']).schema;
      if (!isFields(schema)) yield { at: [], message: 'A fault is application/problem+json.' };
    }),
  },
  'problems-have-their-members': {
    reason: 'A reader of problems relies on type, title, status and detail.',
    given: '#Faults.content["application/problem+json"].schema',
    judge: finds(function* ({ required }) {
      const missing = PROBLEM_MEMBERS.filter(name => !listOf(required).includes(name));
      if (missing.length > 0) yield { at: [], message: `A problem always has ${missing.join(', ')}.` };
    }),
  },
  'deprecated-operations-have-an-end': {
    reason: 'A caller plans the change by the day on which the operation ends.',
    given: '#Operations',
    judge: finds(function* (operation) {
      if (operation.deprecated !== true) return;
      for (const field of ['x-deprecated-since', 'x-sunset'])
        if (!DAY.test(String(operation[field]))) yield { at: [], message: `${field} is a day, YYYY-MM-DD.` };
    }),
  },
} satisfies Record<string, StyleRule>;

/** Public as a whole, or by one alternative that asks for nothing. */
function isOpen(security: unknown): boolean {
  return Array.isArray(security) && (security.length === 0 || security.some(one => isFields(one) && Object.keys(one).length === 0));
}
