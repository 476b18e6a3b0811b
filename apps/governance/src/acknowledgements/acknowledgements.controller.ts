import { Body, Controller, Param, Query } from '@nestjs/common';
import { PageQuery, type Page } from '#apis';
import { AcknowledgementBody, AcknowledgementPath, acknowledgements, Removal, type AcknowledgementView } from '#apis/governance';
import { Problem } from '#canonical';
import { Database, inTransaction } from '#persistence';
import { Audit, Implements } from '#service';
import {
  daysAgo,
  findAcknowledgement,
  listAcknowledgements,
  putAcknowledgement,
  removeAcknowledgement,
  type Acknowledged,
  type Acknowledgement,
} from '#versioning';
import { Accounts } from '../apis/accounts.js';
import { announcedEnd } from '../apis/catalogue.rules.js';
import { pagedByKey } from '../paged.js';
import { endingOf, idOf } from '../retirements/ending.rules.js';

const viewOf = ({ consumer, by, toldOn, movesBy, ...of }: Acknowledgement): AcknowledgementView => ({ id: idOf(of), consumer, by, toldOn, movesBy });
const keyOf = (row: Acknowledgement): string => `${idOf(row)} ${row.consumer}`;

const acknowledgedOf = ({ id, consumer }: AcknowledgementPath): Acknowledged => ({ operation: '', ...endingOf(id), consumer });

/** Who took note of what ends. It concerns the whole house, and no legal entity. */
@Controller({ version: '1' })
export class AcknowledgementsController {
  constructor(
    private readonly database: Database,
    private readonly accounts: Accounts,
    private readonly audit: Audit,
  ) {}

  @Implements(acknowledgements.listAcknowledgements)
  async list(@Query() query: PageQuery): Promise<Page<AcknowledgementView>> {
    return pagedByKey(await listAcknowledgements(this.database.manager), query, keyOf, viewOf);
  }

  @Implements(acknowledgements.putAcknowledgement)
  async put(@Param() path: AcknowledgementPath, @Body() { reason, ...given }: AcknowledgementBody): Promise<AcknowledgementView> {
    const of = acknowledgedOf(path);
    const after: Acknowledgement = { ...of, ...given };
    const sunset = await this.#sunsetOf(of);
    await inTransaction(this.database, async em => {
      const before = await findAcknowledgement(em, of);
      await putAcknowledgement(em, { ...after, sunset, today: daysAgo(0) });
      await this.audit.record(em, { what: 'acknowledgement-set', subject: keyOf(after), before, after, why: reason });
    });
    return viewOf(after);
  }

  @Implements(acknowledgements.removeAcknowledgement)
  async remove(@Param() path: AcknowledgementPath, @Query() { reason }: Removal): Promise<void> {
    const of = acknowledgedOf(path);
    await inTransaction(this.database, async em => {
      const before = await findAcknowledgement(em, of);
      if (!before || !(await removeAcknowledgement(em, of)))
        throw new Problem('not-found', `${path.consumer} took no note of the end of ${path.id}.`);
      await this.audit.record(em, { what: 'acknowledgement-removed', subject: keyOf(before), before, after: null, why: reason });
    });
  }

  async #sunsetOf({ app, version, operation }: Acknowledged): Promise<string | undefined> {
    const { api } = await this.accounts.find(`${app}@${version}`, daysAgo(1));
    if (operation !== '' && !api.operations.some(({ id }) => id === operation)) throw new Problem('not-found', `There is no ${operation} of ${app}.`);
    return announcedEnd(api, operation)?.sunset;
  }
}
