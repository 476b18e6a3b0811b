import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Fault } from '#apis';
import {
  hashOfEffects,
  Problem,
  type BillingCustomer,
  type Customer,
  type Deal,
  type Effect,
  type Planned,
  type WantedBillingCustomer,
} from '#canonical';
import { Refused } from '#flow';
import { JobLoop, LoopProvider } from '#jobs';
import { Mappings, type MappingTable } from '#mappings';
import { Decisions, driftOf, outcomeOf, questionsOf, type Decision, type Drift, type Question } from '#ownership';
import { Database } from '#persistence';
import { runInContext } from '#service';
import { SystemApis } from '../clients.js';
import { customerRules, type CustomerRules } from '../customers/customer.rules.js';
import { invoicingFaults, type Invoicing } from '../customers/invoicing.rules.js';
import { AppliedDealStore, type AppliedDeal, type StandingDeal } from '../engagements/applied-deal.store.js';
import { isRefusal, refusalFaults } from '../flows/deal-to-project/deal-exceptions.js';
import { checkDeal, termsAsked, type Checked, type CheckedDeal, type DealTerms } from '../flows/deal-to-project/deal-to-project.rules.js';
import { inOnePart, lacksParts } from '../flows/deal-to-project/one-part.rules.js';
import { ProjectInitiationConfig } from '../project-initiation.config.js';
import type { SoldRateGrounds, SoldRates } from '../sold-rates/sold-rates.rules.js';
import { SoldRatesStore } from '../sold-rates/sold-rates.store.js';
import {
  asFarAsKept,
  desiredState,
  intentsOf,
  intentsOfDraft,
  undoing,
  type DesiredState,
  type Intent,
} from '../flows/deal-to-project/desired-state.rules.js';

const CLEAN_EVERY_MS = 3_600_000;

/**
 * What a deal would have written, or is to write. Stored so that the journal of its steps holds no
 * personal data.
 */
export interface Plan {
  id: string;
  hash: string | null;
  dealId: string;
  desired: DesiredState;
  /**
   * Hash of each part's effects, so that exactly these are applied; empty when the plan isn't
   * bound.
   */
  parts: Record<string, string>;
  effects: Effect[];
  legalEntities: string[];
  createdAt: string;
}

/** What a deal should become, with people's earlier decisions about it. */
export interface Wanted {
  checked: CheckedDeal;
  desired: DesiredState;
  before?: AppliedDeal;
  decisions: Decision[];
  /** Terms that are kept although the deal states others. */
  kept: string[];
  /**
   * The running project's customer, where the CRM says that it was merged into the deal's customer.
   */
  mergedFrom?: string;
  /** The agreed rates and the answers about rates, at the time of the check. */
  soldRates: SoldRates;
}

/** What would be written, and what a person has to decide first. */
export interface Proposal extends Pick<Plan, 'desired' | 'parts' | 'effects'> {
  hash: string;
  legalEntity: string;
  /** Differences without a decision, or that a person said were removed. */
  open: Decision[];
  /** Attributes that stay different because a person decided so. */
  differing: string[];
  /** What somebody changed in a back end since this app last wrote it: overwritten, or left. */
  drift: { overwritten: string[]; left: string[] };
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

/** Reads a deal as sold, checks it, and computes what it should become. */
@Injectable()
export class Planner extends LoopProvider {
  protected readonly loop: JobLoop;
  readonly #rules: CustomerRules;

  constructor(
    private readonly dataSource: Database,
    private readonly systems: SystemApis,
    private readonly mappings: Mappings,
    private readonly soldRates: SoldRatesStore,
    private readonly decisions: Decisions,
    private readonly appliedDeals: AppliedDealStore,
    private readonly config: ProjectInitiationConfig,
  ) {
    super();
    this.#rules = customerRules(config);
    const pace = { firstMs: CLEAN_EVERY_MS, mostMs: CLEAN_EVERY_MS };
    this.loop = new JobLoop({ part: 'project-initiation', name: 'old plans', work: () => this.forget(), pace });
  }

  /**
   * All faults of a deal: by our rules, and by what the back ends say about what it would become.
   */
  async check(deal: Deal): Promise<Fault[]> {
    const [mappings, grounds] = await Promise.all([this.mappings.table(), this.soldRates.groundsOf(deal.id)]);
    const sold = await this.#inParts(deal, mappings);
    const checked = await this.#checked(sold, mappings, grounds);
    if (!checked.ok) return this.#withRefusals(sold, checked);
    // Asked as the app itself: a person who may check a deal needs no right to a back end.
    const { faults } = await runInContext({ principal: undefined }, async () =>
      this.#planned(sold, intentsOf(asFarAsKept(desiredState(checked.checked, 'active'), await this.systems.psaLacks()))),
    );
    return faults;
  }

  /**
   * What a deal needs in its current state, by our rules and the back ends; undefined where a back
   * end can't be asked.
   */
  async needsNow(dealId: string): Promise<ReadonlySet<string> | undefined> {
    try {
      const faults = await this.check(await this.systems.deal(dealId));
      return new Set(faults.map(({ need }) => need));
    } catch (error) {
      if (error instanceof Problem) return undefined;
      throw error;
    }
  }

  /** The legal entities that a deal concerns; none until the one that sold it is mapped. */
  async legalEntitiesOf({ legalEntity }: Deal): Promise<string[]> {
    const entity = legalEntity && (await this.mappings.table()).get('legal-entity', legalEntity);
    return entity ? [entity] : [];
  }

  /**
   * What the deal should become, in canonical words. Throws `Refused` with all its faults,
   * including what the back ends refuse.
   */
  async wanted(deal: Deal, before?: AppliedDeal): Promise<Wanted> {
    const [mappings, decisions] = await Promise.all([this.mappings.table(), this.decisions.of(deal.id)]);
    const grounds = await this.soldRates.groundsOf(deal.id, decisions);
    const kept = keptTerms(termsAsked(deal, mappings), decisions);
    const sold = await this.#inParts(await this.#withKept(deal, kept, before), mappings, kept);
    const checked = await this.#checked(sold, mappings, grounds, kept);
    if (!checked.ok) throw new Refused(await this.#withRefusals(sold, checked));
    return {
      checked: checked.checked,
      desired: asFarAsKept(desiredState(checked.checked, deal.stage === 'lost' ? 'archived' : 'active'), await this.systems.psaLacks()),
      before,
      decisions,
      kept: Object.keys(kept),
      soldRates: grounds,
      mergedFrom: before?.status === 'active' ? await this.#mergedInto(sold.customer.id, before.terms.customerId) : undefined,
    };
  }

  /** Where the CRM keeps no parts of a price, the price is one part. */
  async #inParts(deal: Deal, mappings: MappingTable, { billingMethod }: Partial<DealTerms> = {}): Promise<Deal> {
    const method = billingMethod ?? (deal.billingMethod === undefined ? undefined : mappings.get('billing-method', deal.billingMethod));
    if (!lacksParts(deal, method)) return deal;
    return (await this.systems.crmLacks()).includes('milestones') ? inOnePart(deal, this.config.onePartDue) : deal;
  }

  /** By our rules, and by what the ERP says about how the customer is invoiced. */
  async #checked(deal: Deal, mappings: MappingTable, grounds: SoldRateGrounds, kept: Partial<DealTerms> = {}): Promise<Checked> {
    const checked = checkDeal(deal, mappings, grounds, this.#rules, kept);
    const faults = invoicingFaults(deal, await this.#invoicing(deal.customer));
    if (faults.length === 0) return checked;
    return checked.ok ? { ok: false, faults, draft: checked.checked } : { ...checked, faults: [...checked.faults, ...faults] };
  }

  /** Nothing while the ERP can't be asked: then nothing can be planned there either. */
  async #invoicing(customer: Customer): Promise<Invoicing> {
    try {
      return await runInContext({ principal: undefined }, () => this.#invoicingInErp(customer));
    } catch (error) {
      if (error instanceof Problem) return {};
      throw error;
    }
  }

  async #invoicingInErp({ id, billToId }: Customer): Promise<Invoicing> {
    const inErp = await this.systems.billingCustomer(id, false);
    const invoicing = { purchaseOrderRequired: inErp?.purchaseOrderRequired };
    const said = inErp?.billToId ?? billToId;
    if (said === undefined || said === id) return invoicing;
    const billTo = await this.systems.billingCustomer(said, true);
    if (billTo) return { ...invoicing, billTo: { id: said, name: billTo.name, status: billTo.status, ...(await this.#onward(said, billTo)) } };
    // Finance may have chosen a customer that is unknown here.
    if (inErp?.billToId) return invoicing;
    const { name = said } = (await this.systems.customer(said)) ?? {};
    return { ...invoicing, billTo: { id: said, name, status: 'unknown' } };
  }

  /**
   * The customer that gets the bill-to customer's own invoices, as finance says, else as the CRM
   * says.
   */
  async #onward(id: string, { billToId }: BillingCustomer): Promise<Pick<NonNullable<Invoicing['billTo']>, 'onward'>> {
    const onward = billToId ?? (await this.systems.customer(id))?.billToId;
    return onward === undefined || onward === id ? {} : { onward: (await this.#nameOf(onward)) ?? onward };
  }

  async #nameOf(customerId: string): Promise<string | undefined> {
    return ((await this.systems.billingCustomer(customerId, false)) ?? (await this.systems.customer(customerId)))?.name;
  }

  /** `customerId`, where the CRM says that it was merged into the other customer. */
  async #mergedInto(survivorId: string, customerId: string): Promise<string | undefined> {
    if (survivorId === customerId) return undefined;
    return (await this.systems.survivorOf(customerId)) === survivorId ? customerId : undefined;
  }

  /** The deal, with the terms that a person decided to keep instead of the deal's own. */
  async #withKept(deal: Deal, { customerId, currency }: Partial<DealTerms>, before?: AppliedDeal): Promise<Deal> {
    const customer = customerId && before ? await this.#keptCustomer(customerId, before) : deal.customer;
    return { ...deal, customer, currency: currency ?? deal.currency };
  }

  /** The customer as the CRM has it; where the CRM has it no more, as it was applied. */
  async #keptCustomer(id: string, { planId }: AppliedDeal): Promise<Customer> {
    const known = await this.systems.customer(id);
    if (known) return known;
    const { status: _, legalEntity: __, replaces: ___, ...customer } = (await this.byId(planId)).desired.customer;
    return { ...customer, active: true, refs: [] };
  }

  /**
   * Leaves out the refusals that follow from faults which we report ourselves (`invalid`). A back
   * end that can't be asked does not hide our own faults: it is asked again when they are
   * corrected.
   */
  async #withRefusals(deal: Deal, { faults, draft }: Extract<Checked, { ok: false }>): Promise<Fault[]> {
    const planned = await runInContext({ principal: undefined }, async () =>
      this.#planned(deal, intentsOfDraft(draft, await this.systems.psaLacks()), ({ kind }) => kind !== 'invalid'),
    ).catch((error: unknown) => {
      if (error instanceof Problem) return { faults: [] };
      throw error;
    });
    return [...faults, ...planned.faults];
  }

  /**
   * Undoes what was applied, as it was applied: the deal may be incomplete by now. After a run that
   * ended half-way, this is the last applied state with the staffing requests that were added, as
   * far as it was made. Undefined where nothing was.
   */
  async undoingOf(deal: Deal, before?: StandingDeal): Promise<DesiredState | undefined> {
    const applied = await this.#appliedOf(deal.id, before?.planId);
    if (!applied) return undefined;
    const desired = undoing(applied, await this.systems.psaLacks());
    if (before && !before.unfinished) return desired;
    const { planned } = await this.#planned(deal, intentsOf(desired));
    const absent = planned.filter(([, { effects }]) => effects.length > 0 && effects.every(effect => effect.before === null));
    const made = { ...desired, leftOut: [...(desired.leftOut ?? []), ...absent.map(([{ part }]) => part)] };
    return intentsOf(made).length > 0 ? made : undefined;
  }

  async #appliedOf(dealId: string, planId?: string): Promise<DesiredState | undefined> {
    const rows = await this.dataSource.query<Pick<PlanRow, 'desired'>[]>(
      `select desired from initiation.plan
       where id = $2::text or (deal_id = $1 and unfinished and desired -> 'project' ->> 'status' = 'active')
       order by id = $2 desc, created_at desc`,
      [dealId, planId ?? null],
    );
    const staffing = new Map(rows.toReversed().flatMap(({ desired }) => desired.staffing.map(request => [request.id, request])));
    return rows.map(({ desired }) => ({ ...desired, staffing: [...staffing.values()] }))[0];
  }

  /**
   * A dry run: asks each system API what it would do, in the order of applying, and stores the
   * answer under its hash. Writes nothing else. An open deal is planned as if it were won; an open
   * question as if the answer were "apply".
   */
  async dryRun(dealId: string): Promise<Plan> {
    const deal = await this.systems.deal(dealId);
    const { hash, parts, effects, desired, legalEntity } = await this.effectsOf(await this.wanted(deal, await this.appliedDeals.find(dealId)));
    return this.keep({ hash, parts, effects, dealId, desired, legalEntities: [legalEntity] });
  }

  /** Repeats the dry run now; throws 412 when its effects differ from those of `hash`. */
  async confirm(hash: string, deal: Deal): Promise<void> {
    refuseDrifted(hash, await this.effectsOf(await this.wanted(deal, await this.appliedDeals.find(deal.id))));
  }

  /**
   * Names of the customers in questions, from the ERP, else from the CRM; customers that neither
   * can name are left out.
   */
  async namesIn(questions: Question[]): Promise<Map<string, string>> {
    const ids = questions.filter(({ attribute }) => OF_CUSTOMERS.has(attribute)).flatMap(({ stands, wanted }) => [stands, wanted]);
    const named = ids.map(async (id): Promise<[string, string][]> => {
      const name = await this.#nameOf(id);
      return name === undefined ? [] : [[id, name]];
    });
    return new Map((await Promise.all(named)).flat());
  }

  async keep(plan: Omit<Plan, 'id' | 'createdAt'>): Promise<Plan> {
    const rows = await this.dataSource.query<PlanRow[]>(
      `insert into initiation.plan(id, hash, deal_id, desired, parts, effects, legal_entities) values ($1,$2,$3,$4,$5,$6,$7) returning *`,
      [randomUUID(), plan.hash, plan.dealId, plan.desired, plan.parts, JSON.stringify(plan.effects), plan.legalEntities],
    );
    return planOf(rows[0]);
  }

  /**
   * A run is about to write the plan's first effect. Until a run of the deal ends, what was applied
   * before is not known to hold.
   */
  async begin(id: string): Promise<void> {
    await this.dataSource.query('update initiation.plan set unfinished = true where id = $1', [id]);
  }

  /** Deletes plans that are not half applied, and were never applied or were not the last one applied. */
  async forget(): Promise<false> {
    await this.dataSource.query(
      `delete from initiation.plan p where p.created_at < now() - make_interval(days => $1) and not p.unfinished
       and not exists (select 1 from initiation.engagement e where e.plan_id = p.id)`,
      [this.config.planDays],
    );
    return false;
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

  /**
   * Plans everything before anything is written, and finds what a person has to decide first.
   * Throws `Refused` with everything that a back end refuses. Parts that a person decided to leave
   * are left out, and kept attributes of a customer are not requested. When the CRM merged a
   * customer, the change is applied without asking.
   */
  async effectsOf(wanted: Wanted): Promise<Proposal> {
    const { checked, before, decisions, kept, mergedFrom } = wanted;
    const asked: DesiredState = mergedFrom ? { ...wanted.desired, customer: { ...wanted.desired.customer, replaces: mergedFrom } } : wanted.desired;
    const first = await this.#plannedWhole(checked.deal, asked);
    const drifted = await this.#drift(first, before);
    const judged = drifted.map(drift => ({ ...drift, outcome: this.#onDrift(drift, decisions) }));
    const left = judged.filter(({ outcome }) => outcome === 'keep');
    const desired: DesiredState = left.length > 0 ? { ...asked, standing: left.map(standingOf) } : asked;
    const planned = left.length > 0 ? await this.#plannedWhole(checked.deal, desired) : first;
    const questions = await this.#questions(planned, before);
    const open = mergedFrom ? questions.filter(({ attribute }) => attribute !== 'customerId') : questions;
    const answered = open.map(question => ({ ...question, outcome: outcomeOf(question, decisions) }));
    const keptThere = answered
      .filter(({ outcome, attribute }) => outcome === 'keep' && isAskedOfCustomer(attribute))
      .map(({ attribute }) => attribute);
    if (keptThere.length > 0) {
      const customer = Object.fromEntries(Object.entries(asked.customer).filter(([name]) => !keptThere.includes(`customer.${name}`)));
      return this.effectsOf({
        ...wanted,
        desired: { ...asked, customer: customer as unknown as WantedBillingCustomer },
        kept: [...kept, ...keptThere],
      });
    }
    const leftOut = answered.filter(({ outcome }) => outcome === 'keep');
    const proposed: DesiredState = leftOut.length > 0 ? { ...desired, leftOut: leftOut.map(({ noun }) => noun) } : desired;
    const parts = new Set(intentsOf(proposed).map(({ part }) => part));
    const rest = planned.filter(([{ part }]) => parts.has(part));
    const effects = rest.flatMap(([, plan]) => plan.effects);
    return {
      desired: proposed,
      legalEntity: checked.legalEntity,
      effects,
      hash: hashOfEffects(effects),
      parts: Object.fromEntries(rest.map(([intent, plan]) => [intent.part, plan.hash])),
      open: [...answered, ...judged].filter(({ outcome }) => outcome === undefined || outcome === 'done'),
      differing: [...kept, ...[...leftOut, ...left].map(({ attribute }) => attribute)],
      drift: {
        overwritten: judged.flatMap(({ attribute, outcome }) => (outcome === 'apply' ? [attribute] : [])),
        left: left.map(({ attribute }) => attribute),
      },
    };
  }

  async #plannedWhole(deal: Deal, desired: DesiredState): Promise<[Intent, Planned][]> {
    const { planned, faults } = await this.#planned(deal, intentsOf(desired));
    if (faults.length > 0) throw new Refused(faults);
    return planned;
  }

  /**
   * Current values that none of our plans contained since the last write: somebody else wrote them.
   */
  async #drift(planned: [Intent, Planned][], before?: AppliedDeal): Promise<Drift[]> {
    // A record that is created now was not written before.
    const effects = planned.flatMap(([, plan]) => plan.effects).filter(effect => effect.before !== null);
    const bases = new Map<Effect, object[]>();
    for (const effect of effects) bases.set(effect, await this.#basesOf(effect, before));
    return driftOf('crm', effects, effect => bases.get(effect)!);
  }

  /**
   * The states that a record was planned to have since it was last written: by its deal's plans, or
   * for a customer by the plans of all its deals.
   */
  async #basesOf({ noun, externalId }: Effect, before?: AppliedDeal): Promise<object[]> {
    if (noun === 'customer') {
      const last = await this.appliedDeals.lastPlanOf(externalId);
      return last ? this.#since(last, 'customer', `p.desired -> 'customer' ->> 'id' = $3`, externalId) : [];
    }
    const part = noun === 'project' ? 'project' : noun === 'financial-project' ? 'financialProject' : undefined;
    return part && before?.status === 'active' ? this.#since(before.planId, part, 'p.deal_id = $3', before.dealId) : [];
  }

  /** This part of the plans from this one on, without repeats. */
  async #since(planId: string, part: keyof DesiredState, whose: string, id: string): Promise<object[]> {
    const rows = await this.dataSource.query<{ was: object }[]>(
      `select distinct p.desired -> $2::text was from initiation.plan p
       where p.created_at >= (select created_at from initiation.plan where id = $1) and ${whose}`,
      [planId, part, id],
    );
    return rows.map(({ was }) => was);
  }

  #onDrift(drift: Drift, decisions: Decision[]): Decision['outcome'] {
    const { drift: policy } = this.config;
    return policy === 'ask' ? outcomeOf(drift, decisions) : policy === 'ignore' ? 'keep' : 'apply';
  }

  /**
   * Asked of a customer always, since all share it. Asked of a project while it runs: before that
   * this app creates it, and after an undo this app restores it.
   */
  async #questions(planned: [Intent, Planned][], before?: AppliedDeal): Promise<Question[]> {
    const runs = before?.status === 'active';
    const customers = planned.filter(([{ part }]) => part === 'customer').flatMap(([, { effects }]) => effects);
    const makesCustomer = customers.some(effect => effect.before === null);
    const knewCustomer = makesCustomer && (await this.appliedDeals.knowCustomer(customers[0].externalId));
    const effects = runs ? planned.flatMap(([, plan]) => plan.effects) : customers;
    return questionsOf('crm', effects, ({ noun }) => (noun === 'customer' ? knewCustomer : runs));
  }

  /** Each part's plan, or its system API's refusal. Throws any other error. */
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

/** Attributes whose values are ids of customers. */
const OF_CUSTOMERS: ReadonlySet<string> = new Set(['customerId', 'customer.billToId']);

/**
 * An attribute of a customer that the ERP keeps although the CRM has another value; an end date is
 * left out as a whole.
 */
const isAskedOfCustomer = (attribute: string): boolean => attribute.startsWith('customer.') && attribute !== 'customer.status';

/** The terms that a person decided to keep, while the deal still states the same other ones. */
const keptTerms = (asked: Partial<DealTerms>, decisions: Decision[]): Partial<DealTerms> =>
  Object.fromEntries(
    decisions
      .filter(({ outcome, attribute, wanted }) => outcome === 'keep' && asked[attribute as keyof DealTerms] === wanted)
      .map(({ attribute, stands }) => [attribute, stands]),
  );

const standingOf = ({ noun, attribute, value }: Drift) =>
  ({ noun, attribute: attribute.slice(noun.length + 1), value }) as NonNullable<DesiredState['standing']>[number];

/** Throws 412 when the effects are no longer the ones that a person approved. */
export function refuseDrifted(hash: string, now: Pick<Proposal, 'hash'>): void {
  if (now.hash === hash) return;
  throw new Problem('precondition-failed', 'Something changed since the plan was made; make a new plan.', { code: 'plan-drifted' });
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
