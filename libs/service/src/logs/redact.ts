const SECRET_NAME = /pass(word|phrase|wd)?$|secret|token$|authorization|cookie|api[-_]?key|assertion|private[-_]?key|credential/i;
const SECRET_TEXT: [RegExp, string][] = [
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, '$1 [redacted]'],
  [/\b(client_secret|client_assertion|assertion|password|access_token|refresh_token|code_verifier)=[^&\s"]+/gi, '$1=[redacted]'],
  // a truncated token is still a token
  [/\beyJ[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]*){0,2}/g, '[redacted]'],
  [/(<(?:\w+:)?Password[^>]*>)[^<]*/gi, '$1[redacted]'],
];
/** Any of these: most texts of a log have none, and are looked through once. */
const ANY_SECRET = new RegExp(SECRET_TEXT.map(([{ source }]) => source).join('|'), 'i');
const DEEPEST = 8;

/**
 * A text without secrets that can be recognised by their form: bearer and basic credentials, signed
 * tokens, form and SOAP passwords.
 */
export const redactText = (text: string): string =>
  ANY_SECRET.test(text) ? SECRET_TEXT.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text) : text;

/**
 * A copy of `value` without secrets: fields with the name of a secret are replaced, texts are
 * cleaned. Errors and dates are left unchanged.
 */
export function redact<T>(value: T, depth = 0): T {
  if (typeof value === 'string') return redactText(value) as T;
  if (typeof value !== 'object' || value === null || value instanceof Error || value instanceof Date) return value;
  if (depth > DEEPEST) return '[too deep]' as T;
  if (Array.isArray(value)) return value.map(item => redact(item as unknown, depth + 1)) as T;
  const fields = Object.entries(value).map(([name, held]) => [
    name,
    SECRET_NAME.test(name) && held != null ? '[redacted]' : redact(held as unknown, depth + 1),
  ]);
  return Object.fromEntries(fields) as T;
}
