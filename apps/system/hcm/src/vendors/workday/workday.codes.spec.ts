import { describe } from 'vitest';
import { describeCodeTable, type CodeExample } from '#testing';
import { workdayCodes } from './workday.codes.js';

const fault = (code: string, reason: string, detail: string, is: CodeExample['is'], kind: string, ours?: string): CodeExample => ({
  status: 500,
  on: 'read',
  text: `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault xmlns:wd="urn:com.workday/bsvc"><faultcode>e:${code}</faultcode><faultstring>${reason}</faultstring>${detail}</e:Fault></e:Body></e:Envelope>`,
  is,
  kind,
  code: ours,
});
const plain = (status: number, is: CodeExample['is'], kind: string, code?: string): CodeExample => ({
  status,
  on: 'read',
  text: '{}',
  is,
  kind,
  code,
});
const validation =
  '<detail><wd:Validation_Fault><wd:Validation_Error><wd:Message>bad</wd:Message></wd:Validation_Error></wd:Validation_Fault></detail>';
const processing = (text: string) => `<detail><wd:Processing_Fault><wd:Detail_Message>${text}</wd:Detail_Message></wd:Processing_Fault></detail>`;

describe("Workday's faults", () => {
  describeCodeTable(workdayCodes, [
    fault('Server.tooManyRequests', 'The number of requests exceeds what is allowed.', '', 'throttled', 'rate-limited'),
    plain(429, 'throttled', 'rate-limited'),
    fault('Server', 'Internal error', '', 'passing', 'vendor-unavailable', 'not-made'),
    plain(503, 'passing', 'vendor-unavailable', 'not-made'),
    fault('Client.authenticationError', 'invalid username or password', '', 'held', 'refused-by-vendor', 'login-refused'),
    plain(401, 'held', 'refused-by-vendor', 'login-refused'),
    plain(403, 'held', 'refused-by-vendor', 'login-refused'),
    fault('Client.x', 'x', processing('The task submitted is not authorized.'), 'held', 'refused-by-vendor', 'not-authorised'),
    fault('Client.validationError', 'x', validation, 'refused', 'refused-by-vendor', 'invalid-request'),
    fault('Client.x', 'x', processing('It went wrong.'), 'refused', 'refused-by-vendor', 'processing'),
    plain(500, 'unknown', 'vendor-unavailable'),
  ]);
});
