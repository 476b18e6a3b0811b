import { pathOf, Problem } from '#canonical';

/** The parts of a request that hold values; each was bounded before. */
export interface RequestValues {
  params?: unknown;
  query?: unknown;
  body?: unknown;
}

interface QueryFailure {
  driverError?: { code?: unknown };
  parameters?: unknown;
}

const DATA_EXCEPTION = '22';
const MOST_PARAMETERS = 5_000;
/** Shorter texts would occur in any JSON by chance. */
const SHORTEST_WITHIN = 4;

const isScalar = (value: unknown): value is string | number | boolean => ['string', 'number', 'boolean'].includes(typeof value);

/** The parameters of a statement: single values, and JSON texts that may contain others. */
function parametersOf({ parameters }: QueryFailure): { values: Set<string>; json: string[] } {
  const flat = (Array.isArray(parameters) ? (parameters as unknown[]) : []).flat().slice(0, MOST_PARAMETERS).filter(isScalar).map(String);
  return { values: new Set(flat), json: flat.filter(text => /^[[{]/.test(text)) };
}

function* valuesIn(value: unknown, path: (string | number)[]): Generator<[(string | number)[], string | number]> {
  if (typeof value === 'string' || typeof value === 'number') yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [name, part] of Object.entries(value)) yield* valuesIn(part, [...path, Array.isArray(value) ? Number(name) : name]);
}

/**
 * The last resort behind validation. If Postgres refused a value as one of its type (SQLSTATE class
 * 22), and the statement was given a value of the caller's, the caller is told which one with 400,
 * and our validation has a gap. Any other error of that class is our defect.
 */
export function refusedValue(error: unknown, { params, query, body }: RequestValues): Problem | undefined {
  const failed = (error ?? {}) as QueryFailure;
  const code = failed.driverError?.code;
  if (typeof code !== 'string' || !code.startsWith(DATA_EXCEPTION)) return undefined;
  const { values, json } = parametersOf(failed);
  for (const part of [params, query, body]) {
    for (const [path, value] of valuesIn(part, [])) {
      const text = String(value);
      const isWithin = text.length >= SHORTEST_WITHIN && json.some(one => one.includes(JSON.stringify(value)));
      if (!values.has(text) && !isWithin) continue;
      const field = pathOf(path);
      const message = `${field} has a value that can't be kept or looked up`;
      return new Problem('invalid', `${message}.`, { cause: error, code: 'value-refused', fields: [{ field, rule: 'value', message }] });
    }
  }
  return undefined;
}
