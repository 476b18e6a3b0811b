import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { money, type BillingBatch, type BillingOutcome } from '#canonical';
import { type BatchParts, BatchWriter, connectorMigrations } from '#connector';
import { configureLog } from '#service';
import { testDatabase, type TestDatabase } from '#testing';
import type { BillingMeans } from '../vendors/port/billing.port.js';
import { aLine, post, remove } from './billing.fixture.js';
import { sendableOf } from './billing-batch.rules.js';
import { startTinyErp } from './tiny-erp.fixture.js';
import { writtenBatch } from './written-batch.js';

const TIMES = { batchSize: 50, settlingMs: 600, leaseMs: 1_000 };
const MEANS: Record<string, BillingMeans> = {
  'knows nothing again, takes all of a batch or none, and answers at once': {
    repeats: 'look-up',
    takes: 'whole',
    outcome: 'answer',
    corrections: ['negative-line', 'credit'],
    ...TIMES,
  },
  'knows lines by their keys, fills a journal, and posts it': {
    repeats: 'line-key',
    takes: 'journal',
    outcome: 'job',
    corrections: ['credit'],
    ...TIMES,
  },
  'knows nothing again, takes lines one by one, and puts down a file of what it refused': {
    repeats: 'look-up',
    takes: 'lines',
    outcome: 'file',
    corrections: ['deletion'],
    ...TIMES,
  },
};

let database: TestDatabase;
let erp: Awaited<ReturnType<typeof startTinyErp>>;
beforeAll(async () => {
  configureLog({ logLevel: 'fatal' });
  database = await testDatabase({ migrations: connectorMigrations });
});
afterAll(() => database.close());

const line = () => aLine({ amount: money('10', 'GBP') });
const badLine = () => ({ ...line(), projectId: 'bad' });

/** Asks until the batch is done, as the app is asked. */
async function drive(batch: BillingBatch, parts: Partial<BatchParts> = {}): Promise<BillingOutcome[]> {
  const { settlingMs, leaseMs } = TIMES;
  const writer = new BatchWriter(database.dataSource, { system: 'tiny', account: 'one', settlingMs, leaseMs }, parts);
  const written = writtenBatch(erp.billing, randomUUID(), batch);
  const giveUpAt = performance.now() + 20_000;
  for (;;) {
    const state = await writer.put(written, 2_000);
    if (state.state === 'done') return state.outcomes;
    if (performance.now() > giveUpAt) throw new Error(`still waits for ${state.waitsFor}`);
    await sleep(Math.min(state.retryAfterMs, 300));
  }
}

const results = (outcomes: BillingOutcome[]) => outcomes.map(({ result, code }) => code ?? result);
const once = { there: 1, written: 1 };
const onWrite = (action: Parameters<typeof erp.faults.plan>[0]['action'], operation = 'create') =>
  erp.faults.plan({ match: { vendor: 'tiny', kind: 'write', operation }, action, nth: 1 });

describe.each(Object.entries(MEANS))('an ERP that %s', (_, means) => {
  beforeEach(async () => {
    erp = await startTinyErp(database.dataSource, means);
  });
  afterEach(() => erp.close());

  it('gets each line once', async () => {
    const lines = [line(), line(), line()];
    expect(results(await drive(post(...lines)))).toEqual(['posted', 'posted', 'posted']);
    for (const { externalId } of lines) expect(erp.times(externalId)).toEqual(once);
  });

  it('is told why a line is refused, and the others are posted', async () => {
    const [good, bad, other] = [line(), badLine(), line()];
    const outcomes = await drive(post(good, bad, other));
    expect(results(outcomes)).toEqual(['posted', 'unknown-project', 'posted']);
    expect(outcomes[1].detail).toBe('There is no such project.');
    expect([good, bad, other].map(({ externalId }) => erp.times(externalId).there)).toEqual([1, 0, 1]);
  });

  it.each([
    ['is lost', { do: 'lose-answer' } as const],
    ['is lost, and what it is about comes late', { do: 'late-commit', ms: 300 } as const],
  ])('has each line once when an answer %s, also with a refused one among them', async (__, action) => {
    const [good, bad, other] = [line(), badLine(), line()];
    onWrite(action);
    expect(results(await drive(post(good, bad, other)))).toEqual(['posted', 'unknown-project', 'posted']);
    for (const { externalId } of [good, other]) expect(erp.times(externalId)).toEqual(once);
  });

  it('is asked for no correction that it has not', () => {
    const { corrections } = means;
    const reversal = aLine({ minutes: -60, amount: money('-10', 'GBP') });
    const taken = (batch: BillingBatch) => sendableOf(batch, means).refused.length === 0;
    expect([taken(remove(line())), taken(post(reversal))]).toEqual([corrections.includes('deletion'), corrections.includes('negative-line')]);
  });
});

describe('a journal', () => {
  beforeEach(async () => {
    erp = await startTinyErp(database.dataSource, MEANS['knows lines by their keys, fills a journal, and posts it']);
  });
  afterEach(() => erp.close());

  it.each([
    ['its posting is lost', { do: 'lose-answer' } as const],
    ['its posting comes late', { do: 'late-commit', ms: 300 } as const],
    ['the ERP fails while it is posted', { do: 'error', status: 500 } as const],
  ])('is posted once when %s', async (_, action) => {
    const lines = [line(), line()];
    onWrite(action, 'post');
    expect(results(await drive(post(...lines)))).toEqual(['posted', 'posted']);
    for (const { externalId } of lines) expect(erp.times(externalId)).toEqual(once);
    expect(erp.journals()).toBe(1);
  });
});

describe('without a look before a batch is sent again', () => {
  afterEach(() => erp.close());

  it('a line is there twice at an ERP that knows no request again', async () => {
    erp = await startTinyErp(database.dataSource, MEANS['knows nothing again, takes lines one by one, and puts down a file of what it refused']);
    const good = line();
    onWrite({ do: 'lose-answer' });
    await drive(post(good, badLine()), { asksFirst: false });
    expect(erp.times(good.externalId).there).toBe(2);
  });
});
