import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import type { Page } from '#apis';
import { FeedChange, feeds, ReadingQuery, SweepQuery, type FeedReading, type FeedStatus } from '#apis/feeds';
import { Problem } from '#canonical';
import { Database } from '#persistence';
import { Implements } from '#service';
import { Capture } from './capture.js';
import { CAPTURE_OPTIONS, type CaptureOptions } from './capture-options.js';
import { readWatermarks } from './watermarks.js';

@Controller()
export class FeedsController {
  constructor(
    private readonly capture: Capture,
    private readonly dataSource: Database,
    @Inject(CAPTURE_OPTIONS) private readonly options: CaptureOptions,
  ) {}

  @Implements(feeds.listFeeds)
  async list(): Promise<Page<FeedStatus>> {
    const items = (await this.#statuses()).filter(({ name }) => this.capture.names.includes(name));
    return { items, nextCursor: null };
  }

  @Implements(feeds.setFeed)
  async set(@Param('name') name: string, @Body() { paused }: FeedChange): Promise<FeedStatus> {
    if (paused) await this.capture.pause(name);
    else await this.capture.resume(name);
    const status = (await this.#statuses()).find(feed => feed.name === name);
    if (!status) throw new Problem('not-found', `There is no feed ${name}.`);
    return status;
  }

  @Implements(feeds.pollFeed)
  poll(@Param('name') name: string, @Query() _: ReadingQuery): Promise<FeedReading> {
    return this.capture.pollNow(name);
  }

  @Implements(feeds.sweepFeed)
  sweep(@Param('name') name: string, @Query() { believe }: SweepQuery): Promise<FeedReading> {
    return this.capture.sweepNow(name, { believe: believe === 'true' });
  }

  #clockOf(feed: string): Pick<FeedStatus, 'clockDifferenceSeconds'> {
    const ms = this.capture.clockDifferenceMs(feed);
    return ms === undefined ? {} : { clockDifferenceSeconds: Math.round(ms / 1000) };
  }

  async #statuses(): Promise<FeedStatus[]> {
    const watermarks = await readWatermarks(this.dataSource, this.options.system);
    const aside = await this.capture.setAside();
    return watermarks.map(({ feed, readTo, polledAt, state, error }) => ({
      name: feed,
      ...(readTo ? { readTo } : {}),
      ...(polledAt ? { polledAt } : {}),
      state,
      ...(error ? { error } : {}),
      ...(aside.has(feed) ? { setAside: aside.get(feed) } : {}),
      ...this.#clockOf(feed),
    }));
  }
}
