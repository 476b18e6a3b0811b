import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, money } from '#canonical';
import { signal } from '#persistence';
import { eventually } from '#testing';
import { TOPICS } from '../jobs/topics.js';
import { AS_OF, someTime, testBilling, type TestBilling } from '../time-to-billing.fixture.js';

let billing: TestBilling;
beforeAll(async () => void (billing = await testBilling({ env: { LOG_LEVEL: 'silent' } })));
afterAll(() => billing.close());

const GONE = { kind: 'not-found' } as const;
const toldOf = (id: string) => billing.around.told.filter(told => told.id === id);

/** A posted line on a timesheet of its own. */
async function posted(name: string) {
  const timesheetId = mintId('timesheet', 'spec', name);
  const line = someTime(name, { workedMinutes: 6, timesheetId });
  await billing.approve(line);
  await billing.reaches(line.id, 'posted');
  return { line, timesheetId };
}

async function invoiced(name: string): Promise<string> {
  const { line } = await posted(name);
  const id = `inv-${name}`;
  const sum = money('15', 'GBP');
  const state = { id, number: name, status: 'open' as const, date: AS_OF, total: sum, amountDue: sum, transactions: [`tl-${line.id}-v1`], refs: [] };
  await billing.publish('invoice.changed.v1', id, { state, changed: [] });
  return id;
}

const rowOf = async (subject: string) => {
  const rows = await billing.dataSource.query<{ left: boolean; due: boolean; aside: boolean }[]>(
    `select wanted > told "left", due_at < 'infinity' due, exists (select 1 from events.set_aside a where a.key = subject) aside
     from billing.status_back where subject = $1`,
    [subject],
  );
  return rows.at(0);
};

/**
 * Waits until the job began twice more, so that one whole round was made; what is due later becomes
 * due at once.
 */
async function looks(): Promise<void> {
  for (const _ of [1, 2]) {
    await billing.dataSource.query(`update billing.status_back set due_at = clock_timestamp() where due_at < 'infinity'`);
    await billing.dataSource.query(`insert into billing.status_moved(subject, kind) values ('none', 'timesheet')`);
    await signal(billing.dataSource.manager, TOPICS.statusBack);
    await eventually(async () => (await billing.dataSource.query<unknown[]>('select 1 from billing.status_moved')).length === 0);
  }
}

describe('the billing status of lines, sent to a PSA', () => {
  it('that deleted their project: it is sent once, and the others are sent', async () => {
    const sheet = mintId('timesheet', 'spec', 'with-its-project');
    billing.around.refusesStatus.set(sheet, GONE);
    await posted('with-its-project');
    await eventually(async () => (await rowOf(sheet))?.left === false);
    const asked = billing.around.statusRefused;
    const { timesheetId } = await posted('beside-it');
    await eventually(() => toldOf(timesheetId).length > 0);
    await looks();
    expect(billing.around.statusRefused).toBe(asked);
    expect(await rowOf(sheet)).toEqual({ left: false, due: true, aside: false });
  });

  it('that deleted all projects of an invoice: it is sent once', async () => {
    billing.around.refusesStatus.set('inv-of-gone', { ...GONE, code: 'projects-deleted' });
    const id = await invoiced('of-gone');
    await eventually(async () => (await rowOf(id))?.left === false);
    const asked = billing.around.statusRefused;
    await looks();
    expect([billing.around.statusRefused, await rowOf(id)]).toEqual([asked, { left: false, due: true, aside: false }]);
  });

  it('that takes nothing back about billing: it is asked once about each, raises no exception, and nothing waits', async () => {
    const lacking = { kind: 'unsupported', code: 'no-such-ability' } as const;
    const sheet = mintId('timesheet', 'spec', 'takes-nothing-back');
    billing.around.refusesStatus.set(sheet, lacking);
    billing.around.refusesStatus.set('inv-takes-nothing-back', lacking);
    const id = await invoiced('takes-nothing-back');
    await eventually(async () => (await rowOf(sheet))?.left === false && (await rowOf(id))?.left === false);
    const asked = billing.around.statusRefused;
    await looks();
    expect(billing.around.statusRefused).toBe(asked);
    for (const subject of [sheet, id]) expect(await rowOf(subject)).toEqual({ left: false, due: true, aside: false });
  });

  it.each([
    ['has an invoice with other lines', 'with-others', { kind: 'conflict' as const, code: 'invoice-differs' }],
    ['lacks something of an invoice, nobody says what', 'lacking', GONE],
  ])('that %s: it is named on a desk and not sent again and again; the others are sent', async (_, name, refused) => {
    billing.around.refusesStatus.set(`inv-${name}`, refused);
    const id = await invoiced(name);
    await eventually(async () => (await rowOf(id))?.aside === true);
    const asked = billing.around.statusRefused;
    const { timesheetId } = await posted(`beside-${name}`);
    await eventually(() => toldOf(timesheetId).length > 0);
    await looks();
    expect([billing.around.statusRefused, await rowOf(id)]).toEqual([asked, { left: true, due: false, aside: true }]);
    billing.around.refusesStatus.delete(id);
  });
});
