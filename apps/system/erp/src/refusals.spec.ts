import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { mintId, type BillableTransaction } from '#canonical';
import { aBillingCustomer } from '#testing';
import { aLine, post } from './billing/billing.fixture.js';
import { ErpUnderTest, type Answer } from './erp.fixture.js';

interface Said {
  code: string;
  message: string;
  status?: number;
  done?: boolean;
}
const CHANGED: Said = { code: 'RCRD_HAS_BEEN_CHANGED', message: 'Record has been changed by another user.' };
const BUSY: Said = { code: 'CONCURRENCY_LIMIT_EXCEEDED', message: 'Concurrent request limit exceeded. Request blocked.' };
const LOCKED: Said = { code: 'RCRD_LOCKED_BY_WF', message: 'This record has been locked by a user defined workflow.' };
const TOO_LONG: Said = { code: 'USER_ERROR', message: 'The field state contained more than the maximum number ( 30 ) of characters allowed.' };
const THERE: Said = { code: 'USER_ERROR', message: 'This entity already exists.' };
const BROKEN: Said = { code: 'UNEXPECTED_ERROR', message: 'An unexpected error occurred.', status: 500 };

let erp: ErpUnderTest;
let serial = 0;

describe('what NetSuite refuses', () => {
  beforeAll(async () => {
    erp = await ErpUnderTest.start();
  });
  afterEach(() => erp.sandboxes.control.clearFaults());
  afterAll(() => erp.close());

  const says = (said: Said, o: { type: string; kind?: 'read' | 'write' | 'record'; operation?: string; times?: number }) => {
    const { times, kind = 'write', ...match } = o;
    return erp.sandboxes.control.planFault({ match: { vendor: 'netsuite', kind, ...match }, action: { do: 'code', ...said }, times });
  };
  const delivered = async () => (await erp.sandboxes.control.faults()).reduce((sum, one) => sum + one.delivered, 0);

  describe('of a customer', () => {
    const fresh = () => {
      serial++;
      return aBillingCustomer({ id: mintId('customer', 'refusals-spec', String(serial)), taxRegistration: `GB${700_000_000 + serial}` });
    };
    const put = (customer: ReturnType<typeof fresh>) => erp.call('PUT', `customers/${customer.id}`, { body: customer });
    const written = async ({ id }: ReturnType<typeof fresh>) =>
      (await erp.sandboxes.control.ledger('netsuite')).filter(({ externalId }) => externalId === id).length;

    it('for a moment is read again and written, once', async () => {
      const customer = fresh();
      await says(CHANGED, { type: 'customer', times: 2 });
      const { status, body } = await put(customer);
      expect([status, body.effects?.length, await written(customer), await delivered()]).toEqual([200, 1, 1, 2]);
    });

    it('for a passing reason that lasts is reported after some tries, with its code and words, as retryable', async () => {
      const customer = fresh();
      await says(CHANGED, { type: 'customer' });
      const { status, body } = await put(customer);
      expect([status, body.code, body.retryable, body.vendor]).toMatchObject([409, 'passing', true, CHANGED]);
      expect([await written(customer), await delivered()]).toEqual([0, 5]);
    });

    it('because of too many requests makes the whole account wait', async () => {
      const customer = fresh();
      await says(BUSY, { type: 'customer', times: 1 });
      const refused = await put(customer);
      expect([refused.status, refused.body.retryable, refused.body.vendor.code]).toEqual([429, true, BUSY.code]);
      const before = performance.now();
      // A read of another record waits too.
      expect((await erp.call('GET', `customers/${fresh().id}`)).status).toBe(404);
      expect(performance.now() - before).toBeGreaterThan(150);
      expect((await put(customer)).status).toBe(200);
    });

    it.each([
      ['until somebody acts', LOCKED, 'held'],
      ['for good', TOO_LONG, undefined],
    ])('%s is reported at once with its code and words', async (_, said, code) => {
      const customer = fresh();
      await says(said, { type: 'customer' });
      const { body } = await put(customer);
      expect([body.code, body.retryable, body.vendor]).toMatchObject([code, false, said]);
      expect(body.detail).toContain(`${said.code}: ${said.message}`);
      expect([await written(customer), await delivered()]).toEqual([0, 1]);
    });

    it('as being there already is done when it reads back as it was wanted', async () => {
      const customer = fresh();
      await says({ ...THERE, done: true }, { type: 'customer', times: 1 });
      const { status } = await put(customer);
      expect([status, await written(customer), (await put(customer)).body.effects]).toEqual([200, 1, []]);
    });

    it('as being there already, and which is not, is refused and not taken for done', async () => {
      const customer = fresh();
      await says(THERE, { type: 'customer' });
      const { status, body } = await put(customer);
      expect([status, body.code, body.vendor]).toMatchObject([409, 'already-exists', THERE]);
      expect([await written(customer), await delivered()]).toEqual([0, 2]);
    });

    it('without a known outcome is reported as unknown, and read back before it is written again', async () => {
      const customer = fresh();
      await says({ ...BROKEN, done: true }, { type: 'customer', times: 1 });
      const { body } = await put(customer);
      expect([body.code, body.retryable, body.vendor.code]).toEqual(['outcome-unknown', true, BROKEN.code]);
      expect([(await put(customer)).status, await written(customer)]).toEqual([200, 1]);
    });
  });

  describe('of single lines of a batch', () => {
    const untilDone = async (lines: BillableTransaction[]): Promise<Answer['body']['outcomes']> => {
      const id = randomUUID();
      for (;;) {
        const { status, body } = await erp.call('PUT', `billing-batches/${id}`, { body: post(...lines) });
        if (status === 200 && body.state === 'done') return body.outcomes;
      }
    };
    const results = async (lines: BillableTransaction[]) =>
      (await untilDone(lines)).map(({ result, detail }: { result: string; detail?: string }) => (detail ? `${result} ${detail}` : result));

    it.each([
      ['for a moment', CHANGED],
      ['because too much is asked', BUSY],
    ])('in its job %s is written after all', async (_, said) => {
      await says(said, { kind: 'record', type: 'timeBill', times: 2 });
      expect(await results([aLine(), aLine(), aLine()])).toEqual(['posted', 'posted', 'posted']);
      expect(await delivered()).toBe(2);
    });

    it('for a moment, in its job and by itself, is written after all', async () => {
      await says(CHANGED, { kind: 'record', type: 'timeBill', times: 1 });
      await says(CHANGED, { type: 'timeBill', operation: 'upsert', times: 3 });
      expect(await results([aLine(), aLine()])).toEqual(['posted', 'posted']);
      expect(await delivered()).toBe(4);
    });

    it('for a moment that does not end goes to a desk with its code and words, and holds no other line', async () => {
      await says(CHANGED, { kind: 'record', type: 'timeBill', times: 1 });
      await says(CHANGED, { type: 'timeBill', operation: 'upsert' });
      const told = await results([aLine(), aLine()]);
      expect(told.toSorted()).toEqual(['posted', `refused ${CHANGED.code}: ${CHANGED.message}`]);
    });

    it('as being there already counts only when it reads back', async () => {
      await says(THERE, { kind: 'record', type: 'timeBill', times: 2 });
      await says({ ...THERE, done: true }, { type: 'timeBill', operation: 'upsert', times: 1 });
      await says(THERE, { type: 'timeBill', operation: 'upsert' });
      const told = await results([aLine(), aLine()]);
      expect(told.toSorted()).toEqual(['posted', `refused ${THERE.code}: ${THERE.message}`]);
    });

    it('until somebody acts goes to a desk at once', async () => {
      await says(LOCKED, { kind: 'record', type: 'timeBill', times: 1 });
      await says(LOCKED, { type: 'timeBill', operation: 'upsert' });
      expect((await results([aLine(), aLine()])).toSorted()).toEqual(['posted', `refused ${LOCKED.code}: ${LOCKED.message}`]);
      expect(await delivered()).toBe(2);
    });
  });
});
