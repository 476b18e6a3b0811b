import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { built, eventually, installedIn, TEST_ROLES, testDatabase, testSandboxes, urlAs } from '#testing';
import type { ToLineFlows } from './billing/line-flow-worker.js';

it('the process of the line flows ends when the bench does, in the middle of its work too', async () => {
  const [dist, database, sandboxes] = await Promise.all([
    built(),
    testDatabase(),
    testSandboxes({ vendors: ['netsuite'], faults: [{ match: { vendor: 'netsuite' }, action: { do: 'latency', ms: 60_000 } }] }),
  ]);
  await installedIn(database.url);
  const child = fork(join(dist, 'test/bench/billing/line-flow-worker.js'), [], { execArgv: [] });
  const line = { employee: 'E-1', project: 'P-1', item: 'consultant', department: 'D-1', date: '2026-10-12' };
  child.send({
    environment: { DATABASE_URL: urlAs(TEST_ROLES.app('fixture'), database.url), LOG_LEVEL: 'error', ISSUER_URL: 'http://127.0.0.1:9' },
    netsuite: sandboxes.endpoints.netsuite,
    concurrency: 1,
    lines: [line],
  } satisfies ToLineFlows);
  // It waits for the ERP.
  await eventually(async () => (await sandboxes.control.faults())[0].delivered > 0, { withinMs: 25_000 });
  const ended = once(child, 'exit');
  child.disconnect();
  const hurry = setTimeout(() => child.kill('SIGKILL'), 10_000);
  const [, signal] = (await ended) as [number | null, string | null];
  clearTimeout(hurry);
  expect(signal).not.toBe('SIGKILL');
  await sandboxes.close();
  await database.close();
}, 60_000);
