import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Deal } from '#canonical';
import { erpProject, psaProject, soldDeal, testInitiation, type TestInitiation } from '../../project-initiation.fixture.js';

let initiation: TestInitiation;
beforeAll(async () => {
  initiation = await testInitiation();
});
afterAll(() => initiation?.close());
beforeEach(() => {
  initiation.around.psaLacks = [];
});

const kindsOf = async (dealId: string): Promise<string[]> => {
  const read = `select data ->> 'kind' kind from events.event where key = $1 order by key_seq`;
  const rows = await initiation.dataSource.query<{ kind: string }[]>(read, [`journey:${dealId}`]);
  return rows.map(({ kind }) => kind);
};
async function lose(deal: Deal): Promise<void> {
  const lost: Deal = { ...deal, stage: 'lost', modifiedAt: '2026-11-03T09:00:00.000Z' };
  initiation.around.deals.set(deal.id, lost);
  await initiation.publish('deal.lost.v1', deal.id, { state: lost, changed: ['stage'] });
  await initiation.done(deal.id, 2);
}

describe('a PSA that keeps no staffing requests, no milestones and can not archive', () => {
  beforeEach(() => {
    initiation.around.psaLacks = ['staffing', 'milestones', 'archive'];
  });

  it('gets the rest of a deal, and the journey says what was left out', async () => {
    const deal = soldDeal('keeps-little');
    await initiation.win(deal);
    await initiation.done(deal.id, 1);
    expect(initiation.around.held.get(psaProject(deal))).toMatchObject({ status: 'active', milestones: [] });
    expect(initiation.around.held.get(erpProject(deal))?.billingSchedule.milestones).toHaveLength(deal.milestones.length);
    expect(initiation.around.writes.filter(write => write.includes('staffing-requests'))).toEqual([]);
    expect(await kindsOf(deal.id)).toEqual([
      'journey.deal-won',
      'journey.checked',
      'journey.customer-ensured',
      'journey.project-in-psa-not-kept',
      'journey.project-in-erp',
      'journey.outcome-checked',
      'journey.staffing-requested-not-kept',
      'journey.project-active',
    ]);
  });

  it('has its project left to people when the deal is lost, and the rest undone', async () => {
    const deal = soldDeal('keeps-little-lost');
    await initiation.win(deal);
    await initiation.done(deal.id, 1);
    await lose(deal);
    expect(initiation.around.held.get(psaProject(deal))).toMatchObject({ status: 'active' });
    expect(initiation.around.held.get(erpProject(deal))).toMatchObject({ status: 'archived' });
    expect((await kindsOf(deal.id)).slice(-2)).toEqual(['journey.undone-financial-project', 'journey.project-undone-not-kept']);
  });
});

it('a PSA that can not archive has the staffing requests taken back all the same', async () => {
  initiation.around.psaLacks = ['archive'];
  const deal = soldDeal('can-not-archive');
  await initiation.win(deal);
  await initiation.done(deal.id, 1);
  await lose(deal);
  const requests = [...initiation.around.held].filter(
    ([path, { projectId }]) => path.startsWith('psa/staffing-requests') && psaProject(deal).endsWith(projectId),
  );
  expect(requests.map(([, { status }]) => status)).toEqual(deal.roles.map(() => 'cancelled'));
  expect((await kindsOf(deal.id)).at(-1)).toBe('journey.project-undone-not-kept');
});
