import { Body, Controller, Param } from '@nestjs/common';
import { SoldRateAnswer, soldRateAnswers, type SoldRateAnswered } from '#apis/project-initiation';
import { actorOf, CurrentPrincipal, type Principal } from '#auth';
import { Problem, type ExceptionRecord } from '#canonical';
import { ExceptionDesk, refuseOtherDesks } from '#exceptions';
import { Database, inTransaction, withFullView } from '#persistence';
import { Audit, Implements } from '#service';
import { needs as needsOfDeals } from '../needs.js';
import { rateDetail } from './sold-rates.rules.js';
import { SoldRatesStore } from './sold-rates.store.js';

@Controller({ version: '1' })
export class SoldRateAnswersController {
  constructor(
    private readonly dataSource: Database,
    private readonly desk: ExceptionDesk,
    private readonly soldRates: SoldRatesStore,
    private readonly audit: Audit,
  ) {}

  /**
   * Answers whether a rate that was sold off the card holds, and from which work date. Then the
   * deal goes on, unless something else about it is open.
   */
  @Implements(soldRateAnswers.soldRateAnswersAnswer)
  async answer(@Param('id') id: string, @Body() body: SoldRateAnswer, @CurrentPrincipal() principal: Principal): Promise<SoldRateAnswered> {
    const { line, answer, reason } = body;
    const { desk } = await this.desk.seen(this.dataSource.manager, id, principal);
    refuseOtherDesks([desk], principal);
    await this.desk.carriedOut(id);
    return inTransaction(this.dataSource, async em => {
      const exception = await this.desk.toDecide(em, id);
      refuseUnasked(exception, line);
      const lines = await withFullView(WHOSE_NOW, () => this.soldRates.linesOf(exception.subject));
      if (answer === 'keep' && !lines.some(known => known.id === line)) throw nothingToKeep(line);
      const given = { line, answer, ...rateDetail(body) };
      await this.desk.decide(em, id, { ...given, outcome: answer, by: actorOf(principal), reason }, needsOfDeals.soldRate(exception.subject, line));
      await this.audit.record(em, { what: 'sold-rate-answered', subject: exception.subject, before: null, after: given, why: reason });
      return given;
    });
  }
}

/** The deal may have moved to another legal entity since its rates were agreed. */
const WHOSE_NOW = 'what was agreed of a deal whose exception the caller may see';

function refuseUnasked({ id, subject, needs }: ExceptionRecord, line: string): void {
  if (needs.some(({ need }) => need === needsOfDeals.soldRate(subject, line))) return;
  const message = `line must be one whose rate is asked about`;
  throw new Problem('unprocessable', `Exception ${id} asks about no rate of ${line}.`, {
    code: 'not-asked',
    fields: [{ field: 'line', rule: 'known', message }],
  });
}

function nothingToKeep(line: string): Problem {
  const message = 'answer must be apply: no rate of the line was agreed before';
  return new Problem('unprocessable', `No rate of ${line} was agreed before: correct it in the CRM, or let it hold.`, {
    code: 'nothing-agreed',
    fields: [{ field: 'answer', rule: 'known', message }],
  });
}
