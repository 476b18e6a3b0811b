import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, money, type BillingLine } from '#canonical';
import { aLine, aStep, linesEvent, stepped, type TestPortal } from '../portal.fixture.js';
import { kantata, time, expense, sheet, quay, project, other, alex, invoice, fortnight, journeyOf, idsOf } from './fortnight.fixture.js';

let portal: TestPortal;
beforeAll(async () => {
  portal = await fortnight();
});
afterAll(() => portal?.close());

const journey = (of: string, args = ''): Promise<any> => journeyOf(portal, of, args);

describe('the journey of approved time and expenses', () => {
  it('of a time entry shows its state and money, what blocks it, on whose desk, since when', async () => {
    const line = await journey(time('503'));
    expect(line).toMatchObject({
      subject: { id: time('503'), kind: 'TIME_ENTRY', title: 'Alex Morgan, 2026-11-15', legalEntities: ['LF-UK'] },
      ambiguous: false,
      summary: {
        code: 'summary.line-blocked',
        text: 'Not billed: something has to be put right by sales-operations, since 2026-11-16T09:30:00.000Z.',
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
  ])('is found by %s', async (_what, of, kind, ids) => {
    const line = await journey(of);
    expect(line.subject.kind).toBe(kind);
    expect(idsOf(line)).toEqual(ids);
    expect(line.billingLines.totalCount.value).toBe(ids.length);
    expect(line.billing.lines).toBe(ids.length);
  });
});

describe('the history of a line', () => {
  it('contains every state it came into, and what somebody decided', async () => {
    const id = time('601');
    const at = (minute: number): string => `2026-11-17T09:0${minute}:00.000Z`;
    const past = (state: BillingLine['state'], minute: number, over: Partial<BillingLine> = {}) => aLine({ id, state, since: at(minute), ...over });
    const [received, blocked, ready, again, posted] = [
      past('received', 0, { money: null }),
      past('blocked', 1, { money: null }),
      past('ready', 3),
      past('ready', 3, { postingDate: '2026-12-01' }),
      past('posted', 4),
    ];
    await portal.publish(linesEvent(received, blocked), linesEvent(ready));
    await portal.publish(linesEvent(again), linesEvent(posted));
    await portal.publish(
      stepped(
        aStep({
          subject: id,
          related: [project.id],
          at: at(2),
          kind: 'journey.exception-retried',
          params: { by: 'Ruth Abelson', reason: 'the rate is in' },
          legalEntities: ['LF-UK'],
        }),
      ),
    );
    const line = await journey(id);
    expect(line.steps.nodes.map(({ kind, outcome, at: when, text }: Record<string, string>) => [when, kind, outcome, text])).toEqual([
      [at(0), 'line.state.received', 'WAITING', 'Approved; not checked yet.'],
      [at(1), 'line.state.blocked', 'FAILED', 'Something has to be put right before it can be billed.'],
      [at(2), 'journey.exception-retried', 'DONE', 'Ruth Abelson let it try again. the rate is in'],
      [at(3), 'line.state.ready', 'WAITING', 'Priced; waits to be posted to the ERP, or is on its way.'],
      [at(4), 'line.state.posted', 'DONE', "In the ERP's billing; not on an invoice yet."],
    ]);
    expect(line.steps.nodes[0].subject.id).toBe(id);
    // A decision about one of its lines appears on a project's journey, but does not count as a
    // business transaction of its own there.
    expect(line.summary).toEqual({ code: 'line.state.posted', text: "In the ERP's billing; not on an invoice yet." });
    const ofProject = await journey(project.id);
    expect(ofProject.steps.totalCount ?? ofProject.steps.nodes.length).toBe(1);
    expect(ofProject.next).toEqual([]);
  });

  it('is paged, filtered and counted like any other', async () => {
    const of = `worker:${alex.id}:2026-W46`;
    const { journey: first } = await portal.ask(
      `{ journey(of: "${of}") { steps(first: 2) { nodes { kind } totalCount { value } pageInfo { endCursor hasNextPage } facets(by: [OUTCOME]) { values { value count } } } } }`,
    );
    const { journey: rest } = await portal.ask(
      `query ($after: String) { journey(of: "${of}") { steps(first: 50, after: $after) { nodes { kind } } failed: steps(filter: { outcome: [FAILED] }) { nodes { kind } } } }`,
      undefined,
      { after: first.steps.pageInfo.endCursor },
    );
    expect(first.steps.nodes.length + rest.steps.nodes.length).toBe(first.steps.totalCount.value);
    expect(rest.failed.nodes).toEqual(expect.arrayContaining([{ kind: 'line.state.blocked' }]));
    expect(first.steps.facets[0].values).toContainEqual({ value: 'UNDONE', count: 1 });
  });
});

describe('a line', () => {
  const ofLine = async (id: string): Promise<any> =>
    (
      await portal.ask(
        `{ billingLine(id: "${id}") { state version minutes money { amount } overage { minutes } invoiceNumber { number } block { desk } } }`,
      )
    ).billingLine;

  it('has the state of its highest revision, in whatever order and however often revisions arrive', async () => {
    const id = time('701');
    const [first, second, third] = [
      aLine({ id, state: 'blocked', money: null, block: { exceptionId: 'exc_701', desk: 'pmo', reasons: [] } }),
      aLine({ id, version: 2, state: 'ready', minutes: 240, money: money('640', 'GBP'), overage: { minutes: 60, money: money('160', 'GBP') } }),
      aLine({ id, version: 2, state: 'posted', minutes: 240, money: money('640', 'GBP') }),
    ];
    const now = { state: 'POSTED', version: 2, minutes: 240, money: { amount: '640.00' }, overage: null, invoiceNumber: null, block: null };
    await portal.publish(linesEvent(second));
    expect(await ofLine(id)).toMatchObject({ state: 'READY', overage: { minutes: 60 }, block: null });
    await portal.publish(linesEvent(first));
    expect(await ofLine(id)).toMatchObject({ state: 'READY' });
    // Several revisions of one line in one event, then the same again.
    await portal.publish(linesEvent(third, first, second), linesEvent(second, third));
    expect(await ofLine(id)).toEqual(now);
    await portal.publish(linesEvent(third));
    expect(await ofLine(id)).toEqual(now);
  });

  it('moves with its project, day and timesheet', async () => {
    const id = time('702');
    const of = async (key: string): Promise<string[]> => idsOf(await journey(key));
    await portal.publish(linesEvent(aLine({ id, timesheetId: sheet('95'), workDate: '2026-10-05', refs: [kantata('time_entry', '702')] })));
    expect(await of(`worker:${alex.id}:2026-W41`)).toEqual([id]);
    await portal.publish(linesEvent(aLine({ id, version: 2, timesheetId: sheet('96'), projectId: other.id, workDate: '2026-10-12' })));
    expect(await of(`worker:${alex.id}:2026-W41`)).toEqual([]);
    expect(await of(`worker:${alex.id}:2026-W42`)).toEqual([id]);
    expect(await of(`project:${other.id}:2026-10`)).toEqual([id]);
    expect(await of(sheet('96'))).toEqual([id]);
    expect(await journey(sheet('95'))).toBeNull();
    // An id that it had earlier still finds it.
    expect(await of('702')).toEqual([id]);
  });

  it('that cannot be read is set aside alone: the other lines of its event are there', async () => {
    const [good, bad] = [aLine({ id: time('801') }), aLine({ id: time('802'), workDate: 'no day' })];
    await portal.publish(linesEvent(bad, good));
    expect([await ofLine(good.id), await ofLine(bad.id)]).toEqual([expect.objectContaining({ state: 'POSTED' }), null]);
    const rejected = await portal.dataSource.query('select place, noun, what from events.set_aside where key = $1', [bad.id]);
    const what = expect.stringMatching(/workDate is not a date/);
    expect(rejected).toEqual([{ place: 'reader portal.billing-lines', noun: 'billing-lines', what }]);
  });
});

describe('the list of lines', () => {
  const ids = async (filter: string, more = ''): Promise<string[]> =>
    (await portal.ask(`{ billingLines(first: 50, filter: ${filter}${more}) { nodes { id } } }`)).billingLines.nodes.map(
      (node: { id: string }) => node.id,
    );

  it('is filtered by project, worker, timesheet, state, day, desk, kind and what is over a cap', async () => {
    expect(await ids(`{ timesheet: ["${sheet('91')}"] }`)).toEqual([time('501'), time('502')]);
    expect(await ids(`{ project: ["${other.id}"], state: [BLOCKED] }`)).toEqual([time('503')]);
    expect(await ids(`{ blocked: true, desk: [SALES_OPERATIONS] }`)).toEqual([time('503')]);
    expect(await ids(`{ blocked: false, desk: [SALES_OPERATIONS] }`)).toEqual([]);
    expect(await ids(`{ worker: ["${alex.id}"], from: "2026-11-12", to: "2026-11-15" }`)).toEqual([expense('71'), time('503')]);
    expect(await ids('{ kind: [EXPENSE] }')).toEqual([expense('71')]);
    expect(await ids('{ overage: true }')).toEqual([time('502')]);
    expect(await ids('{ text: "morgan", state: [BILLED] }')).toEqual([time('501')]);
    expect(await ids(`{ ids: ["${time('504')}"], legalEntity: ["LF-UK"] }`)).toEqual([time('504')]);
    expect(await ids('{ state: [READY, BLOCKED] }', ', order: { by: SINCE, direction: DESCENDING }')).toEqual([time('504'), time('503')]);
  });

  it('has sums and facets under its filter, spelled as the filter takes them', async () => {
    const { billingLines } =
      await portal.ask(`{ billingLines(filter: { project: ["${other.id}", "${project.id}"], from: "2026-11-09", to: "2026-11-16" }) {
      totals { amount currency items } facets(by: [STATE, DESK, KIND]) { name values { value count } } } }`);
    expect(billingLines.totals).toEqual([
      { amount: '99.50', currency: 'EUR', items: 1 },
      // The withdrawn line is included: a list sums the lines that it lists.
      expect.objectContaining({ currency: 'GBP' }),
    ]);
    const facet = (name: string) => billingLines.facets.find((one: { name: string }) => one.name === name).values;
    expect(facet('desk')).toEqual([{ value: 'SALES_OPERATIONS', count: 1 }]);
    expect(facet('kind')).toContainEqual({ value: 'EXPENSE', count: 1 });
    expect(facet('state')).toContainEqual({ value: 'BLOCKED', count: 1 });
  });

  it('shows of each line its price and how that came about, its project, worker, timesheet and invoices', async () => {
    const { billingLine } =
      await portal.ask(`{ billingLine(id: "${time('501')}") { title explanation { code params { value } } status { text } postedAt approvedAt
      project { title } worker { name } submission { id kind from to refs { type nativeId } billing { lines } } invoiceNumber { number }
      invoices { nodes { id number status total { amount } amountDue { amount } billing { lines } project { title } } } refs { system nativeId } } }`);
    expect(billingLine).toEqual({
      title: 'Alex Morgan, 2026-11-09',
      explanation: [{ code: 'line.test-rate', params: [{ value: 'RC-UK' }] }],
      status: { text: 'On an invoice.' },
      postedAt: '2026-11-16T10:00:00.000Z',
      approvedAt: '2026-11-16T09:00:00.000Z',
      project: { title: 'Harbour twin' },
      worker: { name: 'Alex Morgan' },
      submission: {
        id: sheet('91'),
        kind: 'TIMESHEET',
        from: '2026-11-09',
        to: '2026-11-10',
        refs: [{ type: 'submission', nativeId: '91' }],
        billing: { lines: 2 },
      },
      invoiceNumber: { number: 'INV-1042' },
      invoices: {
        nodes: [
          {
            id: invoice.id,
            number: 'INV-1042',
            status: 'OPEN',
            total: { amount: '1920.00' },
            amountDue: { amount: '1920.00' },
            billing: { lines: 1 },
            project: { title: 'Harbour twin' },
          },
        ],
      },
      refs: [
        { system: 'kantata', nativeId: '501' },
        { system: 'kantata', nativeId: '91' },
        { system: 'netsuite', nativeId: '88101' },
      ],
    });
  });
});

describe('lines that wait for the ERP', () => {
  it('are summed from the read model; the process app is asked whether they are held only when that is selected', async () => {
    const { billingQueue } = await portal.ask('{ billingQueue { lines money { amount currency items } oldest } }');
    expect(billingQueue).toEqual({ lines: 1, money: [{ amount: '160.00', currency: 'GBP', items: 1 }], oldest: '2026-11-17T07:00:00.000Z' });
    // No time-to-billing runs beside this portal: that is no error for anybody.
    expect((await portal.ask('{ billingQueue { lines flow { state reason } } }')).billingQueue).toEqual({ lines: 1, flow: null });
  });
});
