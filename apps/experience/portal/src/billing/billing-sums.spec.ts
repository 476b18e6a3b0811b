import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, money, type Worker } from '#canonical';
import { aWorker } from '#testing';
import { aLine, anEvent, linesEvent, type TestPortal } from '../portal.fixture.js';
import { time, project, alex, fortnight, journeyOf, SUMMARY } from './fortnight.fixture.js';

let portal: TestPortal;
beforeAll(async () => {
  portal = await fortnight();
});
afterAll(() => portal?.close());

const journey = (of: string, args = ''): Promise<any> => journeyOf(portal, of, args);

describe('the sums of a journey', () => {
  it("of a worker's week are per state and currency, with the part over a cap", async () => {
    const { billing, summary, blocking } = await journey(`worker:${alex.id}:2026-W46`);
    expect(billing).toEqual({
      lines: 5,
      minutes: 1260,
      money: [
        { amount: '99.50', currency: 'EUR', items: 1 },
        { amount: '2280.01', currency: 'GBP', items: 2 },
      ],
      states: [
        { state: 'BLOCKED', lines: 1, unpriced: 1, minutes: 300, money: [], oldest: '2026-11-16T09:30:00.000Z' },
        {
          state: 'POSTED',
          lines: 1,
          unpriced: 0,
          minutes: 480,
          money: [{ amount: '1000.01', currency: 'GBP', items: 1 }],
          oldest: '2026-11-16T10:00:00.000Z',
        },
        {
          state: 'BILLED',
          lines: 1,
          unpriced: 0,
          minutes: 480,
          money: [{ amount: '1280.00', currency: 'GBP', items: 1 }],
          oldest: '2026-11-30T08:00:00.000Z',
        },
        {
          state: 'PAID',
          lines: 1,
          unpriced: 0,
          minutes: 0,
          money: [{ amount: '99.50', currency: 'EUR', items: 1 }],
          oldest: '2026-11-16T10:00:00.000Z',
        },
        {
          state: 'WITHDRAWN',
          lines: 1,
          unpriced: 0,
          minutes: 240,
          money: [{ amount: '640.00', currency: 'GBP', items: 1 }],
          oldest: '2026-11-16T10:00:00.000Z',
        },
      ],
      blocked: [{ desk: 'SALES_OPERATIONS', lines: 1, unpriced: 1, money: [], oldest: '2026-11-16T09:30:00.000Z' }],
      overage: { lines: 1, minutes: 105, money: [{ amount: '279.99', currency: 'GBP', items: 1 }] },
    });
    expect(summary.code).toBe('summary.lines-blocked');
    expect(blocking).toHaveLength(1);
  });

  it("of a project's month cover the lines worked in it", async () => {
    const { billing, subject } = await journey(`project:${project.id}:2026-11`);
    expect(subject).toMatchObject({ title: 'Harbour twin, 2026-11', kind: 'PROJECT_MONTH' });
    expect(billing).toMatchObject({ lines: 5, money: [{ amount: '99.50' }, { amount: '2440.01' }], overage: { lines: 1 } });
    const none = await journey(`project:${project.id}:2026-12`);
    expect(none).toMatchObject({
      billing: { lines: 0, money: [], states: [] },
      summary: { code: 'summary.lines-none' },
      billingLines: { nodes: [] },
    });
  });

  it('are also available on a project by month and on a worker by week', async () => {
    const answer =
      await portal.ask(`{ project(id: "${project.id}") { all: billing { lines } november: billing(month: "2026-11") { ${SUMMARY} } december: billing(month: "2026-12") { lines }
      billingLines(first: 1) { nodes { id } totalCount { value } } invoices { nodes { number } } }
      worker(id: "${alex.id}") { week(week: "2026-W47") { id title from to billing { lines } billingLines(first: 5) { nodes { id } } worker { id } journey { summary { code } } }
      utilisation(from: "2026-11-09", to: "2026-11-15") { billableMinutes workingMinutes share } billingLines(first: 1) { totalCount { value } } } }`);
    expect(answer.project).toMatchObject({
      all: { lines: 5 },
      november: { lines: 5, overage: { money: [{ amount: '279.99' }] } },
      december: { lines: 0 },
      billingLines: { nodes: [{ id: time('501') }], totalCount: { value: 5 } },
      invoices: { nodes: [{ number: 'INV-1042' }] },
    });
    expect(answer.worker).toEqual({
      week: {
        id: `worker:${alex.id}:2026-W47`,
        title: 'Alex Morgan, 2026-W47',
        from: '2026-11-16',
        to: '2026-11-22',
        billing: { lines: 1 },
        billingLines: { nodes: [{ id: time('504') }] },
        worker: { id: alex.id },
        journey: { summary: { code: 'summary.lines-waiting' } },
      },
      utilisation: { billableMinutes: 1260, workingMinutes: 2400, share: '0.5250' },
      billingLines: { totalCount: { value: 6 } },
    });
  });

  it('count for utilisation only what the PSA calls billable', async () => {
    const id = time('506');
    const asked = async (): Promise<number> =>
      (await portal.ask(`{ worker(id: "${alex.id}") { utilisation(from: "2026-11-18", to: "2026-11-18") { billableMinutes } } }`)).worker.utilisation
        .billableMinutes;
    await portal.publish(linesEvent(aLine({ id, workDate: '2026-11-18', minutes: 480, billable: false, money: money('0', 'GBP') })));
    expect(await asked()).toBe(0);
    await portal.publish(linesEvent(aLine({ id, version: 2, workDate: '2026-11-18', minutes: 450 })));
    expect(await asked()).toBe(450);
    await portal.publish(linesEvent(aLine({ id, version: 3, workDate: '2026-11-18', minutes: 450, state: 'withdrawn' })));
    expect(await asked()).toBe(0);
  });

  it('divide utilisation by what a worker could work: their share of full time, without the public holidays of their location', async () => {
    const asked = async (over: Partial<Worker>): Promise<unknown> => {
      const state = { ...aWorker({ employeeNumber: 'E0042' }), ...over };
      await portal.publish(anEvent('worker.changed.v1', state.id, { state, changed: [] }));
      return (
        await portal.ask(
          `{ worker(id: "${state.id}") { utilisation(from: "2026-08-31", to: "2026-09-06") { workingMinutes publicHolidays holidaysOf unknown } } }`,
        )
      ).worker.utilisation;
    };
    expect(await asked({})).toEqual({ workingMinutes: 2400, publicHolidays: 0, holidaysOf: null, unknown: ['COUNTRY', 'FULL_TIME_SHARE'] });
    expect(await asked({ country: 'GB' })).toEqual({
      workingMinutes: 2400,
      publicHolidays: 0,
      holidaysOf: 'GB',
      unknown: ['REGION', 'FULL_TIME_SHARE'],
    });
    expect(await asked({ country: 'GB', region: 'GB-ENG', fullTimeShare: '0.6' })).toEqual({
      workingMinutes: 1152,
      publicHolidays: 1,
      holidaysOf: 'GB-ENG',
      unknown: [],
    });
  });

  it('exclude a line from utilisation when its day exceeds the daily limit, until somebody decides', async () => {
    const asked = async (): Promise<number> =>
      (await portal.ask(`{ worker(id: "${alex.id}") { utilisation(from: "2026-11-19", to: "2026-11-19") { billableMinutes } } }`)).worker.utilisation
        .billableMinutes;
    const over = { id: time('507'), workDate: '2026-11-19', minutes: 1380 };
    const blockedBy = (code: string) => ({ exceptionId: 'exc_507', desk: 'pmo', reasons: [{ code, params: {} }] });
    await portal.publish(linesEvent(aLine({ ...over, state: 'blocked', block: blockedBy('time.over-day') })));
    expect(await asked()).toBe(0);
    await portal.publish(linesEvent(aLine({ ...over, state: 'blocked', block: blockedBy('rate.missing') })));
    expect(await asked()).toBe(1380);
    await portal.publish(linesEvent(aLine({ ...over, state: 'posted' })));
    expect(await asked()).toBe(1380);
    await portal.publish(linesEvent(aLine({ ...over, state: 'withdrawn' })));
  });

  it.each([
    [`{ journey(of: "worker:${alex.id}:2026-W60") { of } }`, 'of'],
    [`{ journey(of: "project:${project.id}:2026-13") { of } }`, 'of'],
    [`{ worker(id: "${alex.id}") { week(week: "2025-W53") { id } } }`, 'week'],
    [`{ project(id: "${project.id}") { billing(month: "2026-11-01") { lines } } }`, 'month'],
    [`{ worker(id: "${alex.id}") { utilisation(from: "2026-11-02", to: "2026-11-01") { share } } }`, 'to'],
    [`{ worker(id: "${alex.id}") { utilisation(from: "2024-11-02", to: "2026-11-01") { share } } }`, 'to'],
  ])('are refused for days that do not exist, naming the field: %s', async (query, field) => {
    const { errors } = await portal.answer(query);
    expect(errors![0].extensions).toMatchObject({ code: 'INVALID', fields: [{ field }] });
  });

  it('do not exist for an unknown worker or project', async () => {
    expect(await journey(`worker:${mintId('worker', 'nobody')}:2026-W46`)).toBeNull();
    expect(await journey(`project:${mintId('project', 'nobody')}:2026-11`)).toBeNull();
  });
});
