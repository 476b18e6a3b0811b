import type { CodeRow, CodeTable, Refusal, VendorAnswer } from '#connector';

const DOCS = "vendor's documentation";
const CLIENTS = "seen in the vendor's client code";

/** The errorCode decides, never the status: locks come as 500 or 400, the spent quota as 403. */
export const SALESFORCE_ROWS: readonly CodeRow[] = [
  { code: 'UNABLE_TO_LOCK_ROW', is: 'passing', source: CLIENTS },
  { code: 'SERVER_UNAVAILABLE', is: 'passing', as: { kind: 'vendor-unavailable', code: 'not-made' }, source: CLIENTS },
  {
    code: /^(QUERY_TIMEOUT|REQUEST_RUNNING_TOO_LONG)$/,
    on: 'read',
    is: 'passing',
    as: { kind: 'vendor-unavailable', code: 'not-made' },
    source: CLIENTS,
  },
  { code: 'REQUEST_LIMIT_EXCEEDED', is: 'throttled', source: DOCS },

  { code: 'INVALID_SESSION_ID', is: 'held', as: { code: 'login-refused' }, source: DOCS },
  { code: /.*/, status: 401, is: 'held', as: { code: 'login-refused' }, source: DOCS },
  { status: 401, is: 'held', as: { code: 'login-refused' }, source: DOCS },
  { code: /^(INSUFFICIENT_ACCESS.*|API_DISABLED_FOR_ORG|FUNCTIONALITY_NOT_ENABLED)$/, is: 'held', as: { code: 'permission-missing' }, source: DOCS },
  { code: 'DUPLICATES_DETECTED', is: 'held', source: 'public reports' },
  { code: 'ENTITY_IS_LOCKED', is: 'held', source: 'inferred' },

  { code: 'DUPLICATE_VALUE', is: 'done-already', source: CLIENTS },

  { code: /^(ENTITY_IS_DELETED|NOT_FOUND)$/, is: 'refused', as: { kind: 'not-found' }, source: CLIENTS },
  // The open query expired and its locator won't come back, so the whole read must start again.
  { code: 'INVALID_QUERY_LOCATOR', is: 'refused', as: { code: 'cursor-lost' }, source: DOCS },
  { code: 'EXCEEDED_ID_LIMIT', is: 'refused', source: DOCS },
  {
    code: /^(FIELD_CUSTOM_VALIDATION_EXCEPTION|REQUIRED_FIELD_MISSING|STRING_TOO_LONG|FIELD_INTEGRITY_EXCEPTION)$/,
    is: 'refused',
    source: DOCS,
  },
  { code: /^(INVALID_FIELD|INVALID_TYPE|MALFORMED_QUERY|MALFORMED_ID)$/, is: 'refused', as: { code: 'query-refused' }, source: DOCS },
  { code: /.*/, status: [400, 403], is: 'refused', as: { code: 'query-refused' }, source: 'inferred' },

  { code: /^(UNKNOWN_EXCEPTION|REQUEST_RUNNING_TOO_LONG)$/, is: 'unknown', source: CLIENTS },
];

export const salesforceCodes: CodeTable = { name: 'Salesforce', read, rows: SALESFORCE_ROWS };

function read({ text }: VendorAnswer): Refusal | undefined {
  const [first] = JSON.parse(text) as { errorCode?: string; message?: string }[];
  return typeof first?.errorCode === 'string' ? { code: first.errorCode, message: (first.message ?? '').trim() } : undefined;
}
