import { Controller, Param, Query } from '@nestjs/common';
import { PageQuery, type Page } from '#apis';
import { releases, type EventTypeView, type ReleaseView } from '#apis/governance';
import { decodeCursor, DEFAULT_PAGE_SIZE, Implements, pageOf } from '#service';
import { Accounts } from '../apis/accounts.js';
import { ReleasedDocuments } from './released-documents.js';

const DAY_MS = 86_400_000;

/** What was released of APIs and events. It has no row of a legal entity. */
@Controller({ version: '1' })
export class ReleasesController {
  constructor(
    private readonly accounts: Accounts,
    private readonly documents: ReleasedDocuments,
  ) {}

  @Implements(releases.listReleases)
  async list(@Param('id') id: string, @Query() query: PageQuery): Promise<Page<ReleaseView>> {
    const { account, api } = await this.accounts.find(id, new Date(Date.now() - DAY_MS).toISOString().slice(0, 10));
    return paged(await this.documents.of(account.app, api.version), query);
  }

  @Implements(releases.listEventTypes)
  async eventTypes(@Query() query: PageQuery): Promise<Page<EventTypeView>> {
    return paged(await this.documents.eventTypes(), query);
  }
}

/** A page of a list that does not change while the app runs: the cursor counts. */
function paged<T>(all: readonly T[], { cursor, limit = DEFAULT_PAGE_SIZE }: PageQuery): Page<T> {
  const [after] = cursor ? decodeCursor(cursor, 'whole') : [0];
  return pageOf(
    all.slice(after, after + limit + 1),
    limit,
    () => [after + limit],
    item => item,
  );
}
