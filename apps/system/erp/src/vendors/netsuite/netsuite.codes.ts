import type { CodeRow, CodeTable, Refusal, VendorAnswer } from '#connector';

const DOCS = "vendor's documentation";
const CLIENTS = "seen in the vendor's client code";
const REPORTS = 'public reports';

/**
 * REST reports most business rules as USER_ERROR, so the text distinguishes them. It is unknown
 * which codes of the older services REST ever returns, so both are listed.
 */
export const NETSUITE_ROWS: readonly CodeRow[] = [
  // Turned away at the door by maintenance, before anything was read.
  { status: 503, is: 'passing', as: { kind: 'vendor-unavailable', code: 'not-made' }, source: DOCS },
  { code: 'ACCT_TEMP_UNAVAILABLE', is: 'passing', as: { kind: 'vendor-unavailable', code: 'not-made' }, source: CLIENTS },
  // The record changed between NetSuite's own load and save.
  { code: /^(RCRD_HAS_BEEN_CHANGED|RCRD_EDITED_SINCE_RETRIEVED)$/, is: 'passing', source: CLIENTS },
  { code: 'USER_ERROR', text: /record has been changed|has been edited since/i, is: 'passing', source: CLIENTS },

  { code: 'CONCURRENCY_LIMIT_EXCEEDED', is: 'throttled', source: DOCS },
  { code: 'SSS_REQUEST_LIMIT_EXCEEDED', is: 'throttled', source: DOCS },
  { code: /^(WS_REQUEST_BLOCKED|WS_CONCUR_SESSION_DISALLWD|EXCEEDED_MAX_CONCUR_RQST)$/, is: 'throttled', source: DOCS },
  { code: /^(USER_ERROR|UNEXPECTED_ERROR)$/, text: /concurrent request limit|concurrency limit/i, is: 'throttled', source: DOCS },

  { code: 'INVALID_LOGIN', is: 'held', as: { code: 'login-refused' }, source: DOCS },
  { code: /^(INVALID_LOGIN_ATTEMPT|SESSION_HAD_EXPIRED)$/, is: 'held', as: { code: 'login-refused' }, source: CLIENTS },
  { status: 401, is: 'held', as: { code: 'login-refused' }, source: DOCS },
  { code: /.*/, status: 401, is: 'held', as: { code: 'login-refused' }, source: DOCS },
  { code: /^(INSUFFICIENT_PERMISSION|PERMISSION_VIOLATION)$/, is: 'held', as: { code: 'permission-missing' }, source: DOCS },
  { code: /.*/, text: /do(es)? not have permission/, is: 'held', as: { code: 'permission-missing' }, source: DOCS },
  { code: /^(RCRD_LOCKED_BY_WF|RCRD_LOCKED)$/, is: 'held', source: CLIENTS },
  { code: 'USER_ERROR', text: /locked by a user defined workflow/i, is: 'held', source: REPORTS },

  { code: 'IDEMPOTENCY_ERROR', is: 'done-already', source: DOCS },
  // A clash of a name or a mail with another record proves nothing about ours.
  { code: /^(DUP_ENTITY_NAME|DUP_ENTITY_EMAIL|DUP_EMPL_.*)$/, is: 'refused', as: { kind: 'conflict' }, source: CLIENTS },
  { code: /^(DUP_ENTITY|DUP_RCRD|DUP_ITEM|UNIQUE_RCRD_ID_REQD|DUP_CSTM_RCRD_ENTRY)$/, is: 'done-already', source: REPORTS },
  { code: 'USER_ERROR', text: /already exists/i, is: 'done-already', source: REPORTS },

  { code: 'NONEXISTENT_ID', is: 'refused', as: { kind: 'not-found' }, source: DOCS },
  {
    code: /^(RCRD_DSNT_EXIST|RCRD_NOT_FOUND|RCRD_PREVSLY_DELETED|RCRD_DELETED_SINCE_RETRIEVED)$/,
    is: 'refused',
    as: { kind: 'not-found' },
    source: CLIENTS,
  },
  { code: 'METHOD_NOT_ALLOWED', is: 'refused', source: DOCS },
  { code: /^(INVALID_CONTENT|INVALID_PARAMETER|INVALID_HEADER|INVALID_KEY_OR_REF)$/, is: 'refused', source: DOCS },
  {
    code: /^(RCRD_UNEDITABLE|RCRD_REF_RCRD_TYP_MISMATCH|RCRD_SUB_MISMATCH_WITH_CLASS|RCRD_TYPE_REQD)$/,
    is: 'refused',
    source: CLIENTS,
  },
  { code: 'USER_ERROR', is: 'refused', source: DOCS },

  // The server finishes a request even if the connection broke.
  { code: /^(UNEXPECTED_ERROR|SSS_CONNECTION_TIME_OUT)$/, is: 'unknown', source: DOCS },
];

export const netsuiteCodes: CodeTable = { name: 'NetSuite', read, rows: NETSUITE_ROWS };

interface ErrorDetail {
  detail?: string;
  'o:errorCode'?: string;
  'o:errorPath'?: string;
}

function read({ text }: VendorAnswer): Refusal | undefined {
  const details = (JSON.parse(text) as { 'o:errorDetails'?: ErrorDetail[] })['o:errorDetails'] ?? [];
  const code = details[0]?.['o:errorCode'];
  if (code === undefined) return undefined;
  const fields = details.flatMap(one => (one['o:errorPath'] ? [{ field: one['o:errorPath'], rule: code, message: one.detail ?? code }] : []));
  return { code, message: details.flatMap(({ detail }) => detail ?? []).join(' '), fields };
}
