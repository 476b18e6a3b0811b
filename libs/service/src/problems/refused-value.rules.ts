import { pathOf, Problem } from '#canonical';

/** Where a request's values may be; each is bounded before. */
export interface Asked {
  params?: unknown;
  query?: unknown;
  body?: unknown;
}

interface Failed {
  driverError?: { code?: unknown };
  parameters?: unknown;
}

const DATA_EXCEPTION = '22';
const MOST_PARAMETERS = 5_000;
/** Shorter texts are found within any JSON. */
const SHORTEST_WITHIN = 4;

const isScalar = (value: unknown): value is string | number | boolean => ['string', 'number', 'boolean'].includes(typeof value);

/** What a statement was given: single values, and texts of JSON which may have some within. */
function givenTo({ parameters }: Failed): { values: Set<string>; json: string[] } {
  const flat = (Array.isArray(parameters) ? (parameters as unknown[]) : []).flat().slice(0, MOST_PARAMETERS).filter(isScalar).map(String);
  return { values: new Set(flat), json: flat.filter(text => /^[[{]/.test(text)) };
}

function* valuesIn(value: unknown, path: (string | number)[]): Generator<[(string | number)[], string | number]> {
  if (typeof value === 'string' || typeof value === 'number') yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [name, part] of Object.entries(value)) yield* valuesIn(part, [...path, Array.isArray(value) ? Number(name) : name]);
}

/**
 * The last resort behind validation: Postgres refused a value as one of its type (SQLSTATE class 22), and the statement was given a
 * value of the caller's own. Then the caller is told which one; it is 400, and a gap in our validation. Any other error of that class
 * is a defect of ours.
 */
export function refusedValue(error: unknown, { params, query, body }: Asked): Problem | undefined {
  const failed = (error ?? {}) as Failed;
  const code = failed.driverError?.code;
  if (typeof code !== 'string' || !code.startsWith(DATA_EXCEPTION)) return undefined;
  const { values, json } = givenTo(failed);
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
