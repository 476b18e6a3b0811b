import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxRow, type Vendor } from './kit/index.js';
import { type Sandboxes, startSandboxes } from './sandboxes.js';
import { SANDBOX_VENDORS } from './vendors.js';

const NOTHING = { status: 503 };

/** Answers every call with the account that it plays. */
const echo = (account: string): Vendor => ({
  name: 'echo',
  classify: () => ({ kind: 'read', type: 'echo', operation: 'get' }),
  handle: () => ({ status: 200, body: { account } }),
  throttled: () => NOTHING,
  failed: (_, status) => ({ status }),
  refused: () => NOTHING,
  down: () => NOTHING,
});

const ROWS = {
  ...SANDBOX_VENDORS,
  echo: sandboxRow({
    title: 'Echo',
    account: 'E-1',
    open: async ({ account }) => ({
      create: () => echo(account),
      endpoint: (baseUrl: string) => ({ baseUrl }),
      settings: ({ baseUrl }: { baseUrl: string }) => ({ ECHO_BASE_URL: baseUrl, ECHO_ACCOUNT: account }),
    }),
  }),
};

describe('a vendor’s stand-in', () => {
  const directory = mkdtempSync(join(tmpdir(), 'throughline-sandboxes-'));
  let sandboxes: Sandboxes;
  beforeAll(async () => {
    sandboxes = await startSandboxes({ directory }, ROWS);
  });
  afterAll(async () => {
    await sandboxes.close();
    rmSync(directory, { recursive: true });
  });

  it('is one row: it runs beside the others, states the settings that point at it, and takes faults', async () => {
    const url = sandboxes.settings.ECHO_BASE_URL;
    expect(sandboxes.addresses.Echo).toBe(url);
    expect(sandboxes.settings).toMatchObject({ ECHO_ACCOUNT: 'E-1', KANTATA_ACCOUNT: SANDBOX_VENDORS.kantata.account });
    expect(await (await fetch(url)).json()).toEqual({ account: 'E-1' });
    const planned = await fetch(`${sandboxes.control.url}/faults`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sandboxes.control.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ match: { vendor: 'echo' }, action: { do: 'error', status: 502 }, times: 1 }),
    });
    expect(planned.status).toBe(201);
    expect((await fetch(url)).status).toBe(502);
  });
});
