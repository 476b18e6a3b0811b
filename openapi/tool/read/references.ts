/** Values of these are data of the API's callers: what looks like a reference there is none. */
const DATA = new Set(['example', 'examples', 'default', 'const', 'enum']);

/** Keys below these are names that somebody chose: a property may be called `example`. */
const NAMES = new Set(
  (
    'properties patternProperties dependentSchemas definitions $defs schemas paths webhooks pathItems callbacks links ' +
    'securitySchemes parameters requestBodies responses headers channels messages operations'
  ).split(' '),
);

/** Every `$ref` of a document, in the order in which they stand. */
export function* referencesOf(value: unknown, names = false): Generator<string> {
  if (Array.isArray(value)) {
    for (const item of value) yield* referencesOf(item);
  } else if (typeof value === 'object' && value !== null) {
    if (!names && '$ref' in value && typeof value.$ref === 'string') yield value.$ref;
    for (const [key, part] of Object.entries(value)) {
      if (names || !DATA.has(key)) yield* referencesOf(part, !names && NAMES.has(key));
    }
  }
}

/** Whether a JSON pointer leads into data of the callers. */
export function isData(pointer: string): boolean {
  let names = false;
  for (const key of pointer.split('/').slice(1)) {
    if (!names && DATA.has(key)) return true;
    names = !names && NAMES.has(key);
  }
  return false;
}
