import { isObject, own, Place, unescapeSegment, type JsonObject } from './places.js';

/** `3.0` is OpenAPI 3.0 and older; all else is JSON Schema 2020-12, as in OpenAPI 3.1 and events. */
export type Dialect = '3.0' | '2020-12';

/** One document: its places, each made once, and what its references lead to. */
export class SchemaDocument {
  readonly dialect: Dialect;
  readonly #root: Place;
  #places = 0;
  #anchors: Map<string, Place> | null = null;

  constructor(root: unknown) {
    const version = own(root, 'openapi');
    const old = own(root, 'swagger') !== undefined || (typeof version === 'string' && version.startsWith('3.0'));
    this.dialect = old ? '3.0' : '2020-12';
    this.#root = this.#place(root, null, '');
  }

  /** A schema that a pointer of the document leads to; one made on the way stands there by itself. */
  at(pointer: string, value: unknown): Place {
    const found = this.#walk(this.#root, pointer);
    if (found !== null && found.value === value) return found;
    return this.#place(value, null, pointer);
  }

  child(place: Place, ...segments: string[]): Place {
    let at = place.whole;
    let value = place.value;
    for (const segment of segments) {
      value = own(value, segment);
      at = at.known(segment) ?? at.keep(segment, this.#place(value, at, segment));
    }
    return at;
  }

  /** A part of a schema that is looked at alone; the same mark is the same part. */
  part(place: Place, mark: string, value: unknown, escapes = place.escapes): Place {
    const whole = place.whole;
    const key = `${place.part ?? ''}\u0000${mark}`;
    return whole.known(key) ?? whole.keep(key, new Place(++this.#places, value, whole, '', escapes, key.slice(1)));
  }

  /** Where a reference leads: a JSON Pointer, an anchor, or the `$id` of a schema in the document. */
  resolve(reference: string, from: Place): Place | null {
    const hash = reference.indexOf('#');
    const uri = hash < 0 ? reference : reference.slice(0, hash);
    const fragment = decoded(hash < 0 ? '' : reference.slice(hash + 1));
    if (fragment === null) return null;
    let resource: Place | null = this.#root;
    if (uri !== '') resource = this.#known.get(uri) ?? this.#known.get(relativeTo(uri, this.#resourceOf(from))) ?? null;
    else if (this.#known.size > 0 && this.#resourceOf(from) !== '') resource = this.#known.get(this.#resourceOf(from)) ?? resource;
    if (resource === null) return null;
    if (fragment === '' || fragment.startsWith('/')) return this.#walk(resource, fragment) ?? (uri === '' ? this.#walk(this.#root, fragment) : null);
    return this.#known.get(`#${fragment}`) ?? null;
  }

  /** The `$id` under which a place stands, as it was resolved; empty for the document itself. */
  #resourceOf(place: Place): string {
    for (let at: Place | null = place.whole; at !== null && at !== this.#root; at = at.parent) {
      const id = own(at.value, '$id');
      if (typeof id === 'string') return this.#known.has(id) ? id : '';
    }
    return '';
  }

  get #known(): Map<string, Place> {
    if (this.#anchors !== null) return this.#anchors;
    const anchors = new Map<string, Place>();
    this.#anchors = anchors;
    const rest: Place[] = [this.#root];
    const seen = new Set<unknown>();
    for (let place = rest.pop(); place !== undefined; place = rest.pop()) {
      const value = place.value;
      if (typeof value !== 'object' || value === null || seen.has(value)) continue;
      seen.add(value);
      for (const keyword of ['$anchor', '$dynamicAnchor']) {
        const name = own(value, keyword);
        if (typeof name === 'string' && !anchors.has(`#${name}`)) anchors.set(`#${name}`, place);
      }
      const id = own(value, '$id');
      if (typeof id === 'string' && !anchors.has(id)) anchors.set(id, place);
      for (const segment of Object.keys(value)) {
        const inner = (value as JsonObject)[segment];
        if (typeof inner === 'object' && inner !== null) rest.push(this.child(place, segment));
      }
    }
    return anchors;
  }

  #walk(from: Place, pointer: string): Place | null {
    if (pointer === '') return from;
    if (!pointer.startsWith('/')) return null;
    let place = from;
    for (const segment of pointer.slice(1).split('/').map(unescapeSegment)) {
      const value = place.value;
      const has = isObject(value) || (Array.isArray(value) && /^(0|[1-9]\d*)$/.test(segment));
      if (!has || !Object.hasOwn(value, segment)) return null;
      place = this.child(place, segment);
    }
    return place;
  }

  #place(value: unknown, parent: Place | null, segment: string): Place {
    return new Place(++this.#places, value, parent, segment);
  }
}

function decoded(fragment: string): string | null {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return null;
  }
}

function relativeTo(uri: string, base: string): string {
  return URL.canParse(uri, base) ? new URL(uri, base).href : uri;
}
