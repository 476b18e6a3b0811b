import type { CodeRow, CodeTable, VendorAnswer } from '#connector';
import { readFault } from './workday.wire.js';

/**
 * SOAP faults by their detail: the fault codes are only partly known. Reports answer with a status.
 * Only reads are made, so repeating is safe.
 */
export const WORKDAY_ROWS: readonly CodeRow[] = [
  // A fault without a known detail may mean throttling or trouble: Workday does not distinguish
  // them.
  { form: 'other', text: /too many|exceeds what is allowed|rate limit/i, is: 'throttled', source: 'inferred' },
  { status: 429, is: 'throttled', source: "vendor's documentation" },
  { form: 'other', is: 'passing', as: { kind: 'vendor-unavailable', code: 'not-made' }, source: 'public reports' },
  { status: 503, is: 'passing', as: { kind: 'vendor-unavailable', code: 'not-made' }, source: "vendor's documentation" },

  // A retry would lock the account.
  { form: 'authentication', is: 'held', as: { code: 'login-refused' }, source: 'public reports' },
  { status: 401, is: 'held', as: { code: 'login-refused' }, source: "vendor's documentation" },
  { status: 403, is: 'held', as: { code: 'login-refused' }, source: "vendor's documentation" },
  { form: 'processing', text: /not authorized/i, is: 'held', as: { code: 'not-authorised' }, source: 'public reports' },

  { form: 'validation', is: 'refused', as: { code: 'invalid-request' }, source: "seen in the vendor's client code" },
  { form: 'processing', is: 'refused', as: { code: 'processing' }, source: 'public reports' },

  { status: [500, 599], is: 'unknown', source: 'inferred' },
];

export const workdayCodes: CodeTable = { name: 'Workday', read, rows: WORKDAY_ROWS };

function read({ text }: VendorAnswer) {
  const fault = readFault(text);
  return fault && { code: fault.code, form: fault.kind, message: fault.details.join('; ') || fault.reason };
}
