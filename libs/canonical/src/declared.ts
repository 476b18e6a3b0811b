/** A class whose members the decorators of this library declare. */
export type Declared = abstract new () => object;

const NAMES = 'swagger/apiModelPropertiesArray';
const MEMBER = 'swagger/apiModelProperties';

/** What a decorator says of a member. */
export interface Member {
  name: string;
  /** A kind of JSON, or what returns the nested class. */
  type?: string | (() => Declared);
  isArray?: boolean;
  /** Of a list of enumerated texts, whose own type is `array`. */
  items?: { type?: string };
  required?: boolean;
  nullable?: boolean;
  minimum?: number;
  maximum?: number;
  'x-sensitive'?: string;
}

/** The members of a class as the OpenAPI document publishes them. */
export function membersOf({ prototype }: Declared): Member[] {
  const names = (Reflect.getMetadata(NAMES, prototype as object) as string[] | undefined) ?? [];
  return names.map(marked => {
    const name = marked.slice(1);
    return { ...(Reflect.getMetadata(MEMBER, prototype as object, name) as Omit<Member, 'name'>), name };
  });
}

/** Where a value is not as declared, and how: `.outcomes[3].externalId` `is missing`. */
export interface Misfit {
  at: string;
  is: string;
}

/** Finds the first misfit of a value. */
export type Fit = (value: unknown) => Misfit | undefined;

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

const KINDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: value => typeof value === 'string',
  boolean: value => typeof value === 'boolean',
  integer: Number.isInteger,
  number: Number.isFinite,
  object: isFields,
};

const fits = new WeakMap<Declared, Fit>();

/**
 * The check whether a value has the members that a class declares: required ones are there, each is
 * of its kind, and numbers are within their bounds. Texts are not read: patterns and enumerations
 * may grow in an app that is released before its callers. It is made once per class, and its time
 * is linear in the value's size.
 */
export function fitOf(type: Declared): Fit {
  const known = fits.get(type);
  if (known) return known;
  const fit = objectOf(membersOf(type).map(member => ({ name: member.name, required: member.required !== false, fit: memberFit(member) })));
  fits.set(type, fit);
  return fit;
}

export function objectOf(members: { name: string; required: boolean; fit: Fit }[]): Fit {
  return value => {
    if (!isFields(value)) return { at: '', is: 'is not an object' };
    for (const { name, required, fit } of members) {
      const held = value[name];
      if (!required && (held === undefined || held === null)) continue;
      const misfit = held === undefined ? { at: '', is: 'is missing' } : fit(held);
      if (misfit) return { at: `.${name}${misfit.at}`, is: misfit.is };
    }
    return undefined;
  };
}

export function listOf(fit: Fit): Fit {
  return value => {
    if (!Array.isArray(value)) return { at: '', is: 'is not an array' };
    for (let i = 0; i < value.length; i++) {
      const misfit = fit(value[i]);
      if (misfit) return { at: `[${i}]${misfit.at}`, is: misfit.is };
    }
    return undefined;
  };
}

function memberFit({ type, isArray, items, nullable, minimum = -Infinity, maximum = Infinity }: Member): Fit {
  const one = typeof type === 'function' ? nestedFit(type) : kindFit(items?.type ?? type ?? '', minimum, maximum);
  const fit = isArray ? listOf(one) : one;
  return nullable ? value => (value === null ? undefined : fit(value)) : fit;
}

/** Looks the class up when it is needed first: a class may be declared later, or contain itself. */
function nestedFit(type: () => Declared): Fit {
  let fit: Fit | undefined;
  return value => (fit ??= fitOf(type()))(value);
}

function kindFit(kind: string, minimum: number, maximum: number): Fit {
  const isOfKind = KINDS[kind];
  if (!isOfKind) throw new TypeError(`No value can be checked to be of the kind "${kind}".`);
  const no = { at: '', is: `is not of the kind ${kind}` };
  const outside = { at: '', is: `is not from ${minimum} to ${maximum}` };
  return value => {
    if (!isOfKind(value)) return no;
    return typeof value === 'number' && (value < minimum || value > maximum) ? outside : undefined;
  };
}
