import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, money, type BillingLine, type ExceptionRecord } from '#canonical';
import { aCustomer, aProject, aWorker } from '#testing';
import { aLine, anEvent, anException, anInvoice, linesTold, raised, testPortal, type TestPortal } from '../portal.fixture.js';

// A fortnight of Alex's on two projects, an expense, an invoice: each in another place on its way to the bank.
const kantata = (type: string, nativeId: string) => ({ system: 'kantata', account: '7001', type, nativeId });
const netsuite = (type: string, nativeId: string) => ({ system: 'netsuite', account: '7654321_SB1', type, nativeId });
const time = (id: string): string => mintId('time-entry', 'kantata', '7001', id);
const expense = (id: string): string => mintId('expense', 'kantata', '7001', id);
const sheet = (id: string): string => mintId('timesheet', 'kantata', '7001', id);
const report = (id: string): string => mintId('expense-report', 'kantata', '7001', id);

const quay = aCustomer({ id: mintId('customer', 'quay'), name: 'Quay', refs: [] });
const project = aProject({ id: mintId('project', 'kantata', '7001', '4711'), title: 'Harbour twin', customerId: mintId('customer', 'harbour') });
const other = aProject({ id: mintId('project', 'kantata', '7001', '4712'), title: 'Quay twin', customerId: quay.id });
const alex = aWorker();
const noRate = (over: Partial<ExceptionRecord>): ExceptionRecord =>
  anException({
    id: mintId('exception', 'no-rate'),
    app: 'time-to-billing',
    flow: 'post-approved-time',
    subject: time('503'),
    reasons: [{ code: 'line.test-rate-missing', params: { role: 'ARCHITECT' } }],
    keys: { line: time('503'), project: other.id, worker: alex.id, timesheet: sheet('92') },
    desk: 'sales-operations',
    needs: [{ need: 'rate:RC-UK:ARCHITECT', desk: 'sales-operations', met: false, cure: { code: 'line.test-cure', params: { card: 'RC-UK' } } }],
    money: [{ ...money('800', 'GBP'), items: 1, estimated: true }],
    legalEntities: ['LF-UK'],
    ...over,
  });

const lines: BillingLine[] = [
  aLine({
    id: time('501'),
    state: 'billed',
    timesheetId: sheet('91'),
    workDate: '2026-11-09',
    minutes: 480,
    money: money('1280', 'GBP'),
    since: '2026-11-30T08:00:00.000Z',
    invoice: { id: mintId('invoice', 'netsuite', '7654321_SB1', '7001'), number: 'INV-1042' },
    explanation: [{ code: 'line.test-rate', params: { card: 'RC-UK' } }],
    refs: [kantata('time_entry', '501'), kantata('submission', '91'), netsuite('timeBill', '88101')],
  }),
  aLine({
    id: time('502'),
    timesheetId: sheet('91'),
    workDate: '2026-11-10',
    minutes: 480,
    money: money('1000.01', 'GBP'),
    overage: { minutes: 105, money: money('279.99', 'GBP') },
    refs: [kantata('time_entry', '502'), kantata('submission', '91')],
  }),
  aLine({
    id: time('503'),
    state: 'blocked',
    projectId: other.id,
    timesheetId: sheet('92'),
    workDate: '2026-11-15',
    minutes: 300,
    money: null,
    since: '2026-11-16T09:30:00.000Z',
    postingDate: null,
    postedAt: null,
    block: {
      exceptionId: mintId('exception', 'no-rate'),
      desk: 'sales-operations',
      reasons: [{ code: 'line.test-rate-missing', params: { role: 'ARCHITECT' } }],
    },
    refs: [kantata('time_entry', '503'), kantata('submission', '92')],
  }),
  aLine({
    id: time('504'),
    state: 'ready',
    workDate: '2026-11-16',
    minutes: 60,
    money: money('160', 'GBP'),
    since: '2026-11-17T07:00:00.000Z',
    postedAt: null,
  }),
  aLine({ id: time('505'), state: 'withdrawn', workDate: '2026-11-11', minutes: 240, money: money('640', 'GBP') }),
  aLine({
    id: expense('71'),
    kind: 'expense',
    state: 'paid',
    timesheetId: report('61'),
    workDate: '2026-11-12',
    minutes: null,
    money: money('99.5', 'EUR'),
    refs: [kantata('expense', '71'), kantata('expense_report', '61'), netsuite('expenseReport', '90001')],
  }),
];
const invoice = anInvoice({
  id: mintId('invoice', 'netsuite', '7654321_SB1', '7001'),
  transactions: [`tl-${time('501')}-v1`, `tl-${time('501')}-v2-r`, 'somebody-elses'],
  refs: [netsuite('invoice', '77001')],
});

let portal: TestPortal;
beforeAll(async () => {
  portal = await testPortal();
  await portal.told(
    ...[project, other].map(state => anEvent('project.changed.v1', state.id, { state: { ...state, timeBooked: true, refs: [] }, changed: [] })),
    anEvent('worker.changed.v1', alex.id, { state: alex, changed: [] }),
    anEvent('customer.changed.v1', quay.id, { state: quay, changed: [] }, { legalEntities: ['LF-UK'] }),
    raised(noRate({})),
    linesTold(...lines.slice(0, 3)),
    linesTold(...lines.slice(3)),
    anEvent('invoice.changed.v1', invoice.id, { state: invoice, changed: [] }, { legalEntities: ['LF-UK'] }),
  );
});
afterAll(() => portal?.close());

const SUMMARY = `lines minutes money { amount currency items } states { state lines unpriced minutes money { amount currency items } oldest }
  blocked { desk lines unpriced money { amount } oldest } overage { lines minutes money { amount currency items } }`;
const JOURNEY = `subject { id kind title refs { type nativeId } legalEntities } ambiguous summary { code text } billing { ${SUMMARY} }
  billingLines(first: 20) { nodes { id state workDate money { amount currency } overage { minutes money { amount } } block { desk since reasons { code params { name value } } needs { need owner met cure { code } } exception { id actions { name allowed } } } } totalCount { value } totals { amount currency } }
  steps(first: 20) { nodes { kind text outcome at subject { id } } } blocking { id money { amount estimated } } next { kind }`;
const journey = async (of: string, args = ''): Promise<any> => (await portal.ask(`{ journey(of: "${of}"${args}) { ${JOURNEY} } }`)).journey;
const idsOf = (line: any): string[] => line.billingLines.nodes.map((node: { id: string }) => node.id);

describe('the journey of approved time and expenses', () => {
  it('of a time entry: its state and money, what blocks it, whose that is, since when', async () => {
    const line = await journey(time('503'));
    expect(line).toMatchObject({
      subject: { id: time('503'), kind: 'TIME_ENTRY', title: 'Alex Morgan, 2026-11-15', legalEntities: ['LF-UK'] },
      ambiguous: false,
      summary: {
        code: 'summary.lines-blocked',
        text: '1 of 1 lines are not billed because something has to be put right by sales-operations, the oldest since 2026-11-16T09:30:00.000Z; waiting to be posted: 0; posted: 0; billed: 0.',
      },
      blocking: [{ id: mintId('exception', 'no-rate'), money: [{ amount: '800.00', estimated: true }] }],
      next: [],
    });
    expect(line.billingLines.nodes).toEqual([
      {
        id: time('503'),
        state: 'BLOCKED',
        workDate: '2026-11-15',
        money: null,
        overage: null,
        block: {
          desk: 'SALES_OPERATIONS',
          since: '2026-11-16T09:30:00.000Z',
          reasons: [{ code: 'line.test-rate-missing', params: [{ name: 'role', value: 'ARCHITECT' }] }],
          needs: [{ need: 'rate:RC-UK:ARCHITECT', owner: 'SALES_OPERATIONS', met: false, cure: { code: 'line.test-cure' } }],
          exception: {
            id: mintId('exception', 'no-rate'),
            actions: [
              { name: 'retryException', allowed: true },
              { name: 'skipException', allowed: true },
            ],
          },
        },
      },
    ]);
    expect(line.billing.states).toEqual([{ state: 'BLOCKED', lines: 1, unpriced: 1, minutes: 300, money: [], oldest: '2026-11-16T09:30:00.000Z' }]);
  });

  it.each([
    ["a time entry by the PSA's id", '501', 'TIME_ENTRY', [time('501')]],
    ['a timesheet by its canonical id', sheet('91'), 'TIMESHEET', [time('501'), time('502')]],
    ["a timesheet by the PSA's id", '91', 'TIMESHEET', [time('501'), time('502')]],
    ['an expense by its canonical id', expense('71'), 'EXPENSE', [expense('71')]],
    ["an expense by the ERP's id", '90001', 'EXPENSE', [expense('71')]],
    ["an expense report by the PSA's id", '61', 'EXPENSE_REPORT', [expense('71')]],
    ["a transaction by the ERP's id", '88101', 'TIME_ENTRY', [time('501')]],
    ['an invoice by its canonical id', invoice.id, 'INVOICE', [time('501')]],
    ["an invoice by the ERP's id", '77001', 'INVOICE', [time('501')]],
    ["a worker's week", `worker:${alex.id}:2026-W46`, 'WORKER_WEEK', [time('501'), time('502'), time('505'), expense('71'), time('503')]],
    ["a project's month", `project:${other.id}:2026-11`, 'PROJECT_MONTH', [time('503')]],
    ['a worker', alex.id, 'WORKER', [time('501'), time('502'), time('505'), expense('71'), time('503'), time('504')]],
    ['a customer', quay.id, 'CUSTOMER', [time('503')]],
  ])('is found of %s', async (_what, of, kind, ids) => {
    const line = await journey(of);
    expect(line.subject.kind).toBe(kind);
    expect(idsOf(line)).toEqual(ids);
    expect(line.billingLines.totalCount.value).toBe(ids.length);
    expect(line.billing.lines).toBe(ids.length);
  });
});
