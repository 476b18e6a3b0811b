import { fieldsOf, isFields, listOf, type Fields, type Path } from './style-rule.js';

const METHODS = ['get', 'put', 'post', 'patch', 'delete', 'options', 'head', 'trace'];

/** Where a value travels: a parameter's place, the body of a request, or an answer. */
export type Place = 'path' | 'query' | 'header' | 'cookie' | 'body' | 'answer';

/** A schema of a document, with where it is written and where its values travel. */
export interface SchemaAt {
  schema: Fields;
  path: Path;
  places: Set<Place>;
  /** It is one of several members of an `allOf`, which together say what an object has. */
  member: boolean;
}

/** What follows `$ref` within a document. A reference to elsewhere leads nowhere. */
export function follow(document: Fields, value: unknown, path: Path): { value: Fields; path: Path } | undefined {
  const seen = new Set<string>();
  let [at, held] = [path, value];
  while (isFields(held) && typeof held.$ref === 'string') {
    if (!held.$ref.startsWith('#/') || seen.has(held.$ref)) return undefined;
    seen.add(held.$ref);
    at = held.$ref.slice(2).split('/').map(unescaped);
    held = at.reduce<unknown>((found, name) => fieldsOf(found)[name], document);
  }
  return isFields(held) ? { value: held, path: at } : undefined;
}

/** A part of a JSON pointer as the name that it stands for. */
export function unescaped(name: string): string {
  const plain = name.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}

/** Where the thing at a path through `$ref` is written. */
export function standing(document: Fields, path: Path): Path {
  let [at, held]: [Path, unknown] = [[], document];
  for (const part of path) {
    const written = follow(document, held, at);
    at = [...(written?.path ?? at), part];
    held = ((written?.value ?? held ?? {}) as Record<string | number, unknown>)[part];
  }
  return follow(document, held, at)?.path ?? at;
}

export const pointerOf = (path: Path): string => path.map(part => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

const ONE = ['items', 'additionalProperties', 'unevaluatedProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames'];
const MANY = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const NAMED = ['properties', 'patternProperties', 'dependentSchemas'];

const found = new WeakMap<Fields, SchemaAt[]>();

/** Every schema that an operation of the document uses, each once, wherever it is used. */
export function schemasOf(document: Fields): SchemaAt[] {
  const known = found.get(document);
  if (known) return known;
  const collection = new Collection(document);
  for (const [path, item] of Object.entries(fieldsOf(document.paths))) collection.addItem(item, ['paths', path]);
  found.set(document, collection.schemas);
  return collection.schemas;
}

class Collection {
  readonly #seen = new Map<Fields, SchemaAt>();

  constructor(private readonly document: Fields) {}

  get schemas(): SchemaAt[] {
    return [...this.#seen.values()];
  }

  addItem(written: unknown, at: Path): void {
    const item = follow(this.document, written, at);
    if (!item) return;
    this.#parameters(item.value.parameters, [...item.path, 'parameters']);
    for (const method of METHODS) if (isFields(item.value[method])) this.#operation(item.value[method], [...item.path, method]);
  }

  #operation(operation: Fields, at: Path): void {
    this.#parameters(operation.parameters, [...at, 'parameters']);
    const body = follow(this.document, operation.requestBody, [...at, 'requestBody']);
    if (body) this.#content(body.value, body.path, 'body');
    for (const [status, written] of Object.entries(fieldsOf(operation.responses))) {
      const answer = follow(this.document, written, [...at, 'responses', status]);
      if (!answer) continue;
      this.#content(answer.value, answer.path, 'answer');
      for (const [name, header] of Object.entries(fieldsOf(answer.value.headers))) {
        const held = follow(this.document, header, [...answer.path, 'headers', name]);
        if (held) this.#add(held.value.schema, [...held.path, 'schema'], 'answer');
      }
    }
  }

  #parameters(written: unknown, at: Path): void {
    listOf(written).forEach((one, index) => {
      const parameter = follow(this.document, one, [...at, index]);
      if (!parameter) return;
      const place = parameter.value.in as Place;
      this.#add(parameter.value.schema, [...parameter.path, 'schema'], place);
      this.#content(parameter.value, parameter.path, place);
    });
  }

  #content(holder: Fields, at: Path, place: Place): void {
    for (const [media, { schema }] of Object.entries(fieldsOf(holder.content)).map(([type, said]) => [type, fieldsOf(said)] as const))
      this.#add(schema, [...at, 'content', media, 'schema'], place);
  }

  #add(written: unknown, at: Path, place: Place, member = false): void {
    const held = follow(this.document, written, at);
    if (!held) return;
    const known = this.#seen.get(held.value);
    if (known) known.member ||= member;
    if (known?.places.has(place)) return;
    if (known) known.places.add(place);
    else this.#seen.set(held.value, { schema: held.value, path: held.path, places: new Set([place]), member });
    this.#below(held.value, held.path, place);
    // A reference may have fields beside it in 3.1: they are read as a schema of their own.
    if (isFields(written) && written.$ref !== undefined) this.#below(written, at, place);
  }

  #below(schema: Fields, at: Path, place: Place): void {
    for (const name of ONE) if (isFields(schema[name])) this.#add(schema[name], [...at, name], place);
    for (const name of MANY) {
      const members = listOf(schema[name]);
      const joined = name === 'allOf' && (members.length > 1 || schema.properties !== undefined);
      members.forEach((one, index) => this.#add(one, [...at, name, index], place, joined));
    }
    for (const name of NAMED) for (const [key, one] of Object.entries(fieldsOf(schema[name]))) this.#add(one, [...at, name, key], place);
  }
}

/** The types that a schema allows: OpenAPI 3.0 names one, 3.1 one or several. */
export const typesOf = ({ type }: Fields): unknown[] => (Array.isArray(type) ? type : [type]);

export const isInRequest = ({ places }: SchemaAt): boolean => [...places].some(place => place !== 'answer');

/** A declared field of an object. */
export interface FieldAt {
  name: string;
  schema: Fields;
  path: Path;
}

/** The declared fields of every object that an operation of the document uses. */
export const fieldsIn = (document: Fields): FieldAt[] =>
  schemasOf(document).flatMap(({ schema, path }) =>
    Object.entries(fieldsOf(schema.properties)).map(([name, held]) => ({ name, schema: fieldsOf(held), path: [...path, 'properties', name] })),
  );
