import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type Body, RunningAccount } from './running-account.fixture.js';

let kantata: RunningAccount;

async function spend(fields: object = {}): Promise<Body> {
  const { workspaceId, userId } = await kantata.seat();
  const categories = Object.values<Body>((await kantata.get('expense_categories')).expense_categories);
  const { id, name } = categories.find(one => one.name === 'Hotel');
  return kantata.made('POST', 'expenses', {
    expense: {
      workspace_id: workspaceId,
      user_id: userId,
      date: '2026-10-21',
      expense_category_id: Number(id),
      category: name,
      amount_in_cents: 18_050,
      ...fields,
    },
  });
}

async function report(expenses: Body[]): Promise<Body> {
  const { workspaceId } = await kantata.seat();
  const expense_report_submission = { title: 'Trip', workspace_id: workspaceId, line_item_ids: expenses.map(({ id }) => Number(id)) };
  return kantata.made('POST', 'expense_report_submissions', { expense_report_submission });
}

async function reported(fields: object = {}): Promise<{ expense: Body; submission: Body }> {
  const expense = await spend(fields);
  const submission = await report([expense]);
  await kantata.resolve(submission, 'approve', 'expense_report_submissions');
  return { expense, submission };
}

async function invoice(lines: { time?: Body[]; spent?: Body[] }, fields: object = {}): Promise<Answer> {
  const { workspaceId } = await kantata.seat();
  const ids = (rows: Body[] = []) => rows.map(({ id }) => Number(id));
  return kantata.call('POST', 'invoices?include=time_entries,expenses,external_references', {
    invoice: { payment_schedule: 30, workspace_id: workspaceId, time_entry_ids: ids(lines.time), expense_ids: ids(lines.spent), ...fields },
  });
}

describe('expenses', () => {
  beforeEach(async () => {
    kantata = await new RunningAccount().start();
  });
  afterEach(() => kantata.stop());

  it('is sent as billable and read as is_billable, and does not state its approval', async () => {
    const { expense, submission } = await reported({ billable: false, reimbursable: false });
    expect(expense).toMatchObject({ is_billable: false, reimbursable: false, amount_in_cents: 18_050, currency: 'USD', category: 'Hotel' });
    const read = await kantata.read('expenses', expense.id, 'active_submission,expense_category,receipt,user,workspace');
    expect(read).not.toHaveProperty('approved');
    expect(read).toMatchObject({ active_submission_id: submission.id, receipt_id: null });
    expect((await kantata.get('expenses?approved=1')).count).toBe(1);
    expect((await kantata.get(`expenses?with_expense_report_id=${submission.id}`)).count).toBe(1);
    const [{ id }] = (await kantata.get('expense_report_submissions?all_on_account=true&include=expenses,resolutions')).results;
    expect(await kantata.read('expense_report_submissions', id, 'expenses,resolutions')).toMatchObject({
      status: 'approved',
      expense_ids: [expense.id],
    });
  });

  it('turns a foreign amount into the project’s currency and shows both', async () => {
    const expense = await spend({ amount_in_cents: undefined, foreign_exchange_amount: { source_value: 10_000, source_currency: 'GBP' } });
    expect(expense).toMatchObject({
      amount_in_cents: 12_700,
      foreign_exchange_amount: { source_value: 10_000, source_currency: 'GBP', rate: 1.27, date: '2026-10-21' },
    });
    const plain = await kantata.made('PUT', `expenses/${expense.id}`, { expense: { amount_in_cents: 900 } });
    expect(plain).toMatchObject({ amount_in_cents: 900, foreign_exchange_amount: null });
  });

  it.each([
    ['JPY', 10_000, 6600],
    ['KWD', 1500, 489],
  ])('converts %s, whose smallest unit is not a hundredth, into cents', async (source_currency, source_value, amount_in_cents) => {
    const expense = await spend({ amount_in_cents: undefined, foreign_exchange_amount: { source_value, source_currency } });
    expect(expense).toMatchObject({ amount_in_cents, foreign_exchange_amount: { source_value, source_currency } });
  });

  it('takes an approved report back, resubmits it, and deletes many expenses at once', async () => {
    const { expense, submission } = await reported();
    expect((await kantata.call('DELETE', `expenses/${expense.id}`)).status).toBe(422);
    await kantata.resolve(submission, 'cancel', 'expense_report_submissions');
    expect((await kantata.get('expenses?approved=1')).count).toBe(0);
    const next = await report([expense]);
    expect(next.id).not.toBe(submission.id);
    await kantata.resolve(next, 'reject', 'expense_report_submissions');
    const other = await spend();
    const { status, body } = await kantata.call('DELETE', `expenses?ids=${expense.id},${other.id}`);
    expect([status, body]).toEqual([200, { deleted: [Number(expense.id), Number(other.id)] }]);
    expect(await kantata.notices('expense:created,expense:deleted')).toEqual([
      `expense:created ${expense.id}`,
      `expense:created ${other.id}`,
      `expense:deleted ${expense.id}`,
      `expense:deleted ${other.id}`,
    ]);
  });

  it('shows a receipt once there is one, and counts both kinds of submissions together', async () => {
    const { id } = await kantata.made('POST', 'attachments', { attachment: { filename: 'hotel.pdf', type: 'receipt' } });
    const expense = await spend({ receipt_id: Number(id) });
    expect(await kantata.read('expenses', expense.id, 'receipt')).toMatchObject({ receipt_id: id });
    const timesheet = await kantata.submit([await kantata.book()]);
    expect(Number((await report([expense])).id)).toBe(Number(timesheet.id) + 1);
  });

  it('requires the fields of an expense', async () => {
    const { body } = await kantata.call('POST', 'expenses', { expense: { category: 'Hotel' } });
    expect(body.errors.map(({ field }: Body) => field)).toEqual(['workspace_id', 'date', 'expense_category_id']);
    const { workspaceId } = await kantata.seat();
    const bare = { workspace_id: workspaceId, date: '2026-10-21', expense_category_id: 1001, category: 'Hotel' };
    expect((await kantata.call('POST', 'expenses', { expense: bare })).body.errors[0].field).toBe('amount_in_cents');
  });
});

describe('invoices', () => {
  beforeEach(async () => {
    kantata = await new RunningAccount().start();
  });
  afterEach(() => kantata.stop());

  it('takes approved time and expenses, which are invoiced from then on, and keeps our reference', async () => {
    const [{ entry }, { expense }] = [await kantata.approved({ time_in_minutes: 50 }), await reported()];
    const { status, body } = await invoice(
      { time: [entry], spent: [expense] },
      { invoice_date: '2026-11-02', external_reference: { service_name: 'throughline', service_model: 'invoice', service_model_ref: 'inv_1' } },
    );
    expect(status).toBe(200);
    const made = body.invoices[body.results[0].id];
    const worth = Math.round((entry.rate_in_cents * 50) / 60);
    expect(made).toMatchObject({ title: 'Invoice #1', status: 'new', due_date: '2026-12-02', balance_in_cents: worth + 18_050, currency: 'USD' });
    expect([made.time_entry_ids, made.expense_ids]).toEqual([[entry.id], [expense.id]]);
    expect(await kantata.read('time_entries', entry.id, 'invoice')).toMatchObject({ is_invoiced: true, invoice_id: made.id });
    expect((await kantata.get('expenses?invoiced=false')).count).toBe(1);
    const by = 'external_reference_service_name=throughline&external_reference_service_model=invoice&external_reference_service_model_refs=inv_1';
    expect((await kantata.get(`invoices?${by}`)).count).toBe(1);
    expect((await invoice({ time: [entry] })).body.errors[0].message).toContain('has been invoiced');
  });

  it('keeps invoiced time from being changed or deleted until the invoice is cancelled', async () => {
    const { entry, submission } = await kantata.approved();
    const { id } = (await invoice({ time: [entry] })).body.results[0];
    await kantata.resolve(submission, 'reject');
    const change = () => kantata.call('PUT', `time_entries/${entry.id}`, { time_entry: { time_in_minutes: 10 } });
    expect((await change()).body.errors[0].message).toContain('invoiced');
    expect((await kantata.call('DELETE', `time_entries/${entry.id}`)).status).toBe(422);
    expect((await kantata.call('PUT', `invoices/${id}/cancel`)).body.invoices[id].status).toBe('cancelled');
    expect((await kantata.call('PUT', `invoices/${id}/cancel`)).status).toBe(422);
    expect((await change()).body.time_entries[entry.id]).toMatchObject({ time_in_minutes: 10, is_invoiced: false });
    expect((await kantata.get('time_entries?uninvoiced=1')).count).toBe(1);
  });

  it('refuses lines that are not approved or of another project, and an empty invoice, and stores nothing of them', async () => {
    const [draft, { entry }] = [await kantata.book(), await kantata.approved()];
    expect((await invoice({ time: [entry, draft] })).body.errors[0]).toMatchObject({ field: 'time_entry_ids' });
    expect((await kantata.read('time_entries', entry.id)).is_invoiced).toBe(false);
    const other = await kantata.seat('P-9004');
    expect((await invoice({ time: [entry] }, { workspace_id: other.workspaceId })).status).toBe(422);
    expect((await invoice({})).body.errors[0].field).toBe('base');
    expect((await kantata.get('invoices')).count).toBe(0);
  });
});
