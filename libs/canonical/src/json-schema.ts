import { membersOf, type Declared, type Member } from './declared.js';

/** A schema of JSON Schema 2020-12, as OpenAPI 3.1 and AsyncAPI 3 have it. */
export type JsonSchema = Record<string, unknown>;

/**
 * The schemas of classes and of all that are nested in them, by their names, which refer to each
 * other under `at`. They describe what is published, so lists have no bound: that is for requests.
 */
export function schemasOf(types: Iterable<Declared>, at = '#/components/schemas/'): Record<string, JsonSchema> {
  const found = new Map<string, Declared>();
  const add = (type: Declared): void => {
    const known = found.get(type.name);
    if (known === type) return;
    if (known) throw new TypeError(`Two classes have the name ${type.name}, which is to be the name of one schema`);
    found.set(type.name, type);
    for (const member of membersOf(type)) if (typeof member.type === 'function') add(member.type());
  };
  for (const type of types) add(type);
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, type]) => [name, schemaOf(type, at)]));
}

function schemaOf(type: Declared, at: string): JsonSchema {
  const members = membersOf(type);
  const required = members.filter(member => member.required !== false).map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(members.map(member => [member.name, memberSchema(member, at)])),
    ...(required.length > 0 ? { required } : {}),
  };
}

function memberSchema({ name: _, required: __, isArray, items, nullable, type, ...rest }: Member, at: string): JsonSchema {
  const {
    description,
    example,
    maxItems: _most,
    ...rules
  } = rest as Omit<Member, 'name'> & { description?: string; example?: unknown; maxItems?: number };
  const about = { ...(description ? { description } : {}), ...(example === undefined ? {} : { examples: [example] }) };
  const ref = typeof type === 'function' ? { $ref: `${at}${type().name}` } : undefined;
  const one = ref ? (description && !isArray ? { allOf: [ref] } : ref) : { type, ...rules };
  const whole = isArray ? { type: 'array', items: items ?? one } : one;
  return { ...about, ...(nullable ? orNull(whole) : whole) };
}

const orNull = (schema: JsonSchema): JsonSchema =>
  typeof schema.type === 'string' ? { ...schema, type: [schema.type, 'null'] } : { anyOf: [schema, { type: 'null' }] };
