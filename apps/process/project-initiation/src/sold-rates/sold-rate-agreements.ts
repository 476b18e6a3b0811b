import { Injectable } from '@nestjs/common';
import type { Fault } from '#apis';
import { canonicalJson, type SaidOfPriced } from '#canonical';
import type { Finish, FlowRun } from '#flow';
import { Decisions } from '#ownership';
import type { CheckedDeal } from '../flows/deal-to-project/deal-to-project.rules.js';
import { needs } from '../needs.js';
import { agree, rateQuestions, ratesOf, type AgreedLine, type SoldRates } from './sold-rates.rules.js';
import { SoldRatesStore } from './sold-rates.store.js';

/** The rates that are agreed for a checked deal from now on. */
export interface AgreedNow {
  lines: AgreedLine[];
  said: SaidOfPriced[];
  legalEntities: string[];
}

/**
 * Publishes a deal's agreed rates to those who price by them, whenever a run of the deal ends with
 * changed rates.
 */
@Injectable()
export class SoldRateAgreements {
  constructor(
    private readonly store: SoldRatesStore,
    private readonly decisions: Decisions,
  ) {}

  /** Notes the rates that a deal is refused for until a person answers. */
  async ask(dealId: string, faults: Fault[], legalEntitiesOf: () => Promise<string[]>): Promise<void> {
    if (!faults.some(({ need }) => needs.soldRate.is(need))) return;
    const questions = rateQuestions(faults, await this.store.linesOf(dealId));
    await this.decisions.ask(dealId, questions, await legalEntitiesOf());
  }

  /** Nothing when all is agreed already. `before`: the agreed rates when the deal was checked. */
  agree({ deal, legalEntity }: CheckedDeal, before: SoldRates): { agreed?: AgreedNow } {
    const { lines, said } = agree(deal, before);
    return canonicalJson(lines) === canonicalJson(before.lines) ? {} : { agreed: { lines, said, legalEntities: [legalEntity] } };
  }

  finish(run: FlowRun, agreed: AgreedNow | undefined): Finish {
    if (!agreed) return {};
    const { lines, said, legalEntities } = agreed;
    const { key } = run.event;
    return {
      events: [
        {
          id: `${run.runId}:rates`,
          type: 'deal-rates.agreed.v1',
          key,
          data: { state: { id: key, rates: ratesOf(lines) }, said },
          legalEntities,
        },
      ],
      commit: em => this.store.agreed(em, key, lines, legalEntities),
    };
  }
}
