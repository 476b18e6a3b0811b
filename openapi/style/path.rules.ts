import { fieldsOf, finds, type Fault, type Fields, type StyleRule } from './style-rule.js';

const KEBAB = /^(\/([a-z][a-z0-9]*(-[a-z0-9]+)*|\{[^}]+\}))+$/;
const CAMEL = /^[a-z][A-Za-z0-9]*$/;
/** A noun of which the plural has another form, `data` of datum. */
const PLURAL = /(s|data|people)$/;
const VERB = /^(get|list|fetch|find|search|create|make|add|update|set|change|delete|remove|do|run|execute|process)(-|$)/;

const everyPath = (fault: (path: string) => string | undefined) =>
  finds(function* ({ paths }): Iterable<Fault> {
    for (const path of Object.keys(fieldsOf(paths))) {
      const message = fault(path);
      if (message) yield { at: ['paths', path], message };
    }
  });

const segmentsOf = (path: string): string[] => path.split('/').slice(1);
const isParameter = (segment: string): boolean => segment.startsWith('{');

/** How paths and parameters are named. */
export const PATH_RULES = {
  'paths-are-kebab-case': {
    reason: 'Paths are the same in every log, proxy and case-blind file system when they have no capitals and no underscores.',
    given: '$',
    resolved: false,
    judge: everyPath(path => (KEBAB.test(path) ? undefined : `${path} is of kebab-case segments, without an end slash.`)),
  },
  'collections-are-plural': {
    reason: 'One of many is found under the name of the many, so that a reader guesses the list from the item.',
    given: '$',
    resolved: false,
    judge: everyPath(path => {
      const segments = segmentsOf(path);
      const singular = segments.find((segment, at) => !isParameter(segment) && isParameter(segments[at + 1] ?? '') && !PLURAL.test(segment));
      return singular && `${singular} of ${path} holds several, and is named in the plural.`;
    }),
  },
  'paths-are-nouns': {
    reason: 'The method is the verb: a verb in the path is a second one, and callers have to learn each.',
    given: '$',
    resolved: false,
    judge: everyPath(path => {
      const verb = segmentsOf(path).find(segment => VERB.test(segment));
      return verb && `${verb} of ${path} is a verb; what is done to a record is a sub-resource of it.`;
    }),
  },
  'parameters-are-camel-case': {
    reason: 'A filter is named like the field that it is about, so that nobody looks up both.',
    given: ['$.paths[*].parameters[*]', '#Operations.parameters[*]'],
    judge: finds(function* ({ in: place, name }: Fields) {
      if ((place === 'path' || place === 'query') && !CAMEL.test(String(name)))
        yield { at: ['name'], message: `The parameter ${String(name)} is in camelCase.` };
    }),
  },
} satisfies Record<string, StyleRule>;
