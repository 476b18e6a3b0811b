import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ProjectInitiationConfig } from '../project-initiation.config.js';
import { NOTHING_AGREED, type AgreedLine, type RateAnswer, type SoldRateGrounds, type SoldRates } from './sold-rates.rules.js';

/** What was agreed of the rates of each deal, and what people said to those that were asked about. */
@Injectable()
export class SoldRatesStore {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ProjectInitiationConfig) private readonly config: ProjectInitiationConfig,
  ) {}

  async of(dealId: string): Promise<SoldRates> {
    const [row] = await this.dataSource.query<SoldRates[]>('select lines, answers from initiation.sold_rates where deal_id = $1', [dealId]);
    return row ?? NOTHING_AGREED;
  }

  async groundsOf(dealId: string): Promise<SoldRateGrounds> {
    const { soldRate, soldRateAskedAbove } = this.config;
    return { ...(await this.of(dealId)), policy: { offCard: soldRate, abovePercent: soldRateAskedAbove } };
  }

  async agreed(em: EntityManager, dealId: string, lines: AgreedLine[], legalEntities: string[]): Promise<void> {
    await em.query(
      `insert into initiation.sold_rates(deal_id, lines, legal_entities) values ($1, $2, $3)
       on conflict (deal_id) do update set lines = excluded.lines, legal_entities = excluded.legal_entities`,
      [dealId, JSON.stringify(lines), legalEntities],
    );
  }

  async answered(em: EntityManager, dealId: string, answer: RateAnswer, legalEntities: string[]): Promise<void> {
    await em.query(
      `insert into initiation.sold_rates(deal_id, answers, legal_entities) values ($1, jsonb_build_array($2::jsonb), $3)
       on conflict (deal_id) do update set answers = sold_rates.answers || excluded.answers`,
      [dealId, JSON.stringify(answer), legalEntities],
    );
  }
}
