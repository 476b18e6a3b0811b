import { describe, expect, it } from 'vitest';
import { invoiceBody, invoiceReference, submissionReference } from './billing.mapper.js';

describe('what is told back', () => {
  const told = { posted: 3, billed: 2, paid: 0, total: 5, money: [{ amount: '1200.50', currency: 'GBP' }], message: 'two lines wait for a rate' };
  it('is the state and the reason, in words that people read', () => {
    expect(submissionReference('71', 'tsh_1', told)).toEqual({
      subject_type: 'Submission',
      subject_id: 71,
      service_name: 'throughline',
      service_model: 'billing',
      service_model_ref: 'tsh_1',
      status: 'pending',
      external_status: '3 of 5 posted, 2 billed, 0 paid',
      external_message: 'two lines wait for a rate; GBP 1200.50',
    });
    expect(submissionReference('71', 'tsh_1', { ...told, posted: 5 }).status).toBe('successful');
  });

  const invoice = {
    id: 'inv_1',
    number: 'INV-7',
    status: 'open' as const,
    date: '2026-11-30',
    dueDate: '2026-12-30',
    total: { amount: '649.90', currency: 'GBP' },
    amountDue: { amount: '0.00', currency: 'GBP' },
    lines: {
      timeEntries: [{ system: 'kantata', account: '7001', type: 'time_entry', nativeId: '14' }],
      expenses: [],
      projects: [{ system: 'kantata', account: '7001', type: 'workspace', nativeId: '41' }],
    },
  };
  it('is an invoice of native lines that bears our id, due in as many days, and mailed to nobody', () => {
    expect(invoiceBody(invoice)).toMatchObject({
      payment_schedule: 30,
      workspace_ids: [41],
      time_entry_ids: [14],
      expense_ids: [],
      suppress_emails: true,
    });
    expect(invoiceBody({ ...invoice, dueDate: undefined }).payment_schedule).toBe(0);
    expect(invoiceReference('56', invoice)).toMatchObject({ service_model: 'invoice', service_model_ref: 'inv_1', external_status: 'open' });
  });
});
