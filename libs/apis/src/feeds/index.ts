import { Flag, Instant, OneOf, Text, Whole } from '#canonical';
import { get, operations, post, put } from '../operation.js';

const FEED_STATES = ['live', 'paused', 'behind', 'failing'] as const;
export type FeedState = (typeof FEED_STATES)[number];

/** How far a feed has been read, and how it fares. */
export class FeedStatus {
  @Text({ max: 80 }) name: string;
  @Instant({ optional: true, description: 'Everything that changed in the back end until then was seen; absent before the first reading has ended.' })
  readTo?: string;
  @Instant({ optional: true }) polledAt?: string;
  @OneOf(FEED_STATES) state: FeedState;
  @Text({ optional: true, max: 2000, description: 'Why it is failing.' }) error?: string;
  @Whole({ optional: true, min: 1, description: 'Records that were set aside, since they can not be taken as they are; an exception names each.' })
  setAside?: number;
  @Whole({ optional: true, description: "How far the back end's clock is ahead of ours, below zero behind; absent until it was heard." })
  clockDifferenceSeconds?: number;
}

export class FeedChange {
  @Flag({ description: 'True stops reading in all replicas, over restarts, until it is false again.' }) paused: boolean;
  @Text({ optional: true, min: 3, max: 500, description: 'Why; kept in the audit.' }) why?: string;
}

export class ReadingQuery {
  @Text({ optional: true, min: 3, max: 500, description: 'Why; kept in the audit.' }) why?: string;
}

export class SweepQuery extends ReadingQuery {
  @OneOf(['true', 'false'], {
    optional: true,
    description: 'True believes a sweep that shows less than half of what is known, and takes the rest for deleted; else that is 409.',
  })
  believe?: 'true' | 'false';
}

/** What a poll or sweep found. */
export class FeedReading {
  @Whole({ min: 0 }) items: number;
  @Whole({ min: 0 }) created: number;
  @Whole({ min: 0 }) changed: number;
  @Whole({ min: 0 }) deleted: number;
  @Whole({ min: 0 }) drifted: number;
  @Whole({ min: 0, description: 'Canonical events appended.' }) events: number;
}

/** In the API of every app that reads changes from a back end. */
export const feeds = operations('feeds', {
  listFeeds: get('feeds', { scope: 'feeds.manage', summary: 'How far each feed has been read', pageOf: FeedStatus }),
  setFeed: put('feeds/:name', { scope: 'feeds.manage', summary: 'Pause a feed or let it go on', body: FeedChange, answer: FeedStatus }),
  pollFeed: post('feeds/:name/polls', { scope: 'feeds.manage', summary: "Read a feed's changes now", query: ReadingQuery, answer: FeedReading }),
  sweepFeed: post('feeds/:name/sweeps', {
    scope: 'feeds.manage',
    summary: 'Compare with everything the back end has',
    query: SweepQuery,
    answer: FeedReading,
  }),
});
