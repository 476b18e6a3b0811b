import { Injectable, type OnModuleInit } from '@nestjs/common';
import { thingOf, type EventData, type EventType, type RecordedEvent } from '#apis';
import type { Customer, Deal, SaidOfPriced } from '#canonical';
import { canonicalJson, mintId, projectIdOf } from '#canonical';
import { EventLog, Subscriptions } from '#events';
import { type ReadRow, recordset, signal, type Transaction, type WrittenRow } from '#persistence';
import { ExceptionDesk } from '#exceptions';
import { answeredBy, noteDays, noteMapping } from '../corrections/correction.store.js';
import { daysOfProject, daysOfWorker, goneOn, type ProjectEnds } from '../corrections/ends.rules.js';
import { TOPICS } from '../jobs/topics.js';
import { rate } from './rate.table.js';
import { agreedRates, cardRates, isAsGiven, isRestated, soldLineOf, soldRates, type GivenRate, type HeldRate } from '../rates/sold-rates.rules.js';
import { followOwners, moveToCustomer, subjectsOfProjects, type Touched } from '../rates/term-owners.js';
import { mayBeMetBy } from '#work';
import { NEEDS } from '../needs.js';

const TYPES = [
  'project.changed.v1',
  'financial-project.changed.v1',
  'billing-customer.changed.v1',
  'assignment.changed.v1',
  'rate-card.changed.v1',
  'exchange-rate.changed.v1',
  'accounting-period.changed.v1',
  'deal.won.v1',
  'deal.changed.v1',
  'deal-rates.agreed.v1',
  'worker.changed.v1',
  'reference-value.changed.v1',
  'mapping.changed.v1',
] as const satisfies EventType[];

type Reference = (typeof TYPES)[number];
type Of<T extends Reference> = RecordedEvent<T>;

/** Stores from events what lines are checked and priced by, and lets waiting lines go on. */
@Injectable()
export class ReferenceSubscriber implements OnModuleInit {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly desk: ExceptionDesk,
    private readonly log: EventLog,
  ) {}

  onModuleInit(): void {
    this.subscriptions.subscribe({
      name: 'time-to-billing.reference',
      types: [...TYPES],
      whole: true,
      keyOf: thingOf,
      handle: async (em, events) => {
        const touched = touchedBy(events as RecordedEvent<Reference>[]);
        // Include the state before: what was stated for the project's former customer no longer
        // applies to it.
        for (const subject of await subjectsOfProjects(em, touched.projects)) touched.subjects.add(subject);
        for (const event of events) await this.#save(em, event as RecordedEvent<Reference>);
        for (const subject of await subjectsOfProjects(em, touched.projects)) touched.subjects.add(subject);
        await followOwners(em, touched.subjects);
        const unmet = await this.desk.unmetNeeds();
        const met = unmet.filter(need => events.some(event => mayBeMetBy(event, NEEDS)(need)));
        if (met.length > 0) await this.desk.satisfy(em, met.sort());
      },
    });
  }

  async #save(em: Transaction, event: RecordedEvent<Reference>): Promise<void> {
    switch (event.type) {
      case 'project.changed.v1':
        return keepProject(em, (event as Of<'project.changed.v1'>).data, event.time.slice(0, 10));
      case 'financial-project.changed.v1':
        return keepFinancialProject(em, (event as Of<'financial-project.changed.v1'>).data, event.time.slice(0, 10));
      case 'billing-customer.changed.v1':
        return keepCustomer(em, (event as Of<'billing-customer.changed.v1'>).data.state);
      case 'assignment.changed.v1':
        return keepAssignment(em, (event as Of<'assignment.changed.v1'>).data);
      case 'rate-card.changed.v1':
        return keepRateCard(em, (event as Of<'rate-card.changed.v1'>).data, event.legalEntities);
      case 'exchange-rate.changed.v1':
        return keepExchangeRate(em, (event as Of<'exchange-rate.changed.v1'>).data);
      case 'accounting-period.changed.v1':
        return keepPeriod(em, (event as Of<'accounting-period.changed.v1'>).data);
      case 'deal.won.v1':
      case 'deal.changed.v1':
        return keepDeal(em, this.log, (event as Of<'deal.won.v1'>).data.state, event.legalEntities);
      case 'deal-rates.agreed.v1': {
        const { state, said } = (event as Of<'deal-rates.agreed.v1'>).data;
        return replaceSold(em, ofDeal(state.id, event.legalEntities), agreedRates(state.rates), said);
      }
      case 'mapping.changed.v1':
        return noteMapping(em, (event as Of<'mapping.changed.v1'>).data);
      case 'worker.changed.v1':
        return noteEmployment(em, event as Of<'worker.changed.v1'>);
      case 'reference-value.changed.v1':
        return; // Looked up when needed; only the lines that wait for it need a signal.
    }
  }
}

/**
 * The projects that the events concern, and the other subjects that rates and terms may be stated
 * for.
 */
function touchedBy(events: RecordedEvent<Reference>[]): { projects: string[]; subjects: Touched } {
  const projects = new Set<string>();
  const subjects: Touched = new Set();
  for (const { type, data } of events) {
    if (!('state' in data)) continue;
    const { id, code } = data.state as { id: string; code?: string };
    if (type === 'project.changed.v1' || type === 'financial-project.changed.v1') projects.add(id);
    if (type === 'deal.won.v1' || type === 'deal.changed.v1' || type === 'deal-rates.agreed.v1') projects.add(projectIdOf(id));
    if (type === 'assignment.changed.v1' || type === 'billing-customer.changed.v1') subjects.add(id);
    if (type === 'rate-card.changed.v1' && code !== undefined) subjects.add(code);
  }
  for (const id of projects) subjects.add(id);
  return { projects: [...projects], subjects };
}

/** Stores delivery's view, and the day on which its end was published. */
async function keepProject(em: Transaction, { state, changed, deleted }: EventData['project.changed.v1'], day: string): Promise<void> {
  const runs = !deleted && state.status === 'active';
  const endsNow = deleted === true || (!runs && changed.includes('status'));
  await keepEnds(
    em,
    state.id,
    `insert into billing.project(id, deal_id, title, delivery_customer_id, customer_id, customer_name, rate_card, legal_entity, delivery_ended_on)
     values ($1, $2, $3, nullif($4, ''), nullif($4, ''), nullif($5, ''), $6, nullif($7, ''), case when $9 then $10::date end)
     on conflict (id) do update set legal_entity = excluded.legal_entity, deal_id = coalesce(excluded.deal_id, project.deal_id), title = excluded.title,
       delivery_customer_id = coalesce(excluded.delivery_customer_id, project.delivery_customer_id),
       customer_id = coalesce(excluded.customer_id, project.customer_id), customer_name = coalesce(excluded.customer_name, project.customer_name),
       rate_card = coalesce(excluded.rate_card, project.rate_card),
       delivery_ended_on = case when $8 then null else coalesce(project.delivery_ended_on, excluded.delivery_ended_on) end`,
    [state.dealId || null, state.title, state.customerId, state.customerName, state.rateCard ?? null, state.legalEntity, runs, endsNow, day],
  );
}

/**
 * Stores the ERP's view: terms, dimensions, whether it accepts time, and the day on which its end
 * was published. A changed cap may free headroom for overage.
 */
async function keepFinancialProject(em: Transaction, { state, deleted }: EventData['financial-project.changed.v1'], day: string): Promise<void> {
  const financial = deleted ? null : state;
  await keepEnds(
    em,
    state.id,
    `insert into billing.project(id, deal_id, title, customer_id, financial) values ($1, nullif($2, ''), $3, nullif($4, ''), $5)
     on conflict (id) do update set financial = excluded.financial, title = coalesce(project.title, excluded.title),
       ended_on = case when excluded.financial ->> 'status' = 'active' then null when project.financial ->> 'status' = 'active' then $6 else project.ended_on end,
       customer_id = coalesce(project.delivery_customer_id, excluded.customer_id, project.customer_id)`,
    [state.dealId ?? '', state.title, state.customerId ?? '', financial, day],
  );
  await em.query('update billing.cap set freed = true where project_id = $1', [state.id]);
  await signal(em, TOPICS.overage);
}

/**
 * Saves a project (`$1`) and notes a change of its days. A project that only now reached the ERP,
 * and that has no priced lines, corrects nothing.
 */
async function keepEnds(em: Transaction, id: string, upsert: string, values: unknown[]): Promise<void> {
  const [{ was, legalEntities, ...ends }] = await em.query<
    [ProjectEnds & { was: (ProjectEnds & { prices: boolean }) | null; legalEntities: string[] }]
  >(
    `with kept as (${upsert} returning financial, ended_on::text "endedOn", delivery_ended_on::text "deliveryEndedOn", legal_entities "legalEntities")
     select kept.*, (
       select jsonb_build_object('financial', financial, 'endedOn', ended_on, 'deliveryEndedOn', delivery_ended_on,
         'prices', financial is not null or exists (select 1 from billing.line where project_id = $1 and approved and assessment = 'priced'))
       from billing.project where id = $1) was
     from kept`,
    [id, ...values],
  );
  if (!was?.prices) return;
  await noteDays(em, { what: 'project', id, before: daysOfProject(was), after: daysOfProject(ends) }, legalEntities);
}

/**
 * HCM is asked about a worker when it matters. But lines may already be priced for a worker whom
 * HCM would not find any more.
 */
async function noteEmployment(em: Transaction, { data, time, legalEntities }: Of<'worker.changed.v1'>): Promise<void> {
  const { state, previous, changed, deleted } = data;
  const isNew = changed.length === 0 && !deleted;
  // When a worker's record comes back, a person may have been asked about its lines.
  if (isNew && (await em.query<unknown[]>('select 1 from billing.line where worker_id = $1 limit 1', [state.id])).length === 0) return;
  const was = { ...state, ...Object.fromEntries(changed.map(name => [name, previous?.[name as keyof typeof previous]])) };
  const before = daysOfWorker(isNew ? null : was);
  const after = deleted ? goneOn(state, time.slice(0, 10)) : daysOfWorker(state);
  await noteDays(em, { what: 'worker', id: state.id, before, after }, legalEntities);
}

/**
 * A customer that now has an id of ours was known by its place in the ERP before. What was stated
 * for it then now holds for the new id, and its projects are the new id's at once: an event of the
 * project says so later, and a line between the two would find no rate of its customer.
 */
async function keepCustomer(em: Transaction, { id, refs }: Pick<Customer, 'id' | 'refs'>): Promise<void> {
  const places = refs.map(({ system, account, nativeId }) => mintId('customer', system, account, nativeId)).filter(place => place !== id);
  await moveToCustomer(em, places, id);
  await em.query('update billing.project set customer_id = $2 where customer_id = any($1)', [places, id]);
}

async function keepAssignment(em: Transaction, { state, deleted }: EventData['assignment.changed.v1']): Promise<void> {
  if (deleted) {
    await em.query('delete from billing.assignment where id = $1', [state.id]);
    return;
  }
  await em.query(
    `insert into billing.assignment(id, project_id, email, state) values ($1, $2, $3, $4)
     on conflict (id) do update set project_id = excluded.project_id, email = excluded.email, state = excluded.state`,
    [state.id, state.projectId, state.person.email, state],
  );
}

async function keepRateCard(em: Transaction, { state, deleted }: EventData['rate-card.changed.v1'], owners: string[]): Promise<void> {
  const source: RateSource = { origin: `card:${state.id}`, level: 'card', subject: state.code, owners };
  const { held, given } = await differing(em, source, deleted ? [] : cardRates(state));
  await replaceRates(em, source, held, given);
}

/**
 * A deal's terms when it was won hold until something else is agreed. Only for a deal that was won
 * before this system ran, and that nobody is asked about, the CRM's current state is enough.
 */
async function keepDeal(em: Transaction, log: EventLog, deal: Deal, owners: string[]): Promise<void> {
  const source = ofDeal(deal.id, owners);
  const kept = await em.query<unknown[]>('select 1 from billing.rate where origin = $1 limit 1', [source.origin]);
  const held = kept.length > 0 && (await log.latest(em, deal.id, ['deal.won.v1']));
  if (!held) await replaceSold(em, source, soldRates(deal), []);
}

/**
 * Where a person was asked about a sold line, their answer says what happens to work that is
 * already priced; for other lines the policy does.
 */
async function replaceSold(em: Transaction, source: RateSource, rows: GivenRate[], said: SaidOfPriced[]): Promise<void> {
  const { held, given } = await differing(em, source, rows);
  const restated = given.filter(row => held.some(one => isRestated(one, row))).map(({ id }) => ({ line: soldLineOf(id), reRate: false }));
  const answers = new Map([...restated, ...said].map(({ line, reRate }) => [line, reRate ? ('re-rate' as const) : ('keep' as const)]));
  for (const answer of ['re-rate', 'keep', undefined] as const) {
    const its = ({ id }: { id: string }) => answers.get(soldLineOf(id)) === answer;
    const [stale, fresh] = [held.filter(its), given.filter(its)];
    if (stale.length === 0 && fresh.length === 0) continue;
    const replace = () => replaceRates(em, source, stale, fresh);
    await (answer ? answeredBy(em, answer, replace) : replace());
  }
}

const ofDeal = (id: string, owners: string[]): RateSource => ({ origin: `deal:${id}`, level: 'contract', subject: projectIdOf(id), owners });

interface RateSource {
  origin: string;
  level: 'card' | 'contract';
  subject: string;
  /** The legal entities in the event. */
  owners: string[];
}

const soldRate = rate.without('resourcingEntity', 'overtime');

const PUT_RATES = soldRate.upsert({
  from: `(select distinct on (id) * from ${recordset('r', soldRate.columns)}) given`,
  as: 'r',
  instead: { level: 'r.level', role: 'r.role' },
});

/** The stored rows of a source that differ from the given ones, and the given rows that differ. */
async function differing(
  em: Transaction,
  { origin, subject, owners }: RateSource,
  rows: GivenRate[],
): Promise<{ held: HeldRate[]; given: GivenRate[] }> {
  const all = await em.query<(ReadRow<typeof soldRate.columns> & { role: string })[]>(
    `select ${soldRate.selected('r')} from billing.rate r where origin = $1`,
    [origin],
  );
  const isSame = (one: (typeof all)[number], row: GivenRate) =>
    isAsGiven(one, row) && one.subject === subject && canonicalJson(one.legalEntities) === canonicalJson(owners);
  return {
    held: all.filter(one => !rows.some(row => isSame(one, row))),
    given: rows.filter(row => !all.some(one => isSame(one, row))),
  };
}

async function replaceRates(
  em: Transaction,
  { origin, level, subject, owners }: RateSource,
  stale: { id: string }[],
  rows: GivenRate[],
): Promise<void> {
  if (stale.length > 0) await em.query('delete from billing.rate where origin = $1 and id = any($2)', [origin, stale.map(({ id }) => id)]);
  if (rows.length === 0) return;
  const given = rows.map((row): WrittenRow<typeof soldRate.columns> => ({
    ...row,
    minutesPerDay: row.unit === 'day' ? row.minutesPerDay : null,
    level,
    subject,
    origin,
    legalEntities: owners,
  }));
  await em.query(PUT_RATES, [JSON.stringify(given)]);
}

async function keepExchangeRate(em: Transaction, { state, deleted }: EventData['exchange-rate.changed.v1']): Promise<void> {
  await em.query('delete from billing.exchange_rate where id = $1', [state.id]);
  if (deleted) return;
  await em.query('insert into billing.exchange_rate(id, from_currency, to_currency, effective_from, rate) values ($1, $2, $3, $4, $5)', [
    state.id,
    state.from,
    state.to,
    state.effectiveFrom,
    state.rate,
  ]);
}

async function keepPeriod(em: Transaction, { state, deleted }: EventData['accounting-period.changed.v1']): Promise<void> {
  await em.query('delete from billing.period where id = $1', [state.id]);
  if (deleted) return;
  await em.query('insert into billing.period(id, legal_entity, name, start_date, end_date, open) values ($1, $2, $3, $4, $5, $6)', [
    state.id,
    state.legalEntity,
    state.name,
    state.startDate,
    state.endDate,
    state.open,
  ]);
}
