import { Controller, Param, Query } from '@nestjs/common';
import { type Page } from '#apis';
import { catalogue, type CallersPage, CallersQuery, type CatalogueDetail, type CatalogueEntry, UseQuery } from '#apis/governance';
import { Consumers } from '#auth';
import { Database } from '#persistence';
import { Implements } from '#service';
import { daysAgo, listAcknowledgements } from '#versioning';
import { paged } from '../paged.js';
import { Accounts } from './accounts.js';
import { callersOf, detailOf, entriesOf } from './catalogue.rules.js';

const DEFAULT_DAYS = 90;

/** The catalogue: it is about APIs and their callers, and has no row of a legal entity. */
@Controller({ version: '1' })
export class CatalogueController {
  constructor(
    private readonly accounts: Accounts,
    private readonly consumers: Consumers,
    private readonly database: Database,
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
  async callers(@Param('id') id: string, @Query() query: CallersQuery): Promise<CallersPage> {
    const since = sinceOf(query);
    const { account, api } = await this.accounts.find(id, since);
    const { operation, field } = query;
    // what the app says of all its calls has no fields, and may be cut
    const narrowly = field !== undefined || account.usedCut;
    const said = narrowly ? await this.accounts.uses(account.app, { since, version: api.version, operation, field }) : account;
    const acknowledged = (await listAcknowledgements(this.database.manager)).filter(one => one.app === account.app && one.version === api.version);
    const movesBy = (use: { consumer: string; operation: string }): string | undefined =>
      [use.operation, ''].flatMap(of => acknowledged.find(one => one.consumer === use.consumer && one.operation === of)?.movesBy ?? [])[0];
    const callers = callersOf(said, api.version, query, clientId => this.consumers.find(clientId), movesBy);
    return { ...paged(callers, query), usedCut: said.usedCut };
  }
}

const sinceOf = ({ since }: { since?: string }): string => since ?? daysAgo(DEFAULT_DAYS);
