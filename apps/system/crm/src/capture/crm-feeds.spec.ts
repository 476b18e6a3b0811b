import { afterEach, describe, expect, it } from 'vitest';
import type { Deal } from '#canonical';
import type { FeedStatus } from '#capture';
import type { Page } from '#service';
import { eventually } from '#testing';
import { RunningCrm } from '../crm.fixture.js';

const LAG_MS = 2_000;

describe('a change that Salesforce shows late', () => {
  let crm: RunningCrm;
  afterEach(() => crm.close());

  const start = async (overlapMs: number): Promise<Deal> => {
    crm = await RunningCrm.start({ visibilityLagMs: LAG_MS, env: { CRM_OVERLAP_MS: String(overlapMs) } });
    return eventually(async () => (await crm.get<Page<Deal>>('/v1/deals')).body.items[0]);
  };
  const win = async (deal: Deal) => crm.people.sobject('Opportunity').update({ Id: deal.refs[0].nativeId, StageName: 'Signed' });
  const types = async (deal: Deal) => (await crm.events(deal.id)).map(event => event.type);
  /** Until the feed has read past the moment at which the change can be seen. */
  const readPast = (instant: number) =>
    eventually(async () => {
      const { items } = (await crm.get<{ items: FeedStatus[] }>('/v1/feeds')).body;
      return Date.parse(items.find(feed => feed.name === 'deals')!.readTo!) > instant;
    });

  it('is found by the overlap, once', async () => {
    const deal = await start(10_000);
    await win(deal);
    await readPast(Date.now() + LAG_MS + 1_000);
    expect(await types(deal)).toEqual(['deal.changed.v1', 'deal.won.v1']);
  });

  it('is missed without an overlap, and then found by the sweep', async () => {
    const deal = await start(0);
    await win(deal);
    await readPast(Date.now() + LAG_MS + 1_000);
    expect(await types(deal)).toEqual(['deal.changed.v1']);
    await crm.sweep();
    expect(await types(deal)).toEqual(['deal.changed.v1', 'deal.won.v1']);
  });
});
