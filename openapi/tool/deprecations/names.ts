import { isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';
import type { ApiDocument } from '../read/document.js';

type Fields = Record<string, unknown>;

/** What may be deprecated of a document: operations by their ids, parameters of their queries, fields, and values of GraphQL's enums. */
export function namesOf(document: ApiDocument): Set<string> {
  return new Set(document.kind === 'GraphQL' ? fieldsOfTypes(document) : [...operationIds(document.root), ...fieldsOfSchemas(document.root)]);
}

/** Operations by their ids, and the parameters of their queries: `listDeals.query.limit`. */
function operationIds(root: Fields): string[] {
  const items = Object.values((root.paths ?? {}) as Record<string, Fields>);
  return items
    .flatMap(item => Object.values(item) as (Fields | null)[])
    .flatMap(operation => {
      const { operationId, parameters } = (operation ?? {}) as { operationId?: string; parameters?: { name?: string; in?: string }[] };
      if (!operationId) return [];
      return [operationId, ...(parameters ?? []).filter(one => one.in === 'query').map(({ name }) => `${operationId}.query.${name}`)];
    });
}

function fieldsOfSchemas({ components }: Fields): string[] {
  const schemas = Object.entries(((components as Fields | undefined)?.schemas ?? {}) as Record<string, Fields>);
  return schemas.flatMap(([schema, { properties }]) => Object.keys(properties ?? {}).map(field => `${schema}.${field}`));
}

function fieldsOfTypes({ schema }: ApiDocument & { kind: 'GraphQL' }): string[] {
  return Object.values(schema.getTypeMap())
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap(type => {
      if (isEnumType(type)) return type.getValues().map(value => `${type.name}.${value.name}`);
      return isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)
        ? Object.keys(type.getFields()).map(field => `${type.name}.${field}`)
        : [];
    });
}
