import { compare, formatDate, parseDate, type Value } from './suiteql-values.js';

const day = 86_400_000;
const textOf = (value: Value): string => (value === null ? '' : value instanceof Date ? formatDate(value, 'MM/DD/YYYY') : String(value));
const numberOf = (value: Value): number => (value instanceof Date ? value.getTime() / day : Number(value));
/** Null in, null out, as most of Oracle's functions do. */
const strict =
  (work: (...values: Value[]) => Value) =>
  (...values: Value[]): Value =>
    values[0] === null || values[0] === undefined ? null : work(...values);
const scaled = (round: (n: number) => number) =>
  strict((value, places = 0) => {
    const factor = 10 ** Number(places);
    return round(numberOf(value) * factor) / factor;
  });
const awayFromZero = (n: number) => Math.sign(n) * Math.round(Math.abs(n));

/** The functions of SuiteQL that integrations use, by lower-case name. */
export const FUNCTIONS: Record<string, (...values: Value[]) => Value> = {
  nvl: (value, otherwise) => value ?? otherwise,
  nvl2: (value, present, absent) => (value === null ? absent : present),
  coalesce: (...values) => values.find(value => value !== null) ?? null,
  nullif: (a, b) => (compare(a, b) === 0 ? null : a),
  decode: (value, ...pairs) => {
    for (let i = 0; i + 1 < pairs.length; i += 2) if (compare(value, pairs[i]) === 0 || (value === null && pairs[i] === null)) return pairs[i + 1];
    return pairs.length % 2 === 1 ? pairs[pairs.length - 1] : null;
  },
  upper: strict(value => textOf(value).toUpperCase()),
  lower: strict(value => textOf(value).toLowerCase()),
  trim: strict(value => textOf(value).trim()),
  ltrim: strict(value => textOf(value).trimStart()),
  rtrim: strict(value => textOf(value).trimEnd()),
  length: strict(value => textOf(value).length),
  concat: (a, b) => textOf(a) + textOf(b),
  replace: strict((value, from, to = '') => textOf(value).replaceAll(textOf(from), textOf(to))),
  regexp_replace: strict((value, pattern, to = '') => textOf(value).replace(new RegExp(textOf(pattern), 'g'), textOf(to))),
  substr: strict((value, from, length) => {
    const start = Number(from) < 0 ? textOf(value).length + Number(from) : Math.max(Number(from) - 1, 0);
    return length === undefined ? textOf(value).slice(start) : textOf(value).slice(start, start + Number(length));
  }),
  instr: strict((value, part) => textOf(value).indexOf(textOf(part)) + 1),
  to_char: strict((value, format) => (value instanceof Date ? formatDate(value, textOf(format ?? 'MM/DD/YYYY')) : textOf(value))),
  to_date: strict((value, format = 'MM/DD/YYYY') => {
    const date = value instanceof Date ? value : parseDate(textOf(value), textOf(format));
    if (!date) throw new RangeError(`TO_DATE: '${textOf(value)}' does not match the format ${textOf(format)}`);
    return date;
  }),
  to_number: strict(value => numberOf(value)),
  round: scaled(awayFromZero),
  trunc: strict((value, places) => {
    if (value instanceof Date) return new Date(Math.floor(value.getTime() / day) * day);
    return scaled(Math.trunc)(value, places ?? 0);
  }),
  ceil: scaled(Math.ceil),
  floor: scaled(Math.floor),
  abs: strict(value => Math.abs(numberOf(value))),
  mod: strict((value, by) => numberOf(value) % numberOf(by)),
  greatest: strict((...values) => values.reduce((a, b) => ((compare(a, b) ?? 0) >= 0 ? a : b))),
  least: strict((...values) => values.reduce((a, b) => ((compare(a, b) ?? 0) <= 0 ? a : b))),
  add_months: strict((value, months) => {
    if (!(value instanceof Date)) return null;
    const moved = new Date(value);
    moved.setUTCMonth(moved.getUTCMonth() + Number(months));
    return moved;
  }),
};

/** Aggregates over the values of a group, nulls left out. */
export const AGGREGATES: Record<string, (values: Value[]) => Value> = {
  count: values => values.length,
  sum: values => (values.length === 0 ? null : exactSum(values)),
  avg: values => (values.length === 0 ? null : exactSum(values) / values.length),
  min: values => (values.length === 0 ? null : values.reduce((a, b) => ((compare(a, b) ?? 0) <= 0 ? a : b))),
  max: values => (values.length === 0 ? null : values.reduce((a, b) => ((compare(a, b) ?? 0) >= 0 ? a : b))),
};

// Sums in millionths, so that 0.1 + 0.2 is 0.3 as in the vendor's decimals.
const exactSum = (values: Value[]): number => values.reduce<number>((total, value) => total + Math.round(numberOf(value) * 1e6), 0) / 1e6;

/** `+ - * /` with dates: a date and days give a date, two dates give days. */
export function arithmetic(op: string, a: Value, b: Value): Value {
  if (a === null || b === null) return null;
  const [left, right] = [numberOf(a), numberOf(b)];
  const result = op === '+' ? left + right : op === '-' ? left - right : op === '*' ? left * right : left / right;
  const dates = [a, b].filter(value => value instanceof Date).length;
  return dates === 1 && (op === '+' || op === '-') ? new Date(result * day) : Number(result.toPrecision(15));
}

export const concatenate = (a: Value, b: Value): Value => textOf(a) + textOf(b) || null;
