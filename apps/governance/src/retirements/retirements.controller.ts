import { Body, Controller, Param, Query } from '@nestjs/common';
import { PageQuery, type Page } from '#apis';
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
  type Ending,
  type LastUse,
  type Retirement,
} from '#versioning';
import { Accounts } from '../apis/accounts.js';
import { GovernanceConfig } from '../governance.config.js';
import { pagedByKey } from '../paged.js';

/** `crm@1`, or `crm@1:getDeal` */
const idOf = ({ app, version, operation }: Retirement): string => `${app}@${version}${operation === '' ? '' : `:${operation}`}`;

function endingOf(id: string): Ending {
  const [, app, version, operation] = /^([^@:]+)@([^@:]+)(?::([^@:]+))?$/.exec(id) ?? [];
  if (app === undefined) throw new Problem('not-found', `There is nothing that is named ${id}.`);
  return { app, version, ...(operation === undefined ? {} : { operation }) };
}

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
  async put(@Param() { id }: EndingPath, @Body() { reason, retiredAt, ...given }: RetirementBody): Promise<RetirementView> {
    const { graceDays } = this.config;
    const { uses, sunset } = await this.#knownOf(endingOf(id));
    return this.#change('retirement-set', id, reason, (em, ending) =>
      retire(em, { ...ending, ...given, retiredAt: new Date(retiredAt), uses, sunset, graceDays }),
    );
  }

  @Implements(retirements.putBrownOuts)
  async brownOuts(@Param() { id }: EndingPath, @Body() { reason, brownOuts, successor }: BrownOutsBody): Promise<RetirementView> {
    await this.#knownOf(endingOf(id));
    return this.#change('brown-outs-set', id, reason, (em, ending) =>
      announceBrownOuts(em, { ...ending, ...(successor === undefined ? {} : { successor }) }, brownOuts),
    );
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

  async #change(what: string, id: string, why: string, change: (em: Transaction, ending: Ending) => Promise<void>): Promise<RetirementView> {
    const ending = endingOf(id);
    return inTransaction(this.database, async em => {
      const before = await findRetirement(em, ending);
      await change(em, ending);
      const after = (await findRetirement(em, ending))!;
      await this.audit.record(em, { what, subject: id, before: before ?? null, after, why });
      return viewOf(after);
    });
  }

  /**
   * Who used it within the grace, as its app has counted until now, and its announced end. An app
   * that does not answer may have counted more, so nothing of it can end now.
   */
  async #knownOf({ app, version, operation }: Ending): Promise<{ uses: LastUse[]; sunset: string | undefined }> {
    if (app === governanceApi.app && version === governanceApi.version)
      throw new Problem('conflict', 'Ends are taken back by this API, so it cannot end by itself.', { code: 'own-end' });
    const since = daysAgo(this.config.graceDays);
    const said = (await this.accounts.now(since)).find(one => one.account.app === app);
    const api = said?.account.apis.find(one => one.version === version);
    if (said?.reachable === false)
      throw new Problem('vendor-unavailable', `${app} does not say now who uses it. Try again.`, { code: 'app-away', retryable: true });
    if (!said || !api || (operation !== undefined && !api.operations.some(({ id }) => id === operation)))
      throw new Problem('not-found', `There is no ${operation ?? `version ${version}`} of ${app}.`);
    const { used, usedCut } = said.account;
    // Calls come before fields, so a cut among the fields hides no caller.
    if (usedCut && used.at(-1)?.field === undefined)
      throw new Problem('conflict', `${app} has more callers than it can name, so it is not known who uses it.`, { code: 'use-unknown' });
    const uses = used
      .filter(use => use.version === version && use.field === undefined)
      .map(use => ({ consumer: use.consumer, operation: use.operation, lastDay: use.lastAt.slice(0, 10) }));
    const own = api.deprecations.find(({ of }) => of === operation);
    return { uses, sunset: own?.sunset ?? api.sunset ?? api.retiredOn };
  }
}
