import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mintId, money } from '#canonical';
import { eventually, transactionsAtRest } from '#testing';
import { aFinancialProject, anExpense, AS_OF, PROJECT, someTime, testBilling, type TestBilling } from './time-to-billing.fixture.js';

const external = (id: string, version: number) => `tl-${id}-v${version}`;
/** A line as it is entered, before anybody approved it. */
function aDraft(n: string) {
  const { approval: _, approvedAt: __, timesheetId: ___, refs: ____, ...draft } = someTime(n);
  return draft;
}

describe('approved time and expenses', () => {
  let billing: TestBilling;
  beforeAll(async () => void (billing = await testBilling()));
  afterAll(() => billing.close());
  beforeEach(() => {
    billing.around.refusals.clear();
    billing.around.takesReversals = false;
    billing.around.away = false;
  });

  it('are priced and posted under an id of the line and its version, with how the price came about', async () => {
    const entry = someTime('clean');
    await billing.approve(entry);
    const line = await billing.reaches(entry.id, 'posted');
    expect(line).toMatchObject({ version: 1, money: { amount: '300.00', currency: 'GBP' }, postingDate: AS_OF, workerName: 'ada' });
    expect(line.explanation.length).toBeGreaterThan(0);
    expect(billing.around.held.get(external(entry.id, 1))).toMatchObject({
      kind: 'time',
      minutes: 120,
      ratePerHour: money('150', 'GBP'),
      amount: money('300', 'GBP'),
      costCentre: 'CC-210',
      taxCode: 'GB-S20',
    });
  });

  it('are posted once, however often the approval is published', async () => {
    const entry = someTime('told-twice');
    await billing.approve(entry);
    await billing.reaches(entry.id, 'posted');
    await billing.approve({ ...entry, approvedAt: new Date().toISOString() });
    await billing.approve(entry);
    const after = someTime('after-told-twice');
    await billing.approve(after);
    await billing.reaches(after.id, 'posted');
    expect((await billing.line(entry.id)).version).toBe(1);
    expect(billing.around.history.filter(one => one.includes(entry.id))).toEqual([`post ${external(entry.id, 1)}`]);
  });

  it('that are corrected after posting are taken out before the newer version goes in', async () => {
    const entry = someTime('corrected');
    await billing.approve(entry);
    await billing.reaches(entry.id, 'posted');
    await billing.approve({ ...entry, workedMinutes: 90 });
    await eventually(async () => (await billing.reaches(entry.id, 'posted')).version === 2);
    expect(billing.around.history.filter(one => one.includes(entry.id))).toEqual([
      `post ${external(entry.id, 1)}`,
      `remove ${external(entry.id, 1)}`,
      `post ${external(entry.id, 2)}`,
    ]);
  });

  it('that are rejected after approval are taken out again', async () => {
    const entry = someTime('rejected');
    await billing.approve(entry);
    await billing.reaches(entry.id, 'posted');
    await billing.approve({ ...entry, approval: 'rejected' });
    await billing.reaches(entry.id, 'withdrawn');
    expect(billing.around.held.has(external(entry.id, 1))).toBe(false);
  });

  it('that are billed and corrected are reversed where the ERP takes a reversing line', async () => {
    billing.around.takesReversals = true;
    const entry = someTime('reversed');
    await billing.approve(entry);
    await billing.reaches(entry.id, 'posted');
    billing.around.billed.add(external(entry.id, 1));
    await invoice(billing, 'inv-reversed', [external(entry.id, 1)]);
    await billing.reaches(entry.id, 'billed');
    await billing.approve({ ...entry, workedMinutes: 60 });
    await eventually(async () => (await billing.reaches(entry.id, 'posted')).version === 2);
    const reversal = billing.around.held.get(`${external(entry.id, 1)}-r`);
    expect(reversal).toMatchObject({ minutes: -120, amount: money('-300', 'GBP') });
  });

  it('that are billed and corrected wait for a credit where it takes none, and go on when finance has given it', async () => {
    const entry = someTime('credited');
    await billing.approve(entry);
    await billing.reaches(entry.id, 'posted');
    billing.around.billed.add(external(entry.id, 1));
    await invoice(billing, 'inv-credited', [external(entry.id, 1)]);
    await billing.reaches(entry.id, 'billed');
    await billing.approve({ ...entry, workedMinutes: 60 });
    const line = await billing.reaches(entry.id, 'needs-credit');
    const { body: exception } = await billing.rest('GET', `/exceptions/${line.block.exceptionId}`);
    expect(exception).toMatchObject({ desk: 'finance', money: [{ amount: '300.00', currency: 'GBP' }], state: 'open' });
    billing.around.credited.add(external(entry.id, 1));
    const { status } = await billing.rest('POST', `/exceptions/${line.block.exceptionId}/actions`, {
      as: { person: 'finance-uk' },
      body: { action: 'retry', reason: 'credited with CM-17' },
    });
    expect(status).toBe(200);
    expect(await billing.reaches(entry.id, 'posted')).toMatchObject({ version: 2 });
  });

  it('that are billed and corrected are done when finance leaves their invoice as it is', async () => {
    const entry = someTime('left-billed');
    await billing.approve(entry);
    await billing.reaches(entry.id, 'posted');
    billing.around.billed.add(external(entry.id, 1));
    await invoice(billing, 'inv-left', [external(entry.id, 1)]);
    await billing.reaches(entry.id, 'billed');
    await billing.approve({ ...entry, workedMinutes: 60 });
    const { block } = await billing.reaches(entry.id, 'needs-credit');
    const body = { action: 'skip', reason: 'the customer agreed' };
    expect((await billing.rest('POST', `/exceptions/${block.exceptionId}/actions`, { as: { person: 'finance-uk' }, body })).status).toBe(200);
    const line = await billing.reaches(entry.id, 'skipped');
    expect([line.version, line.block]).toEqual([2, undefined]);
    // The next correction asks again.
    await billing.approve({ ...entry, workedMinutes: 30 });
    expect(await billing.reaches(entry.id, 'needs-credit')).toMatchObject({ version: 3 });
  });

  it('report all their faults at once, and a group goes on when its missing rate arrives', async () => {
    const entries = ['one', 'two', 'three'].map(name =>
      someTime(`analyst-${name}`, { role: 'ANALYST', person: { email: `analyst-${name}@larkfield.example` } }),
    );
    for (const entry of entries) await billing.approve(entry);
    for (const entry of entries) expect((await billing.reaches(entry.id, 'blocked')).block).toMatchObject({ desk: 'finance' });
    await billing.rest('PUT', '/rates/analyst', {
      body: { level: 'legal-entity', subject: 'LF-UK', role: 'ANALYST', unit: 'hour', amount: '95.00', currency: 'GBP', from: '2026-01-01' },
    });
    for (const entry of entries) expect((await billing.reaches(entry.id, 'posted')).money).toEqual(money('190', 'GBP'));
    const { body } = await billing.rest('GET', '/exceptions?state=open');
    expect(body.items.filter((one: { keys: { line: string } }) => entries.some(({ id }) => id === one.keys.line))).toEqual([]);
  });

  it('go on when the missing data arrives without an event', async () => {
    billing.around.unknownPeople.add('new@larkfield.example');
    const entry = someTime('newcomer', { person: { email: 'new@larkfield.example' } });
    await billing.approve(entry);
    expect((await billing.reaches(entry.id, 'blocked')).block).toMatchObject({ desk: 'hr-operations' });
    billing.around.unknownPeople.clear();
    await billing.reaches(entry.id, 'posted');
  });

  it('of a closed period keep their work date and are posted on the first open day', async () => {
    const entry = someTime('october', { workDate: '2026-10-12' });
    await billing.approve(entry);
    expect(await billing.reaches(entry.id, 'posted')).toMatchObject({ workDate: '2026-10-12', postingDate: '2026-11-01' });
  });

  it('refused by the ERP become an exception and are posted under the same id when it is retried', async () => {
    const entry = someTime('refused', { person: { email: 'bea@larkfield.example' } });
    const beside = someTime('beside-the-refused', { person: { email: 'cy@larkfield.example' } });
    billing.around.refusals.set(external(entry.id, 1), 'unknown-employee');
    await billing.approve(entry);
    await billing.approve(beside);
    await billing.reaches(beside.id, 'posted');
    const line = await billing.reaches(entry.id, 'blocked');
    billing.around.refusals.clear();
    await billing.rest('POST', `/exceptions/${line.block.exceptionId}/actions`, { body: { action: 'retry', reason: 'employee entered' } });
    expect(await billing.reaches(entry.id, 'posted')).toMatchObject({ version: 1 });
    const { body } = await eventually(async () => {
      const answer = await billing.rest('GET', `/exceptions/${line.block.exceptionId}`);
      return answer.body.state === 'resolved' && answer;
    });
    expect(body.state).toBe('resolved');
  });

  it('refused for an employee that the ERP does not have are posted when it has', async () => {
    const entry = someTime('employee-later', { person: { email: 'flo@larkfield.example' } });
    billing.around.refusals.set(external(entry.id, 1), 'unknown-employee');
    await billing.approve(entry);
    const line = await billing.reaches(entry.id, 'blocked');
    const { body } = await billing.rest('GET', `/exceptions/${line.block.exceptionId}`);
    billing.around.refusals.clear();
    const id = body.needs[0].need.replace(/:in-erp$/, '');
    const code = id.replace('employee:', '');
    await billing.publish('reference-value.changed.v1', id, {
      state: { id, kind: 'employee', code, name: code, active: true, attributes: {} },
      changed: [],
    });
    expect(await billing.reaches(entry.id, 'posted')).toMatchObject({ version: 1 });
  });

  it('of work until the end of their project are posted; later ones are asked about, and posted when the project runs again', async () => {
    const told = (status: 'archived' | 'active', day: string) =>
      billing.publish(
        'financial-project.changed.v1',
        PROJECT,
        { state: { ...aFinancialProject(), status, refs: [] }, changed: ['status'] },
        ['LF-UK'],
        `${day}T12:00:00Z`,
      );
    await told('archived', '2026-11-04');
    const [before, after] = ['2026-11-04', '2026-11-05'].map(workDate =>
      someTime(`ends-${workDate}`, { workDate, person: { email: 'gil@larkfield.example' } }),
    );
    await billing.approve(before);
    await billing.approve(after);
    await billing.reaches(before.id, 'posted');
    const { block } = await billing.reaches(after.id, 'blocked');
    expect(block.reasons.map(({ code }: { code: string }) => code)).toEqual(['project.not-active']);
    await told('active', '2026-11-06');
    await billing.reaches(after.id, 'posted');
  });

  it('wait visibly and without an error while the ERP is away, and go on when it is back', async () => {
    billing.around.away = true;
    const entry = someTime('away', { person: { email: 'dan@larkfield.example' } });
    await billing.approve(entry);
    const queue = await eventually(async () => {
      const { body } = await billing.rest('GET', '/queue');
      return body.state === 'held' && body;
    });
    expect(queue).toMatchObject({ reason: 'The ERP is down for maintenance.', waiting: { lines: 1, money: [money('300', 'GBP')] } });
    billing.around.away = false;
    await billing.reaches(entry.id, 'posted');
    await eventually(async () => (await billing.rest('GET', '/queue')).body.state === 'flowing');
  });

  it('are not posted again when the answer to their batch was lost', async () => {
    billing.around.loseAnswers = 1;
    const entry = someTime('lost', { person: { email: 'eve@larkfield.example' } });
    await billing.approve(entry);
    await billing.reaches(entry.id, 'posted');
    expect(billing.around.history.filter(one => one.includes(entry.id))).toHaveLength(1);
  });

  it('are asked about again when their batch is said to be done without the outcome of each', async () => {
    billing.around.lacksOutcomes = 1;
    const entry = someTime('no-outcome', { person: { email: 'eve@larkfield.example' } });
    await billing.approve(entry);
    await billing.reaches(entry.id, 'posted');
    expect(billing.around.history.filter(one => one.includes(entry.id))).toHaveLength(1);
    await eventually(async () => (await billing.rest('GET', '/queue')).body.state === 'flowing');
  });

  it('of somebody who is not on the team wait for the project manager', async () => {
    const projectId = mintId('project', 'spec', 'staffed');
    await billing.publish('financial-project.changed.v1', projectId, { state: { ...aFinancialProject(), id: projectId, refs: [] }, changed: [] });
    await billing.publish('assignment.changed.v1', projectId, {
      state: { id: mintId('assignment', 'spec', 'ivy'), projectId, person: { email: 'ivy@larkfield.example' }, refs: [] },
      changed: [],
    });
    const [member, stranger] = ['ivy', 'jon'].map(name => someTime(`team-${name}`, { projectId, person: { email: `${name}@larkfield.example` } }));
    await billing.approve(member);
    await billing.approve(stranger);
    await billing.reaches(member.id, 'posted');
    expect((await billing.reaches(stranger.id, 'blocked')).block).toMatchObject({ desk: 'pmo' });
  });

  it('of expenses at cost are posted as they were spent', async () => {
    const expense = anExpense('hotel');
    await billing.approve(expense);
    await billing.reaches(expense.id, 'posted');
    expect(billing.around.held.get(external(expense.id, 1))).toMatchObject({ kind: 'expense', category: 'Lodging', amount: money('120', 'GBP') });
  });

  it('are reported to the PSA per timesheet once they have stopped changing', async () => {
    const timesheetId = mintId('timesheet', 'spec', 'of-fay');
    const entries = ['a', 'b'].map(name => someTime(`fay-${name}`, { timesheetId, person: { email: 'fay@larkfield.example' } }));
    for (const entry of entries) await billing.approve(entry);
    for (const entry of entries) await billing.reaches(entry.id, 'posted');
    const told = await eventually(() =>
      billing.around.told.findLast(({ id, body }) => id === timesheetId && (body as { posted: number }).posted === 2),
    );
    expect(told.body).toEqual({ posted: 2, billed: 0, paid: 0, total: 2, money: [money('600', 'GBP')], message: 'In the ERP: 2 of 2' });
  });

  it('are unbilled again when their invoice is voided, and paid when it is paid', async () => {
    const entry = someTime('paid', { person: { email: 'gus@larkfield.example' } });
    await billing.approve(entry);
    await billing.reaches(entry.id, 'posted');
    await invoice(billing, 'inv-paid', [external(entry.id, 1)]);
    expect(await billing.reaches(entry.id, 'billed')).toMatchObject({ invoice: { number: 'inv-paid' } });
    await invoice(billing, 'inv-paid', [external(entry.id, 1)], 'voided');
    await billing.reaches(entry.id, 'posted');
    await invoice(billing, 'inv-paid-2', [external(entry.id, 1)], 'paid');
    await billing.reaches(entry.id, 'paid');
  });

  it('can be checked while they are entered, with all faults and the price, and nothing is kept', async () => {
    const draft = aDraft('draft');
    const { status, body } = await billing.rest('POST', '/checks', {
      body: { time: [draft, { ...draft, id: mintId('time-entry', 'spec', 'bad'), projectId: mintId('project', 'spec', 'none') }] },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ ready: 1, lines: [{ ready: true, money: money('300', 'GBP') }, { ready: false }] });
    expect(body.lines[1].faults[0]).toMatchObject({ desk: expect.any(String), need: expect.stringContaining('project:') });
    expect((await billing.rest('GET', `/lines/${draft.id}`)).status).toBe(404);
  });

  it.each([
    ['a NUL', 'on site\0'],
    ['half a character', 'on site \ud83d'],
  ])('are refused while they are entered when a note has %s', async (_, note) => {
    const draft = aDraft('unstorable');
    const { status, body } = await billing.rest('POST', '/checks', { body: { time: [draft, { ...draft, note }] } });
    expect([status, body.fields.map(({ field }: { field: string }) => field)]).toEqual([400, ['time[1].note']]);
  });

  it('were never in the ERP in two versions at once, in all of the above', () => {
    expect(billing.around.doubled, billing.around.history.join('\n')).toEqual([]);
  });

  it('cost next to nothing while there is no work', async () => {
    await eventually(async () => (await billing.dataSource.query<unknown[]>(`select 1 from billing.status_back where wanted > told`)).length === 0, {
      withinMs: 20_000,
    });
    const transactions = await transactionsAtRest(billing.dataSource, 4_000, 100);
    console.info(`${transactions} transactions in 4 idle seconds`);
    expect(transactions).toBeLessThan(100);
  });

  it('are seen only by people of their legal entity', async () => {
    const entry = someTime('seen', { person: { email: 'hal@larkfield.example' } });
    await billing.approve(entry);
    await billing.reaches(entry.id, 'posted');
    expect((await billing.rest('GET', `/lines/${entry.id}`, { as: { person: 'finance-uk' } })).status).toBe(200);
    expect((await billing.rest('GET', `/lines/${entry.id}`, { as: { person: 'pmo-us' } })).status).toBe(404);
    expect((await billing.rest('GET', '/lines', { as: { person: 'pmo-us' } })).body.items).toEqual([]);
  });
});

describe('a capped project', () => {
  let billing: TestBilling;
  beforeAll(async () => void (billing = await testBilling({ project: { notToExceed: money('700', 'GBP') } })));
  afterAll(() => billing.close());

  it('bills up to the cap in the order of work dates, keeps the rest as overage, and releases it when a correction frees headroom', async () => {
    const days = ['2026-11-02', '2026-11-03', '2026-11-04'];
    const entries = days.map((workDate, n) => someTime(`capped-${n}`, { workDate }));
    for (const entry of entries) {
      await billing.approve(entry);
      await eventually(async () => ['posted', 'overage'].includes((await billing.line(entry.id)).state as string));
    }
    const last = await billing.line(entries[2].id);
    expect(last).toMatchObject({ state: 'posted', money: money('100', 'GBP'), overage: { minutes: 80, money: money('200', 'GBP') } });
    expect(sumHeld(billing)).toBe(700);
    await billing.approve({ ...entries[0], workedMinutes: 60 });
    await eventually(async () => sumHeld(billing) === 700 && billing.around.held.has(`tl-${entries[2].id}-v1-o1`));
    expect(billing.around.held.get(`tl-${entries[2].id}-v1-o1`)).toMatchObject({ minutes: 60, amount: money('150', 'GBP') });
    expect(await billing.reaches(entries[2].id, 'posted')).toMatchObject({ overage: { minutes: 20, money: money('50', 'GBP') } });
  });
});

const sumHeld = ({ around }: TestBilling): number => [...around.held.values()].reduce((sum, { amount }) => sum + Number(amount.amount), 0);

async function invoice(billing: TestBilling, name: string, transactions: string[], status: 'open' | 'paid' | 'voided' = 'open'): Promise<void> {
  const id = mintId('invoice', 'spec', name);
  await billing.publish('invoice.changed.v1', id, {
    state: {
      id,
      number: name,
      status,
      projectId: PROJECT,
      date: AS_OF,
      total: money('300', 'GBP'),
      amountDue: money('300', 'GBP'),
      transactions,
      refs: [],
    },
    changed: [],
  });
}
