import { describe, expect, it } from 'vitest';
import { redactText } from './redact.js';

const CASES: [text: string, redacted: string][] = [
  ['sent with bearer abcdefgh.ijkl', 'sent with bearer [redacted]'],
  ['Basic dXNlcjpwYXNz refused', 'Basic [redacted] refused'],
  ['POST /token?Client_Secret=s3&x=1', 'POST /token?Client_Secret=[redacted]&x=1'],
  ['the token eyJhbGciOiJFUzI1NiJ9.eyJz is cut', 'the token [redacted] is cut'],
  ['<wsse:password Type="t">s3</wsse:password>', '<wsse:password Type="t">[redacted]</wsse:password>'],
  ['Bearer abcdefghij, then <Password>s3</Password>', 'Bearer [redacted], then <Password>[redacted]</Password>'],
  ['GET /system/crm/v1/deals/d1 200 in 3 ms', 'GET /system/crm/v1/deals/d1 200 in 3 ms'],
  ['the bearer = none; a < b', 'the bearer = none; a < b'],
];

describe('a text of a log', () => {
  it.each(CASES)('has no secrets: %s', (text, redacted) => {
    expect(redactText(text)).toBe(redacted);
    // looked at again, since a pattern with a state would miss every second text
    expect(redactText(text)).toBe(redacted);
  });
});
