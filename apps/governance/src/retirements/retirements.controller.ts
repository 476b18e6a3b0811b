import { Body, Controller, Param, Query } from '@nestjs/common';
import { PageQuery, type AppAccount, type Page } from '#apis';
import { BrownOutsBody, EndingPath, governanceApi, Removal, RetirementBody, retirements, type RetirementView } from '#apis/governance';
import { Problem } from '#canonical';
import { Database, inTransaction, type Transaction } from '#persistence';
import { Audit, Implements } from '#service';
import {
  announceBrownOuts,
  daysAgo,
  findRetirement,
  listRetirements,
  retire,
  withdrawRetirement,
  type AnnouncedEnding,
  type LastUse,
  type Retirement,
} from '#versioning';
import { Accounts } from '../apis/accounts.js';
import { announcedEnd } from '../apis/catalogue.rules.js';
import { GovernanceConfig } from '../governance.config.js';
import { pagedByKey } from '../paged.js';
import { endingOf, idOf } from './ending.rules.js';

const viewOf = (row: Retirement): RetirementView => ({
  id: idOf(row),
  ...(row.retiredAt === null ? {} : { retiredAt: row.retiredAt.toISOString() }),
  ...(row.successor === null ? {} : { successor: row.successor }),
  ...(row.approval === null ? {} : { approval: row.approval }),
  brownOuts: row.brownOuts,
});

/** What of the APIs ends, and when. It concerns the whole house, and no legal entity. */
@Controller({ version: '1' })
export class RetirementsController {
  constructor(
    private readonly database: Database,
    private readonly accounts: Accounts,
    private readonly audit: Audit,
    private readonly config: GovernanceConfig,
  ) {}

  @Implements(retirements.listRetirements)
  async list(@Query() query: PageQuery): Promise<Page<RetirementView>> {
    return pagedByKey(await listRetirements(this.database.manager), query, idOf, viewOf);
  }

  @Implements(retirements.putRetirement)
  async put(@Param() { id }: EndingPath, @Body() { reason, retiredAt, successor, approval }: RetirementBody): Promise<RetirementView> {
    const { graceDays } = this.config;
    const since = daysAgo(graceDays);
    const { account, ending } = await this.#announced(id, since);
    const uses = lastUses(account, since);
    return this.#change('retirement-set', { id, ending, successor }, reason, (em, of) =>
      retire(em, { ...of, approval, retiredAt: new Date(retiredAt), uses, graceDays }),
    );
  }

  @Implements(retirements.putBrownOuts)
  async brownOuts(@Param() { id }: EndingPath, @Body() { reason, brownOuts, successor }: BrownOutsBody): Promise<RetirementView> {
    const { ending } = await this.#announced(id, daysAgo(this.config.graceDays));
    return this.#change('brown-outs-set', { id, ending, successor }, reason, (em, of) => announceBrownOuts(em, of, brownOuts));
  }

  @Implements(retirements.withdrawRetirement)
  async withdraw(@Param() { id }: EndingPath, @Query() { reason }: Removal): Promise<void> {
    const ending = endingOf(id);
    await inTransaction(this.database, async em => {
      const before = await findRetirement(em, ending);
      if (!(await withdrawRetirement(em, ending))) throw new Problem('not-found', `${id} is not retired.`);
      await this.audit.record(em, { what: 'retirement-withdrawn', subject: id, before, after: null, why: reason });
    });
  }

  /** A successor that is not given is that of before, or the announced one. */
  async #change(
    what: string,
    { id, ending, successor: given }: { id: string; ending: AnnouncedEnding; successor?: string },
    why: string,
    change: (em: Transaction, ending: AnnouncedEnding) => Promise<void>,
  ): Promise<RetirementView> {
    return inTransaction(this.database, async em => {
      const before = await findRetirement(em, ending);
      await change(em, { ...ending, successor: given ?? before?.successor ?? ending.successor });
      const after = (await findRetirement(em, ending))!;
      await this.audit.record(em, { what, subject: id, before: before ?? null, after, why });
      return viewOf(after);
    });
  }

  /**
   * What ends, as it was announced, and what its app says now, with its uses since a day. An app
   * that does not answer may have counted more than is known, so nothing of it can end now.
   */
  async #announced(id: string, since: string): Promise<{ account: AppAccount; ending: AnnouncedEnding }> {
    const { app, version, operation } = endingOf(id);
    if (app === governanceApi.app && version === governanceApi.version)
      throw new Problem('conflict', 'Ends are taken back by this API, so it cannot end by itself.', { code: 'own-end' });
    const account = await this.accounts.now(app, { since, version, operation });
    const api = account.apis.find(one => one.version === version);
    if (!api || (operation !== undefined && !api.operations.some(one => one.id === operation)))
      throw new Problem('not-found', `There is no ${operation ?? `version ${version}`} of ${app}.`);
    const { sunset, successor } = announcedEnd(api, operation) ?? {};
    return { account, ending: { app, version, operation, sunset, successor: successor?.startsWith('/') ? successor : undefined } };
  }
}

/** Who used it when last. Throws a conflict when the account does not have everybody: it then decides nothing. */
function lastUses({ app, used, usedCut, usedSince }: AppAccount, since: string): LastUse[] {
  if (usedCut) {
    const detail = `${app} has more uses of it than it answers at once (${used.length}). End its operations one by one.`;
    throw new Problem('conflict', detail, { code: 'use-unknown' });
  }
  if (usedSince > since) {
    const detail = `${app} has counts of use since ${usedSince} only, and the grace begins on ${since}.`;
    throw new Problem('conflict', detail, { code: 'use-unknown' });
  }
  return used.map(({ consumer, operation, lastAt }) => ({ consumer, operation, lastDay: lastAt.slice(0, 10) }));
}
