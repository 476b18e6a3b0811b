import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mintId, type Project } from '#canonical';
import { aProject } from '#testing';
import { PsaUnderTest } from '../psa.fixture.js';

const FEEDS = ['projects', 'staffing-requests', 'time-entries', 'expenses', 'assignments'] as const;

describe("a clock of Kantata's that differs from ours", () => {
  let psa: PsaUnderTest;
  let project: Project;
  beforeEach(async () => {
    psa = await PsaUnderTest.start({ PSA_OVERLAP_MS: '3000' });
    project = aProject({ dealId: mintId('deal', 'clock-spec', '1') });
    await psa.call('PUT', `projects/${project.id}`, { body: project });
    await poll();
  });
  afterEach(() => psa.close());

  const poll = async () => {
    for (const feed of FEEDS) await psa.read(feed);
  };
  const clock = (aheadMs: number, shownIn: 'answers' | 'records', o: { rate?: number } = {}) =>
    psa.sandboxes.control.planFault({ match: { vendor: 'kantata' }, action: { do: 'clock', aheadMs, shownIn }, ...o });
  const lineId = (noun: 'time-entry' | 'expense', native: string) => mintId(noun, 'kantata', '7001', native);

  /** One change for every feed; answers the keys of the events that must follow. */
  async function change(): Promise<{ keys: string[]; again: () => Promise<void> }> {
    const [time, expense] = [
      await psa.lines.time.book(project.id, { day: '2026-11-03', quantity: 480 }),
      await psa.lines.expenses.book(project.id, { day: '2026-11-03', quantity: 4_200 }),
    ];
    const [sheet, report] = [await psa.lines.time.submit([time]), await psa.lines.expenses.submit([expense])];
    await psa.lines.time.resolve(sheet, 'approve');
    await psa.lines.expenses.resolve(report, 'approve');
    return {
      keys: [lineId('time-entry', time), lineId('expense', expense)],
      again: async () => {
        await psa.lines.time.resolve(sheet, 'reject');
        await psa.lines.expenses.resolve(report, 'reject');
      },
    };
  }
  const approvals = async (key: string) => (await psa.events(key)).map(({ data }) => data.state.approval);

  it.each([
    ['ahead', 180_000, {}],
    ['behind', -180_000, {}],
    ['ahead now and then', 180_000, { rate: 0.5 }],
  ])('loses no change while its Date is %s, nor after', async (_, aheadMs, when) => {
    await clock(aheadMs, 'answers', when);
    await poll();
    const first = await change();
    await poll();
    await psa.sandboxes.control.clearFaults();
    const second = await change();
    await poll();
    for (const key of [...first.keys, ...second.keys]) expect(await approvals(key)).toEqual(['approved']);
  });

  it.each([
    ['ahead', 180_000],
    ['behind', -180_000],
  ])('loses no change while its whole clock is %s', async (_, aheadMs) => {
    await clock(aheadMs, 'answers');
    await clock(aheadMs, 'records');
    await poll();
    const first = await change();
    await poll();
    await first.again();
    await poll();
    for (const key of first.keys) expect(await approvals(key)).toEqual(['approved', 'rejected']);
  });

  it('reads records that are stamped in the future once as a change, and again when they change after', async () => {
    await clock(3_600_000, 'records');
    const { keys, again } = await change();
    await psa.sandboxes.control.clearFaults();
    await poll();
    await poll();
    for (const key of keys) expect(await approvals(key)).toEqual(['approved']);
    await again();
    await poll();
    for (const key of keys) expect(await approvals(key)).toEqual(['approved', 'rejected']);
  });
});
