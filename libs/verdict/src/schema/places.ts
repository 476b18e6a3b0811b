/** A schema where it stands in a document, or a part of it that a comparison looks at alone. */
export class Place {
  readonly #children = new Map<string, Place>();

  constructor(
    readonly id: number,
    readonly value: unknown,
    readonly parent: Place | null,
    readonly segment: string,
    /** Null is allowed whatever the schema says (`nullable` of OpenAPI 3.0, `anyOf` with null). */
    readonly escapes = false,
    /** What a part was made for; a part has the pointer of the whole. */
    readonly part: string | null = null,
  ) {}

  /** JSON Pointer; made when it is asked for, so that deep documents cost no long strings. */
  get pointer(): string {
    return pointerOf(this);
  }

  /** The place of this part is that of the whole. */
  get whole(): Place {
    return this.part === null || this.parent === null ? this : this.parent.whole;
  }

  known(segment: string): Place | undefined {
    return this.#children.get(segment);
  }

  keep(segment: string, child: Place): Place {
    this.#children.set(segment, child);
    return child;
  }
}

function pointerOf(inner: Place): string {
  const segments: string[] = [];
  for (let place: Place | null = inner.whole; place !== null; place = place.parent) {
    segments.push(place.parent === null ? place.segment : `/${escapeSegment(place.segment)}`);
  }
  return segments.reverse().join('');
}

function escapeSegment(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1');
}

export function unescapeSegment(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What an object itself holds under a name: a document's `constructor` is not that of a class. */
export function own(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as JsonObject)[name];
}
