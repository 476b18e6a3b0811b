import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { BillableTransaction, BillingBatch, BillingOutcome, Problem } from '#canonical';
import { BatchWriter, type BatchParts, type BatchState } from '#connector';
import { eventually, problemOf } from '#testing';
import { post, remove } from '../../billing/billing.fixture.js';
import { writtenBatch, type WrittenBatch } from '../../billing/written-batch.js';
import { answersUnsupported, Bench, type BillingWorld, type ErpWorld } from './bench.fixture.js';
import type { Billing } from './billing.port.js';

const SETTLING_MS = 1_500;
const LEASE_MS = 1_000;
const WITHIN_MS = 5_000;

/**
 * What every ERP with billing must do with batches of billable transactions, driven as the app
 * drives them.
 */
export function billingConformance(name: string, world: ErpWorld): void {
  describe(`lines in ${name}`, () => {
    const bench = new BillingBench(name, world);
    if (bench.can('billing')) linesAreBilled(bench, world.billing!);
    else answersUnsupported(bench, 'billing', vendor => vendor.billing);
  });
  if (world.billing) withoutHelp(name, world.billing.forgetful());
}

function withoutHelp(name: string, forgetful: ErpWorld): void {
  describe(`without a part that makes it safe, and no help from ${name}, things go wrong:`, () => {
    aPartIsMissing(new BillingBench(name, forgetful));
  });
}

function linesAreBilled(bench: BillingBench, { means }: BillingWorld): void {
  linesArePosted(bench);
  if (means.repeats === 'request-key') requestsComeAgain(bench);
  if (means.corrections.includes('deletion')) linesAreTakenOut(bench);
  describe('when it fails', () => {
    callsFail(bench);
  });
  describe('are there exactly once', () => {
    answersAreLost(bench);
    processesFail(bench);
  });
}

const resultsOf = (outcomes: BillingOutcome[]) => outcomes.map(({ result, code }) => code ?? result);

/** Drives batches as the app does. */
class BillingBench extends Bench {
  constructor(
    private readonly name: string,
    world: ErpWorld,
  ) {
    super(world, { settlingMs: SETTLING_MS, leaseMs: LEASE_MS });
  }

  get erp(): BillingWorld {
    return this.world.billing!;
  }

  get billing(): Billing {
    return this.vendor.billing!;
  }

  writer(parts: Partial<BatchParts> = {}): BatchWriter {
    return new BatchWriter(this.erp.dataSource, { system: this.name, account: 'conformance', settlingMs: SETTLING_MS, leaseMs: LEASE_MS }, parts);
  }

  lines(n = 3): BillableTransaction[] {
    return Array.from({ length: n }, () => this.erp.line());
  }

  batch(content: BillingBatch, id = randomUUID()) {
    return { id, content, written: writtenBatch(this.billing, id, content) };
  }

  put(batch: WrittenBatch, parts?: Partial<BatchParts>): Promise<BatchState<BillingOutcome>> {
    return this.writer(parts).put(batch, WITHIN_MS);
  }

  async drive(batch: WrittenBatch, parts?: Partial<BatchParts>): Promise<BillingOutcome[]> {
    const giveUpAt = performance.now() + 30_000;
    for (;;) {
      const state = await this.put(batch, parts).catch((error: Problem) => {
        if (error.retryable && performance.now() < giveUpAt) return { state: 'under-way' as const, waitsFor: error.code, retryAfterMs: 100 };
        throw error;
      });
      if (state.state === 'done') return state.outcomes;
      if (performance.now() > giveUpAt) throw new Error(`still waits for ${state.waitsFor}`);
      await sleep(Math.min(state.retryAfterMs, 300));
    }
  }

  async single(...all: BillableTransaction[]): Promise<void> {
    for (const line of all) assert.deepEqual(await this.erp.state(line), { there: 1, writes: 1 });
  }
}

function linesArePosted(bench: BillingBench): void {
  it('posts each line once and reads it back', async () => {
    const all = bench.lines();
    const outcomes = await bench.drive(bench.batch(post(...all)).written);
    expect(outcomes.map(({ externalId, result, amount }) => ({ externalId, result, amount }))).toEqual(
      all.map(({ externalId, amount }) => ({ externalId, result: 'posted', amount })),
    );
    await bench.single(...all);
    const seen = await bench.billing.readBack('time', [...all.map(({ externalId }) => externalId), 'tl-none-v1']);
    expect(seen.map(({ minutes, amount, status }) => ({ minutes, amount, status }))).toEqual(
      all.map(({ minutes, amount }) => ({ minutes, amount, status: 'unbilled' })),
    );
  });

  it('tells why one line is refused, and posts the others', async () => {
    const [bad, good] = [bench.erp.badLine(), bench.erp.line()];
    const outcomes = await bench.drive(bench.batch(post(bad, good)).written);
    expect(resultsOf(outcomes)).toEqual(['unknown-project', 'posted']);
    expect(outcomes[0].detail).toContain(bad.projectId);
    expect(await bench.erp.state(bad)).toEqual({ there: 0, writes: 0 });
  });
}

function requestsComeAgain(bench: BillingBench): void {
  it('follows the first job when the same request comes again', async () => {
    const { id, content } = bench.batch(post(...bench.lines()));
    const { job } = await bench.billing.submit(content, id);
    expect(await bench.billing.submit(content, id)).toEqual({ job });
    await eventually(async () => (await bench.billing.follow(job!)).state === 'ended');
    await bench.single(...content.transactions);
  });
}

function linesAreTakenOut(bench: BillingBench): void {
  it('takes unbilled lines out and refuses billed ones as already billed', async () => {
    const all = bench.lines(2);
    await bench.drive(bench.batch(post(...all)).written);
    await bench.erp.bill(all[0]);
    expect(resultsOf(await bench.drive(bench.batch(remove(...all)).written))).toEqual(['already-billed', 'removed']);
    expect((await bench.erp.state(all[0])).there).toBe(1);
    expect((await bench.erp.state(all[1])).there).toBe(0);
  });

  it('a removal that commits late is done only when nothing can follow', async () => {
    const all = bench.lines();
    await bench.drive(bench.batch(post(...all)).written);
    const { written } = bench.batch(remove(...all));
    await bench.erp.fail('submit', { do: 'lose-answer' });
    expect(await bench.put(written)).toMatchObject({ waitsFor: 'settling' });
    await eventually(async () => (await bench.erp.state(all[2])).there === 0);
    expect(await bench.put(written)).toMatchObject({ state: 'under-way', waitsFor: 'settling' });
    expect(resultsOf(await bench.drive(written))).toEqual(['removed', 'removed', 'removed']);
  });
}

function callsFail(bench: BillingBench): void {
  it.each([
    ['a 429', { do: 'throttle', retryAfterSeconds: 1 } as const],
    ['maintenance', { do: 'maintenance' } as const],
  ])('has sent nothing at %s', async (_, failure) => {
    const { written, content, id } = bench.batch(post(...bench.lines()));
    await bench.erp.fail('submit', failure);
    const problem = await problemOf(bench.put(written));
    expect([problem.kind, problem.code, (problem.retryAfterMs ?? 0) > 0]).toEqual(['vendor-unavailable', 'not-made', true]);
    expect(await bench.writer().read(id)).toBeNull();
    await bench.drive(written);
    await bench.single(...content.transactions);
  });

  it('waits for a 500 to settle before it sends again', async () => {
    const { written, content } = bench.batch(post(...bench.lines()));
    await bench.erp.fail('submit', { do: 'error', status: 500 });
    expect(await bench.put(written)).toMatchObject({ state: 'under-way', waitsFor: 'settling' });
    await bench.drive(written);
    await bench.single(...content.transactions);
  });

  it.each(['follow', 'look'] as const)('goes on when it can %s again', async call => {
    const { written, content } = bench.batch(post(...bench.lines()));
    await bench.erp.fail(call, { do: 'error', status: 500 }, 3);
    expect(resultsOf(await bench.drive(written))).toEqual(['posted', 'posted', 'posted']);
    await bench.single(...content.transactions);
  });
}

function answersAreLost(bench: BillingBench): void {
  it('when the answer is lost after the write', async () => {
    const { written, content } = bench.batch(post(...bench.lines()));
    await bench.erp.fail('submit', { do: 'lose-answer' });
    expect(await bench.put(written)).toMatchObject({ state: 'under-way', waitsFor: 'settling' });
    expect(resultsOf(await bench.drive(written))).toEqual(['posted', 'posted', 'posted']);
    await bench.single(...content.transactions);
  });

  it('when it is told late which lines were refused: the answer lost, one of them bad', async () => {
    const [bad, good] = [bench.erp.badLine(), bench.erp.line()];
    const { written } = bench.batch(post(bad, good));
    await bench.erp.fail('submit', { do: 'lose-answer' });
    expect(resultsOf(await bench.drive(written))).toEqual(['unknown-project', 'posted']);
    await bench.single(good);
  });

  it('when it commits later than the retry’s look', async () => {
    const { written, content } = bench.batch(post(...bench.lines()));
    await bench.erp.fail('submit', { do: 'late-commit', ms: 1_000 });
    expect(await bench.put(written)).toMatchObject({ waitsFor: 'settling' });
    expect(await bench.put(written)).toMatchObject({ waitsFor: 'settling' });
    expect(await bench.erp.state(content.transactions[0])).toEqual({ there: 0, writes: 0 });
    expect(resultsOf(await bench.drive(written))).toEqual(['posted', 'posted', 'posted']);
    await bench.single(...content.transactions);
  });
}

function processesFail(bench: BillingBench): void {
  it.each(['before-submit', 'after-submit', 'at-look'] as const)('when the app is killed %s', async dies => {
    const { id, content, written } = bench.batch(post(...bench.lines()));
    const child = await bench.erp.drives(id, content, { settlingMs: SETTLING_MS, leaseMs: LEASE_MS, dies });
    child.start();
    expect(await child.ended).toBe('SIGKILL');
    expect(resultsOf(await bench.drive(written))).toEqual(['posted', 'posted', 'posted']);
    await bench.single(...content.transactions);
  });

  it.each(['before', 'after'] as const)('when the app is killed while its submission is there, %s it was taken up', async when => {
    const { id, content, written } = bench.batch(post(...bench.lines()));
    const child = await bench.erp.drives(id, content, { settlingMs: SETTLING_MS, leaseMs: LEASE_MS });
    await bench.erp.fail('submit', { do: 'kill', pid: child.pid, when });
    child.start();
    expect(await child.ended).toBe('SIGKILL');
    expect(resultsOf(await bench.drive(written))).toEqual(['posted', 'posted', 'posted']);
    await bench.single(...content.transactions);
  });

  it('when the app stands still past its lease in mid-submission, and thaws when another is done', async () => {
    const { id, content, written } = bench.batch(post(...bench.lines()));
    const child = await bench.erp.drives(id, content, { settlingMs: SETTLING_MS, leaseMs: LEASE_MS });
    await bench.erp.fail('submit', { do: 'freeze', pid: child.pid, ms: LEASE_MS + SETTLING_MS + 2_500 });
    child.start();
    await bench.world.delivered();
    expect(resultsOf(await bench.drive(written))).toEqual(['posted', 'posted', 'posted']);
    expect(await child.ended).toBe('posted,posted,posted');
    await bench.single(...content.transactions);
  });

  it('when two callers come at once', async () => {
    const { written, content } = bench.batch(post(...bench.lines()));
    const [one, other] = await Promise.all([bench.drive(written), bench.drive(written)]);
    expect(other).toEqual(one);
    await bench.single(...content.transactions);
  });
}

function aPartIsMissing(bench: BillingBench): void {
  it('a line taken out comes back, when settling is not waited for', async () => {
    const [line] = bench.lines(1);
    const posting = bench.batch(post(line)).written;
    await bench.erp.fail('submit', { do: 'late-commit', ms: 3_000 });
    await bench.drive(posting, { settlingMs: 0 });
    await bench.drive(bench.batch(remove(line)).written);
    expect((await bench.erp.state(line)).there).toBe(0);
    await eventually(async () => (await bench.erp.state(line)).there === 1, { withinMs: 10_000 });
  }, 30_000);

  it('a line is written twice, when nobody looks before a batch is sent again', async () => {
    const [line] = bench.lines(1);
    await bench.erp.fail('submit', { do: 'lose-answer' });
    await bench.drive(bench.batch(post(line)).written, { asksFirst: false });
    expect((await bench.erp.state(line)).writes).toBe(2);
  });

  it('a line is there twice, when its external id is another each time', async () => {
    const [line] = bench.lines(1);
    let n = 0;
    const unnamed: Billing = new Proxy(bench.billing, {
      get: (port, name: keyof Billing) =>
        name === 'submit'
          ? (batch: BillingBatch, id: string) =>
              port.submit(
                {
                  ...batch,
                  transactions: batch.transactions.map(one => ({ ...one, externalId: `${one.externalId}-${n++}`, memo: line.externalId })),
                },
                id,
              )
          : name === 'postOne'
            ? (one: BillableTransaction) => port.postOne({ ...one, externalId: `${one.externalId}-${n++}` })
            : typeof port[name] === 'function'
              ? (port[name] as (...given: unknown[]) => unknown).bind(port)
              : port[name],
    });
    await bench.drive(writtenBatch(unnamed, randomUUID(), post(line)));
    const there = await Promise.all(Array.from({ length: n }, (_, i) => bench.erp.state({ ...line, externalId: `${line.externalId}-${i}` })));
    expect(there.reduce((sum, one) => sum + one.there, 0)).toBeGreaterThan(1);
  });
}
