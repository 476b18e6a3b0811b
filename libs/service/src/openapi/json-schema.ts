export type Json = null | boolean | number | string | Json[] | { [field: string]: Json };
export type Fields = { [field: string]: Json };

export const isFields = (value: Json | undefined): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Rewrites OpenAPI 3.0's own schema words into JSON Schema 2020-12, as 3.1 requires: `nullable`
 * becomes the type null.
 */
export function asDraft2020(value: Json): Json {
  if (Array.isArray(value)) return value.map(asDraft2020);
  if (!isFields(value)) return value;
  const { nullable, ...rest } = value;
  const fields = aboutItems(Object.fromEntries(Object.entries(rest).map(([name, held]) => [name, asDraft2020(held)])));
  return nullable === true ? orNull(fields) : fields;
}

const OF_TEXT_AND_NUMBERS = ['minLength', 'maxLength', 'pattern', 'format', 'minimum', 'maximum'];

/** Moves the rules of a list of texts to its items, where they belong. */
function aboutItems(schema: Fields): Fields {
  if (schema.type !== 'array' || !isFields(schema.items)) return schema;
  const moved = Object.entries(schema).filter(([name]) => OF_TEXT_AND_NUMBERS.includes(name));
  const kept = Object.entries(schema).filter(([name]) => !OF_TEXT_AND_NUMBERS.includes(name));
  return moved.length === 0 ? schema : { ...Object.fromEntries(kept), items: { ...schema.items, ...Object.fromEntries(moved) } };
}

function orNull(schema: Fields): Fields {
  if (typeof schema.type === 'string') return { ...schema, type: [schema.type, 'null'] };
  const { description, ...rest } = schema;
  return { ...(description === undefined ? {} : { description }), anyOf: [rest, { type: 'null' }] };
}

/** Every `$ref` in a part of a document. */
export const refsIn = (value: Json): string[] => {
  if (Array.isArray(value)) return value.flatMap(refsIn);
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([name, held]) => (name === '$ref' && typeof held === 'string' ? [held] : refsIn(held)));
};

/** Removes the components that no operation uses, and sorts the rest by name. */
export function withoutUnused(document: Json): Json {
  const { components, ...rest } = document as { components: Record<string, Fields> } & Fields;
  const reached = new Set<string>();
  const reach = (value: Json): void => {
    for (const ref of refsIn(value)) {
      if (reached.has(ref)) continue;
      reached.add(ref);
      const [, , kind, name] = ref.split('/');
      reach(components[kind]?.[name] ?? null);
    }
  };
  reach(rest);
  const kept = Object.entries(components).map(([kind, held]) => [
    kind,
    Object.fromEntries(
      Object.entries(held)
        .filter(([name]) => kind === 'securitySchemes' || reached.has(`#/components/${kind}/${name}`))
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  ]);
  return { ...rest, components: Object.fromEntries(kept.filter(([, held]) => Object.keys(held as object).length > 0)) as Fields };
}
