import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { text } from 'node:stream/consumers';
import { testServer, type TestServer } from '#testing';
import { Checkout } from '../tool.fixture.js';

let governance: TestServer;
let asked: { method?: string; url?: string; authorization?: string; body: unknown }[] = [];
let answer: { status: number; body: object };
let checkout: Checkout;

beforeAll(async () => {
  checkout = await Checkout.with({
    'approval.yaml': 'by: CIO\nwhy: all have moved\nconsumers:\n  - { consumer: sales, toldOn: 2026-10-01, movesBy: 2026-11-01 }\n',
  });
  governance = await testServer(async (request, response) => {
    const body = JSON.parse(await text(request)) as unknown;
    asked.push({ method: request.method, url: request.url, authorization: request.headers.authorization, body });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
});
afterAll(() => governance.close());
afterEach(() => {
  asked = [];
  vi.unstubAllEnvs();
});

function reached(): void {
  vi.stubEnv('GOVERNANCE_URL', `${governance.url}/governance/`);
  vi.stubEnv('GOVERNANCE_TOKEN', 'secret-token');
}

const retire = (...more: string[]) => checkout.api('retire', 'crm@1:getDeal', '--on', '2026-12-01', '--why', 'version 2 is there', ...more);

it('asks the governance app, with who approved it', async () => {
  reached();
  answer = { status: 200, body: { id: 'crm@1:getDeal', retiredAt: '2026-12-01T00:00:00.000Z' } };
  expect(await retire('--approval', 'approval.yaml', '--successor', '/system/crm/v2')).toEqual({
    code: 0,
    err: '',
    out: 'crm@1:getDeal ends at 2026-12-01T00:00:00.000Z\n',
  });
  expect(asked).toEqual([
    {
      method: 'PUT',
      url: '/governance/v1/retirements/crm%401%3AgetDeal',
      authorization: 'Bearer secret-token',
      body: {
        retiredAt: '2026-12-01T00:00:00Z',
        reason: 'version 2 is there',
        successor: '/system/crm/v2',
        approval: { by: 'CIO', why: 'all have moved', consumers: [{ consumer: 'sales', toldOn: '2026-10-01', movesBy: '2026-11-01' }] },
      },
    },
  ]);
});

it('says why it is refused, and ends with 1', async () => {
  reached();
  const message = 'sales still uses it';
  answer = {
    status: 409,
    body: { detail: `It can't be retired: ${message}.`, fields: [{ field: 'approval.consumers', rule: 'still-used', message }] },
  };
  expect(await retire()).toEqual({ code: 1, err: '', out: `It can't be retired: ${message}.\n  approval.consumers: ${message}\n` });
});

it('ends with 2 when it is used wrongly, and asks nobody', async () => {
  expect((await retire()).err).toMatch(/^GOVERNANCE_URL says where/);
  reached();
  expect((await checkout.api('retire', 'crm', '--on', '2026-12-01', '--why', 'x')).err).toBe('crm is not API@VERSION or API@VERSION:OPERATION');
  expect((await checkout.api('retire', 'crm@1', '--on', '2026-13-01', '--why', 'x')).code).toBe(2);
  expect((await retire('--approval', 'none.yaml')).err).toBe("--approval none.yaml can't be read");
  expect(asked).toEqual([]);
  vi.stubEnv('GOVERNANCE_URL', 'http://127.0.0.1:1/governance');
  const away = await retire();
  expect([away.code, away.err]).toEqual([2, expect.stringContaining("can't be reached at http://127.0.0.1:1")]);
  expect(away.err).not.toContain('secret-token');
});
