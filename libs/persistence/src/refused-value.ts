import { message as sayingOf, text, type MessageCode } from '#apis';
import { storable } from '#canonical';
import { sqlState } from './own-fault.js';

type KeptCode = Extract<MessageCode, `kept.${string}`>;

/** The meaning of Postgres's refusals, by SQLSTATE. */
const MEANINGS: Partial<Record<string, KeptCode>> = {
  '22001': 'kept.size',
  '22003': 'kept.range',
  '22007': 'kept.date',
  '22008': 'kept.date',
  '22021': 'kept.character',
  '22P02': 'kept.shape',
  '22P05': 'kept.character',
  '23502': 'kept.missing',
  '23503': 'kept.names',
  '23505': 'kept.twice',
  '23514': 'kept.check',
};

/** A key's columns; their values are left out. */
const KEY = /^Key \(([^)]*)\)=/;
const QUOTED = /"((?:[^"]|"")*)"/g;
const NOT_A_NUMBER = /\[DecimalError\] Invalid argument: (.*)$/s;

/**
 * The sentence about a value that Postgres or our arithmetic refuses. It names the column that
 * Postgres names, or else the path of the value in `said`. Postgres's own words are not used, since
 * they repeat the value, which may be pay. Undefined for any other error.
 */
export function refusedValue(error: unknown, said?: unknown): string | undefined {
  const number = NOT_A_NUMBER.exec(error instanceof Error ? error.message : '');
  if (number) return text(sayingOf('kept.number', { field: pathOf(said, one => String(one) === number[1]) ?? UNNAMED }));
  const state = sqlState(error);
  if (!state?.startsWith('22') && !state?.startsWith('23')) return undefined;
  const { driverError = error } = error as { driverError?: unknown };
  const { message = '', detail = '', column, constraint } = driverError as Partial<Record<'message' | 'detail' | 'column' | 'constraint', string>>;
  const unstorable = pathOf(said, one => typeof one === 'string' && !storable(one));
  if (unstorable !== undefined) return text(sayingOf('kept.character', { field: unstorable }));
  const quoted = new Set([...message.matchAll(QUOTED)].map(([, words]) => words));
  const field = column ?? KEY.exec(detail)?.[1] ?? pathOf(said, one => quoted.has(String(one))) ?? UNNAMED;
  return text(sayingOf(MEANINGS[state] ?? 'kept.refused', { field, rule: constraint ?? state }));
}

const UNNAMED = 'One of its values';

/** The path of the first value for which `is` is true. */
function pathOf(said: unknown, is: (value: unknown) => boolean, path = ''): string | undefined {
  if (typeof said !== 'object' || said === null) return said !== undefined && is(said) ? path || UNNAMED : undefined;
  for (const [name, value] of Object.entries(said)) {
    const found = pathOf(value, is, Array.isArray(said) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
