export type Which = 'base' | 'revision';

/** A document that can't be compared: which of the two, where in it, and what is wrong there. */
export class DocumentError extends Error {
  constructor(
    readonly which: Which,
    readonly pointer: string,
    readonly problem: string,
  ) {
    super(`The ${which} can't be compared: ${pointer === '' ? 'the document' : pointer} ${problem}`);
    this.name = 'DocumentError';
  }
}

type Fields = Record<string, unknown>;

/** Where a value stands. */
interface Place {
  value: unknown;
  pointer: string;
}

/** RFC 6901: `~` and `/` within a token are escaped. */
export const escaped = (token: string | number): string => String(token).replaceAll('~', '~0').replaceAll('/', '~1');

const kindOf = (value: unknown): string => {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
};

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

const isReference = (value: unknown): value is Fields & { $ref: string } =>
  isFields(value) && Object.hasOwn(value, '$ref') && typeof value.$ref === 'string';

/** A reference may lead through another one, which leads through another one. People write one or two. */
const MOST_WITHIN = 500;

/** A parsed and bundled OpenAPI 3.0 or 3.1 document. */
export class OpenDocument {
  readonly root: Part;
  /** `3.0` or `3.1`. */
  readonly dialect: string;
  readonly #targets = new Map<string, Place>();

  constructor(
    readonly which: Which,
    readonly value: unknown,
  ) {
    if (!isFields(value)) throw new DocumentError(which, '', `has to be an object and is ${kindOf(value)}.`);
    const { openapi, swagger } = value;
    if (swagger !== undefined) throw new DocumentError(which, '/swagger', `says ${JSON.stringify(swagger)}: only OpenAPI 3.0 and 3.1 are compared.`);
    if (openapi === undefined) throw new DocumentError(which, '', 'is no OpenAPI document: it has no member `openapi`.');
    const dialect = typeof openapi === 'string' ? /^3\.[01](?=\.\d+)/.exec(openapi)?.[0] : undefined;
    if (!dialect) throw new DocumentError(which, '/openapi', `says ${JSON.stringify(openapi)}: only OpenAPI 3.0 and 3.1 are compared.`);
    this.dialect = dialect;
    this.root = new Part(this, value, '');
    this.root.need('info').fields();
  }

  /** The value at `pointer`, once every `$ref` that stands there is followed. */
  part(value: unknown, pointer: string): Part {
    if (!isReference(value)) return new Part(this, value, pointer);
    const { $ref: _, ...beside } = value;
    const target = this.#follow(value, pointer, new Set());
    return new Part(this, target.value, target.pointer, Object.keys(beside).length > 0 ? { value: beside, pointer } : undefined);
  }

  /** What stands at a pointer, as it is written; undefined where nothing does. */
  at(pointer: string): Part | undefined {
    let value: unknown = this.value;
    for (const token of tokensOf(pointer)) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return undefined;
      value = (value as Fields)[token];
    }
    return new Part(this, value, pointer);
  }

  #follow(from: unknown, at: string, followed: Set<string>): Place {
    let place: Place = { value: from, pointer: at };
    if (!isReference(from)) return place;
    if (followed.size > MOST_WITHIN) throw new DocumentError(this.which, at, 'is reached through too many references within references.');
    const chain = new Set(followed);
    while (isReference(place.value)) {
      const { $ref } = place.value;
      if (chain.has($ref)) throw new DocumentError(this.which, at, `refers to itself through \`${$ref}\`.`);
      chain.add($ref);
      place = this.#target($ref, place.pointer, chain);
    }
    return place;
  }

  #target($ref: string, from: string, followed: Set<string>): Place {
    const known = this.#targets.get($ref);
    if (known) return known;
    if ($ref !== '#' && !$ref.startsWith('#/')) {
      throw new DocumentError(this.which, from, `refers to \`${$ref}\`, which is outside of the document: bundle it first.`);
    }
    let place: Place = { value: this.value, pointer: '' };
    for (const token of tokensOf(pointerOf($ref))) {
      place = this.#follow(place.value, place.pointer, followed);
      if (typeof place.value !== 'object' || place.value === null || !Object.hasOwn(place.value, token)) {
        throw new DocumentError(this.which, from, `refers to \`${$ref}\`, which is not there.`);
      }
      place = { value: (place.value as Fields)[token], pointer: `${place.pointer}/${escaped(token)}` };
    }
    this.#targets.set($ref, place);
    return place;
  }
}

const tokensOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map(token => token.replaceAll('~1', '/').replaceAll('~0', '~'));

/** A fragment may be percent-encoded (RFC 6901, section 6); what can't be decoded is taken as written. */
function pointerOf($ref: string): string {
  const fragment = $ref.slice(1);
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

/** A value of a document with its place. What it holds is reached with every `$ref` followed. */
export class Part {
  constructor(
    readonly document: OpenDocument,
    readonly value: unknown,
    readonly pointer: string,
    /** What stands beside a `$ref`: it takes precedence over what the `$ref` leads to. */
    private readonly beside?: Place,
  ) {}

  fail(problem: string): never {
    throw new DocumentError(this.document.which, this.pointer, problem);
  }

  fields(): Fields {
    return isFields(this.value) ? this.value : this.fail(`has to be an object and is ${kindOf(this.value)}.`);
  }

  #holder(key: string): Place {
    if (isFields(this.beside?.value) && Object.hasOwn(this.beside.value, key)) return this.beside;
    return { value: this.fields(), pointer: this.pointer };
  }

  /** As it is written, a `$ref` not followed; undefined where it is not there. */
  raw(key: string): unknown {
    const holder = this.#holder(key).value as Fields;
    return Object.hasOwn(holder, key) ? holder[key] : undefined;
  }

  text(key: string): string | undefined {
    const value = this.raw(key);
    return typeof value === 'string' ? value : undefined;
  }

  pointerTo(key: string): string {
    return `${this.#holder(key).pointer}/${escaped(key)}`;
  }

  get(key: string): Part | undefined {
    const value = this.raw(key);
    return value === undefined ? undefined : this.document.part(value, this.pointerTo(key));
  }

  /**
   * What stands under `key`, or undefined where it can't be had. A schema's `$ref` may lead by means
   * that are the schemas' own (`$id`, `$anchor`), and an example's may be left to its readers.
   */
  tryGet(key: string): Part | undefined {
    if (!isFields(this.value)) return undefined;
    try {
      return this.get(key);
    } catch (error) {
      if (error instanceof DocumentError) return undefined;
      throw error;
    }
  }

  need(key: string): Part {
    return this.get(key) ?? this.fail(`needs a member \`${key}\`.`);
  }

  keys(): string[] {
    const own = Object.keys(this.fields());
    return isFields(this.beside?.value) ? [...new Set([...own, ...Object.keys(this.beside.value)])] : own;
  }

  /** The members of a map in which every name is free: a header may be called `x-total`. */
  entries(): [string, Part][] {
    return this.keys().map(key => [key, this.get(key)!]);
  }

  /** The members of a map that may be extended (paths, responses, callbacks, flows), without its extensions. */
  members(): [string, Part][] {
    return this.entries().filter(([key]) => !key.startsWith('x-'));
  }

  items(): Part[] {
    if (!Array.isArray(this.value)) return this.fail(`has to be a list and is ${kindOf(this.value)}.`);
    return this.value.map((value, at) => this.document.part(value, `${this.pointer}/${at}`));
  }
}

/** Members of two maps by their names, first those of the base. */
export function paired<T>(base: Map<string, T>, revision: Map<string, T>): [string, T | undefined, T | undefined][] {
  return [...new Set([...base.keys(), ...revision.keys()])].map(key => [key, base.get(key), revision.get(key)]);
}

/** The same for two parts, of which either may be missing. */
export const pairedEntries = (base: Part | undefined, revision: Part | undefined): [string, Part | undefined, Part | undefined][] =>
  paired(new Map(base?.entries()), new Map(revision?.entries()));

/** Equal as JSON: the order of members says nothing. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, at) => sameJson(item, b[at]));
  if (!isFields(a) || !isFields(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every(key => Object.hasOwn(b, key) && sameJson(a[key], b[key]));
}
