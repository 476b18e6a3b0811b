import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '#testing';
import { type Answer, aTime, code, detail, RunningAccount } from './running-account.fixture.js';

let account: RunningAccount;
beforeEach(async () => {
  account = new RunningAccount();
  await account.start();
});
afterEach(() => account.end());

const finished = (submitted: Answer): Promise<Answer> =>
  eventually(async () => {
    const job = await account.call('GET', submitted.headers.get('location')!);
    return job.body.completed ? job : undefined;
  });

async function results(job: Answer): Promise<Answer[]> {
  const tasks = await account.call('GET', `${job.body.task.links[0].href}/`);
  return Promise.all(tasks.body.items.map(({ links }: { links: { href: string }[] }) => account.call('GET', `${links[0].href}/result`)));
}

describe('a batch', () => {
  it('is taken with 202 and worked on as a job of one task for each record', async () => {
    const submitted = await account.batch('PUT', 'timeBill', [aTime('tl-1-v1'), aTime('tl-2-v1', { hours: '7.5' })]);
    expect([submitted.status, submitted.headers.get('preference-applied')]).toEqual([202, 'respond-async']);
    expect(submitted.headers.get('location')).toMatch(/^\/services\/rest\/async\/v1\/job\/\d+$/);
    const job = await finished(submitted);
    expect(job.body).toMatchObject({ completed: true, progress: 'succeeded', startTime: expect.stringMatching(/Z$/), endTime: expect.any(String) });
    const answers = await results(job);
    expect(answers.map(({ status }) => status)).toEqual([204, 204]);
    expect(answers[0].headers.get('location')).toMatch(/^http.*\/record\/v1\/timeBill\/\d+$/);
    const { body } = await account.query(
      "SELECT id, externalid, hours, rate FROM timebill WHERE externalid IN ('tl-1-v1', 'tl-2-v1') ORDER BY externalid",
    );
    expect(body.items).toMatchObject([
      { externalid: 'tl-1-v1', hours: '7.5', rate: '150.55' },
      { externalid: 'tl-2-v1', hours: '7.5', rate: '150.55' },
    ]);
  });

  it('of a known idempotency key is refused with the first job’s Location', async () => {
    const key = { 'x-netsuite-idempotency-key': randomUUID() };
    const first = await account.batch('PUT', 'timeBill', [aTime('tl-1-v1')], key);
    const again = await account.batch('PUT', 'timeBill', [aTime('tl-9-v9')], key);
    expect([again.status, code(again), again.body.title]).toEqual([400, 'IDEMPOTENCY_ERROR', 'Conflict']);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect((await account.query('SELECT COUNT(*) AS n FROM timebill')).body.items[0].n).toBe('1');
  });

  it('deletes by ids and external ids', async () => {
    await finished(await account.batch('PUT', 'timeBill', [aTime('tl-1-v1'), aTime('tl-2-v1')]));
    const job = await finished(await account.batch('DELETE', 'timeBill', 'ids=eid:tl-1-v1,eid:tl-7-v1'));
    const answers = await results(job);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 404]);
    expect(detail(answers.find(({ status }) => status === 404)!)).toMatch(/does not exist/);
    expect((await account.query('SELECT externalid FROM timebill')).body.items).toMatchObject([{ externalid: 'tl-2-v1' }]);
  });

  it('needs the content type of a collection', async () => {
    const answer = await account.batch('PUT', 'timeBill', [aTime('tl-1-v1')], { 'content-type': 'application/json' });
    expect([answer.status, code(answer)]).toEqual([400, 'INVALID_CONTENT']);
  });
});
