import { describe } from 'vitest';
import { describeCodeTable } from '#testing';
import { madeUpCodes } from './made-up.api.js';

const said = (code: string): string => JSON.stringify({ error: { code, message: 'so it says' } });

describe("the made-up PSA's codes", () => {
  describeCodeTable(madeUpCodes, [
    { status: 401, text: said('bad_key'), is: 'held', kind: 'refused-by-vendor', code: 'credentials-refused' },
    { status: 429, text: said('slow_down'), is: 'throttled', kind: 'rate-limited' },
    { status: 409, text: said('duplicate_key'), is: 'done-already', kind: 'conflict', code: 'already-exists' },
    { status: 404, text: said('not_found'), is: 'refused', kind: 'not-found' },
    { status: 502, text: '<html>a proxy</html>', is: 'unknown', kind: 'vendor-unavailable' },
  ]);
});
