import { describe, expect, it } from 'vitest';
import type { Change } from '#capture';
import type { Deal, DealStage } from '#canonical';
import { aDeal } from '#testing';
import { dealEvents, dealEventType } from './deal-events.rules.js';

const at = (stage: DealStage | null) => (stage === null ? null : aDeal({ stage }));

describe('the event of a deal’s change', () => {
  it.each<[DealStage | null, DealStage | null, boolean, string]>([
    [null, 'won', true, 'deal.changed.v1'],
    [null, 'open', true, 'deal.changed.v1'],
    [null, 'won', false, 'deal.won.v1'],
    [null, 'open', false, 'deal.changed.v1'],
    [null, 'lost', false, 'deal.lost.v1'],
    ['open', 'open', false, 'deal.changed.v1'],
    ['open', 'won', false, 'deal.won.v1'],
    ['open', 'lost', false, 'deal.lost.v1'],
    ['won', 'won', false, 'deal.changed.v1'],
    ['won', 'open', false, 'deal.reopened.v1'],
    ['won', 'lost', false, 'deal.lost.v1'],
    ['lost', 'won', false, 'deal.won.v1'],
    ['lost', 'open', false, 'deal.changed.v1'],
    ['won', null, false, 'deal.lost.v1'],
    ['open', null, false, 'deal.changed.v1'],
  ])('from %s to %s (first read: %s) is %s', (before, after, initial, type) => {
    expect(dealEventType({ before: at(before), after: at(after), initial })).toBe(type);
  });
});

describe('the event', () => {
  const changeOf = (over: Partial<Change<Deal>>): Change<Deal> => ({
    before: aDeal(),
    after: aDeal({ name: 'New name' }),
    changed: ['modifiedAt', 'name'],
    entitiesChanged: false,
    initial: false,
    version: '7',
    legalEntities: [],
    ...over,
  });

  it('has an id of the deal and its version, so that the same change is published once', () => {
    expect(dealEvents(changeOf({}), ['LF-UK'], 'salesforce')).toMatchObject([
      {
        id: `${aDeal().id}:7`,
        key: aDeal().id,
        legalEntities: ['LF-UK'],
        data: { changed: ['modifiedAt', 'name'], previous: { name: aDeal().name } },
      },
    ]);
  });

  it('is left out when only the time of the last change moved', () => {
    expect(dealEvents(changeOf({ changed: ['modifiedAt'] }), [], 'salesforce')).toEqual([]);
    expect(dealEvents(changeOf({ changed: ['modifiedAt'], entitiesChanged: true }), ['LF-UK'], 'salesforce')).toHaveLength(1);
    expect(dealEvents(changeOf({ before: null, changed: [] }), [], 'salesforce')).toHaveLength(1);
  });
});
