import { describe } from 'vitest';
import { describeCodeTable, type CodeExample } from '#testing';
import { salesforceCodes } from './salesforce.codes.js';

const said = (
  status: number,
  errorCode: string,
  is: CodeExample['is'],
  kind: string,
  code?: string,
  on: CodeExample['on'] = 'write',
): CodeExample => ({ status, text: JSON.stringify([{ errorCode, message: 'said so' }]), is, kind, code, on });

describe("Salesforce's codes", () => {
  describeCodeTable(salesforceCodes, [
    said(500, 'UNABLE_TO_LOCK_ROW', 'passing', 'conflict', 'passing'),
    said(400, 'UNABLE_TO_LOCK_ROW', 'passing', 'conflict', 'passing'),
    said(503, 'SERVER_UNAVAILABLE', 'passing', 'vendor-unavailable', 'not-made'),
    said(400, 'QUERY_TIMEOUT', 'passing', 'vendor-unavailable', 'not-made', 'read'),
    said(503, 'REQUEST_RUNNING_TOO_LONG', 'unknown', 'vendor-unavailable'),
    said(403, 'REQUEST_LIMIT_EXCEEDED', 'throttled', 'rate-limited'),
    said(401, 'INVALID_SESSION_ID', 'held', 'refused-by-vendor', 'login-refused'),
    said(401, 'ANYTHING', 'held', 'refused-by-vendor', 'login-refused'),
    { status: 401, text: '', is: 'held', kind: 'refused-by-vendor', code: 'login-refused' },
    said(403, 'INSUFFICIENT_ACCESS_OR_READONLY', 'held', 'refused-by-vendor', 'permission-missing'),
    said(400, 'DUPLICATES_DETECTED', 'held', 'refused-by-vendor', 'held'),
    said(400, 'ENTITY_IS_LOCKED', 'held', 'refused-by-vendor', 'held'),
    said(400, 'DUPLICATE_VALUE', 'done-already', 'conflict', 'already-exists'),
    said(404, 'ENTITY_IS_DELETED', 'refused', 'not-found'),
    said(400, 'INVALID_QUERY_LOCATOR', 'refused', 'refused-by-vendor', 'cursor-lost'),
    said(400, 'EXCEEDED_ID_LIMIT', 'refused', 'refused-by-vendor'),
    said(400, 'FIELD_CUSTOM_VALIDATION_EXCEPTION', 'refused', 'refused-by-vendor'),
    said(400, 'MALFORMED_QUERY', 'refused', 'refused-by-vendor', 'query-refused'),
    said(400, 'SOMETHING_NEW', 'refused', 'refused-by-vendor', 'query-refused'),
    said(500, 'UNKNOWN_EXCEPTION', 'unknown', 'vendor-unavailable'),
    { status: 503, text: '<html>maintenance</html>', is: 'unknown', kind: 'vendor-unavailable' },
  ]);
});
