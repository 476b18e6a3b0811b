import type { CanonicalEvent, EventData, EventType, MessageCode } from '#apis';

/** The names in braces, in their order. */
type Names<Pattern extends string> = Pattern extends `${string}{${infer Name}}${infer Rest}` ? [Name, ...Names<Rest>] : [];
type LastName<Pattern extends string> = Names<Pattern> extends [...string[], infer Last] ? Last : never;

type PartsOf<Pattern extends string, Last extends string> = { [Name in Names<Pattern>[number]]: Name extends LastName<Pattern> ? Last : string };
type Given<All extends string[], Last extends string> = All extends [string, ...infer Rest extends string[]]
  ? [Rest['length'] extends 0 ? (string extends Last ? string | number : Last) : string, ...Given<Rest, Last>]
  : [];

interface Declared<Pattern extends string, Last extends string> {
  /**
   * The sentence that says how the need is met. Where the last part says what is missing, one
   * sentence for each of its values.
   */
  cure: MessageCode | Readonly<Record<Last, MessageCode>>;
  /**
   * Events that may meet the need. A false "yes" is harmless: the oldest exception of the group
   * tries first, and when it fails again the others go on waiting.
   */
  metBy?: { [T in EventType]?: (data: EventData[T], parts: PartsOf<Pattern, Last>) => boolean };
  /** Only another try can show whether the need is met: no rule computes it. */
  tried?: true;
}

/**
 * A kind of thing that work waits for. Called with its parts, it returns the need: one string,
 * which equal needs share and exceptions store.
 */
export interface NeedKind<Pattern extends string = string, Last extends string = string> extends Declared<Pattern, Last> {
  (...parts: Given<Names<Pattern>, Last>): string;
  readonly pattern: Pattern;
  /** The beginning of every need of the kind. */
  readonly prefix: string;
  /** The parts of a need of this kind; undefined for any other. */
  read(need: string): PartsOf<Pattern, Last> | undefined;
  is(need: string): boolean;
}

/** A kind of need with any parts. */
export interface AnyNeedKind {
  readonly pattern: string;
  readonly prefix: string;
  readonly cure: MessageCode | Readonly<Record<string, MessageCode>>;
  readonly metBy?: Partial<Record<EventType, (data: never, parts: never) => boolean>>;
  readonly tried?: true;
  read(need: string): Record<string, string> | undefined;
  is(need: string): boolean;
}

const NAME = /\{([^}]+)\}/;
const escaped = (literal: string): string => literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * Declares a kind of need by the pattern of its strings: `rate:{legalEntity}:{role}:{currency}`.
 * The last part takes the rest, including colons. Exceptions store these strings, so a pattern
 * never changes.
 */
export function defineNeed<const Pattern extends string, Last extends string = string>(
  pattern: Pattern,
  declared: Declared<Pattern, Last>,
): NeedKind<Pattern, Last> {
  const pieces = pattern.split(NAME);
  const literals = pieces.filter((_, at) => at % 2 === 0);
  const names = pieces.filter((_, at) => at % 2 === 1);
  const part = (at: number) => (at === names.length - 1 ? '(.*)' : '([^:]*)');
  const shape = new RegExp(`^${literals.map((literal, at) => escaped(literal) + (at < names.length ? part(at) : '')).join('')}$`, 's');
  const read = (need: string) => {
    const found = shape.exec(need);
    const { cure } = declared;
    if (!found || (typeof cure !== 'string' && !(found.at(-1)! in cure))) return undefined;
    return Object.fromEntries(names.map((name, at) => [name, found[at + 1]])) as PartsOf<Pattern, Last>;
  };
  const of = (...parts: Given<Names<Pattern>, Last>) =>
    literals.map((literal, at) => literal + (at < names.length ? String(parts[at]) : '')).join('');
  return Object.assign(of, { ...declared, pattern, prefix: literals[0], read, is: (need: string) => read(need) !== undefined });
}

type Met = (data: unknown, parts: Record<string, string>) => boolean;

/** Whether an event may meet a need of one of these kinds. */
export function mayBeMetBy({ type, data }: Pick<CanonicalEvent, 'type' | 'data'>, kinds: readonly AnyNeedKind[]): (need: string) => boolean {
  const readers = kinds.flatMap(kind => {
    const met = kind.metBy?.[type] as Met | undefined;
    return met ? [{ kind, met }] : [];
  });
  return need =>
    readers.some(({ kind, met }) => {
      const parts = kind.read(need);
      return parts !== undefined && met(data, parts);
    });
}
