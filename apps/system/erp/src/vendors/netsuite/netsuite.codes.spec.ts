import { describe } from 'vitest';
import { describeCodeTable, type CodeExample } from '#testing';
import { netsuiteCodes } from './netsuite.codes.js';

type Meaning = [is: CodeExample['is'], kind: string, code?: string];

const said = (status: number, code: string, detail: string, [is, kind, ours]: Meaning): CodeExample => ({
  status,
  text: JSON.stringify({ status, 'o:errorDetails': [{ detail, 'o:errorCode': code }] }),
  is,
  kind,
  code: ours,
});

const PASSING: Meaning = ['passing', 'conflict', 'passing'];
const AWAY: Meaning = ['passing', 'vendor-unavailable', 'not-made'];
const THROTTLED: Meaning = ['throttled', 'rate-limited'];
const LOG_IN: Meaning = ['held', 'refused-by-vendor', 'login-refused'];
const PERMISSION: Meaning = ['held', 'refused-by-vendor', 'permission-missing'];
const HELD: Meaning = ['held', 'refused-by-vendor', 'held'];
const REFUSED: Meaning = ['refused', 'refused-by-vendor'];
const GONE: Meaning = ['refused', 'not-found'];
const THERE: Meaning = ['done-already', 'conflict', 'already-exists'];
const CLASH: Meaning = ['refused', 'conflict'];
const UNKNOWN: Meaning = ['unknown', 'vendor-unavailable'];

describe("NetSuite's codes", () => {
  describeCodeTable(netsuiteCodes, [
    { status: 503, text: '<html>maintenance</html>', is: 'passing', kind: 'vendor-unavailable', code: 'not-made' },
    { status: 401, text: '', is: 'held', kind: 'refused-by-vendor', code: 'login-refused' },
    { status: 404, text: '<html>a proxy</html>', is: 'refused', kind: 'not-found' },
    said(400, 'ACCT_TEMP_UNAVAILABLE', 'The account is temporarily unavailable.', AWAY),
    said(400, 'RCRD_HAS_BEEN_CHANGED', 'Record has been changed.', PASSING),
    said(409, 'RCRD_EDITED_SINCE_RETRIEVED', 'x', PASSING),
    said(400, 'USER_ERROR', 'Error while accessing a resource. Record has been changed', PASSING),
    said(429, 'CONCURRENCY_LIMIT_EXCEEDED', 'Concurrent request limit exceeded. Request blocked.', THROTTLED),
    said(400, 'SSS_REQUEST_LIMIT_EXCEEDED', 'x', THROTTLED),
    said(500, 'WS_REQUEST_BLOCKED', 'x', THROTTLED),
    said(500, 'WS_CONCUR_SESSION_DISALLWD', 'x', THROTTLED),
    said(400, 'USER_ERROR', 'Concurrent request limit exceeded. Request blocked.', THROTTLED),
    said(401, 'INVALID_LOGIN', 'Invalid login attempt.', LOG_IN),
    said(403, 'INVALID_LOGIN_ATTEMPT', 'x', LOG_IN),
    said(401, 'ANYTHING', 'x', LOG_IN),
    said(403, 'INSUFFICIENT_PERMISSION', 'x', PERMISSION),
    said(400, 'USER_ERROR', 'Your current role does not have permission to perform this action.', PERMISSION),
    said(400, 'RCRD_LOCKED_BY_WF', 'This record has been locked by a user defined workflow.', HELD),
    said(400, 'USER_ERROR', 'This record has been locked by a user defined workflow.', HELD),
    said(400, 'IDEMPOTENCY_ERROR', 'A request with the same idempotency key is already submitted.', THERE),
    said(400, 'DUP_ENTITY_NAME', 'x', CLASH),
    said(400, 'DUP_ENTITY_EMAIL', 'x', CLASH),
    said(400, 'DUP_RCRD', 'This record already exists', THERE),
    said(400, 'UNIQUE_RCRD_ID_REQD', 'x', THERE),
    said(400, 'USER_ERROR', 'This entity already exists.', THERE),
    said(404, 'NONEXISTENT_ID', 'The record instance does not exist.', GONE),
    said(400, 'RCRD_DSNT_EXIST', 'x', GONE),
    said(405, 'METHOD_NOT_ALLOWED', 'x', REFUSED),
    said(400, 'INVALID_CONTENT', 'x', REFUSED),
    said(400, 'RCRD_UNEDITABLE', 'x', REFUSED),
    said(400, 'USER_ERROR', 'The field state contained more than the maximum number ( 30 ) of characters allowed.', REFUSED),
    said(500, 'UNEXPECTED_ERROR', 'An unexpected error occurred.', UNKNOWN),
    said(400, 'SSS_CONNECTION_TIME_OUT', 'x', UNKNOWN),
    // Nobody has listed these: the answer's status is all there is.
    said(500, 'SOMETHING_NEW', 'x', UNKNOWN),
    said(400, 'SOMETHING_NEW', 'x', REFUSED),
  ]);
});
