import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlledVendor, ControlServer } from './control.js';
import { Faults } from './faults.js';

// An answer's body, read field by field as the test expects it.
type Body = any;

const TOKEN = 'the-token';
const OURS = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };

let control: ControlServer;
let base: string;
const faults = new Faults();
/** Vendors as faults see them: each with the notices that it can send wrongly. */
const vendors = new Map(
  Object.entries({ salesforce: ['delay'], kantata: ['drop', 'delay', 'duplicate'], workday: undefined, netsuite: undefined }).map(
    ([name, notices]) => [name, { server: { vendor: { notices } } } as unknown as ControlledVendor] as const,
  ),
);

beforeAll(async () => {
  control = new ControlServer(faults, vendors, TOKEN);
  base = await control.listen(0);
});
afterAll(() => control.close());

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = OURS): Promise<{ status: number; body: Body }> {
  const answer = await fetch(base + path, {
    method,
    headers,
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

const match = { vendor: 'kantata', kind: 'write' };

describe('the control port', () => {
  it('lists its controls at its root, with a fault that it accepts', async () => {
    const { status, body } = await ask('GET', '/');
    expect([status, Object.keys(body.controls)]).toEqual([200, expect.arrayContaining(['POST /faults', 'GET /calls'])]);
    expect((await ask('POST', '/faults', body.fault.example)).status).toBe(201);
    expect((await ask('POST', '/nothing')).body.error).toBe('POST /nothing is not a control; GET / tells what is');
  });

  it.each([
    [{ match: { vendor: 'salesforce', type: 'Opportunity', path: '^/services', body: 'x|y' }, action: { do: 'latency', ms: 0 }, rate: 0.5, seed: 3 }],
    [{ match, action: { do: 'error', status: 503 }, nth: [1, 3], times: 1 }],
    [{ match, action: { do: 'throttle', retryAfterSeconds: 2 } }],
    [{ match, action: { do: 'kill', pid: 4_000_000, when: 'after' }, nth: 2 }],
    [{ match: { vendor: 'kantata' }, action: { do: 'notice', how: 'delay', ms: 5_000 } }],
    [{ match: { vendor: 'salesforce' }, action: { do: 'notice', how: 'delay', ms: 5_000 } }],
  ])('plans %j', async fault => {
    expect(await ask('POST', '/faults', fault)).toMatchObject({ status: 201, body: fault });
  });

  it.each<[unknown, Record<string, string>]>([
    ['not json', { fault: 'must be a JSON object; GET / shows one' }],
    [[], { fault: 'must be a JSON object; GET / shows one' }],
    [{}, { match: 'is required: an object', action: 'is required: an object' }],
    [
      { match: { vendor: 'sap', kind: 'delete', path: '(' }, action: { do: 'explode' } },
      {
        'match.vendor': 'must be one of salesforce, kantata, workday, netsuite',
        'match.kind': 'must be one of auth, read, write, record',
        'match.path': 'must be a regular expression',
        'action.do': 'must be one of latency, error, throttle, maintenance, code, clock, lose-answer, late-commit, timeout, kill, freeze, notice',
      },
    ],
    [
      { match: { ...match, verb: 'PUT' }, action: { do: 'latency', ms: '5' }, every: 2, nth: 0, rate: 2, times: -1 },
      {
        every: 'is not known here; known are match, action, nth, rate, seed, times',
        nth: 'must be the number of a matching request, counted from 1, or a list of them',
        rate: 'must be a number from 0 to 1',
        times: 'must be a whole number from 1 to 1000000',
        'match.verb': 'is not known here; known are vendor, kind, type, operation, path, body',
        'action.ms': 'must be a whole number from 0 to 3600000',
      },
    ],
    [
      { match, action: { do: 'kill', pid: -1 } },
      { 'action.pid': 'must be a whole number from 2 to 4194304', 'action.when': 'is required: one of before, after' },
    ],
    [{ match, action: { do: 'late-commit', ms: 60_000 } }, { 'action.ms': 'must be a whole number from 0 to 30000' }],
    [{ match, action: { do: 'maintenance' }, nth: 1, rate: 1 }, { rate: 'must be absent where nth says when' }],
    [{ match, action: { do: 'notice', how: 'delay' } }, { 'action.ms': 'goes with delay, which needs it' }],
    [{ match, action: { do: 'notice', how: 'drop', ms: 5 } }, { 'action.ms': 'goes with delay, which needs it' }],
    [
      { match: { vendor: 'workday' }, action: { do: 'notice', how: 'drop' } },
      { 'action.how': 'does not fit: workday has no notices; salesforce and kantata have' },
    ],
    [{ match: { vendor: 'salesforce' }, action: { do: 'notice', how: 'drop' } }, { 'action.how': 'does not fit: salesforce can only delay' }],
  ])('refuses %j and names each field', async (fault, wrong) => {
    const planned = faults.list().length;
    const { status, body } = await ask('POST', '/faults', fault);
    expect([status, Object.fromEntries(body.fields.map(({ field, message }: Body) => [field, message]))]).toEqual([400, wrong]);
    expect(body.error).toMatch(/^The fault can't be planned: /);
    expect(faults.list()).toHaveLength(planned);
  });

  it.each<[string, Record<string, string>, number]>([
    ['a page of somebody else', { ...OURS, origin: 'https://elsewhere.example' }, 403],
    ['a page that hides who it is', { ...OURS, origin: 'null' }, 403],
    ['a page, by what the browser says of it', { ...OURS, 'sec-fetch-site': 'cross-site' }, 403],
    ['a page of another port here', { ...OURS, 'sec-fetch-site': 'same-site' }, 403],
    ['a form of a page', { 'content-type': 'text/plain' }, 401],
    ['nobody', { 'content-type': 'application/json' }, 401],
    ['somebody with another token', { ...OURS, authorization: 'Bearer the-tokem' }, 401],
    ['somebody whose body is no JSON', { ...OURS, 'content-type': 'text/plain' }, 415],
  ])('takes no fault from %s', async (_, headers, status) => {
    const fault = { match: { vendor: 'kantata' }, action: { do: 'kill', pid: 4_000_000, when: 'before' } };
    const planned = faults.list().length;
    expect((await ask('POST', '/faults', fault, headers)).status).toBe(status);
    expect(faults.list()).toHaveLength(planned);
  });

  it('shows ledgers and calls, and forgets faults, for those with the token alone', async () => {
    for (const [method, path] of [
      ['GET', '/ledger/kantata'],
      ['GET', '/calls'],
      ['GET', '/faults'],
      ['DELETE', '/faults'],
      ['PUT', '/settings/netsuite'],
    ])
      expect((await ask(method, path, undefined, {})).status, path).toBe(401);
  });

  it('takes no fault of more than a fault can be', async () => {
    expect((await ask('POST', '/faults', { match: { ...match, path: 'a'.repeat(200_000) } })).status).toBe(413);
  });

  it('changes no settings of a vendor that has none', async () => {
    expect((await ask('PUT', '/settings/kantata', { processors: 1 })).status).toBe(404);
    expect((await ask('GET', '/settings/kantata')).body.error).toBe('no settings of kantata');
  });
});
