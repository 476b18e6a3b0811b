import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BillableTransaction, BillingBatch, BillingOutcome, Problem } from '#canonical';
import { BatchWriter, type BatchParts, type BatchState } from '#connector';
import type { Database } from '#persistence';
import { eventually, problemOf } from '#testing';
import { post, remove } from '../billing/billing.fixture.js';
import { writtenBatch, type WrittenBatch } from '../billing/written-batch.js';
import type { BillingPort, ErpVendor } from './erp-vendor.js';
import type { Failure } from './erp-vendor.contract.js';

export type BillingCall = 'submit' | 'follow' | 'look';

/** Where a real process is to die by its own hand. */
export type Moment = 'before-submit' | 'after-submit' | 'at-look';

/** A stand-in of the vendor, and ways to reach it as several processes would. */
export interface BillingBench {
  dataSource: Database;
  /** Another process. Times are in ms. */
  connect(o?: { settlingMs?: number; leaseMs?: number; timeoutMs?: number }): ErpVendor & { billing: BillingPort };
  /** A real process, which drives the batch to its end once started. */
  process(
    id: string,
    batch: BillingBatch,
    o: { settlingMs: number; leaseMs: number; dies?: Moment },
  ): Promise<{ pid: number; start(): void; ended: Promise<string> }>;
  /** The vendor fails so on the next calls (`times`, once if not said). */
  fail(on: BillingCall, failure: Failure | { do: 'kill'; pid: number; when: 'before' | 'after' }, times?: number): Promise<void>;
  forgetFailures(): Promise<void>;
  /** Waits until every failure planned was delivered. */
  delivered(): Promise<void>;
  /** A line of time that the vendor takes. */
  line(over?: Partial<BillableTransaction>): BillableTransaction;
  /** A line whose project the vendor has not. */
  badLine(): BillableTransaction;
  /** Puts the line on an invoice. */
  bill(line: BillableTransaction): Promise<void>;
  /** Records of the line that are there, and how often any was written. */
  state(line: BillableTransaction): Promise<{ there: number; writes: number }>;
  close(): Promise<void>;
}

const SETTLING_MS = 1_500;
const LEASE_MS = 1_000;
const WITHIN_MS = 5_000;

const resultsOf = (outcomes: BillingOutcome[]) => outcomes.map(({ result, code }) => code ?? result);

/** What every ERP must do with batches of lines, driven as the app drives them. `forgetful`: a stand-in that knows no repeated request. */
export function erpBillingContract(name: string, open: (o?: { forgetful: boolean }) => Promise<BillingBench>): void {
  describe(`${name} as an ERP that bills`, () => {
    let bench: BillingBench;
    let billing: BillingPort;
    beforeAll(async () => {
      bench = await open();
      ({ billing } = bench.connect({ settlingMs: SETTLING_MS, leaseMs: LEASE_MS }));
    }, 180_000);
    afterAll(() => bench.close());
    beforeEach(() => bench.forgetFailures());

    const writer = (parts: Partial<BatchParts> = {}) =>
      new BatchWriter(bench.dataSource, { system: name, account: 'contract', settlingMs: SETTLING_MS, leaseMs: LEASE_MS }, parts);
    const lines = (n = 3) => Array.from({ length: n }, () => bench.line());
    const aBatch = (batch: BillingBatch, id = randomUUID()) => ({ id, content: batch, written: writtenBatch(billing, id, batch) });
    const put = (batch: WrittenBatch, parts?: Partial<BatchParts>): Promise<BatchState<BillingOutcome>> => writer(parts).put(batch, WITHIN_MS);
    const drive = async (batch: WrittenBatch, parts?: Partial<BatchParts>): Promise<BillingOutcome[]> => {
      const giveUpAt = performance.now() + 30_000;
      for (;;) {
        const state = await put(batch, parts).catch((error: Problem) => {
          if (error.retryable && performance.now() < giveUpAt) return { state: 'under-way' as const, waitsFor: error.code, retryAfterMs: 100 };
          throw error;
        });
        if (state.state === 'done') return state.outcomes;
        if (performance.now() > giveUpAt) throw new Error(`still waits for ${state.waitsFor}`);
        await sleep(Math.min(state.retryAfterMs, 300));
      }
    };
    const single = async (...all: BillableTransaction[]) => {
      for (const line of all) expect(await bench.state(line)).toEqual({ there: 1, writes: 1 });
    };

    it('posts each line once and reads it back', async () => {
      const all = lines();
      const outcomes = await drive(aBatch(post(...all)).written);
      expect(outcomes.map(({ externalId, result, amount }) => ({ externalId, result, amount }))).toEqual(
        all.map(({ externalId, amount }) => ({ externalId, result: 'posted', amount })),
      );
      await single(...all);
      const seen = await billing.readBack('time', [...all.map(({ externalId }) => externalId), 'tl-none-v1']);
      expect(seen.map(({ minutes, amount, status }) => ({ minutes, amount, status }))).toEqual(
        all.map(({ minutes, amount }) => ({ minutes, amount, status: 'unbilled' })),
      );
    });

    it('follows the first job when the same request comes again', async () => {
      const { id, content } = aBatch(post(...lines()));
      const { job } = await billing.submit(content, id);
      expect(await billing.submit(content, id)).toEqual({ job });
      await eventually(async () => (await billing.follow(job!)).state === 'ended');
      await single(...content.transactions);
    });

    it('tells why one line is refused, and posts the others', async () => {
      const [bad, good] = [bench.badLine(), bench.line()];
      const outcomes = await drive(aBatch(post(bad, good)).written);
      expect(resultsOf(outcomes)).toEqual(['unknown-project', 'posted']);
      expect(outcomes[0].detail).toContain(bad.projectId);
      expect(await bench.state(bad)).toEqual({ there: 0, writes: 0 });
    });

    it('takes unbilled lines out and refuses billed ones as already billed', async () => {
      const all = lines(2);
      await drive(aBatch(post(...all)).written);
      await bench.bill(all[0]);
      expect(resultsOf(await drive(aBatch(remove(...all)).written))).toEqual(['already-billed', 'removed']);
      expect((await bench.state(all[0])).there).toBe(1);
      expect((await bench.state(all[1])).there).toBe(0);
    });

    describe('when the vendor fails', () => {
      it.each([
        ['a 429', { do: 'throttle', retryAfterSeconds: 1 } as const],
        ['maintenance', { do: 'maintenance' } as const],
      ])('has sent nothing at %s', async (_, failure) => {
        const { written, content, id } = aBatch(post(...lines()));
        await bench.fail('submit', failure);
        const problem = await problemOf(put(written));
        expect([problem.kind, problem.code, (problem.retryAfterMs ?? 0) > 0]).toEqual(['vendor-unavailable', 'not-made', true]);
        expect(await writer().read(id)).toBeNull();
        await drive(written);
        await single(...content.transactions);
      });

      it('waits for a 500 to settle before it sends again', async () => {
        const { written, content } = aBatch(post(...lines()));
        await bench.fail('submit', { do: 'error', status: 500 });
        expect(await put(written)).toMatchObject({ state: 'under-way', waitsFor: 'settling' });
        await drive(written);
        await single(...content.transactions);
      });

      it.each(['follow', 'look'] as const)('goes on when it can %s again', async call => {
        const { written, content } = aBatch(post(...lines()));
        await bench.fail(call, { do: 'error', status: 500 }, 3);
        expect(resultsOf(await drive(written))).toEqual(['posted', 'posted', 'posted']);
        await single(...content.transactions);
      });
    });

    describe('exactly once', () => {
      it('when the answer is lost after the write', async () => {
        const { written, content } = aBatch(post(...lines()));
        await bench.fail('submit', { do: 'lose-answer' });
        expect(await put(written)).toMatchObject({ state: 'under-way', waitsFor: 'settling' });
        expect(resultsOf(await drive(written))).toEqual(['posted', 'posted', 'posted']);
        await single(...content.transactions);
      });

      it('when it is told late which lines were refused: the answer lost, one of them bad', async () => {
        const [bad, good] = [bench.badLine(), bench.line()];
        const { written } = aBatch(post(bad, good));
        await bench.fail('submit', { do: 'lose-answer' });
        expect(resultsOf(await drive(written))).toEqual(['unknown-project', 'posted']);
        await single(good);
      });

      it('when it commits later than the retry’s look', async () => {
        const { written, content } = aBatch(post(...lines()));
        await bench.fail('submit', { do: 'late-commit', ms: 1_000 });
        expect(await put(written)).toMatchObject({ waitsFor: 'settling' });
        expect(await put(written)).toMatchObject({ waitsFor: 'settling' });
        expect(await bench.state(content.transactions[0])).toEqual({ there: 0, writes: 0 });
        expect(resultsOf(await drive(written))).toEqual(['posted', 'posted', 'posted']);
        await single(...content.transactions);
      });

      it('when a removal commits late: it is done only when nothing can follow', async () => {
        const all = lines();
        await drive(aBatch(post(...all)).written);
        const { written } = aBatch(remove(...all));
        await bench.fail('submit', { do: 'lose-answer' });
        expect(await put(written)).toMatchObject({ waitsFor: 'settling' });
        await eventually(async () => (await bench.state(all[2])).there === 0);
        expect(await put(written)).toMatchObject({ state: 'under-way', waitsFor: 'settling' });
        expect(resultsOf(await drive(written))).toEqual(['removed', 'removed', 'removed']);
      });

      it.each(['before-submit', 'after-submit', 'at-look'] as const)('when the app is killed %s', async dies => {
        const { id, content, written } = aBatch(post(...lines()));
        const child = await bench.process(id, content, { settlingMs: SETTLING_MS, leaseMs: LEASE_MS, dies });
        child.start();
        expect(await child.ended).toBe('SIGKILL');
        expect(resultsOf(await drive(written))).toEqual(['posted', 'posted', 'posted']);
        await single(...content.transactions);
      });

      it.each(['before', 'after'] as const)('when the app is killed while its submission is there, %s it was taken up', async when => {
        const { id, content, written } = aBatch(post(...lines()));
        const child = await bench.process(id, content, { settlingMs: SETTLING_MS, leaseMs: LEASE_MS });
        await bench.fail('submit', { do: 'kill', pid: child.pid, when });
        child.start();
        expect(await child.ended).toBe('SIGKILL');
        expect(resultsOf(await drive(written))).toEqual(['posted', 'posted', 'posted']);
        await single(...content.transactions);
      });

      it('when the app stands still past its lease in mid-submission, and thaws when another is done', async () => {
        const { id, content, written } = aBatch(post(...lines()));
        const child = await bench.process(id, content, { settlingMs: SETTLING_MS, leaseMs: LEASE_MS });
        await bench.fail('submit', { do: 'freeze', pid: child.pid, ms: LEASE_MS + SETTLING_MS + 2_500 });
        child.start();
        await bench.delivered();
        expect(resultsOf(await drive(written))).toEqual(['posted', 'posted', 'posted']);
        expect(await child.ended).toBe('posted,posted,posted');
        await single(...content.transactions);
      });

      it('when two callers come at once', async () => {
        const { written, content } = aBatch(post(...lines()));
        const [one, other] = await Promise.all([drive(written), drive(written)]);
        expect(other).toEqual(one);
        await single(...content.transactions);
      });
    });

    describe('without a part that makes it safe, and no help from the vendor, things go wrong:', () => {
      let helpful: BillingBench;
      beforeAll(async () => {
        helpful = bench;
        bench = await open({ forgetful: true });
        ({ billing } = bench.connect({ settlingMs: SETTLING_MS, leaseMs: LEASE_MS }));
      });
      afterAll(async () => {
        await bench.close();
        bench = helpful;
      });

      it('a line taken out comes back, when settling is not waited for', async () => {
        const [line] = lines(1);
        const posting = aBatch(post(line)).written;
        await bench.fail('submit', { do: 'late-commit', ms: 3_000 });
        await drive(posting, { settlingMs: 0 });
        await drive(aBatch(remove(line)).written);
        expect((await bench.state(line)).there).toBe(0);
        await eventually(async () => (await bench.state(line)).there === 1, { withinMs: 10_000 });
      }, 30_000);

      it('a line is written twice, when nobody looks before a batch is sent again', async () => {
        const [line] = lines(1);
        await bench.fail('submit', { do: 'lose-answer' });
        await drive(aBatch(post(line)).written, { asksFirst: false });
        expect((await bench.state(line)).writes).toBe(2);
      });

      it('a line is there twice, when its external id is another each time', async () => {
        const [line] = lines(1);
        let n = 0;
        const unnamed: BillingPort = new Proxy(billing, {
          get: (port, name: keyof BillingPort) =>
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
        await drive(writtenBatch(unnamed, randomUUID(), post(line)));
        const there = await Promise.all(Array.from({ length: n }, (_, i) => bench.state({ ...line, externalId: `${line.externalId}-${i}` })));
        expect(there.reduce((sum, one) => sum + one.there, 0)).toBeGreaterThan(1);
      });
    });
  });
}
