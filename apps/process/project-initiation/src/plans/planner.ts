import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { hashOfEffects, Problem, type Deal, type Effect, type Fault, type Planned } from '#canonical';
import { Refused } from '#flow';
import { Mappings } from '#mappings';
import { log, runInContext } from '#service';
import { SystemApis } from '../clients.js';
import { isRefusal, refusalFaults } from '../flows/deal-to-project/deal-to-project.exceptions.js';
import { checkDeal, type Checked, type CheckedDeal } from '../flows/deal-to-project/deal-to-project.rules.js';
import { ProjectInitiationConfig } from '../project-initiation.config.js';
import { SoldRatesStore } from '../sold-rates/sold-rates.store.js';
import { desiredState, intentsOf, intentsOfDraft, type DesiredState, type Intent } from '../flows/deal-to-project/desired-state.rules.js';

const CLEAN_EVERY_MS = 3_600_000;

/** What a deal would have done, or is to do: kept so that its steps need no personal data in the journal. */
export interface Plan {
  id: string;
  hash: string | null;
  dealId: string;
  desired: DesiredState;
  /** Hash of each part's effects, to apply exactly them; empty when the plan isn't bound. */
  parts: Record<string, string>;
  effects: Effect[];
  legalEntities: string[];
  createdAt: string;
}

interface PlanRow {
  id: string;
  hash: string | null;
  deal_id: string;
  desired: DesiredState;
  parts: Record<string, string>;
  effects: Effect[];
  legal_entities: string[];
  created_at: Date;
}

/** Reads a deal as sold, checks it, and works out what it is to become. */
@Injectable()
export class Planner implements OnApplicationBootstrap, OnModuleDestroy {
  #cleaning: NodeJS.Timeout;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(SystemApis) private readonly systems: SystemApis,
    @Inject(Mappings) private readonly mappings: Mappings,
    @Inject(SoldRatesStore) private readonly soldRates: SoldRatesStore,
    @Inject(ProjectInitiationConfig) private readonly config: ProjectInitiationConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.#cleaning = setInterval(
      () => void this.forget().catch((error: unknown) => log.warn({ part: 'plans', err: error }, 'old plans could not be forgotten')),
      CLEAN_EVERY_MS,
    );
  }

  onModuleDestroy(): void {
    clearInterval(this.#cleaning);
  }

  /** All that is wrong with a deal: by our rules, and by what the back ends say to what it would be made as. */
  async check(deal: Deal): Promise<Fault[]> {
    const checked = checkDeal(deal, await this.mappings.table(), await this.soldRates.groundsOf(deal.id));
    if (!checked.ok) return this.#withRefusals(deal, checked);
    // Asked as the app itself: whoever may check a deal needs no right to a back end.
    const { faults } = await runInContext({ principal: undefined }, () => this.#planned(deal, intentsOf(desiredState(checked.checked, 'active'))));
    return faults;
  }

  /** The legal entities a deal concerns: none while nothing maps the one that sold it. */
  async legalEntitiesOf({ legalEntity }: Deal): Promise<string[]> {
    const entity = legalEntity && (await this.mappings.table()).get('legal-entity', legalEntity);
    return entity ? [entity] : [];
  }

  /** The deal in canonical words; throws `Refused` with all its faults, and with what the back ends refuse of it besides. */
  async checked(deal: Deal): Promise<CheckedDeal> {
    const checked = checkDeal(deal, await this.mappings.table(), await this.soldRates.groundsOf(deal.id));
    if (checked.ok) return checked.checked;
    throw new Refused(await this.#withRefusals(deal, checked));
  }

  /**
   * What `invalid` says follows from faults that are ours to tell. A back end that can't be asked keeps nobody from our own faults: it is
   * asked again when they are mended.
   */
  async #withRefusals(deal: Deal, { faults, draft }: Extract<Checked, { ok: false }>): Promise<Fault[]> {
    const planned = await runInContext({ principal: undefined }, () =>
      this.#planned(deal, intentsOfDraft(draft), ({ kind }) => kind !== 'invalid'),
    ).catch((error: unknown) => {
      if (error instanceof Problem) return { faults: [] };
      throw error;
    });
    return [...faults, ...planned.faults];
  }

  /**
   * A dry run: asks each system API what it would do, in the order of applying, and keeps the answer under its hash. Writes nothing
   * anywhere else. An open deal is planned as if it were won.
   */
  async dryRun(dealId: string): Promise<Plan> {
    const deal = await this.systems.deal(dealId);
    const checked = await this.checked(deal);
    const desired = desiredState(checked, deal.stage === 'lost' ? 'archived' : 'active');
    const { hash, parts, effects } = await this.effectsOf(deal, desired);
    return this.keep({ hash, parts, effects, dealId, desired, legalEntities: [checked.legalEntity] });
  }

  /** The dry run again, now; throws 412 when its effects are no longer those of `hash`. */
  async confirm(hash: string, deal: Deal, desired: DesiredState): Promise<Pick<Plan, 'parts' | 'effects'>> {
    const now = await this.effectsOf(deal, desired);
    if (now.hash !== hash)
      throw new Problem('precondition-failed', 'Something changed since the plan was made; make a new plan.', { code: 'plan-drifted' });
    return now;
  }

  async keep(plan: Omit<Plan, 'id' | 'createdAt'>): Promise<Plan> {
    const rows = await this.dataSource.query<PlanRow[]>(
      `insert into initiation.plan(id, hash, deal_id, desired, parts, effects, legal_entities) values ($1,$2,$3,$4,$5,$6,$7) returning *`,
      [randomUUID(), plan.hash, plan.dealId, plan.desired, plan.parts, JSON.stringify(plan.effects), plan.legalEntities],
    );
    return planOf(rows[0]);
  }

  /** Forgets plans that were never applied, or not last. */
  async forget(): Promise<void> {
    await this.dataSource.query(
      `delete from initiation.plan p where p.created_at < now() - make_interval(days => $1)
       and not exists (select 1 from initiation.engagement e where e.plan_id = p.id)`,
      [this.config.planDays],
    );
  }

  async byId(id: string): Promise<Plan> {
    const rows = await this.dataSource.query<PlanRow[]>('select * from initiation.plan where id = $1', [id]);
    if (rows.length === 0) throw new Problem('not-found', `There is no plan ${id}.`);
    return planOf(rows[0]);
  }

  /** The newest plan of this hash; equal effects have equal hashes. */
  async byHash(hash: string): Promise<Plan> {
    const rows = await this.dataSource.query<PlanRow[]>('select * from initiation.plan where hash = $1 order by created_at desc limit 1', [hash]);
    if (rows.length === 0) throw new Problem('not-found', `There is no plan ${hash}.`);
    return planOf(rows[0]);
  }

  /** What it would write, all of it planned before any of it is written; throws `Refused` with whatever a back end refuses. */
  async effectsOf(deal: Deal, desired: DesiredState): Promise<{ hash: string; parts: Record<string, string>; effects: Effect[] }> {
    const { planned, faults } = await this.#planned(deal, intentsOf(desired));
    if (faults.length > 0) throw new Refused(faults);
    const effects = planned.flatMap(([, plan]) => plan.effects);
    return { hash: hashOfEffects(effects), effects, parts: Object.fromEntries(planned.map(([intent, plan]) => [intent.part, plan.hash])) };
  }

  /** Every part's plan, or what its system API says against it. Throws what is no refusal. */
  async #planned(
    deal: Deal,
    intents: Intent[],
    counts: (problem: Problem) => boolean = () => true,
  ): Promise<{ planned: [Intent, Planned][]; faults: Fault[] }> {
    const planned: [Intent, Planned][] = [];
    const faults: Fault[] = [];
    const outcomes = await Promise.allSettled(intents.map(intent => this.systems.plan(intent)));
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') planned.push([intents[index], outcome.value]);
      else if (!(outcome.reason instanceof Problem && isRefusal(outcome.reason))) throw outcome.reason;
      else if (counts(outcome.reason)) faults.push(...refusalFaults(deal, intents[index], outcome.reason));
    }
    return { planned, faults };
  }
}

const planOf = (row: PlanRow): Plan => ({
  id: row.id,
  hash: row.hash,
  dealId: row.deal_id,
  desired: row.desired,
  parts: row.parts,
  effects: row.effects,
  legalEntities: row.legal_entities,
  createdAt: row.created_at.toISOString(),
});
