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
import { EngagementStore, type Engagement } from '../engagements/engagement.store.js';
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
  type DesiredState,
  type Intent,
} from '../flows/deal-to-project/desired-state.rules.js';

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

/** What a deal is to become, with what people decided about it before. */
export interface Wanted {
  checked: CheckedDeal;
  desired: DesiredState;
  before?: Engagement;
  decisions: Decision[];
  /** Terms that are kept although the deal says otherwise. */
  kept: string[];
  /** The customer of the running project, where the CRM says that it was merged into the deal's. */
  mergedFrom?: string;
  /** What was agreed of its rates, and answered, when it was checked. */
  soldRates: SoldRates;
}

/** What would be written, and what has to be decided first. */
export interface Proposal extends Pick<Plan, 'desired' | 'parts' | 'effects'> {
  hash: string;
  legalEntity: string;
  /** Differences that nobody decided about, or that somebody said were gone. */
  open: Decision[];
  /** Attributes that go on differing, since somebody decided so. */
  differing: string[];
  /** What somebody changed in a back end since it was last written there: written over, or left. */
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

/** Reads a deal as sold, checks it, and works out what it is to become. */
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
    private readonly engagements: EngagementStore,
    private readonly config: ProjectInitiationConfig,
  ) {
    super();
    this.#rules = customerRules(config);
    const pace = { firstMs: CLEAN_EVERY_MS, mostMs: CLEAN_EVERY_MS };
    this.loop = new JobLoop({ part: 'project-initiation', name: 'old plans', work: () => this.forget(), pace });
  }

  /** All that is wrong with a deal: by our rules, and by what the back ends say to what it would be made as. */
  async check(deal: Deal): Promise<Fault[]> {
    const [mappings, grounds] = await Promise.all([this.mappings.table(), this.soldRates.groundsOf(deal.id)]);
    const sold = await this.#inParts(deal, mappings);
    const checked = await this.#checked(sold, mappings, grounds);
    if (!checked.ok) return this.#withRefusals(sold, checked);
    // Asked as the app itself: whoever may check a deal needs no right to a back end.
    const { faults } = await runInContext({ principal: undefined }, async () =>
      this.#planned(sold, intentsOf(asFarAsKept(desiredState(checked.checked, 'active'), await this.systems.psaLacks()))),
    );
    return faults;
  }

  /** What a deal needs as it is now, by our rules and the back ends; undefined where one of them can't be asked. */
  async needsNow(dealId: string): Promise<ReadonlySet<string> | undefined> {
    try {
      const faults = await this.check(await this.systems.deal(dealId));
      return new Set(faults.map(({ need }) => need));
    } catch (error) {
      if (error instanceof Problem) return undefined;
      throw error;
    }
  }

  /** The legal entities a deal concerns: none while nothing maps the one that sold it. */
  async legalEntitiesOf({ legalEntity }: Deal): Promise<string[]> {
    const entity = legalEntity && (await this.mappings.table()).get('legal-entity', legalEntity);
    return entity ? [entity] : [];
  }

  /** What the deal is to become, in canonical words; throws `Refused` with all its faults, and with what the back ends refuse of it besides. */
  async wanted(deal: Deal, before?: Engagement): Promise<Wanted> {
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

  /** A price whose parts the CRM keeps none of is one part. */
  async #inParts(deal: Deal, mappings: MappingTable, { billingMethod }: Partial<DealTerms> = {}): Promise<Deal> {
    const method = billingMethod ?? (deal.billingMethod === undefined ? undefined : mappings.get('billing-method', deal.billingMethod));
    if (!lacksParts(deal, method)) return deal;
    return (await this.systems.crmLacks()).includes('milestones') ? inOnePart(deal, this.config.onePartDue) : deal;
  }

  /** By our rules, and by what the ERP says of how the customer is invoiced. */
  async #checked(deal: Deal, mappings: MappingTable, grounds: SoldRateGrounds, kept: Partial<DealTerms> = {}): Promise<Checked> {
    const checked = checkDeal(deal, mappings, grounds, this.#rules, kept);
    const faults = invoicingFaults(deal, await this.#invoicing(deal.customer));
    if (faults.length === 0) return checked;
    return checked.ok ? { ok: false, faults, draft: checked.checked } : { ...checked, faults: [...checked.faults, ...faults] };
  }

  /** Nothing while the ERP can't be asked: then it can't be planned there either. */
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
    // Finance may have chosen one that is nobody's here.
    if (inErp?.billToId) return invoicing;
    const { name = said } = (await this.systems.customer(said)) ?? {};
    return { ...invoicing, billTo: { id: said, name, status: 'unknown' } };
  }

  /** Whom the invoices of one that gets another's go to themselves, as finance says, else as the CRM does. */
  async #onward(id: string, { billToId }: BillingCustomer): Promise<Pick<NonNullable<Invoicing['billTo']>, 'onward'>> {
    const onward = billToId ?? (await this.systems.customer(id))?.billToId;
    return onward === undefined || onward === id ? {} : { onward: (await this.#nameOf(onward)) ?? onward };
  }

  async #nameOf(customerId: string): Promise<string | undefined> {
    return ((await this.systems.billingCustomer(customerId, false)) ?? (await this.systems.customer(customerId)))?.name;
  }

  /** `customerId` where the CRM says that it was merged into the other. */
  async #mergedInto(survivorId: string, customerId: string): Promise<string | undefined> {
    if (survivorId === customerId) return undefined;
    return (await this.systems.survivorOf(customerId)) === survivorId ? customerId : undefined;
  }

  /** The deal with what somebody decided to keep in place of what it says. */
  async #withKept(deal: Deal, { customerId, currency }: Partial<DealTerms>, before?: Engagement): Promise<Deal> {
    const customer = customerId && before ? await this.#keptCustomer(customerId, before) : deal.customer;
    return { ...deal, customer, currency: currency ?? deal.currency };
  }

  /** As the CRM has it; where it is gone there, as it was applied. */
  async #keptCustomer(id: string, { planId }: Engagement): Promise<Customer> {
    const known = await this.systems.customer(id);
    if (known) return known;
    const { status: _, legalEntity: __, replaces: ___, ...customer } = (await this.byId(planId)).desired.customer;
    return { ...customer, active: true, refs: [] };
  }

  /**
   * What `invalid` says follows from faults that are ours to tell. A back end that can't be asked keeps nobody from our own faults: it is
   * asked again when they are mended.
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
   * A dry run: asks each system API what it would do, in the order of applying, and keeps the answer under its hash. Writes nothing
   * anywhere else. An open deal is planned as if it were won; what people have not answered yet, as if they had let it be applied.
   */
  async dryRun(dealId: string): Promise<Plan> {
    const deal = await this.systems.deal(dealId);
    const { hash, parts, effects, desired, legalEntity } = await this.effectsOf(await this.wanted(deal, await this.engagements.find(dealId)));
    return this.keep({ hash, parts, effects, dealId, desired, legalEntities: [legalEntity] });
  }

  /** The dry run again, now; throws 412 when its effects are no longer those of `hash`. */
  async confirm(hash: string, deal: Deal): Promise<void> {
    refuseDrifted(hash, await this.effectsOf(await this.wanted(deal, await this.engagements.find(deal.id))));
  }

  /** What the customers that questions name are called, in the ERP or else in the CRM; those that neither can tell are left out. */
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

  /** Forgets plans that were never applied, or not last. */
  async forget(): Promise<false> {
    await this.dataSource.query(
      `delete from initiation.plan p where p.created_at < now() - make_interval(days => $1)
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
   * What it would write, all of it planned before any of it is written, with what a person has to decide first; throws `Refused` with whatever
   * a back end refuses. Parts that somebody decided to leave as they are are left out, and what of a customer is kept isn't asked for. A customer
   * that the CRM merged is followed unasked.
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

  /** What is there and was never planned since it was last written: somebody else wrote it. */
  async #drift(planned: [Intent, Planned][], before?: Engagement): Promise<Drift[]> {
    // What is made now was not written before.
    const effects = planned.flatMap(([, plan]) => plan.effects).filter(effect => effect.before !== null);
    const bases = new Map<Effect, object[]>();
    for (const effect of effects) bases.set(effect, await this.#basesOf(effect, before));
    return driftOf('crm', effects, effect => bases.get(effect)!);
  }

  /** What a record was to be since it was written last: by the plans of its deal, or a customer by those of all its deals. */
  async #basesOf({ noun, externalId }: Effect, before?: Engagement): Promise<object[]> {
    if (noun === 'customer') {
      const last = await this.engagements.lastPlanOf(externalId);
      return last ? this.#since(last, 'customer', `p.desired -> 'customer' ->> 'id' = $3`, externalId) : [];
    }
    const part = noun === 'project' ? 'project' : noun === 'financial-project' ? 'financialProject' : undefined;
    return part && before?.status === 'active' ? this.#since(before.planId, part, 'p.deal_id = $3', before.dealId) : [];
  }

  /** The part of the plans from this one on, each as it was to be once. */
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
   * Of a customer always, since it is everybody's; of a project while it runs: before that it is ours to make, and after it was undone ours to
   * bring back.
   */
  async #questions(planned: [Intent, Planned][], before?: Engagement): Promise<Question[]> {
    const runs = before?.status === 'active';
    const customers = planned.filter(([{ part }]) => part === 'customer').flatMap(([, { effects }]) => effects);
    const makesCustomer = customers.some(effect => effect.before === null);
    const knewCustomer = makesCustomer && (await this.engagements.knowCustomer(customers[0].externalId));
    const effects = runs ? planned.flatMap(([, plan]) => plan.effects) : customers;
    return questionsOf('crm', effects, ({ noun }) => (noun === 'customer' ? knewCustomer : runs));
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

/** Attributes whose values are ids of customers. */
const OF_CUSTOMERS: ReadonlySet<string> = new Set(['customerId', 'customer.billToId']);

/** An attribute of a customer that the ERP keeps although the CRM says otherwise; its end is left out as a whole. */
const isAskedOfCustomer = (attribute: string): boolean => attribute.startsWith('customer.') && attribute !== 'customer.status';

/** The terms that somebody decided to keep, as long as the deal asks for the same other ones. */
const keptTerms = (asked: Partial<DealTerms>, decisions: Decision[]): Partial<DealTerms> =>
  Object.fromEntries(
    decisions
      .filter(({ outcome, attribute, wanted }) => outcome === 'keep' && asked[attribute as keyof DealTerms] === wanted)
      .map(({ attribute, stands }) => [attribute, stands]),
  );

const standingOf = ({ noun, attribute, value }: Drift) =>
  ({ noun, attribute: attribute.slice(noun.length + 1), value }) as NonNullable<DesiredState['standing']>[number];

/** Throws 412 when what would be done is no longer what a person looked at. */
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
