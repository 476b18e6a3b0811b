import { flatten } from './flatten.js';
import { kindOf, Kinds, kindsOf, namesOf } from './kinds.js';
import { isObject, own, type Place } from './places.js';
import { SchemaDocument } from './schema-document.js';
import { canonical } from './words.js';

/** A choice of schemas that one place offers. */
export interface Choice {
  place: Place;
  kind: 'anyOf' | 'oneOf';
  branches: Place[];
}

/** How deep it is looked into choices of choices for whether null is among them. */
const DEEPEST_CHOICE = 12;

/** What several schemas allow together, every `$ref` followed and every `allOf` taken apart. */
export class View {
  readonly choices: readonly Choice[];
  /** Types that it allows, null left out, as bits of Kinds; choices are not looked into. */
  readonly kinds: number;
  /** Values by their canonical JSON, null left out, if only some values are allowed. */
  readonly values: ReadonlyMap<string, unknown> | null;
  #acceptsNull: boolean | null = null;

  constructor(
    readonly id: number,
    readonly views: Views,
    readonly sources: readonly Place[],
    /** References that lead nowhere: what they demand is not known. */
    readonly unresolved: readonly { reference: string; place: Place }[],
  ) {
    this.choices = sources.flatMap(source => choicesOf(views.document, source));
    const allowed = sources.reduce((kinds, source) => kinds & kindsOf(source.value), Kinds.any as number);
    this.values = valuesOf(sources, allowed);
    const values = this.values?.values();
    this.kinds = values === undefined ? allowed : [...values].reduce<number>((kinds, value) => kinds | kindOf(value), 0);
  }

  /** Where it stands: the first of its schemas, which a `$ref` led to. */
  get place(): Place {
    return this.sources[0];
  }

  /** Nothing at all is allowed. */
  get never(): boolean {
    return this.kinds === 0 && !this.acceptsNull;
  }

  /** The places that have a keyword, with what it says there. */
  with(keyword: string): { place: Place; value: unknown }[] {
    const found: { place: Place; value: unknown }[] = [];
    for (const place of this.sources) {
      const value = own(place.value, keyword);
      if (value !== undefined) found.push({ place, value });
    }
    return found;
  }

  /** The schemas that a keyword has at several places: all of them hold. */
  under(keyword: string): View | null {
    const places = this.with(keyword).map(({ place }) => this.views.document.child(place, keyword));
    return places.length === 0 ? null : this.views.of(places);
  }

  says(keyword: string, value: unknown): boolean {
    return this.sources.some(source => own(source.value, keyword) === value);
  }

  /** Where a keyword stands, or the whole of it if no schema has the keyword. */
  at(keyword: string): Place {
    const source = this.sources.find(place => own(place.value, keyword) !== undefined);
    if (source === undefined) return this.place;
    const written = own(source.whole.value, keyword) !== undefined;
    return written ? this.views.document.child(source, keyword) : source;
  }

  get acceptsNull(): boolean {
    return this.nullWithin(0);
  }

  /** The same, with null and all types but these left out. */
  only(kinds: number): View {
    const part = this.views.document.part(this.place, `only ${kinds}`, { type: namesOf(kinds) }, false);
    return this.views.of([...this.sources, part]);
  }

  /** Anything, where this stands: what a keyword allows that is not there. */
  get anything(): View {
    return this.views.of([this.views.document.part(this.place, 'anything', {}, false)]);
  }

  nullWithin(depth: number): boolean {
    if (this.#acceptsNull !== null) return this.#acceptsNull;
    if (depth > DEEPEST_CHOICE) return false;
    const accepts = this.sources.every(source => source.escapes || this.#nullAt(source, depth + 1));
    // What was found below the first level may be the answer to a shorter look than its own.
    if (depth === 0) this.#acceptsNull = accepts;
    return accepts;
  }

  #nullAt(source: Place, depth: number): boolean {
    const schema = source.value;
    if (!isObject(schema)) return schema !== false;
    if (!takesNull(schema)) return false;
    const { document } = this.views;
    const within = (keyword: string): boolean => this.views.of([document.child(source, keyword)]).nullWithin(depth);
    if (own(schema, 'not') !== undefined && within('not')) return false;
    if (own(schema, 'if') !== undefined) {
      const branch = within('if') ? 'then' : 'else';
      if (own(schema, branch) !== undefined && !within(branch)) return false;
    }
    return this.choices
      .filter(choice => choice.place === source)
      .every(({ kind, branches }) => {
        const taking = branches.filter(branch => this.views.of([branch]).nullWithin(depth)).length;
        return kind === 'oneOf' ? taking === 1 : taking > 0;
      });
  }
}

/** The views of one document, each made once. */
export class Views {
  readonly #bySources = new Map<string, View>();
  readonly #byPlace = new Map<number, View>();

  constructor(readonly document: SchemaDocument) {}

  /** What all of these places allow together. */
  of(places: readonly Place[]): View {
    const known = places.length === 1 ? this.#byPlace.get(places[0].id) : undefined;
    if (known !== undefined) return known;
    const { sources, unresolved } = flatten(this.document, places);
    const ids = [...new Set(sources.map(source => source.id))].sort((a, b) => a - b);
    const key = [...ids, '?', ...unresolved.map(({ reference }) => reference)].join(' ');
    let view = this.#bySources.get(key);
    if (view === undefined) {
      view = new View(this.#bySources.size, this, sources, unresolved);
      this.#bySources.set(key, view);
    }
    if (places.length === 1) this.#byPlace.set(places[0].id, view);
    return view;
  }
}

function choicesOf(document: SchemaDocument, place: Place): Choice[] {
  return (['anyOf', 'oneOf'] as const).flatMap(kind => {
    const list = own(place.value, kind);
    if (!Array.isArray(list) || list.length === 0) return [];
    return [{ place, kind, branches: list.map((_, index) => document.child(place, kind, String(index))) }];
  });
}

/** What a schema's `type`, `enum` and `const` say about null. */
function takesNull(schema: Record<string, unknown>): boolean {
  const { type, enum: values } = schema;
  if (typeof type === 'string' && type !== 'null') return false;
  if (Array.isArray(type) && !type.includes('null')) return false;
  if (Array.isArray(values) && !values.includes(null)) return false;
  return own(schema, 'const') === undefined || schema.const === null;
}

/** The values that every `enum` and `const` of some schemas allow, of the types they allow. */
function valuesOf(sources: readonly Place[], kinds: number): Map<string, unknown> | null {
  let allowed: Map<string, unknown> | null = null;
  for (const { value: schema } of sources) {
    const constant = own(schema, 'const');
    const list = own(schema, 'enum');
    for (const values of [constant === undefined ? null : [constant], Array.isArray(list) ? list : null]) {
      if (values === null) continue;
      const before: Map<string, unknown> | null = allowed;
      allowed = new Map<string, unknown>();
      for (const value of values) {
        const text = canonical(value);
        if ((kindOf(value) & kinds) !== 0 && (before === null || before.has(text))) allowed.set(text, value);
      }
    }
  }
  return allowed;
}
