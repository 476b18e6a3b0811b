import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { money, type BillableTransaction, type BillingBatch, type BillingOutcome } from '#canonical';
import { eventually } from '#testing';
import { actingFor, ErpUnderTest, type Answer } from '../erp.fixture.js';
import { aCharge, aLine, anExpense, closedProject, post, project, remove, today } from './billing.fixture.js';

let erp: ErpUnderTest;

const put = (batch: BillingBatch, id = randomUUID(), headers: Record<string, string> = {}) =>
  erp.call('PUT', `billing-batches/${id}`, { body: batch, headers });
const untilDone = (batch: BillingBatch, id = randomUUID()): Promise<Answer> =>
  eventually(
    async () => {
      const answer = await put(batch, id);
      return answer.body.state === 'done' ? answer : undefined;
    },
    { withinMs: 20_000 },
  );
const results = ({ body }: Answer) => body.outcomes.map(({ result, code }: BillingOutcome) => code ?? result);
const lookUp = async (lines: BillableTransaction[], headers: Record<string, string> = {}) =>
  (await erp.call('POST', 'billable-transactions/look-up', { body: { externalIds: lines.map(({ externalId }) => externalId) }, headers })).body.items;
const writes = async ({ externalId }: BillableTransaction) =>
  (await erp.sandboxes.control.ledger('netsuite')).filter(row => row.externalId === externalId).map(({ operation }) => operation);
const calls = async () => (await erp.sandboxes.control.calls()).netsuite;
const invoice = async (lines: BillableTransaction[]) => {
  const docs = await Promise.all(lines.map(line => erp.netsuite('GET', `timeBill/eid:${line.externalId}`)));
  const externalId = `inv-${randomUUID()}`;
  const time = { items: docs.map(({ id }) => ({ doc: { id }, apply: true })) };
  await erp.netsuite('PUT', `invoice/eid:${externalId}`, { job: { externalId: project.id }, time });
  return externalId;
};

describe('/system/erp/v1/billing-batches', () => {
  beforeAll(async () => {
    erp = await ErpUnderTest.start();
  }, 60_000);
  afterAll(() => erp.close());
  beforeEach(() => erp.sandboxes.control.clearFaults());

  describe('posting', () => {
    it('posts a batch once, with the ERP’s amounts, however often it is requested', async () => {
      const batch = post(aLine(), aLine({ minutes: 60 }));
      const id = randomUUID();
      const first = await put(batch, id);
      expect([first.status, first.body.state]).toEqual([200, 'done']);
      expect(first.body.outcomes.map(({ externalId, result, amount }: BillingOutcome) => [externalId, result, amount])).toEqual(
        batch.transactions.map(({ externalId, amount }) => [externalId, 'posted', amount]),
      );
      expect(await put(batch, id)).toEqual(first);
      expect(await erp.call('GET', `billing-batches/${id}`)).toEqual(first);
      for (const line of batch.transactions) expect(await writes(line)).toEqual(['create']);
    });

    it.each([
      ['time', () => aLine(), 'timeBill'],
      ['expense', () => anExpense(), 'expenseReport'],
      ['charge', () => aCharge(), 'charge'],
    ])('puts %s where the ERP bills it, and finds it there', async (kind, line, type) => {
      const one = line();
      const answer = await untilDone(post(one));
      expect(answer.body.outcomes).toEqual([
        { externalId: one.externalId, result: 'posted', amount: one.amount, ref: expect.objectContaining({ system: 'netsuite', type }) },
      ]);
      expect(await lookUp([one])).toEqual([
        {
          externalId: one.externalId,
          kind,
          amount: one.amount,
          ...(one.minutes === undefined ? {} : { minutes: one.minutes, ratePerHour: { amount: '150', currency: one.amount.currency } }),
          legalEntity: expect.any(String),
          status: 'unbilled',
          ref: answer.body.outcomes[0].ref,
        },
      ]);
    });

    it('sends our rate, locked, with our tax code and posting date, to the right project, person and cost centre', async () => {
      const postingDate = `${today.slice(0, 4)}-12-01`;
      const line = aLine({ postingDate });
      await untilDone(post(line));
      const record = await erp.netsuite('GET', `timeBill/eid:${line.externalId}`);
      expect(record).toMatchObject({
        rate: 150,
        overrideRate: true,
        hours: '7:35',
        tranDate: line.workDate,
        custcol_posting_date: postingDate,
        custcol_tax_code: { refName: line.taxCode },
        isBillable: true,
        memo: 'Design workshop',
      });
    });

    it('takes five calls or fewer for a batch of a hundred, once it has learned how long one takes', async () => {
      await untilDone(post(aLine()));
      const before = await calls();
      await untilDone(post(...Array.from({ length: 100 }, () => aLine())));
      const after = await calls();
      const made = Object.entries(after).map(([call, n]) => [call, n - (before[call] ?? 0)] as const);
      expect(made.reduce((sum, [, n]) => sum + n, 0)).toBeLessThanOrEqual(5);
      expect(Object.fromEntries(made)).toMatchObject({ 'write timeBill batch-upsert 202': 1, 'read suiteql query 200': 1 });
    });

    it('leaves one audit row with who, what and how much, not the lines themselves', async () => {
      const [batch, id] = [post(aLine(), aLine()), randomUUID()];
      await untilDone(batch, id);
      const rows = await erp.database.dataSource.query<{ what: string; client: string; after: { taken: string[]; money: unknown } }[]>(
        'select what, client, after from service.audit where subject = $1',
        [id],
      );
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatchObject({ what: 'billing-batch-post', client: 'project-initiation-service' });
      expect(rows[0].after.taken).toHaveLength(2);
      expect(rows[0].after.money).toEqual([expect.objectContaining({ amount: money('2275', project.currency).amount })]);
    });
  });

  describe('lines that the ERP refuses', () => {
    it('do not hold the others, and each says why', async () => {
      const lines = [
        aLine(),
        aLine({ projectId: 'prj_unknown' }),
        aLine({ employeeNumber: 'E-nobody' }),
        aLine({ projectId: closedProject.id, taskId: undefined }),
        aLine({ taxCode: 'XX-NONE' }),
        aLine(),
      ];
      const before = await calls();
      const answer = await untilDone(post(...lines));
      expect(results(answer)).toEqual(['posted', 'unknown-project', 'unknown-employee', 'project-closed', 'refused', 'posted']);
      expect(answer.body.outcomes[4].detail).toContain('XX-NONE');
      const after = await calls();
      expect(after['write timeBill upsert 400'] - (before['write timeBill upsert 400'] ?? 0)).toBe(4);
    });

    it('in a period that is closed are reported so', async () => {
      const day = `${Number(today.slice(0, 4)) - 1}-02-10`;
      expect(results(await untilDone(post(aCharge({ postingDate: day }), aCharge())))).toEqual(['period-closed', 'posted']);
    });

    it('because they reverse are refused here, where the ERP takes none, and not sent', async () => {
      const [reversal, line] = [aLine({ minutes: -60, amount: money('-150', project.currency) }), aLine()];
      const batch = post(line, reversal);
      expect(results(await untilDone(batch))).toEqual(['posted', 'reversal-not-allowed']);
      expect(results(await put(post(reversal)))).toEqual(['reversal-not-allowed']);
      expect(await writes(reversal)).toEqual([]);
    });
  });

  describe('removing', () => {
    it('takes unbilled lines out, and is as content with those that never were', async () => {
      const [line, other] = [aLine(), aLine()];
      await untilDone(post(line));
      expect(results(await untilDone(remove(line, other)))).toEqual(['removed', 'removed']);
      expect(await lookUp([line, other])).toEqual([]);
      expect(await writes(line)).toEqual(['create', 'delete']);
    });

    it('of a billed line is refused as already billed, and of a posted one; the others go', async () => {
      const lines = [aLine(), aLine(), aLine()];
      await untilDone(post(...lines));
      await invoice([lines[0]]);
      await erp.finance(`time/eid:${lines[1].externalId}/post`);
      const answer = await untilDone(remove(...lines));
      expect(results(answer)).toEqual(['already-billed', 'already-billed', 'removed']);
      expect((await lookUp(lines)).map(({ externalId }: BillableTransaction) => externalId)).toEqual(
        lines.slice(0, 2).map(({ externalId }) => externalId),
      );
    });
  });

  describe('the request', () => {
    it('is refused with other content under the same id', async () => {
      const id = randomUUID();
      await untilDone(post(aLine()), id);
      const { status, body } = await put(post(aLine()), id);
      expect([status, body.code]).toEqual([409, 'batch-differs']);
    });

    it('is refused with every fault named', async () => {
      const { minutes: _, ...timeless } = aLine();
      const batch = { ...post(aLine(), anExpense(), timeless), externalIds: ['tl-x'] };
      const { status, body } = await put(batch);
      expect(status).toBe(400);
      expect(body.fields.map(({ field, rule }: { field: string; rule: string }) => `${field} ${rule}`)).toEqual([
        'externalIds empty',
        'transactions[1].kind same-kind',
        'transactions[2].minutes required',
      ]);
    });

    it.each([
      ['is empty', { ...post(aLine()), transactions: [] }, 'transactions'],
      ['is too long', post(...Array.from({ length: 101 }, () => aLine())), 'transactions'],
      [
        'has a line of no amount',
        { ...post(aLine()), transactions: [{ ...aLine(), amount: { amount: 12, currency: 'GBP' } }] },
        'transactions[0].amount.amount',
      ],
      ['has a field that nobody knows', { ...post(aLine()), transactions: [{ ...aLine(), colour: 'red' }] }, 'transactions[0].colour'],
      ['names a day that is none', { ...post(aLine()), transactions: [{ ...aLine(), workDate: '2026-02-30' }] }, 'transactions[0].workDate'],
    ])('is refused when it %s', async (_, batch, field) => {
      const { status, body } = await put(batch as BillingBatch);
      expect([status, body.fields.map((fault: { field: string }) => fault.field)]).toEqual([400, [field]]);
    });

    it('needs a UUID', async () => {
      const { status, body } = await erp.call('PUT', 'billing-batches/batch-1', { body: post(aLine()) });
      expect([status, body.fields[0].field]).toEqual([400, 'id']);
    });

    it('is for those who may see every entity in it, and its state is nobody else’s to know', async () => {
      const id = randomUUID();
      const batch = post(aLine(), aLine({ legalEntity: 'LF-US' }));
      const refused = await put(batch, id, actingFor([project.entity]));
      expect([refused.status, refused.body.code]).toEqual([403, 'legal-entity']);
      await untilDone(batch, id);
      expect((await erp.call('GET', `billing-batches/${id}`, { headers: actingFor([project.entity]) })).status).toBe(404);
      expect((await erp.call('GET', `billing-batches/${id}`, { headers: actingFor([project.entity, 'LF-US']) })).status).toBe(200);
      expect(await lookUp(batch.transactions, actingFor(['LF-XX']))).toEqual([]);
      expect(await lookUp(batch.transactions, actingFor([project.entity]))).toHaveLength(2);
    });

    it('needs its scope', async () => {
      expect((await erp.call('PUT', `billing-batches/${randomUUID()}`, { body: post(aLine()), as: { client: 'portal' } })).status).toBe(403);
    });
  });

  describe('while the ERP is away', () => {
    it.each([
      ['in maintenance', { do: 'maintenance' } as const],
      ['over its limit', { do: 'throttle', retryAfterSeconds: 1 } as const],
    ])('%s, answers 503 with when to come back, and has sent nothing', async (_, action) => {
      await erp.sandboxes.control.planFault({ match: { vendor: 'netsuite', kind: 'write' }, action, times: 1 });
      const [batch, id] = [post(aLine()), randomUUID()];
      const { status, body } = await put(batch, id);
      expect([status, body.code, body.retryAfterMs > 0]).toEqual([503, 'not-made', true]);
      expect((await erp.call('GET', `billing-batches/${id}`)).status).toBe(404);
      expect(results(await untilDone(batch, id))).toEqual(['posted']);
      expect(await writes(batch.transactions[0])).toEqual(['create']);
    });

    it('after the lines were sent, answers that they are under way', async () => {
      await erp.sandboxes.control.planFault({
        match: { vendor: 'netsuite', kind: 'read', type: 'suiteql' },
        action: { do: 'maintenance' },
        times: 5,
      });
      const [batch, id] = [post(aLine()), randomUUID()];
      expect((await put(batch, id)).body).toMatchObject({ state: 'under-way', waitsFor: 'job', outcomes: [] });
      expect(results(await untilDone(batch, id))).toEqual(['posted']);
    });
  });
});

describe('an account with reversing lines', () => {
  const reversing = async (negativeTime: boolean) => {
    erp = await ErpUnderTest.start({ env: { NETSUITE_REVERSING_LINES: 'true' }, choices: { netsuite: { negativeTime } } });
  };
  const reversalOf = (line: BillableTransaction): BillableTransaction => ({
    ...line,
    externalId: `${line.externalId}-r`,
    minutes: -line.minutes!,
    amount: { ...line.amount, amount: `-${line.amount.amount}` },
  });
  afterEach(() => erp.close());

  it('accepts them with negative hours and money, and returns them so', async () => {
    await reversing(true);
    const line = aLine();
    const answer = await untilDone(post(line, reversalOf(line)));
    expect(answer.body.outcomes.map(({ amount }: BillingOutcome) => amount)).toEqual([line.amount, reversalOf(line).amount]);
    expect((await lookUp([reversalOf(line)]))[0]).toMatchObject({ minutes: -455, status: 'unbilled' });
  }, 60_000);

  it('that takes none after all has each refused as such', async () => {
    await reversing(false);
    const line = aLine();
    expect(results(await untilDone(post(line, reversalOf(line))))).toEqual(['posted', 'reversal-not-allowed']);
  }, 60_000);
});
