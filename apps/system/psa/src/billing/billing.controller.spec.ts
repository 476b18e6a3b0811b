import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, type ExpenseEntry, type Project, type TimeEntry } from '#canonical';
import { aProject } from '#testing';
import { PsaUnderTest } from '../psa.fixture.js';

let psa: PsaUnderTest;
let project: Project;
let invoices = 0;

const status = { posted: 1, billed: 0, paid: 0, total: 1, money: [{ amount: '640.00', currency: 'GBP' }], message: '' };
const readTo = async () => psa.read('time-entries').then(() => psa.read('expenses'));

async function anApproved(on = project): Promise<{ time: TimeEntry; expense: ExpenseEntry; timesheet: string; report: string }> {
  const [native, spent] = [
    await psa.lines.time.book(on.id, { day: '2026-11-03', quantity: 480 }),
    await psa.lines.expenses.book(on.id, { day: '2026-11-03', quantity: 990 }),
  ];
  const [timesheet, report] = [await psa.lines.time.submit([native]), await psa.lines.expenses.submit([spent])];
  await psa.lines.time.resolve(timesheet, 'approve');
  await psa.lines.expenses.resolve(report, 'approve');
  await readTo();
  return {
    time: (await psa.call('GET', `time-entries/${mintId('time-entry', 'kantata', '7001', native)}`)).body,
    expense: (await psa.call('GET', `expenses/${mintId('expense', 'kantata', '7001', spent)}`)).body,
    timesheet,
    report,
  };
}

const anInvoice = (lines: { timeEntryIds: string[]; expenseIds: string[] }, over: object = {}) => ({
  id: mintId('invoice', 'billing-spec', String(invoices++)),
  number: 'INV-7',
  status: 'open',
  projectId: project.id,
  legalEntity: 'LF-UK',
  date: '2026-11-30',
  total: { amount: '649.90', currency: 'GBP' },
  amountDue: { amount: '649.90', currency: 'GBP' },
  ...lines,
  ...over,
});
const put = (invoice: { id: string }, o: object = {}) => psa.call('PUT', `invoices/${invoice.id}`, { body: invoice, ...o });

describe('the billing status sent to the PSA', () => {
  beforeAll(async () => {
    psa = await PsaUnderTest.start();
    project = aProject({ dealId: mintId('deal', 'billing-spec', '1') });
    await psa.call('PUT', `projects/${project.id}`, { body: project });
    await readTo();
  });
  afterAll(() => psa.close());

  it('is the state of a timesheet and of an expense report, seen there, and comes back as no change of a line', async () => {
    const { time, expense, timesheet, report } = await anApproved();
    for (const [path, submission] of [
      [`timesheets/${time.timesheetId}/billing-status`, timesheet],
      [`expense-reports/${expense.expenseReportId}/billing-status`, report],
    ]) {
      const answers = [await psa.call('PUT', path, { body: status }), await psa.call('PUT', path, { body: status })];
      expect(answers.map(answer => answer.status)).toEqual([200, 200]);
      expect(await psa.lines.toldOf(submission)).toEqual({ status: '1 of 1 posted, 0 billed, 0 paid', message: 'GBP 640.00' });
    }
    await readTo();
    await psa.read('time-entries', 'sweeps');
    expect([(await psa.events(time.id)).length, (await psa.events(expense.id)).length]).toEqual([1, 1]);
  });

  it('is an invoice of all its lines, once, then paid, then voided; its lines don’t change', async () => {
    const { time, expense } = await anApproved();
    const invoice = anInvoice({ timeEntryIds: [time.id], expenseIds: [expense.id] });
    const first = await put(invoice);
    expect([first.status, first.body.refs[0]]).toMatchObject([200, { system: 'kantata', type: 'invoice' }]);
    expect((await put(invoice)).body).toEqual(first.body);
    expect((await put({ ...invoice, status: 'paid' } as never)).status).toBe(200);
    expect(await psa.lines.invoices(invoice.id)).toEqual([{ cancelled: false, status: 'paid', lines: 2 }]);
    expect((await put({ ...invoice, status: 'voided' } as never)).status).toBe(200);
    expect(await psa.lines.invoices(invoice.id)).toMatchObject([{ cancelled: true }]);
    await readTo();
    expect([(await psa.events(time.id)).length, (await psa.events(expense.id)).length]).toEqual([1, 1]);
  });

  it('names what is wrong with an invoice, and sends nothing', async () => {
    const { time } = await anApproved();
    const before = (await psa.sandboxes.control.ledger('kantata')).length;
    const empty = await put(anInvoice({ timeEntryIds: [], expenseIds: [] }));
    expect([empty.status, empty.body.fields[0].field]).toEqual([400, 'timeEntryIds']);
    const invoice = anInvoice({ timeEntryIds: [time.id], expenseIds: [] });
    expect((await psa.call('PUT', 'invoices/inv_other', { body: invoice })).body.fields[0].field).toBe('id');
    const unknown = await put(anInvoice({ timeEntryIds: [time.id, 'tim_none'], expenseIds: [] }));
    expect([unknown.status, unknown.body.code]).toEqual([422, 'lines-unknown']);
    expect(unknown.body.detail).toContain('tim_none');
    const many = Array.from({ length: 5_000 }, (_, i) => `tim_${i}`); // more than lists usually take
    expect((await put(anInvoice({ timeEntryIds: many, expenseIds: [] }))).body.code).toBe('lines-unknown');
    expect(await psa.sandboxes.control.ledger('kantata')).toHaveLength(before);
  });

  it('is refused for another legal entity’s lines, and for a timesheet that nobody knows', async () => {
    const { time } = await anApproved();
    const actor = { kind: 'person', id: 'x', name: 'X', roles: [], legalEntities: ['LF-US'], seesUnassigned: false, fieldRights: [] };
    const headers = { 'throughline-actor': JSON.stringify(actor) };
    const path = `timesheets/${time.timesheetId}/billing-status`;
    expect((await psa.call('PUT', path, { body: status, headers })).status).toBe(404);
    expect((await put(anInvoice({ timeEntryIds: [time.id], expenseIds: [] }), { headers })).status).toBe(422);
    expect((await psa.call('PUT', 'timesheets/tsh_none/billing-status', { body: status })).status).toBe(404);
    expect((await psa.call('PUT', path, { body: status, as: { client: 'operations', scopes: ['psa.read'] } })).status).toBe(403);
    expect((await psa.call('PUT', path, { body: status })).status).toBe(200); // the control
  });

  it('is refused for a timesheet of which the caller sees some lines only', async () => {
    const days = ['2026-11-04', '2026-11-05'];
    const native = [];
    for (const day of days) native.push(await psa.lines.time.book(project.id, { day, quantity: 60 }));
    await psa.lines.time.resolve(await psa.lines.time.submit(native), 'approve');
    await readTo();
    const [first, second] = native.map(id => mintId('time-entry', 'kantata', '7001', id));
    const { timesheetId } = (await psa.call('GET', `time-entries/${first}`)).body;
    await psa.database.dataSource.query(`update capture.shadow set legal_entities = '{LF-DE}' where id = $1`, [second]);
    const actor = { kind: 'person', id: 'x', name: 'X', roles: [], legalEntities: [project.legalEntity], seesUnassigned: false, fieldRights: [] };
    const headers = { 'throughline-actor': JSON.stringify(actor) };
    const refused = await psa.call('PUT', `timesheets/${timesheetId}/billing-status`, { body: status, headers });
    expect([refused.status, refused.body.code]).toEqual([403, 'not-your-entities']);
    expect((await psa.call('PUT', `timesheets/${timesheetId}/billing-status`, { body: status })).status).toBe(200);
  });

  it('leaves lines of a deleted project out of an invoice, and says when there are no others', async () => {
    const deleted = aProject({ dealId: mintId('deal', 'billing-spec', 'deleted') });
    await psa.call('PUT', `projects/${deleted.id}`, { body: deleted });
    const [left, gone] = [await anApproved(), await anApproved(deleted)];
    const mixed = anInvoice({ timeEntryIds: [left.time.id, gone.time.id], expenseIds: [left.expense.id, gone.expense.id] });
    const all = anInvoice({ timeEntryIds: [gone.time.id], expenseIds: [gone.expense.id] });
    expect((await put(all)).status).toBe(200);
    await psa.lines.removeProject(deleted.id);
    await psa.read('projects', 'sweeps');
    await readTo();
    expect((await put(mixed)).status).toBe(200);
    expect(await psa.lines.invoices(mixed.id)).toEqual([{ cancelled: false, status: 'open', lines: 2 }]);
    expect((await put({ ...mixed, status: 'paid' } as never)).status).toBe(200);
    const refused = await put({ ...all, status: 'paid' } as never);
    expect([refused.status, refused.body.code]).toEqual([404, 'projects-deleted']);
    expect((await put({ ...all, status: 'voided' } as never)).status).toBe(200);
    expect(await psa.lines.invoices(all.id)).toMatchObject([{ cancelled: true }]);
  });

  it('leaves an audit row of who sent what', async () => {
    const { time } = await anApproved();
    await psa.call('PUT', `timesheets/${time.timesheetId}/billing-status`, { body: status });
    const rows = await psa.database.dataSource.query('select what from service.audit where subject like $1', [`%${time.timesheetId}%`]);
    expect(rows).toHaveLength(1);
  });
});
