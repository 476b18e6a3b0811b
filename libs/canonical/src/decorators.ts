import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { isCurrency } from './currency.js';
import { dayExists } from './record-fault.js';
import { cleanJson } from './text.js';

/** Options of every field. `list` makes it an array of the kind; `optional` lets it be absent. */
export interface FieldOptions {
  description?: string;
  optional?: boolean;
  /** Always there, and null where there is nothing to say. */
  nullable?: boolean;
  list?: boolean;
  /** How many a list may have; 1,000 if not said. */
  most?: number;
  /** Seen only with this field right (`worker.cost-rate`); published as `x-sensitive`. */
  sensitive?: string;
  example?: unknown;
}

const DECIMAL = /^-?\d{1,15}(\.\d{1,6})?$/;
const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$/;

function field(options: FieldOptions, property: ApiPropertyOptions, ...rules: PropertyDecorator[]): PropertyDecorator {
  const { description, optional = false, nullable = false, list = false, most = 1000, sensitive, example } = options;
  return applyDecorators(
    ApiProperty({
      ...property,
      required: !optional,
      ...(list ? { isArray: true, maxItems: most } : {}),
      ...(nullable ? { nullable: true } : {}),
      ...(description ? { description } : {}),
      ...(example === undefined ? {} : { example }),
      ...(sensitive ? { 'x-sensitive': sensitive } : {}),
    } as ApiPropertyOptions),
    ...(optional ? [IsOptional()] : []),
    ...(nullable ? [ValidateIf((_, value) => value !== null)] : []),
    ...(list ? [IsArray(), ArrayMaxSize(most)] : []),
    ...rules,
  );
}

const each = (options: FieldOptions) => ({ each: options.list === true });

const instantExists = (instant: string): boolean => dayExists(instant.slice(0, 10)) && /T([01]\d|2[0-3]):[0-5]\d:[0-5]\d/.test(instant);

/** A rule for texts that have the right form; the form's own rule reports the others. */
const Exists = (name: string, form: RegExp, exists: (text: string) => boolean, options: FieldOptions, message: string): PropertyDecorator =>
  ValidateBy(
    { name, validator: { validate: value => typeof value !== 'string' || !form.test(value) || exists(value) } },
    { ...each(options), message },
  );

/** Whole numbers are kept in 32 bits; a number beyond that is no count of anything here. */
export const LARGEST_WHOLE = 2_147_483_647;

const Countable = (options: FieldOptions): PropertyDecorator =>
  ValidateBy(
    { name: 'countable', validator: { validate: value => typeof value !== 'number' || Math.abs(value) <= LARGEST_WHOLE } },
    { ...each(options), message: `$property must be at most ${LARGEST_WHOLE} either way` },
  );

/** A canonical id: `<noun prefix>_<20 characters>`. `empty` lets it be the empty text, where a record has none. */
export const Id = ({ empty = false, ...o }: FieldOptions & { empty?: boolean } = {}) =>
  field(
    o,
    { type: 'string', maxLength: 80, pattern: `^[A-Za-z0-9_-]${empty ? '*' : '+'}$` },
    Matches(empty ? /^[A-Za-z0-9_-]{0,80}$/ : /^[A-Za-z0-9_-]{1,80}$/, {
      ...each(o),
      message: '$property must be an id of letters, digits, _ and -',
    }),
  );

/** The canonical id of another noun. */
export const Ref = (noun: string, o: FieldOptions & { empty?: boolean } = {}) => Id({ description: `Canonical id of a ${noun}.`, ...o });

/** A calendar date without a zone, `YYYY-MM-DD`. */
export const BusinessDate = (o: FieldOptions = {}) =>
  field(
    o,
    { type: 'string', format: 'date' },
    Matches(DATE, { ...each(o), message: '$property must be a date YYYY-MM-DD' }),
    Exists('day-exists', DATE, dayExists, o, '$property must be a day that exists, like 2026-02-28'),
  );

/** A moment in UTC, RFC 3339 with `Z`. */
export const Instant = (o: FieldOptions = {}) =>
  field(
    o,
    { type: 'string', format: 'date-time' },
    Matches(INSTANT, { ...each(o), message: '$property must be a UTC instant like 2026-11-20T09:15:00Z' }),
    Exists('instant-exists', INSTANT, instantExists, o, '$property must be a moment that exists, like 2026-02-28T09:15:00Z'),
  );

/** Worked or sold time in whole minutes. */
export const Minutes = (o: FieldOptions & { max?: number } = {}) =>
  field(
    o,
    { type: 'integer', format: 'int32', minimum: 0, ...(o.max ? { maximum: o.max } : {}) },
    IsInt(each(o)),
    Countable(o),
    Min(0, each(o)),
    ...(o.max ? [Max(o.max, each(o))] : []),
  );

export const Whole = (o: FieldOptions & { min?: number; max?: number } = {}) =>
  field(
    o,
    { type: 'integer', format: 'int32', ...(o.min === undefined ? {} : { minimum: o.min }), ...(o.max === undefined ? {} : { maximum: o.max }) },
    IsInt(each(o)),
    Countable(o),
    ...(o.min === undefined ? [] : [Min(o.min, each(o))]),
    ...(o.max === undefined ? [] : [Max(o.max, each(o))]),
  );

/** An exact decimal as a string, never a float. */
export const Decimal = (o: FieldOptions = {}) =>
  field(
    o,
    { type: 'string', format: 'decimal', pattern: DECIMAL.source },
    Matches(DECIMAL, { ...each(o), message: '$property must be a decimal in a string, like "1200.50"' }),
  );

const CURRENCY = /^[A-Z]{3}$/;

/** An ISO 4217 code. */
export const Currency = (o: FieldOptions = {}) =>
  field(
    o,
    { type: 'string', pattern: CURRENCY.source },
    Matches(CURRENCY, { ...each(o), message: '$property must be an ISO 4217 currency code' }),
    Exists('currency-exists', CURRENCY, isCurrency, o, '$property must be an ISO 4217 currency code'),
  );

/** An ISO 3166-1 alpha-2 code. */
export const Country = (o: FieldOptions = {}) =>
  field(o, { type: 'string', pattern: '^[A-Z]{2}$' }, Matches(/^[A-Z]{2}$/, { ...each(o), message: '$property must be an ISO 3166 country code' }));

/** People's text is cleaned when it comes in, before its length is checked. */
const Cleaned = (): PropertyDecorator => Transform(({ value }) => cleanJson<unknown>(value), { toClassOnly: true });

export const Text = (o: FieldOptions & { min?: number; max?: number } = {}) =>
  field(
    o,
    { type: 'string', minLength: o.min ?? 0, maxLength: o.max ?? 255 },
    Cleaned(),
    IsString(each(o)),
    Length(o.min ?? 0, o.max ?? 255, each(o)),
  );

export const Email = (o: FieldOptions = {}) => field(o, { type: 'string', format: 'email' }, Cleaned(), IsEmail({}, each(o)));

export const Flag = (o: FieldOptions = {}) => field(o, { type: 'boolean' }, IsBoolean(each(o)));

export const OneOf = (values: readonly string[], o: FieldOptions = {}) =>
  field(o, { type: 'string', enum: [...values] }, IsIn([...values], { ...each(o), message: `$property must be one of ${values.join(', ')}` }));

/** Another class inside this one; it is validated too. */
export const Nested = (type: () => new () => object, o: FieldOptions = {}) =>
  // swagger takes a function for a late-bound class only when its name is `type`
  field(o, { type: () => type() }, ValidateNested(each(o)), Type(type), ...(o.list ? [] : [IsObject()]));

const ITEMS = 'throughline:items';

/**
 * A list of another class whose items the handler checks one by one: a bad item is answered with
 * its own problem. Only the list itself is checked before.
 */
export const Items =
  (type: () => new () => object, o: Omit<FieldOptions, 'list'> = {}): PropertyDecorator =>
  (target, name) => {
    field({ ...o, list: true }, { type: () => type() })(target, name);
    Reflect.defineMetadata(ITEMS, [...itemListsOf(target), String(name)], target);
  };

/** The fields of a class's prototype that are such lists. */
export const itemListsOf = (prototype: object): string[] => (Reflect.getMetadata(ITEMS, prototype) as string[] | undefined) ?? [];

/** An open bag: the firm's own fields, message parameters, a redacted payload. */
export const Bag = (o: FieldOptions = {}) => field(o, { type: 'object', additionalProperties: true }, Cleaned(), IsObject(each(o)));
