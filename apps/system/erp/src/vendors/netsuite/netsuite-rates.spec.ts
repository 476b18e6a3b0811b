import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { money, type BillableTransaction, type BillingOutcome } from '#canonical';
import { BatchWriter, connectorMigrations } from '#connector';
import { loadConfig, Metrics, serviceMigrations } from '#service';
import { eventually, testDatabase, testSandboxes, type TestDatabase, type TestSandboxes } from '#testing';
import { aLine, post, project } from '../../billing/billing.fixture.js';
import { writtenBatch } from '../../billing/written-batch.js';
import type { BillingPort, ErpVendor } from '../erp-vendor.js';
import { NetsuiteConfig } from './netsuite.config.js';
import { netsuite } from './netsuite.vendor.js';

const { currency } = project;
const connected: ErpVendor[] = [];
let database: TestDatabase;
let exact: TestSandboxes;
let cutting: TestSandboxes;

beforeAll(async () => {
  [database, exact, cutting] = await Promise.all([
    testDatabase({ migrations: [...serviceMigrations, ...connectorMigrations] }),
    testSandboxes({ vendors: ['netsuite'] }),
    testSandboxes({ vendors: ['netsuite'], choices: { netsuite: { rateDecimals: 2 } } }),
  ]);
});
afterAll(async () => {
  await Promise.all(connected.map(vendor => vendor.close()));
  await Promise.all([exact?.close(), cutting?.close(), database?.close()]);
});

function connect({ endpoints }: TestSandboxes, rateDecimals: number): ErpVendor & { billing: BillingPort } {
  const { baseUrl, tokenUrl, accountId, clientId, certificateId, privateKeyFile } = endpoints.netsuite;
  const env = {
    NETSUITE_ACCOUNT: accountId,
    NETSUITE_BASE_URL: baseUrl,
    NETSUITE_TOKEN_URL: tokenUrl,
    NETSUITE_CLIENT_ID: clientId,
    NETSUITE_CERTIFICATE_ID: certificateId,
    NETSUITE_PRIVATE_KEY: readFileSync(privateKeyFile, 'utf8'),
    NETSUITE_SETTLING_MS: '500',
    NETSUITE_RATE_DECIMALS: String(rateDecimals),
  };
  const vendor = netsuite.connect({ config: loadConfig(NetsuiteConfig, env), dataSource: database.dataSource, metrics: new Metrics() });
  connected.push(vendor);
  return vendor as ErpVendor & { billing: BillingPort };
}

async function posted({ billing, name }: ErpVendor & { billing: BillingPort }, line: BillableTransaction): Promise<BillingOutcome> {
  const id = randomUUID();
  const writer = new BatchWriter(database.dataSource, { system: name, account: id, settlingMs: 500, leaseMs: 1_000 });
  const state = await eventually(async () => {
    const answer = await writer.put(writtenBatch(billing, id, post(line)), 5_000);
    return answer.state === 'done' ? answer : undefined;
  });
  return state.outcomes[0];
}

/** A full day of 999 a day. */
const aDay = () => aLine({ minutes: 480, ratePerHour: { amount: '124.875', currency }, amount: money('999', currency) });

describe('a rate of time with more decimals than its currency', () => {
  it('comes to the line’s amount where the account keeps them', async () => {
    const outcome = await posted(connect(exact, 6), aDay());
    expect(outcome).toMatchObject({ result: 'posted', amount: money('999', currency) });
    expect(outcome).not.toHaveProperty('ratePerHour');
  });

  it.each([
    ['the setting says so', () => connect(cutting, 2)],
    ['nobody set that it does', () => connect(cutting, 6)],
  ])('is told with what it comes to where the account cuts it: %s', async (_, vendor) => {
    expect(await posted(vendor(), aDay())).toMatchObject({
      result: 'posted',
      amount: money('999.04', currency),
      ratePerHour: { amount: '124.88', currency },
    });
  });

  it('is looked for by the check: the account keeps more than is sent', async () => {
    const finding = async (sandboxes: TestSandboxes, decimals: number) =>
      (await connect(sandboxes, decimals).check()).find(({ what }) => what === 'decimals of rates of time');
    expect(await finding(exact, 6)).toMatchObject({ ok: true, say: expect.stringContaining('up to 3') });
    expect(await finding(exact, 2)).toMatchObject({ ok: false, say: expect.stringContaining('NETSUITE_RATE_DECIMALS') });
    expect(await finding(cutting, 2)).toMatchObject({ ok: true });
  });
});
