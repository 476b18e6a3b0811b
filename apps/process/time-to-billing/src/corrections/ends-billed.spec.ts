import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { money } from '#canonical';
import { eventually } from '#testing';
import {
  asked,
  DAYS,
  decide,
  external,
  looked,
  openBilling,
  posted,
  project,
  removed,
  reversed,
  someOf,
  tellProject,
  tellWorker,
  unasked,
} from './ends.fixture.js';
import { type TestBilling } from '../time-to-billing.fixture.js';

let billing: TestBilling;
beforeAll(async () => void (billing = await openBilling()));
afterAll(() => billing.close());

describe('an end published after a line', () => {
  /** On an invoice in the ERP, which can't remove the line any more. */
  const invoiced = async (lineId: string) => {
    const one = external(lineId, 1);
    billing.around.billed.add(one);
    const sum = money('300', 'GBP');
    const state = {
      id: `inv-${lineId}`,
      number: 'N-1',
      status: 'open' as const,
      date: DAYS[1],
      total: sum,
      amountDue: sum,
      transactions: [one],
      refs: [],
    };
    await billing.publish('invoice.changed.v1', state.id, { state, changed: [] });
    await billing.reaches(lineId, 'billed');
  };

  it.each([
    ['of a worker', 'retry'],
    ['of a worker', 'skip'],
    ['of a project', 'retry'],
    ['of a project', 'skip'],
  ] as const)('that is on an invoice, %s, is asked about, and %s decides', async (whose, action) => {
    const name = `billed-${whose.split(' ').at(-1)}-${action}`;
    const [email, id] = [`${name}@larkfield.example`, await project(name)];
    const [before, after] = await posted(name, id);
    await invoiced(after);
    if (whose === 'of a worker') {
      billing.around.left.set(email, DAYS[0]);
      await tellWorker(email, { terminatedOn: DAYS[0] });
    } else await tellProject(id, { title: name, status: 'archived' }, DAYS[0]);
    const line = await asked(after);
    expect(line).toMatchObject({ state: 'billed', version: 1, block: { desk: whose === 'of a worker' ? 'hr-operations' : 'pmo' } });
    await looked();
    expect([reversed(after), removed(after)]).toEqual([false, []]);

    await decide(line, action);
    if (action === 'skip') {
      const kept = await unasked(after);
      expect(kept).toMatchObject({ state: 'billed', version: 1 });
      expect(kept.explanation.at(-1).code).toBe('price.after-end-kept');
      return;
    }
    // Nothing on an invoice is reversed before its replacement is known.
    const code = whose === 'of a worker' ? 'worker.terminated' : 'project.not-active';
    const waiting = await eventually(async () => {
      const now = await billing.line(after);
      return now.version === 2 && now.block && now;
    });
    expect(waiting.block.reasons.map((one: { code: string }) => one.code)).toEqual([code]);
    expect([reversed(after), removed(after)]).toEqual([false, []]);
    await decide(waiting, 'skip');
    await eventually(() => reversed(after));
    expect(await billing.reaches(after, 'skipped')).toMatchObject({ version: 2 });
    expect(billing.around.held.has(external(after, 2))).toBe(false);
    expect(await billing.line(before)).toMatchObject({ state: 'posted', version: 1 });
  });

  it('with overage bills none of it while the question is open, and bills it when the line is left as it is', async () => {
    const name = 'asked-and-over';
    const [email, id] = [`${name}@larkfield.example`, await project(name, { notToExceed: money('400', 'GBP') })];
    const [before, after] = DAYS.map(workDate => someOf(name, id, email, workDate));
    for (const entry of [before, after]) {
      await billing.approve(entry);
      await billing.reaches(entry.id, 'posted');
    }
    expect(await billing.line(after.id)).toMatchObject({ money: money('100', 'GBP'), overage: { money: money('200', 'GBP') } });
    billing.around.left.set(email, DAYS[0]);
    await tellWorker(email, { terminatedOn: DAYS[0] });
    const line = await asked(after.id);
    const sent = () => billing.around.history.filter(one => one.includes(after.id));
    expect(sent()).toEqual([`post ${external(after.id, 1)}`]);

    await tellProject(id, { title: name, notToExceed: money('900', 'GBP') });
    // A younger line of another project gets headroom at once, which shows that the releaser has
    // looked at this project.
    const younger = someOf('younger-of-it', id, 'younger@larkfield.example', '2026-11-06');
    await billing.approve(younger);
    await billing.reaches(younger.id, 'posted');
    await releasedOf(id);
    expect([sent(), (await billing.line(after.id)).overage]).toEqual([
      [`post ${external(after.id, 1)}`],
      { minutes: 80, money: money('200', 'GBP') },
    ]);

    await decide(line, 'skip');
    const kept = await eventually(async () => {
      const now = await billing.line(after.id);
      return now.overage === undefined && now;
    });
    expect(kept).toMatchObject({ version: 1, money: money('300', 'GBP') });
    await eventually(() => sent().length === 2);
  });

  /** Waits until the project's cap was looked at for room. */
  const releasedOf = (id: string) =>
    eventually(async () => {
      const [{ freed }] = await billing.dataSource.query<[{ freed: boolean }]>('select freed from billing.cap where project_id = $1', [id]);
      return !freed;
    });
});
