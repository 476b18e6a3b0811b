import { typesOf } from './schemas.js';
import { fieldsOf, finds, listOf, type Fields, type StyleRule } from './style-rule.js';

/** How many items a page has at most. */
const LARGEST_PAGE = 200;

const answerOf = (operation: Fields): Fields =>
  fieldsOf(fieldsOf(fieldsOf(fieldsOf(fieldsOf(operation.responses)['200']).content)['application/json']).schema);

const isPage = (schema: Fields): boolean => {
  const { items, nextCursor } = fieldsOf(schema.properties);
  return items !== undefined && nextCursor !== undefined;
};

const AT_ANSWER = ['responses', '200', 'content', 'application/json', 'schema'];

const queryOf = (operation: Fields, name: string): Fields | undefined =>
  listOf(operation.parameters)
    .map(fieldsOf)
    .find(one => one.in === 'query' && one.name === name);

/** How lists are asked for and answered. */
export const LIST_RULES = {
  'lists-are-pages': {
    reason: 'A bare array cannot grow a cursor, so the list that grows breaks its callers.',
    given: '#Operations',
    judge: finds(function* (operation) {
      if (typesOf(answerOf(operation)).includes('array')) yield { at: AT_ANSWER, message: 'A list is answered as { items, nextCursor }.' };
    }),
  },
  'pages-are-asked-by-cursor-and-limit': {
    reason: 'Every list is walked by the same loop.',
    given: '$.paths[*].get',
    judge: finds(function* (operation) {
      if (!isPage(answerOf(operation))) return;
      const missing = ['cursor', 'limit'].filter(name => !queryOf(operation, name));
      if (missing.length > 0) yield { at: [], message: `A list takes ${missing.join(' and ')}.` };
    }),
  },
  'limits-are-bounded': {
    reason: 'One caller cannot ask for a page that takes the memory of all others.',
    given: ['$.paths[*].parameters[?(@ && @.name === "limit")]', '#Operations.parameters[?(@ && @.name === "limit")]'],
    judge: finds(function* ({ schema }) {
      const { maximum, default: unsaid } = fieldsOf(schema);
      if (!(Number(maximum) <= LARGEST_PAGE)) yield { at: ['schema'], message: `limit has a maximum of at most ${LARGEST_PAGE}.` };
      else if (unsaid === undefined) yield { at: ['schema'], message: 'limit says its default.' };
    }),
  },
  'pages-are-bounded': {
    reason: 'A reader sizes its memory by the largest page.',
    given: '#Operations',
    judge: finds(function* (operation) {
      const answer = answerOf(operation);
      if (!isPage(answer)) return;
      const { maxItems } = fieldsOf(fieldsOf(answer.properties).items);
      if (!(Number(maxItems) <= LARGEST_PAGE))
        yield { at: [...AT_ANSWER, 'properties', 'items'], message: `The items of a page are at most ${LARGEST_PAGE}.` };
    }),
  },
} satisfies Record<string, StyleRule>;
