import { describe } from 'vitest';
import { describeCodeTable, type CodeExample } from '#testing';
import { kantataCodes } from './kantata.codes.js';

const said = (status: number, type: string, message: string, is: CodeExample['is'], kind: string, code?: string): CodeExample => ({
  status,
  text: JSON.stringify({ errors: [{ type, message }] }),
  is,
  kind,
  code,
});
const silent = (status: number, is: CodeExample['is'], kind: string, code?: string): CodeExample => ({
  status,
  text: '{"errors":[]}',
  is,
  kind,
  code,
});

describe("Kantata's forms of refusal", () => {
  describeCodeTable(kantataCodes, [
    said(503, 'system', 'Kantata OX is down for maintenance', 'passing', 'vendor-unavailable', 'not-made'),
    said(422, 'validation', 'The record is being updated, try again', 'passing', 'conflict', 'passing'),
    silent(429, 'throttled', 'rate-limited'),
    said(429, 'system', 'slow down', 'throttled', 'rate-limited'),
    silent(401, 'held', 'refused-by-vendor', 'credentials-refused'),
    said(401, 'oauth', 'Invalid OAuth 2 Request', 'held', 'refused-by-vendor', 'credentials-refused'),
    silent(403, 'held', 'refused-by-vendor', 'permission-missing'),
    said(403, 'system', 'Forbidden', 'held', 'refused-by-vendor', 'permission-missing'),
    said(422, 'validation', 'The time entry is locked', 'held', 'refused-by-vendor', 'held'),
    said(422, 'validation', 'External reference is already taken', 'done-already', 'conflict', 'already-exists'),
    said(404, 'system', "workspaces can't be found", 'refused', 'not-found'),
    said(400, 'system', 'bad request', 'refused', 'refused-by-vendor'),
    said(422, 'validation', "Title can't be blank", 'refused', 'refused-by-vendor'),
    said(500, 'system', 'Something went wrong', 'unknown', 'vendor-unavailable'),
    { status: 502, text: '<html>a proxy</html>', is: 'unknown', kind: 'vendor-unavailable' },
  ]);
});
