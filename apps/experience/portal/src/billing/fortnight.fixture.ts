import { mintId, money, type BillingLine, type ExceptionRecord } from '#canonical';
import { aCustomer, aProject, aWorker } from '#testing';
import { aLine, anEvent, anException, anInvoice, linesEvent, raised, testPortal, type TestPortal } from '../portal.fixture.js';

// A fortnight of Alex's work on two projects, an expense and an invoice, each at another point on
// its way to the bank.
export const kantata = (type: string, nativeId: string) => ({ system: 'kantata', account: '7001', type, nativeId });
export const netsuite = (type: string, nativeId: string) => ({ system: 'netsuite', account: '7654321_SB1', type, nativeId });
export const time = (id: string): string => mintId('time-entry', 'kantata', '7001', id);
export const expense = (id: string): string => mintId('expense', 'kantata', '7001', id);
export const sheet = (id: string): string => mintId('timesheet', 'kantata', '7001', id);
export const report = (id: string): string => mintId('expense-report', 'kantata', '7001', id);

export const quay = aCustomer({ id: mintId('customer', 'quay'), name: 'Quay', refs: [] });
export const project = aProject({
  id: mintId('project', 'kantata', '7001', '4711'),
  title: 'Harbour twin',
  customerId: mintId('customer', 'harbour'),
});
export const other = aProject({ id: mintId('project', 'kantata', '7001', '4712'), title: 'Quay twin', customerId: quay.id });
export const alex = aWorker();
export const noRate = (over: Partial<ExceptionRecord>): ExceptionRecord =>
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

export const lines: BillingLine[] = [
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
export const invoice = anInvoice({
  id: mintId('invoice', 'netsuite', '7654321_SB1', '7001'),
  transactions: [`tl-${time('501')}-v1`, `tl-${time('501')}-v2-r`, 'somebody-elses'],
  refs: [netsuite('invoice', '77001')],
});

/** A portal with these events. */
export async function fortnight(): Promise<TestPortal> {
  const portal = await testPortal();
  await portal.publish(
    ...[project, other].map(state => anEvent('project.changed.v1', state.id, { state: { ...state, timeBooked: true, refs: [] }, changed: [] })),
    anEvent('worker.changed.v1', alex.id, { state: alex, changed: [] }),
    anEvent('customer.changed.v1', quay.id, { state: quay, changed: [] }, { legalEntities: ['LF-UK'] }),
    raised(noRate({})),
    linesEvent(...lines.slice(0, 3)),
    linesEvent(...lines.slice(3)),
    anEvent('invoice.changed.v1', invoice.id, { state: invoice, changed: [] }, { legalEntities: ['LF-UK'] }),
  );
  return portal;
}

export const SUMMARY = `lines minutes money { amount currency items } states { state lines unpriced minutes money { amount currency items } oldest }
  blocked { desk lines unpriced money { amount } oldest } overage { lines minutes money { amount currency items } }`;
const JOURNEY = `subject { id kind title refs { type nativeId } legalEntities } ambiguous summary { code text } billing { ${SUMMARY} }
  billingLines(first: 20) { nodes { id state workDate money { amount currency } overage { minutes money { amount } } block { desk since reasons { code params { name value } } needs { need owner met cure { code } } exception { id actions { name allowed } } } } totalCount { value } totals { amount currency } }
  steps(first: 20) { nodes { kind text outcome at subject { id } } } blocking { id money { amount estimated } } next { kind }`;

export const journeyOf = async (portal: TestPortal, of: string, args = ''): Promise<any> =>
  (await portal.ask(`{ journey(of: "${of}"${args}) { ${JOURNEY} } }`)).journey;

export const idsOf = (line: any): string[] => line.billingLines.nodes.map((node: { id: string }) => node.id);
