import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Scopes } from '#auth';
import { Flag, Instant, OneOf, Problem, Text, Whole } from '#canonical';
import { Database } from '#persistence';
import { PageOf, type Page } from '#service';
import { Capture } from './capture.js';
import { CAPTURE_OPTIONS, type CaptureOptions } from './capture.options.js';
import { readWatermarks, type Watermark } from './watermarks.js';

/** How far a feed has been read, and how it fares. */
export class FeedStatus {
  @Text({ max: 80 }) name: string;
  @Instant({ optional: true, description: 'Everything that changed in the back end until then was seen; absent before the first reading has ended.' })
  readTo?: string;
  @Instant({ optional: true }) polledAt?: string;
  @OneOf(['live', 'paused', 'behind', 'failing']) state: Watermark['state'];
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

@ApiTags('feeds')
@Scopes('feeds.manage')
@Controller({ path: 'feeds', version: '1' })
export class FeedsController {
  constructor(
    private readonly capture: Capture,
    private readonly dataSource: Database,
    @Inject(CAPTURE_OPTIONS) private readonly options: CaptureOptions,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listFeeds', summary: 'How far each feed has been read' })
  @PageOf(FeedStatus)
  async list(): Promise<Page<FeedStatus>> {
    const items = (await this.#statuses()).filter(({ name }) => this.capture.names.includes(name));
    return { items, nextCursor: null };
  }

  @Put(':name')
  @ApiOperation({ operationId: 'setFeed', summary: 'Pause a feed or let it go on' })
  @ApiOkResponse({ type: FeedStatus })
  async set(@Param('name') name: string, @Body() { paused }: FeedChange): Promise<FeedStatus> {
    if (paused) await this.capture.pause(name);
    else await this.capture.resume(name);
    const status = (await this.#statuses()).find(feed => feed.name === name);
    if (!status) throw new Problem('not-found', `There is no feed ${name}.`);
    return status;
  }

  @Post(':name/polls')
  @HttpCode(200)
  @ApiOperation({ operationId: 'pollFeed', summary: "Read a feed's changes now" })
  @ApiOkResponse({ type: FeedReading })
  poll(@Param('name') name: string, @Query() _: ReadingQuery): Promise<FeedReading> {
    return this.capture.pollNow(name);
  }

  @Post(':name/sweeps')
  @HttpCode(200)
  @ApiOperation({ operationId: 'sweepFeed', summary: 'Compare with everything the back end has' })
  @ApiOkResponse({ type: FeedReading })
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
