import { Controller, Param, Query } from '@nestjs/common';
import { PageQuery, type Page } from '#apis';
import { releases, type EventTypeView, type ReleaseView } from '#apis/governance';
import { Implements } from '#service';
import { daysAgo } from '#versioning';
import { Accounts } from '../apis/accounts.js';
import { paged } from '../paged.js';
import { ReleasedDocuments } from './released-documents.js';

/** What was released of APIs and events. It has no row of a legal entity. */
@Controller({ version: '1' })
export class ReleasesController {
  constructor(
    private readonly accounts: Accounts,
    private readonly documents: ReleasedDocuments,
  ) {}

  @Implements(releases.listReleases)
  async list(@Param('id') id: string, @Query() query: PageQuery): Promise<Page<ReleaseView>> {
    const { account, api } = await this.accounts.find(id, daysAgo(1));
    return paged(await this.documents.of(account.app, api.version), query);
  }

  @Implements(releases.listEventReleases)
  async eventReleases(@Query() query: PageQuery): Promise<Page<ReleaseView>> {
    return paged(await this.documents.ofEvents(), query);
  }

  @Implements(releases.listEventTypes)
  async eventTypes(@Query() query: PageQuery): Promise<Page<EventTypeView>> {
    return paged(await this.documents.eventTypes(), query);
  }
}
