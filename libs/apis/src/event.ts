import { PartialType } from '@nestjs/swagger';
import { Flag, Nested, Text, type Changed } from '#canonical';
import type { Shape } from './operation.js';

/** What a type of event says. */
export interface EventDeclaration<Data extends object = object> {
  /** What happened. */
  readonly summary: string;
  /** What its key is the id of: events of one key are read in their order. */
  readonly key: string;
  readonly data: Shape<Data>;
  /** The apps that publish it, each its own. */
  readonly publishers: readonly string[];
}

export type EventDeclarations = Readonly<Record<string, EventDeclaration>>;

/** The data of each type: what the log, publishers and subscribers are typed by. */
export type DataOf<E extends EventDeclarations> = { [Type in keyof E]: E[Type] extends EventDeclaration<infer Data> ? Data : never };

type Said<E> = { [Type in keyof E]: E[Type] extends Omit<EventDeclaration<infer Data>, 'publishers'> ? EventDeclaration<Data> : never };

/** The types of event that these apps publish. Types end in `.v1` and are never rewritten, since the log keeps them. */
export const defineEvents = <E extends Record<`${string}.v${number}`, Omit<EventDeclaration, 'publishers'>>>(
  publishers: readonly string[],
  said: E,
): Said<E> => Object.fromEntries(Object.entries(said).map(([type, one]) => [type, { ...one, publishers }])) as Said<E>;

const changes = new Map<Shape, Shape>();

/**
 * The class of a noun's change: its new whole state, the names of the attributes that changed, and
 * their former values.
 */
export function changed<T extends object>(noun: Shape<T>): Shape<Changed<T>> {
  const known = changes.get(noun) as Shape<Changed<T>> | undefined;
  if (known) return known;
  class Former extends PartialType(noun as new () => object) {}
  class NounChanged {
    @Nested(() => noun, { description: 'Its whole state; of a deleted one the last.' }) state: T;
    @Text({ list: true, max: 80, description: 'The attributes that changed; none of a new one.' }) changed: string[];
    @Nested(() => Former, { optional: true, description: 'The former values of these attributes.' }) previous?: Partial<T>;
    @Flag({ optional: true, description: 'It is no longer there.' }) deleted?: boolean;
  }
  named(Former, `Former${noun.name}`);
  named(NounChanged, `${noun.name}Changed`);
  changes.set(noun, NounChanged);
  return NounChanged;
}

const named = (type: Shape, name: string): void => void Object.defineProperty(type, 'name', { value: name });
