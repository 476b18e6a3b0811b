import { Controller, Param, Query } from '@nestjs/common';
import { type Page } from '#apis';
import { catalogue, CallersQuery, type CallerView, type CatalogueDetail, type CatalogueEntry, UseQuery } from '#apis/governance';
import { Consumers } from '#auth';
import { decodeCursor, DEFAULT_PAGE_SIZE, Implements, pageOf } from '#service';
import { Accounts } from './accounts.js';
import { callersOf, detailOf, entriesOf } from './catalogue.rules.js';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 90;

/** The catalogue: it is about APIs and their callers, and has no row of a legal entity. */
@Controller({ version: '1' })
export class CatalogueController {
  constructor(
    private readonly accounts: Accounts,
    private readonly consumers: Consumers,
  ) {}

  @Implements(catalogue.listApis)
  async list(@Query() query: UseQuery): Promise<Page<CatalogueEntry>> {
    const said = await this.accounts.all(sinceOf(query));
    return { items: said.flatMap(entriesOf).sort((a, b) => (a.id < b.id ? -1 : 1)), nextCursor: null };
  }

  @Implements(catalogue.getApi)
  async one(@Param('id') id: string, @Query() query: UseQuery): Promise<CatalogueDetail> {
    return detailOf(await this.accounts.find(id, sinceOf(query)));
  }

  @Implements(catalogue.listCallers)
  async callers(@Param('id') id: string, @Query() query: CallersQuery): Promise<Page<CallerView>> {
    const { account, api } = await this.accounts.find(id, sinceOf(query));
    const [after] = query.cursor ? decodeCursor(query.cursor, 'whole') : [0];
    const limit = query.limit ?? DEFAULT_PAGE_SIZE;
    const callers = callersOf(account, api.version, query, clientId => this.consumers.find(clientId));
    let at = after;
    return pageOf(
      callers.slice(after, after + limit + 1),
      limit,
      () => [(at += limit)],
      caller => caller,
    );
  }
}

const sinceOf = ({ since }: { since?: string }): string => since ?? new Date(Date.now() - DEFAULT_DAYS * DAY_MS).toISOString().slice(0, 10);
