import { isFields, refsIn, type Fields, type Json } from './json-schema.js';

/** How long a parameter in a path may be. A longer one is 414, before any operation. */
export const LONGEST_PATH_PARAMETER = 200;

const BOUNDS = ['maxLength', 'pattern', 'enum', 'format'];

/** States the router's bound for parameters in paths that have none of their own. */
export function boundPathParameters(parameters: { in?: string; schema?: object }[]): void {
  for (const parameter of parameters) {
    const schema = (parameter.schema ?? {}) as Fields;
    const isText = parameter.in === 'path' && schema.type === 'string';
    if (isText && !BOUNDS.some(name => name in schema)) parameter.schema = { ...schema, maxLength: LONGEST_PATH_PARAMETER };
  }
}

/**
 * States for components that only requests use that other fields are refused, as the door does; of
 * those that only answers use, removes how long lists may be: the door checks that of requests.
 */
export function asTheDoorReads(document: Json): Json {
  const { paths, components } = document as { paths: Fields; components: Record<string, Fields> };
  const operations = Object.values(paths).flatMap(item => Object.values(item as Fields).filter(isFields));
  const asked = reachedFrom(
    operations.map(({ requestBody, parameters }) => [requestBody ?? null, parameters ?? null]),
    components,
  );
  const answered = reachedFrom(
    operations.map(({ responses }) => responses ?? null),
    components,
  );
  const schemas = Object.entries(components.schemas ?? {}).map(([name, schema]) => {
    if (!asked.has(name)) return [name, withoutListBounds(schema as Fields)];
    return [name, answered.has(name) ? schema : strict(schema as Fields)];
  });
  return { ...(document as Fields), components: { ...components, schemas: Object.fromEntries(schemas) as Fields } };
}

/** The names of the schemas that a part of the document refers to, and those refer to. */
function reachedFrom(part: Json, components: Record<string, Fields>): Set<string> {
  const schemas = new Set<string>();
  const seen = new Set<string>();
  const reach = (value: Json): void => {
    for (const ref of refsIn(value)) {
      if (seen.has(ref)) continue;
      seen.add(ref);
      const [, , kind, name] = ref.split('/');
      if (kind === 'schemas') schemas.add(name);
      reach(components[kind]?.[name] ?? null);
    }
  };
  reach(part);
  return schemas;
}

const strict = (schema: Fields): Fields => (isFields(schema.properties) ? { additionalProperties: false, ...schema } : schema);

const isPage = ({ properties }: Fields): boolean => isFields(properties) && 'items' in properties && 'nextCursor' in properties;

function withoutListBounds(schema: Fields): Fields {
  if (!isFields(schema.properties) || isPage(schema)) return schema;
  const properties = Object.entries(schema.properties).map(([name, field]) => {
    const { maxItems: _, ...rest } = field as Fields;
    return [name, rest];
  });
  return { ...schema, properties: Object.fromEntries(properties) as Fields };
}
