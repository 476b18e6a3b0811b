import type { CodeRow, CodeTable, VendorAnswer } from '#connector';
import { errorsOf } from './kantata-envelope.js';

const DOCS = "vendor's documentation";

/**
 * Kantata has no codes: only a form of error (`oauth`, `system`, `validation`), a status and a
 * sentence.
 */
export const KANTATA_ROWS: readonly CodeRow[] = [
  // A request that is rejected for maintenance was not processed at all.
  { form: 'system', status: 503, is: 'passing', as: { kind: 'vendor-unavailable', code: 'not-made' }, source: DOCS },
  { form: 'validation', status: 422, text: /stale|try again|being (changed|updated|processed)/i, is: 'passing', source: 'inferred' },

  { status: 429, is: 'throttled', source: DOCS },
  { form: 'system', status: 429, is: 'throttled', source: DOCS },

  // Tokens do not expire: a refused one was revoked.
  { status: 401, is: 'held', as: { code: 'credentials-refused' }, source: DOCS },
  { form: 'oauth', is: 'held', as: { code: 'credentials-refused' }, source: DOCS },
  { status: 403, is: 'held', as: { code: 'permission-missing' }, source: DOCS },
  { form: 'system', status: 403, is: 'held', as: { code: 'permission-missing' }, source: DOCS },
  { form: 'validation', status: 422, text: /\b(locked|invoiced|approved)\b/i, is: 'held', source: 'inferred' },

  { form: 'validation', status: 422, text: /\balready\b/i, is: 'done-already', source: 'inferred' },

  { form: 'system', status: 404, is: 'refused', as: { kind: 'not-found' }, source: DOCS },
  { form: 'system', status: [400, 499], is: 'refused', source: DOCS },
  { form: 'validation', is: 'refused', source: DOCS },

  { form: 'system', status: [500, 599], is: 'unknown', source: 'inferred' },
];

export const kantataCodes: CodeTable = { name: 'Kantata', read, rows: KANTATA_ROWS };

function read(answer: VendorAnswer) {
  const errors = errorsOf(answer);
  if (errors.length === 0) return undefined;
  const fields = errors.flatMap(({ field, message }) => (field === undefined ? [] : [{ field, rule: 'vendor', message }]));
  const form = errors[0].type;
  return { code: `${answer.status} ${form}`, form, message: errors.map(({ message }) => message).join('; '), fields };
}
