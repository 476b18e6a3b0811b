import { brokenRules, RecordFault, type BrokenRule, type Rule } from '#canonical';

/** A row of an answer, as it came. */
export type Row = Record<string, unknown>;

/** The value of a setting that says the back end has no such field. */
export const NONE = 'none';

/**
 * Reads rows field by field, by the names in the settings: a path over look-ups, `Contract.Number`,
 * or none. Each reader returns undefined for an empty field, and throws a broken rule as a fault of
 * the record.
 */
export function rowFields(system: string) {
  const unfit = (field: string, rule: BrokenRule['rule']): RecordFault => new RecordFault(system, [{ field, rule }]);

  /** Undefined when the field, or a record on the path, is empty or missing. */
  function at(row: Row, path: string): unknown {
    if (path === NONE) return undefined;
    return path.split('.').reduce<unknown>((value, name) => (value as Row | null | undefined)?.[name], row) ?? undefined;
  }

  function text(row: Row, path: string): string | undefined {
    const value = at(row, path);
    if (value === undefined || typeof value === 'string') return value === '' ? undefined : value;
    // A field may be mapped to one that holds a number, e.g. a numeric purchase order.
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw unfit(path, 'text');
  }

  function number(row: Row, path: string): number | undefined {
    const value = at(row, path);
    if (value === undefined || typeof value === 'number') return value;
    throw unfit(path, 'number');
  }

  function flag(row: Row, path: string): boolean | undefined {
    const value = at(row, path);
    if (value === undefined || typeof value === 'boolean') return value;
    throw unfit(path, 'flag');
  }

  /** A text that the rule allows. */
  function checked(row: Row, path: string, rule: Rule): string | undefined {
    const value = text(row, path);
    const [broken] = brokenRules<Record<string, string>>({ [path]: value }, { [path]: `${rule}?` });
    if (broken) throw unfit(path, broken.rule);
    return value;
  }

  function required(row: Row, path: string): string {
    const value = text(row, path);
    if (value === undefined) throw unfit(path, 'present');
    return value;
  }

  /** `2026-11-20T09:15:00.000+0000` as `2026-11-20T09:15:00.000Z`. */
  function instant(row: Row, path: string): string {
    const moment = new Date(required(row, path).replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
    if (Number.isNaN(moment.getTime())) throw unfit(path, 'instant');
    return moment.toISOString();
  }

  /** The fields that are not empty, unchanged. */
  function bag(row: Row, fields: string[]): Record<string, unknown> {
    return Object.fromEntries(fields.filter(field => at(row, field) !== undefined).map(field => [field, at(row, field)]));
  }

  return { text, number, flag, checked, required, instant, bag, unfit };
}
