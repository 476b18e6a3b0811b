import { Injectable } from '@nestjs/common';
import { Decisions, type Decision } from '#ownership';
import { Database, type Transaction } from '#persistence';
import { ProjectInitiationConfig } from '../project-initiation.config.js';
import { rateAnswersOf, type AgreedLine, type SoldRateGrounds } from './sold-rates.rules.js';

/** The agreed rates of each deal, and people's answers about the rates they were asked about. */
@Injectable()
export class SoldRatesStore {
  constructor(
    private readonly dataSource: Database,
    private readonly decisions: Decisions,
    private readonly config: ProjectInitiationConfig,
  ) {}

  async linesOf(dealId: string): Promise<AgreedLine[]> {
    const [row] = await this.dataSource.query<{ lines: AgreedLine[] }[]>('select lines from initiation.sold_rates where deal_id = $1', [dealId]);
    return row?.lines ?? [];
  }

  /** `decisions`: all decisions of the deal, where they have been read. */
  async groundsOf(dealId: string, decisions?: Decision[]): Promise<SoldRateGrounds> {
    const { soldRate, soldRateAskedAbove } = this.config;
    const [lines, decided] = await Promise.all([this.linesOf(dealId), decisions ?? this.decisions.of(dealId)]);
    return { lines, answers: rateAnswersOf(decided, lines), policy: { offCard: soldRate, abovePercent: soldRateAskedAbove } };
  }

  async agreed(em: Transaction, dealId: string, lines: AgreedLine[], legalEntities: string[]): Promise<void> {
    await em.query(
      `insert into initiation.sold_rates(deal_id, lines, legal_entities) values ($1, $2, $3)
       on conflict (deal_id) do update set lines = excluded.lines, legal_entities = excluded.legal_entities`,
      [dealId, JSON.stringify(lines), legalEntities],
    );
  }
}
