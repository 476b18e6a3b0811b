/** A value in SuiteQL: Oracle's, with the empty string being null. Dates are UTC. */
export type Value = string | number | Date | null;
/** Oracle's three truth values. */
export type Truth = boolean | null;

/** Three-valued comparison: null when either side is null, else negative, zero or positive. */
export function compare(a: Value, b: Value): number | null {
  if (a === null || b === null || a === '' || b === '') return null;
  if (a instanceof Date || b instanceof Date) {
    const [left, right] = [asDate(a), asDate(b)];
    return left === null || right === null ? null : left.getTime() - right.getTime();
  }
  if (typeof a === 'number' || typeof b === 'number') {
    const [left, right] = [Number(a), Number(b)];
    if (!Number.isNaN(left) && !Number.isNaN(right)) return left - right;
  }
  const [left, right] = [String(a), String(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** As an answer writes it: every value a string, dates in the account's format, nulls left out. */
export function written(value: Value): string | undefined {
  if (value === null || value === '') return undefined;
  if (value instanceof Date) return formatDate(value, 'MM/DD/YYYY');
  return String(value);
}

const asDate = (value: Value): Date | null => (value instanceof Date ? value : typeof value === 'string' ? parseDate(value, 'MM/DD/YYYY') : null);

const PARTS = /"([^"]*)"|YYYY|MONTH|MON|MM|DD|HH24|HH|MI|SS|FF3|AM|PM/gi;
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** TO_CHAR of a date by an Oracle format: `YYYY-MM-DD"T"HH24:MI:SS`. */
export function formatDate(date: Date, format: string): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return format.replace(PARTS, (part, quoted: string | undefined) => {
    if (quoted !== undefined) return quoted;
    switch (part.toUpperCase()) {
      case 'YYYY':
        return String(date.getUTCFullYear()).padStart(4, '0');
      case 'MONTH':
        return MONTHS[date.getUTCMonth()];
      case 'MON':
        return MONTHS[date.getUTCMonth()].slice(0, 3);
      case 'MM':
        return two(date.getUTCMonth() + 1);
      case 'DD':
        return two(date.getUTCDate());
      case 'HH24':
        return two(date.getUTCHours());
      case 'HH':
        return two(date.getUTCHours() % 12 || 12);
      case 'MI':
        return two(date.getUTCMinutes());
      case 'SS':
        return two(date.getUTCSeconds());
      case 'FF3':
        return String(date.getUTCMilliseconds()).padStart(3, '0');
      default:
        return date.getUTCHours() < 12 ? 'AM' : 'PM';
    }
  });
}

/** TO_DATE: null when the text doesn't have the format's shape. */
export function parseDate(text: string, format: string): Date | null {
  const names: string[] = [];
  const pattern = format.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&').replace(PARTS, (part, quoted: string | undefined) => {
    if (quoted !== undefined) return quoted;
    names.push(part.toUpperCase());
    return part.toUpperCase() === 'YYYY' ? '(\\d{4})' : part.toUpperCase() === 'FF3' ? '(\\d{1,3})' : '(\\d{1,2})';
  });
  const match = new RegExp(`^${pattern}$`).exec(text);
  if (!match) return null;
  const part = (name: string, otherwise: number) => (names.includes(name) ? Number(match[names.indexOf(name) + 1]) : otherwise);
  const date = new Date(
    Date.UTC(part('YYYY', 1970), part('MM', 1) - 1, part('DD', 1), part('HH24', 0), part('MI', 0), part('SS', 0), part('FF3', 0)),
  );
  return Number.isNaN(date.getTime()) ? null : date;
}

export const truth = (value: Value): Truth => (value === null ? null : value !== 0 && value !== 'F');
