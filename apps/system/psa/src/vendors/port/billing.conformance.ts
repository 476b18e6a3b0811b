import { describe, expect, it } from 'vitest';
import { mintId } from '#canonical';
import { problemOf } from '#testing';
import { answersUnsupported, Bench, type PsaWorld } from './bench.fixture.js';
import type { BillingStatus, InvoiceToTell } from './billing.port.js';
import { Booked } from './line-hand.fixture.js';
import { byId, type Line, submissionIn } from './line-world.fixture.js';
import type { LineFeed } from './lines.port.js';

/** What every PSA that accepts the billing status of its lines must do with it. */
export function billingConformance(name: string, world: PsaWorld): void {
  describe(`the billing status sent to ${name}`, () => {
    const bench = new Bench(world);
    if (!bench.can('billing-back')) return answersUnsupported(bench, 'billing-back', vendor => vendor.billing);
    const made = new Booked(bench);
    if (bench.can('timesheets')) statesAreTold(bench, made);
    invoicesAreTold(bench, made);
  });
}

function statesAreTold(bench: Bench, made: Booked): void {
  it.each(desks.filter(([, kind]) => kind === 'time' || bench.can('expenses')))(
    'is the state of %s, which changes none of its lines',
    async (_, kind) => {
      const { lines, submission, feed } = await anApproved({ bench, made }, kind);
      await sendStatus(made, kind, lines, status());
      expect(await bench.world.lines.toldOf!(submission)).toMatchObject({ status: '1 of 2 posted, 0 billed, 0 paid' });
      await sendStatus(made, kind, lines, status({ posted: 2, billed: 2, message: '' }));
      await sendStatus(made, kind, lines, status({ posted: 2, billed: 2, message: '' }));
      expect(await bench.world.lines.toldOf!(submission)).toEqual({ status: '2 of 2 posted, 2 billed, 0 paid', message: 'GBP 640.00' });
      expect(byId((await feed.reread(lines)).items)).toEqual(byId(lines));
    },
  );

  it.each(desks.filter(([, kind]) => kind === 'time' || bench.can('expenses')))(
    'stands once when the answer about %s was lost, the newer after the older',
    async (_, kind) => {
      const { lines, submission } = await anApproved({ bench, made }, kind);
      await bench.world.control.planFault({ match: bench.world.lines.writes!.status, action: { do: 'late-commit', ms: 400 }, nth: 1 });
      expect(await problemOf(sendStatus(made, kind, lines, status()))).toMatchObject({ kind: 'vendor-unavailable', code: 'outcome-unknown' });
      await sendStatus(made, kind, lines, status({ posted: 2 }));
      expect(await bench.world.lines.toldOf!(submission)).toMatchObject({ status: '2 of 2 posted, 0 billed, 0 paid' });
    },
  );
}

function invoicesAreTold(bench: Bench, made: Booked): void {
  it('is an invoice with all its lines in one write, once; paid and voided follow, and its lines stay as they were', async () => {
    const { lines: time, feed } = await anApproved({ bench, made }, 'time');
    const { lines: expenses } = bench.can('expenses') ? await anApproved({ bench, made }, 'expenses') : { lines: [] };
    const invoice = await invoiceOf(made, time, expenses);
    const { refs } = await made.vendor.billing!.invoice(invoice);
    expect((await made.vendor.billing!.invoice(invoice)).refs).toEqual(refs);
    expect(await bench.world.lines.invoices!(invoice.id)).toEqual([{ cancelled: false, status: 'open', lines: time.length + expenses.length }]);
    await made.vendor.billing!.invoice({ ...invoice, status: 'paid', amountDue: { amount: '0.00', currency: 'GBP' } });
    expect(await bench.world.lines.invoices!(invoice.id)).toMatchObject([{ cancelled: false, status: 'paid' }]);
    await made.vendor.billing!.invoice({ ...invoice, status: 'voided' });
    await made.vendor.billing!.invoice({ ...invoice, status: 'voided' });
    expect(await bench.world.lines.invoices!(invoice.id)).toMatchObject([{ cancelled: true, status: 'voided' }]);
    expect(byId((await feed.reread(time)).items)).toEqual(byId(time));
  });

  it.each(['lose-answer', 'late-commit'] as const)('is one invoice after a %s', async fault => {
    const { lines } = await anApproved({ bench, made }, 'time');
    const invoice = await invoiceOf(made, lines, []);
    await bench.world.control.planFault({
      match: bench.world.lines.writes!.invoice,
      action: fault === 'lose-answer' ? { do: fault } : { do: fault, ms: 400 },
      nth: 1,
    });
    expect(await problemOf(made.vendor.billing!.invoice(invoice))).toMatchObject({ kind: 'vendor-unavailable' });
    await made.vendor.billing!.invoice(invoice);
    expect(await bench.world.lines.invoices!(invoice.id)).toMatchObject([{ cancelled: false, lines: 2 }]);
  });

  it('does nothing for an invoice that was voided before it was sent', async () => {
    const { lines } = await anApproved({ bench, made }, 'time');
    const invoice = await invoiceOf(made, lines, [], { status: 'voided' });
    expect(await made.vendor.billing!.invoice(invoice)).toEqual({ refs: [] });
    expect(await bench.world.lines.invoices!(invoice.id)).toEqual([]);
  });

  it('refuses an invoice that exists with other lines', async () => {
    const { lines } = await anApproved({ bench, made }, 'time');
    const invoice = await invoiceOf(made, lines.slice(0, 1), []);
    await made.vendor.billing!.invoice(invoice);
    const more = { ...invoice, lines: { ...invoice.lines, timeEntries: lines.map(({ refs }) => refs[0]) } };
    expect(await problemOf(made.vendor.billing!.invoice(more))).toMatchObject({ kind: 'conflict', code: 'invoice-differs', retryable: false });
  });
}

let invoices = 0;

const status = (over: Partial<BillingStatus> = {}): BillingStatus => ({
  posted: 1,
  billed: 0,
  paid: 0,
  total: 2,
  money: [{ amount: '640.00', currency: 'GBP' }],
  message: 'one line has no rate',
  ...over,
});

const desks = [
  ['a timesheet', 'time'],
  ['an expense report', 'expenses'],
] as const;

async function anApproved(
  { bench, made }: { bench: Bench; made: Booked },
  kind: 'time' | 'expenses',
  quantities = [480, 60],
): Promise<{ lines: Line[]; submission: string; feed: LineFeed<Line> }> {
  const feed = (kind === 'time' ? made.vendor.timeEntries : made.vendor.expenses) as LineFeed<Line>;
  const ids: string[] = [];
  for (const quantity of quantities) ids.push(await bench.world.lines[kind]!.book(made.project.id, { day: '2026-11-05', quantity }));
  const submission = await bench.world.lines[kind]!.submit!(ids);
  await bench.world.lines[kind]!.resolve!(submission, 'approve');
  const lines: Line[] = [];
  for await (const { items } of feed.from('2026-11-05')) lines.push(...items.filter(({ refs }) => ids.includes(refs[0].nativeId)));
  return { lines, submission, feed };
}

const sendStatus = (made: Booked, kind: 'time' | 'expenses', [line]: Line[], told: BillingStatus) =>
  kind === 'time'
    ? made.vendor.billing!.timesheetStatus(line.refs[1], submissionIn(line)!, told)
    : made.vendor.billing!.expenseReportStatus(line.refs[1], submissionIn(line)!, told);

const invoiceOf = async (made: Booked, time: Line[], expenses: Line[], over: Partial<InvoiceToTell> = {}): Promise<InvoiceToTell> => ({
  id: mintId('invoice', 'conformance', String(process.pid), String(invoices++)),
  number: 'INV-1001',
  status: 'open',
  date: '2026-11-30',
  dueDate: '2026-12-30',
  total: { amount: '960.00', currency: 'GBP' },
  amountDue: { amount: '960.00', currency: 'GBP' },
  lines: {
    timeEntries: time.map(({ refs }) => refs[0]),
    expenses: expenses.map(({ refs }) => refs[0]),
    projects: (await made.vendor.projects.get(made.project.id))!.refs,
  },
  ...over,
});
