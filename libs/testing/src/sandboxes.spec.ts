import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxProcess, type SandboxProcess, testSandboxes } from './index.js';

const usersOf = async ({ kantata }: { kantata: { baseUrl: string; accessToken: string } }) => {
  const answer = await fetch(`${kantata.baseUrl}/api/v1/users.json`, { headers: { authorization: `Bearer ${kantata.accessToken}` } });
  return { status: answer.status, body: (await answer.json().catch(() => ({}))) as { count?: number } };
};

describe('the sandboxes of a spec', () => {
  it('are seeded, deliver planned faults and count calls', async () => {
    const sandboxes = await testSandboxes({
      vendors: ['kantata'],
      faults: [{ match: { vendor: 'kantata' }, action: { do: 'error', status: 503 }, nth: 2 }],
    });
    const answers = [await usersOf(sandboxes.endpoints), await usersOf(sandboxes.endpoints), await usersOf(sandboxes.endpoints)];
    expect(answers.map(answer => answer.status)).toEqual([200, 503, 200]);
    expect(answers[0].body.count).toBeGreaterThan(0);
    expect(await sandboxes.control.faults()).toMatchObject([{ seen: 3, delivered: 1 }]);
    expect(Object.values((await sandboxes.control.calls()).kantata).reduce((a, b) => a + b)).toBe(3);
    await sandboxes.close();
  });

  it('come back with the same state on the same ports', async () => {
    const sandboxes = await testSandboxes({ vendors: ['kantata', 'netsuite'] });
    const before = await usersOf(sandboxes.endpoints);
    await sandboxes.restart();
    expect(await usersOf(sandboxes.endpoints)).toEqual(before);
    expect(await sandboxes.control.ledger('netsuite')).toEqual(expect.any(Array));
    await sandboxes.close();
  });
});

describe('the sandboxes and a page in a browser', () => {
  it('refuse its requests, at every port and console', async () => {
    const sandboxes = await testSandboxes();
    const { salesforce, kantata, workday, netsuite } = sandboxes.endpoints;
    const doors = [
      `${netsuite.baseUrl}/sandbox/finance/invoices/1/void`,
      `${netsuite.baseUrl}/services/rest/record/v1/job`,
      `${new URL(workday.wsdl).origin}/sandbox/workers/E-1`,
      `${kantata.baseUrl}/api/v1/users.json`,
      `${salesforce.loginUrl}/services/oauth2/token`,
    ];
    const pages = [
      { origin: 'https://elsewhere.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const url of doors)
      for (const headers of pages)
        expect((await fetch(url, { method: 'POST', headers, body: 'x' })).status, `${url} ${JSON.stringify(headers)}`).toBe(403);
    await sandboxes.close();
  });
});

describe('the sandboxes as a process', () => {
  let sandboxes: SandboxProcess;
  beforeAll(async () => {
    sandboxes = await sandboxProcess();
  });
  afterAll(() => sandboxes.close());

  it('survive a kill with their state and ports', async () => {
    const before = await usersOf(sandboxes.endpoints);
    const { pid } = sandboxes;
    await sandboxes.killAndRestart();
    expect(sandboxes.pid).not.toBe(pid);
    expect(await usersOf(sandboxes.endpoints)).toEqual(before);
  });
});
