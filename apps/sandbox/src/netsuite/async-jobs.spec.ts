import { createPrivateKey, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, sandboxProcess } from '#testing';
import { AccountClient, aTime, code, detail, firm, pathOf, project, RunningAccount } from './running-account.fixture.js';

let account: RunningAccount;
beforeEach(async () => {
  account = new RunningAccount();
  await account.start();
});
afterEach(() => account.end());

const times = (from: number, count: number) => Array.from({ length: count }, (_, n) => aTime(`tl-${from + n}-v1`));
const aKey = () => ({ 'x-netsuite-idempotency-key': randomUUID() });
const held = async (client: AccountClient = account): Promise<number> =>
  Number((await client.query('SELECT COUNT(*) AS n FROM timebill')).body.items[0].n);

describe('a batch', () => {
  it('is taken with 202 and worked on as a job of one task for each record', async () => {
    const submitted = await account.batch('PUT', 'timeBill', [aTime('tl-1-v1'), aTime('tl-2-v1', { hours: '7.5' })]);
    expect([submitted.status, submitted.headers.get('preference-applied')]).toEqual([202, 'respond-async']);
    expect(submitted.headers.get('location')).toMatch(/^\/services\/rest\/async\/v1\/job\/\d+$/);
    const job = await account.finished(submitted);
    expect(job.body).toMatchObject({ completed: true, progress: 'succeeded', startTime: expect.stringMatching(/Z$/), endTime: expect.any(String) });
    const answers = await account.results(job);
    expect(answers.map(({ status }) => status)).toEqual([204, 204]);
    expect(answers[0].headers.get('location')).toMatch(/^http.*\/record\/v1\/timeBill\/\d+$/);
    const { body } = await account.query(
      "SELECT id, externalid, hours, rate FROM timebill WHERE externalid IN ('tl-1-v1', 'tl-2-v1') ORDER BY externalid",
    );
    expect(body.items).toMatchObject([
      { externalid: 'tl-1-v1', hours: '7.5', rate: '150.55' },
      { externalid: 'tl-2-v1', hours: '7.5', rate: '150.55' },
    ]);
    expect(account.ledger.rows().map(({ type, operation, externalId }) => [type, operation, externalId])).toEqual([
      ['timeBill', 'create', 'tl-1-v1'],
      ['timeBill', 'create', 'tl-2-v1'],
    ]);
  });

  it('reports each record by its own task, in any order', async () => {
    const submitted = await account.batch('PUT', 'timeBill', times(0, 20));
    const job = await account.finished(submitted);
    const tasks = await account.call('GET', job.body.task.links[0].href);
    expect(tasks.body).toMatchObject({
      count: 20,
      hasMore: false,
      items: expect.arrayContaining([{ links: [{ rel: 'self', href: expect.stringMatching(/\/task\/7$/) }] }]),
    });
    expect((await account.call('GET', `${job.body.task.links[0].href}/7`)).body).toMatchObject({ id: '7', completed: true, progress: 'succeeded' });
    const ids = (await account.results(job)).map(answer => Number(answer.headers.get('location')!.split('/').at(-1)));
    expect(ids).not.toEqual(ids.toSorted((a, b) => a - b));
    expect(new Set(ids).size).toBe(20);
  });

  it('does not let one refused record stop the others, and says why in its task’s result', async () => {
    const lines = [aTime('tl-1-v1'), aTime('tl-2-v1', { customer: { externalId: 'prj_nothing' } }), { ...aTime('tl-3-v1'), externalId: undefined }];
    const job = await account.finished(await account.batch('PUT', 'timeBill', lines));
    expect(job.body.progress).toBe('succeeded');
    const answers = (await account.results(job)).toSorted((a, b) => a.status - b.status);
    expect(answers.map(({ status }) => status)).toEqual([204, 400, 400]);
    expect(answers.slice(1).map(answer => [code(answer), pathOf(answer)])).toEqual(
      expect.arrayContaining([
        ['INVALID_CONTENT', 'customer'],
        ['USER_ERROR', 'externalId'],
      ]),
    );
    expect(await held()).toBe(1);
  });

  it('reports refusals in the words that the account is set to', async () => {
    await account.restart({ refusedTaskProgress: 'processed', mixedJobProgress: 'failed' });
    const job = await account.finished(await account.batch('PUT', 'timeBill', [aTime('tl-1-v1', { hours: '-1' })]));
    expect(job.body.progress).toBe('failed');
    expect((await account.call('GET', `${job.body.task.links[0].href}/1`)).body.progress).toBe('processed');
  });

  it('creates, updates by id or external id, deletes and reads', async () => {
    await account.finished(await account.batch('POST', 'timeBill', times(1, 3)));
    const again = await account.results(await account.finished(await account.batch('POST', 'timeBill', times(1, 1))));
    expect(detail(again[0])).toMatch(/This record already exists/);
    const [{ id }] = (await account.query("SELECT id FROM timebill WHERE externalid = 'tl-1-v1'")).body.items;
    const changes = [
      { id, memo: 'by id' },
      { externalId: 'tl-2-v1', memo: 'by external id' },
    ];
    await account.finished(await account.batch('PATCH', 'timeBill', changes));
    const read = await account.results(
      await account.finished(await account.batch('GET', 'timeBill', 'expandRecords=true&ids=eid:tl-1-v1,eid:tl-2-v1')),
    );
    expect(read.map(({ body }) => body.memo).toSorted()).toEqual(['by external id', 'by id']);
    expect(read[0].body.links[0].href).toMatch(new RegExp(`^${account.baseUrl}/services/rest/record/v1/timeBill/`));
    const deleted = await account.results(await account.finished(await account.batch('DELETE', 'timeBill', `ids=${id},eid:tl-3-v1,eid:tl-7-v1`)));
    expect(deleted.map(({ status }) => status).toSorted()).toEqual([204, 204, 404]);
    expect((await account.query('SELECT externalid FROM timebill')).body.items).toMatchObject([{ externalid: 'tl-2-v1' }]);
  });

  it.each([
    ['sent as plain JSON', () => account.batch('PUT', 'timeBill', times(1, 1), { 'content-type': 'application/json' })],
    ['of more than 100 records', () => account.batch('PUT', 'timeBill', times(1, 101))],
    ['of none', () => account.batch('PUT', 'timeBill', [])],
    ['to delete none', () => account.batch('DELETE', 'timeBill', 'ids=')],
  ])('%s is refused whole', async (_, submit) => {
    const answer = await submit();
    expect([answer.status, code(answer)]).toEqual([400, 'INVALID_CONTENT']);
    expect(await held()).toBe(0);
  });

  it('of an unknown type, or without a good token, is refused at once', async () => {
    expect((await account.batch('PUT', 'chargeRule', times(1, 1))).status).toBe(404);
    account.token = 'forged.token.here';
    expect((await account.batch('PUT', 'timeBill', times(1, 1))).status).toBe(401);
  });
});

describe('a single request', () => {
  it('waits for its turn as a job of one task when it prefers so', async () => {
    const submitted = await account.call('PUT', '/record/v1/timeBill/eid:tl-1-v1', aTime('tl-1-v1'), { prefer: 'respond-async' });
    expect(submitted.status).toBe(202);
    const [result] = await account.results(await account.finished(submitted));
    expect([result.status, result.headers.get('location')]).toEqual([204, expect.stringMatching(/\/timeBill\/\d+$/)]);
  });
});

describe('a job', () => {
  it('that does not exist, or a task that does not, is answered 404', async () => {
    const job = await account.finished(await account.batch('PUT', 'timeBill', times(1, 1)));
    const { href } = job.body.links[0];
    const paths = ['/async/v1/job/1', '/async/v1/job', `${href}/task/2`, `${href}/task/0`, `${href}/nothing`, `${href}/task/1/result/x`];
    expect(await Promise.all(paths.map(async path => (await account.call('GET', path)).status))).toEqual(paths.map(() => 404));
  });

  it('is not done before its last record, and has no results of those that wait', async () => {
    await account.restart({ processors: 1, msPerRecord: 60_000 });
    const submitted = await account.batch('PUT', 'timeBill', times(1, 2));
    const job = await account.call('GET', submitted.headers.get('location')!);
    expect(job.body).toMatchObject({ completed: false, progress: 'pending' });
    expect(job.body).not.toHaveProperty('startTime');
    expect((await account.call('GET', `${job.body.task.links[0].href}/1`)).body).toMatchObject({ completed: false, progress: 'pending' });
    expect((await account.call('GET', `${job.body.task.links[0].href}/1/result`)).status).toBe(404);
    expect(await held()).toBe(0);
  });

  it('waits for those before it, and goes faster with more processors', async () => {
    await account.restart({ processors: 1, msPerRecord: 60_000 });
    const first = await account.batch('PUT', 'timeBill', times(1, 50));
    const second = await account.batch('PUT', 'timeBill', times(101, 50));
    const settings = account.server.vendor.settings!;
    expect(settings.read()).toEqual({ processors: 1, msPerRecord: 60_000 });
    settings.change({ processors: 7, msPerRecord: 1 });
    await account.finished(second);
    expect((await account.call('GET', first.headers.get('location')!)).body.completed).toBe(true);
    expect(account.ledger.rows().map(({ externalId }) => externalId)).toEqual(
      [...times(1, 50), ...times(101, 50)].map(time => (time as { externalId: string }).externalId),
    );
    await account.restart();
    expect(account.server.vendor.settings!.read()).toEqual({ processors: 7, msPerRecord: 1 });
    expect(() => settings.change({ processors: 0 })).toThrow('processors must be a whole number from 1 to 10000');
  });

  it('goes on after the account was stopped in the middle of it', async () => {
    await account.restart({ processors: 3, msPerRecord: 10 });
    const submitted = await account.batch('PUT', 'timeBill', times(1, 90));
    await eventually(async () => (await held()) > 10);
    await account.restart({ processors: 3 });
    const job = await account.finished(submitted);
    expect((await account.results(job)).every(({ status }) => status === 204)).toBe(true);
    expect(account.ledger.rows()).toHaveLength(90);
  });

  it('goes on after its process was killed, with each record processed once', { timeout: 60_000 }, async () => {
    const process = await sandboxProcess({ vendors: ['netsuite'], firm: { size: firm.consultants.length } });
    try {
      expect(await process.control.changeSettings('netsuite', { processors: 2, msPerRecord: 20 })).toEqual({ processors: 2, msPerRecord: 20 });
      const client = new AccountClient();
      const { netsuite } = process.endpoints;
      Object.assign(client, { baseUrl: netsuite.baseUrl, clientId: netsuite.clientId, certificateId: netsuite.certificateId });
      client.key = createPrivateKey(readFileSync(netsuite.privateKeyFile));
      const submitted = await client.batch('PUT', 'timeBill', times(1, 100), aKey());
      expect(submitted.status).toBe(202);
      await eventually(async () => (await held(client)) > 5);
      await process.killAndRestart();
      await client.finished(submitted);
      const rows = await process.control.ledger('netsuite');
      expect(rows.map(({ operation }) => operation)).toEqual(Array(100).fill('create'));
      expect(new Set(rows.map(({ externalId }) => externalId)).size).toBe(100);
    } finally {
      await process.close();
    }
  });
});

describe('an idempotency key', () => {
  it('that was used before is refused with the first job’s Location, whatever the body', async () => {
    const key = aKey();
    const first = await account.batch('PUT', 'timeBill', times(1, 1), key);
    const again = await account.batch('PUT', 'timeBill', times(9, 1), key);
    expect([again.status, code(again), again.body.title, again.headers.get('preference-applied')]).toEqual([
      400,
      'IDEMPOTENCY_ERROR',
      'Conflict',
      'respond-async',
    ]);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    await account.finished(first);
    expect(await held()).toBe(1);
    await account.restart();
    expect(code(await account.batch('PUT', 'timeBill', times(1, 1), key))).toBe('IDEMPOTENCY_ERROR');
  });

  it('runs again once the account has forgotten it, and then the external id holds alone', async () => {
    await account.restart({ idempotencyKeyHours: 0 });
    const key = aKey();
    await account.finished(await account.batch('PUT', 'timeBill', times(1, 1), key));
    const again = await account.batch('PUT', 'timeBill', times(1, 1), key);
    expect(again.status).toBe(202);
    await account.finished(again);
    expect(await held()).toBe(1);
  });

  it('must be a UUID', async () => {
    const answer = await account.batch('PUT', 'timeBill', times(1, 1), { 'x-netsuite-idempotency-key': 'batch-1' });
    expect([answer.status, code(answer)]).toEqual([400, 'INVALID_HEADER']);
  });

  it('is not used up by a batch that was refused', async () => {
    const key = aKey();
    expect((await account.batch('PUT', 'timeBill', times(1, 101), key)).status).toBe(400);
    expect((await account.batch('PUT', 'timeBill', times(1, 1), key)).status).toBe(202);
  });

  it('does nothing on a synchronous call', async () => {
    const key = aKey();
    const put = () => account.call('PUT', '/record/v1/timeBill/eid:tl-1-v1', aTime('tl-1-v1'), key);
    expect([(await put()).status, (await put()).status]).toEqual([204, 204]);
  });
});

describe('a submit that goes wrong', () => {
  const match = { vendor: 'netsuite' as const, kind: 'write' as const, type: 'timeBill', operation: 'batch-upsert' };

  it('whose answer was lost is found again by its key', async () => {
    account.faults.plan({ match, action: { do: 'lose-answer' }, nth: 1 });
    const key = aKey();
    await expect(account.batch('PUT', 'timeBill', times(1, 2), key)).rejects.toThrow('fetch failed');
    const again = await account.batch('PUT', 'timeBill', times(1, 2), key);
    expect(code(again)).toBe('IDEMPOTENCY_ERROR');
    await account.finished(again);
    expect(await held()).toBe(2);
  });

  it('may be committed long after its connection died: once, under its key, whichever of two comes first', async () => {
    account.faults.plan({ match, action: { do: 'late-commit', ms: 1000 }, nth: 1 });
    const key = aKey();
    await expect(account.batch('PUT', 'timeBill', times(1, 2), key)).rejects.toThrow('fetch failed');
    const second = await account.batch('PUT', 'timeBill', times(1, 2), key);
    await account.finished(second);
    await eventually(() => JSON.stringify(account.server.calls).includes('write timeBill batch-upsert 0'));
    const again = await account.batch('PUT', 'timeBill', times(1, 2), key);
    expect(again.headers.get('location')).toBe(second.headers.get('location'));
    expect(account.ledger.rows()).toHaveLength(2);
  });

  it('has its own name, so that a fault of deletes does not affect upserts', async () => {
    account.faults.plan({ match: { ...match, operation: 'batch-delete' }, action: { do: 'error', status: 503 } });
    expect((await account.batch('PUT', 'timeBill', times(1, 1))).status).toBe(202);
    expect((await account.batch('DELETE', 'timeBill', 'ids=eid:tl-1-v1')).status).toBe(503);
    expect(account.faults.list()[0]).toMatchObject({ seen: 1, delivered: 1 });
  });

  it('over the account’s concurrency is refused with 429, and none of it is processed', async () => {
    await account.restart({ concurrency: 1 });
    account.faults.plan({ match: { vendor: 'netsuite', kind: 'read', type: 'job' }, action: { do: 'latency', ms: 3000 } });
    const slow = account.call('GET', `/record/v1/job/eid:${project.id}`);
    await eventually(() => account.faults.list()[0].delivered === 1);
    const refused = await account.batch('PUT', 'timeBill', times(1, 1));
    expect([refused.status, code(refused)]).toEqual([429, 'CONCURRENCY_LIMIT_EXCEEDED']);
    expect((await slow).status).toBe(200);
    expect(await held()).toBe(0);
  });
});
