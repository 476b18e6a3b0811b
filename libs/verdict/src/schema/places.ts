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
    const segments: string[] = [];
    let place: Place | null = this;
    while (place !== null) {
      if (place.part === null && (place.parent !== null || place.segment !== ''))
        segments.push(place.parent ? `/${escapeSegment(place.segment)}` : place.segment);
      place = place.parent;
    }
    return segments.reverse().join('');
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

export function escapeSegment(segment: string): string {
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
