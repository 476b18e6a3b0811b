import { announced, deprecatedFields, deprecatedParameters, deprecationOf, markOf, type Api, type Deprecation } from '#apis';

interface Described {
  description?: string;
}

interface DocumentedOperation extends Described {
  operationId?: string;
  parameters?: (Described & { name?: string; in?: string })[];
}

type Schemas = Record<string, { properties?: Record<string, Described> }>;

/**
 * Marks in a document what its API deprecates; the fields of a GraphQL API are in its schema. Throws for a field that the document does not have:
 * nobody would learn that it goes away.
 */
export function markDeprecated(api: Api, operations: DocumentedOperation[], schemas: Schemas): void {
  for (const operation of operations) {
    const deprecation = deprecationOf(api, operation.operationId ?? '');
    if (deprecation) mark(operation, deprecation);
    for (const [name, ofParameter] of deprecatedParameters(api, operation.operationId ?? '')) {
      const parameter = operation.parameters?.find(one => one.name === name && one.in === 'query');
      if (!parameter) throw new Error(`${api.app} v${api.version} has no parameter ${ofParameter.of} to deprecate`);
      mark(parameter, ofParameter);
    }
  }
  for (const { schema, field, deprecation } of api.graphql ? [] : deprecatedFields(api)) {
    const property = schemas[schema]?.properties?.[field];
    const places = [...(property ? [property] : []), ...parametersOf(api, operations, schema).filter(({ name }) => name === field)];
    if (places.length === 0) throw new Error(`${api.app} v${api.version} has no field ${deprecation.of} to deprecate`);
    for (const place of places) mark(place, deprecation);
  }
}

/** The members of a query's or path's class are parameters in the document, and no schema. */
const parametersOf = (api: Api, operations: DocumentedOperation[], name: string) =>
  operations
    .filter(({ operationId }) =>
      [api.operations[operationId ?? '']?.query, api.operations[operationId ?? '']?.params].some(type => type?.name === name),
    )
    .flatMap(({ parameters }) => parameters ?? []);

const mark = (place: Described, deprecation: Deprecation): void => {
  const description = [place.description, `Deprecated: ${announced(deprecation)}`].filter(Boolean).join(' ');
  Object.assign(place, markOf(deprecation), { description });
};
