import { membersOf, type Declared } from '#canonical';
import type { Api } from './api.js';
import type { Deprecation } from './deprecation.js';

/** The deprecation of an operation: its own, or that of its whole version. */
export function deprecationOf({ deprecations, lifecycle, version }: Api, id: string): Deprecation | undefined {
  const own = deprecations.find(deprecation => deprecation.of === id);
  if (own || lifecycle.state !== 'deprecated') return own;
  const { since, sunset, successor } = lifecycle;
  return { of: id, since, sunset, successor, why: `Version ${version} is replaced by a newer one.` };
}

/** A parameter in the query of one operation: `listDeals.query.limit`, with the field as usage names it. */
const PARAMETER = /^(?<operation>\w+)\.query\.(?<parameter>\w+)$/;

/** Deprecated parameters of an operation's query, by their names. */
export const deprecatedParameters = ({ deprecations }: Pick<Api, 'deprecations'>, id: string): Map<string, Deprecation> =>
  new Map(
    deprecations.flatMap(deprecation => {
      const { operation, parameter } = PARAMETER.exec(deprecation.of)?.groups ?? {};
      return operation === id && parameter ? [[parameter, deprecation] as const] : [];
    }),
  );

/** Deprecated fields, as documents name them: the schema, and its member. */
export const deprecatedFields = ({
  deprecations,
  graphql,
}: Pick<Api, 'deprecations' | 'graphql'>): { schema: string; field: string; deprecation: Deprecation }[] =>
  deprecations
    .filter(({ of }) => of.includes('.') && (graphql || !PARAMETER.test(of)))
    .map(deprecation => {
      const [schema, field] = deprecation.of.split('.');
      return { schema, field, deprecation };
    });

/** How a document marks what is deprecated. */
export const markOf = ({ since, sunset, successor }: Deprecation): Record<string, unknown> => ({
  deprecated: true,
  'x-deprecated-since': since,
  'x-sunset': sunset,
  ...(successor ? { 'x-successor': successor } : {}),
});

/** The same as a sentence, for people. */
export const announced = ({ why, since, sunset, successor }: Deprecation): string =>
  `${why} Discouraged since ${since}, served until ${sunset}${successor ? `; use ${successor}` : ''}.`;

/** Deprecations of what a REST API does not have, each as a sentence. */
export function deprecationFaults(api: Api): string[] {
  const known = new Set([...Object.keys(api.operations), ...fieldNames(classesOf(api)), ...parameterNames(api)]);
  return api.deprecations.filter(({ of }) => !known.has(of)).map(({ of }) => `${of} is deprecated and is neither an operation nor a field`);
}

const parameterNames = ({ operations }: Api): string[] =>
  Object.values(operations).flatMap(({ id, query }) => (query ? membersOf(query).map(({ name }) => `${id}.query.${name}`) : []));

const fieldNames = (classes: Set<Declared>): string[] => [...classes].flatMap(type => membersOf(type).map(({ name }) => `${type.name}.${name}`));

/** Every class of an API's requests and answers, also the nested ones. */
function classesOf({ operations }: Api): Set<Declared> {
  const found = new Set<Declared>();
  const add = (type: Declared | undefined): void => {
    if (!type || found.has(type)) return;
    found.add(type);
    for (const member of membersOf(type)) if (typeof member.type === 'function') add(member.type());
  };
  for (const { params, query, body, answer, pageOf } of Object.values(operations)) [params, query, body, answer, pageOf].forEach(add);
  return found;
}
